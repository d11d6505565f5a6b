# A real AWS account: signing in, what it costs, two accounts.

## Help
cli-arg-consumer-profile = consumer 側の AWS プロファイル
cli-arg-two-accounts = サンドボックスで 2 つのアカウントを使う
cli-arg-accept-cost = 同意する 1 日あたりの費用の上限 (米ドル、または any)
cli-arg-api-only = 通信できないエンドポイント用。通信の確認を省く

## Who and where
aws-column-side = 側
aws-column-account = アカウント
aws-column-identity = サインイン中のユーザーまたはロール
aws-place = AWS · { $region }
aws-region = リージョン: { $region } ({ $source })
aws-region-flag = --region
aws-region-usual = 環境変数またはプロファイルの設定
aws-region-default = 既定値
aws-region-run = この実行のもの
aws-note-aws = 呼び出し先は AWS です。
aws-note-endpoint = 呼び出し先は { $url } です。AWS ではありません。
aws-note-redirected = { $service } の呼び出し先は { $url } です。AWS ではありません。環境変数 (`AWS_ENDPOINT_URL` など) またはプロファイルで指定されています。
aws-note-one-account = provider と consumer は同じアカウントです。
aws-note-same-account = 2 つのプロファイルは同じアカウント ({ $account }) のものです。provider と consumer は同じアカウントになります。
aws-note-two-accounts = provider と consumer は別々のアカウントです。
step-two-accounts = アカウントが 2 つのとき
aws-image-by-name = AWS の公開パラメータではイメージが見つかりませんでした (ssm:GetParameters が必要です)。代わりに名前で探します。支障はありません。
aws-not-asked = 確認しません (--api-only)。記録だけでは分からないためです: { $title }
aws-lacks = このエンドポイントには { $operation } という操作がありません。{ $means }作ったものを削除するには: pllab clean { $run }
aws-lacks-acceptance = これがないと接続を承諾も拒否もできず、クライアントに応答が届くことはないので、ラボはここまでです。AWS と内蔵のサンドボックスにはあります。
aws-lacks-step = これがないとこのステップは進められないので、ラボはここまでです。AWS と内蔵のサンドボックスにはあります。
aws-no-region = リージョンを決められません。--region でも、環境変数でも、プロファイルでも指定されていません
aws-no-profile = AWS のプロファイル `{ $name }` がありません
aws-no-profile-detail = 次のどちらのファイルにもありません: { $files }
aws-known-profiles = あるのは次のプロファイルです: { $names }
aws-sign-in-first = 先にサインインしてください。次のどれかを実行するか、AWS_ACCESS_KEY_ID と AWS_SECRET_ACCESS_KEY を設定します。
aws-profile-needs-target = `--profile` と `--consumer-profile` は、`--target aws` か `--endpoint-url` と一緒に使います
aws-two-accounts-sandbox = `--two-accounts` はサンドボックス用です。ほかでは --consumer-profile で 2 つめのアカウントを指定します
aws-bad-url = 「{ $url }」は http:// か https:// の URL ではありません
aws-renew = 認証情報の期限が切れたか、無効になりました。ここまでの作業は失われていません。別のターミナルで、最初と同じ方法でサインインし直してください。例:
    { $commands }
    そのあと、ここで「もう一度確かめる」を選びます。環境変数のキーは動作中のプログラムには届かないので、ここで中断し、新しいキーを設定してから pllab resume { $run } で続けてください
aws-renew-sandbox = サンドボックスがキーを受け付けなくなりました。続けるには: pllab resume { $run }
aws-bad-bundle = AWS_CA_BUNDLE の証明書を使えません
aws-sandbox-one-account = このサンドボックスにはアカウントが 1 つしかありません
aws-no-zone = このリージョンには、両方のアカウントで使えて { $types } を提供しているゾーンがありません
aws-zones-shared = 両方のアカウントで使えるゾーン: { $zones }

## Money
money-usd = { $usd } 米ドル
money-and-unknown = { $usd } 米ドル + 料金の分からないもの
money-unknown = 不明
money-local = pllab の知るかぎり、かかりません (エンドポイントはこのマシンの中です)
money-opening = 1 時間あたり約 { $amount }。削除するまで続きます
money-column-what = 費用のかかるもの
money-column-hour = 1 時間あたり
money-column-rule = 数え方
money-whole-hours = 1 時間単位 (端数は切り上げ)
money-by-second = 秒単位
money-sum = 合わせて 1 時間あたり約 { $hour } です。消し忘れると、1 日で { $day }、30 日で { $month } になります。
money-prices = { $date } に確かめた AWS の定価です。税と転送量は含みません。実際の請求は AWS によります。
money-prices-unconfirmed = { $date } に確かめた定価です。税と転送量は含みません。AWS 自身の価格表で確認できていないものもあります。実際の請求は AWS によります。
money-type-yes = 費用に同意して始めるには「yes」または「はい」と入力してください。それ以外はここで終わります。
money-not-agreed = 費用への同意がなかったので、始めませんでした
money-yes-is-not-enough = --yes だけでは、費用のかかることは始めません
money-above = 1 日あたり { $day } 米ドルかかり、--accept-cost の上限 { $most } 米ドルを超えます
money-price-unknown = 料金の分からないものがあるので、--accept-cost の上限に収まるか判断できません
money-figures = 1 時間あたり約 { $hour }、1 日で { $day } です。
money-nothing-made = 何も作っていません。

## What it has cost
money-running = 1 時間あたり約 { $hour } です。ここまでに約 { $so_far } かかりました (定価)。エンドポイントとロードバランサーは 1 時間単位で、端数は切り上げです。
money-reminder = 費用がかかり続けています: 実行 { $run } ({ $since } から、1 時間あたり約 { $hour }、ここまで約 { $so_far })。止めるには: pllab clean { $run }
bill-title = かかった費用
bill-column-from = いつから
bill-column-until = いつまで
bill-column-cost = およそ
bill-goes-on = 残っている
bill-line = { $what }: { $from } から { $until } まで、約 { $cost }
bill-total = 合わせて約 { $total } です。
bill-rule = { $date } に確かめた定価です。税と転送量は含みません。料金の単位は、1 時間 (エンドポイントとロードバランサー、端数切り上げ) または 1 秒 (インスタンス) です。実際の請求は AWS によります。
