# The screen's own words.

## The picture
picture-consumer = consumer VPC
picture-provider = provider VPC
picture-new = このステップで作るもの
picture-none = まだ何も作っていません。
words-vpc = { $name } ({ $cidr }) があります。
words-vpc-with = { $name } ({ $cidr }) に { $nodes } があります。
words-new-vpc = このステップで { $name } ({ $cidr }) を作ります。
words-new = このステップで { $name } に { $nodes } を作ります。
words-link-absent = { $consumer } の { $endpoint } と { $provider } の { $service } は、まだつながっていません。
words-link-pending = { $consumer } の { $endpoint } が { $provider } の { $service } に接続を求めています ({ $state })。
words-link-up = { $consumer } の { $endpoint } は { $provider } の { $service } につながっています。
words-link-at-once = { $consumer } の { $endpoint } は、作るとすぐに { $provider } の { $service } につながります。
words-link-rejected = provider が拒否したので、{ $consumer } の { $endpoint } は { $provider } の { $service } につながっていません。

## Opening
opening-picture = このラボで作るもの
opening-facts = { $minutes } / 全 { $steps } ステップ
opening-place = 実行先: { $place }
opening-cost = 費用: { $cost }
opening-way-guided = ステップごとに説明を読み、「実行する」を選ぶと pllab が作り、できたことを確かめます。
opening-way-explain = 読むだけの進め方です。何も呼び出さず、何も作りません。
opening-run = 実行 ID: { $run }。途中でやめても pllab resume で続きから始められます。
opening-resumed = 前回の続きから進めます。実行 ID: { $run }

## A step
step-position = ステップ { $number }/{ $total }
step-plan = これから行うこと
step-console = コンソールでは
step-cli = 同じことをする CLI (全文はメニューから)
step-cli-all = 同じことをする CLI
step-cli-none = このステップで実行するコマンドはありません。
step-checks = 確かめること
step-then-and-now = 2019 年といま
step-more = もっと詳しく
step-more-none = このステップの説明は、上のとおりで全部です。
step-after = できたこと
step-detour = 寄り道
step-predict = 先に予想してください
step-predict-answer = 答え: { $right }
step-waiting = 待っているあいだに: 2019 年といまの違い

## Menus
menu-more = もっと詳しく (コンソールでの手順も)
menu-commands = 同じことをする CLI を見る
menu-picture = 図とその説明を見る
menu-language = 言語 / Language
menu-delete-ask = ここまでに作ったものを削除します。よろしいですか
menu-delete-no = いいえ、戻る
menu-delete-yes = はい、削除する
menu-others = ほかの選択肢
pager-on = Enter 続き
pager-back = b 戻る
pager-menu = q メニュー
pager-chapter = q ステップへ
pager-end = q 最後へ
pager-position = { $at }/{ $of } ページ
menu-keys = 矢印キー 選ぶ  Enter 決定
menu-copy = y コマンドをコピー
menu-copied = コピー済み (対応端末のみ)
menu-number = 番号を入力してください [{ $default }]:
menu-unclear = 1 から { $count } までの番号を入力してください。
menu-yes = { $prompt } > { $answer } (--yes)

## Progress
usual-seconds = AWS では通常 { $from }〜{ $to } 秒
usual-second = AWS では通常約 { $to } 秒
usual-minutes = AWS では通常 { $from }〜{ $to } 分
usual-minute = AWS では通常約 { $to } 分
most-seconds = 最長 { $most } 秒で打ち切り
most-minutes = 最長 { $most } 分で打ち切り
progress-start = 開始: { $label }
progress-done = 完了: { $label }
progress-failed = 失敗: { $label }
progress-running = 進行中: { $label }
elapsed-seconds = { $s } 秒経過
elapsed-minutes = { $m } 分 { $s } 秒経過

## Checks
check-met = 期待どおり
check-not-yet = まだ
check-broken = 期待と違う
check-cannot-tell = 確認できない
check-expected = 期待
check-seen = 実際
check-why-not-yet = 作成や反映に時間がかかっています。失敗ではありません。
check-why-broken = 待っても変わりません。設定のどこかが期待と違います。
check-why-cannot-tell = 問い合わせに応答がありませんでした。ネットワーク、認証情報、権限のいずれかが原因です。
check-look = 自分で確かめるには:

## Faults
fault-title = 呼び出しが失敗しました
fault-code = エラーコード
fault-message = メッセージ
fault-request = リクエスト ID
fault-no-answer = 応答を読み取れず、実行されたかどうか分かりません。やり直すと、pllab はまず実行先に問い合わせます。
fault-unreachable = 実行先に届きませんでした。実行先が動いていれば、続きから始められます。
fault-busy = 実行先が混み合っています。少し待ってから、もう一度試してください。
fault-sign-in = 認証情報がないか、期限が切れています。サインインし直してください。
fault-denied = 権限が足りません。足りない権限の名前は、上のメッセージにあります。
fault-not-found = 対象が見つかりません。ほかの誰かに削除された可能性があります。
fault-exists = 同じものがすでにあります。
fault-in-use = ほかのものがまだ使っています。先に、使っている側を削除します。
fault-unsupported = 実行先がこの操作に対応していません。
fault-refused = 実行先がリクエストを受け付けませんでした。上のメッセージが理由です。

## Proof
proof-title = 届いたページ
proof-none = ページは届きませんでした。
proof-url = ブラウザーで開く URL (pllab の実行中だけ。あとからは pllab browse):
proof-status = HTTP { $status }
proof-token-ok = この実行の合言葉が入っています。
proof-token-bad = この実行の合言葉が入っていません。別のページが返っています。
proof-source = nginx から見た送信元アドレス: { $source }

## Ends
step-finished-met = ステップ { $number }/{ $total } が完了しました。
step-finished-open = ステップ { $number }/{ $total } は完了していません。
run-finished-met = { $steps } ステップすべてが完了しました。
run-finished-open = { $steps } ステップのうち { $met } ステップが完了しました。
run-cleaned = この実行で作ったものは、もう残っていません。
run-interrupted = 中断しました。続きから始めるには:
run-started = 実行 { $run } を始めます。
item-gone = 削除しました: { $resource } { $id }

## The receipt
receipt-title = 後片付けの確認
receipt-empty = 削除するものはありませんでした。
receipt-made = 作ったもの
receipt-now = 再確認の結果
receipt-gone = もうありません
receipt-earlier = { $name } (作り直す前のもの)
receipt-left = 残っています
receipt-unknown = 確認できません
receipt-counts = なくなったもの { $gone }、残っているもの { $left }、確認できないもの { $unknown }
receipt-cost-none = 続いてかかる費用: ありません。
receipt-cost-left = 続いてかかる費用: 残っているものに、削除するまでかかることがあります。
receipt-cost-unknown = 続いてかかる費用: 確認できないものがあるので、まだ言えません。
receipt-cost-free = 続いてかかる費用: ありません (すべてこのマシンの中にあります)。
receipt-left-because = 残っています ({ $why })
receipt-used-by = { $user } が使用中
receipt-used-by-foreign = pllab が作ったものではない { $ids } が使用中

## Kinds of resources
kind-vpc = VPC
kind-subnet = サブネット
kind-route-table = ルートテーブル
kind-gateway-endpoint = ゲートウェイエンドポイント
kind-security-group = セキュリティグループ
kind-instance = インスタンス
kind-target-group = ターゲットグループ
kind-load-balancer = NLB
kind-listener = リスナー
kind-endpoint-service = エンドポイントサービス
kind-service-lookup = サービスの確認
kind-endpoint = エンドポイント
kind-acceptance = 接続の承諾
kind-rejection = 接続の拒否
kind-allowed-principal = プリンシパルの許可
kind-removed-principal = プリンシパルの許可の取り消し
kind-cross-zone = クロスゾーン負荷分散
kind-private-name = プライベート DNS 名
kind-verification = ドメインの検証

## Errors
error-mark = エラー
opening-goals = このラボを終えるとできること
ending-done = 全 { $steps } ステップ完了
ending-page = 届いたページ
ending-way = ページが通った経路
ending-source = Web サーバーから見た送信元アドレスは { $source } です。
ending-url = ブラウザーで見る
ending-opened = ページをブラウザーで開きました。この実行を終えるまで見られます。
ending-browse-elsewhere = 別のターミナルで次のコマンドを実行すると、ページを開けます。
words-plan = { $name } に { $nodes } を作ります。
words-link-planned = { $consumer } の { $endpoint } から { $provider } の { $service } に接続します。
recap-title = おさらいの答え: { $question }
predict-passed = 正解: { $right }
ending-at = この実行を終えるまで、次の URL でページを見られます (ssh でつないでいるときは、ssh -L でポートを転送してください)。
recap-seen = この実行で確かめた結果: { $seen }
check-waiting = 待機中: { $title }
check-source-owned = { $address } ({ $id }: { $description })
recap-total = { $n } 問中 { $right } 問が正解でした。
opening-at = ステップ { $number }/{ $total }「{ $title }」から続けます。
receipt-remade = なくなったものには、途中で作り直す前の { $n } 個も含まれます。
