# The command line: help, results, and what can be wrong.

## Help
cli-about = AWS PrivateLink を、端から端まで自分の手で作って確かめるラボです。各ステップを説明し、実行し、できたことをクラウド自身に確かめてから次へ進みます。
cli-summary = AWS PrivateLink を作りながら学ぶラボ
cli-after-help = はじめての方は: pllab start。AWS アカウントは要りません。English: --lang en
cli-heading-usage = 使い方:
cli-heading-commands = コマンド:
cli-heading-arguments = 引数:
cli-heading-options = オプション:
cli-heading-common = どのコマンドでも使えるオプション:
cli-value-command = コマンド
cli-start = ラボを始める
cli-resume = 途中で止まった実行を続きから始める
cli-status = どこまで進んだか、何が残っているか、費用はいくらかを見る
cli-check = ステップの確認をもう一度行う
cli-browse = エンドポイントのページを自分のブラウザーで開く (Ctrl-C で終了)
cli-clean = 作ったものを正しい順に削除し、残っていないことを確かめる
cli-labs = ラボの一覧と内容
cli-labs-list = ラボの一覧
cli-labs-show = ラボの内容
cli-labs-check = ラボをサンドボックスで証明する (終了コード 0: 証明できた、1: できない、2: ファイルの誤り)
cli-labs-new = 新しいラボのひな形を作る
cli-labs-schema = lab.yaml の JSON Schema を出力する (エディター用)
cli-sandbox = サンドボックスだけを動かし、aws CLI や SDK 用の設定を表示する
cli-completions = シェルの補完スクリプトを出力する
cli-man = man ページを出力する
cli-arg-lang = 表示する言語: ja、en
cli-arg-plain = 罫線や再描画を使わず、文章と番号で表示する
cli-arg-diagram = 図の描き方: auto (省略時)、unicode、ascii。罫線がずれるターミナルでは ascii
cli-arg-output = 出力の形式: text、json (1 行に 1 イベント)
cli-arg-state-dir = 実行の記録を置くフォルダー (または PLLAB_STATE_DIR)
cli-arg-labs = 自分のラボのフォルダー
cli-arg-help = この説明を表示する
cli-arg-version = バージョンを表示する
cli-arg-lab = ラボの名前 (省略時: privatelink)
cli-arg-which = ラボの名前、またはラボのフォルダー (省略時: --labs のすべて、なければ内蔵のすべて)
cli-arg-id = 新しいラボの名前。フォルダーの名前にもなる
cli-arg-dir = ラボを作るフォルダー (省略時: --labs のフォルダー、なければ labs)
cli-arg-explain-only = 読むだけにする。何も呼び出さず、何も作らない
cli-arg-target = 実行先: sandbox (省略時)、aws
cli-arg-endpoint-url = 実行先にする AWS 互換エンドポイント
cli-arg-profile = サインインに使う AWS のプロファイル
cli-arg-region = リージョン (省略時: 設定のもの、ap-northeast-1)
cli-arg-set = 変数を設定する (例 cidr=10.1.0.0/16)、複数可
cli-arg-pace = サンドボックスの速さ: instant、quick (省略時)、real。--endpoint-url では実行先の速さ (省略時: real)
cli-arg-yes = 質問せずに、既定の答えで最後まで進む
cli-arg-keep = 最後に後片付けをせず、作ったものを残す
cli-arg-run = 実行 ID (省略時: 最新のもの)
cli-arg-step = ステップの名前 (省略時: 最後に始めたもの)
cli-arg-all = 後片付けが済んでいない実行をすべて対象にする
cli-arg-differences = AWS と違う点の一覧を表示して終わる
cli-arg-port = 待ち受けるポート (省略時: 空いているもの)
cli-arg-shell = シェル: bash、elvish、fish、powershell、zsh

## What was typed wrong
cli-wrong-command = 「{ $name }」というコマンドはありません
cli-wrong-argument = 「{ $argument }」という引数はここでは使えません
cli-missing-argument = 「{ $argument }」が必要です
cli-missing-value = 「{ $argument }」には値が必要です
cli-wrong-value = 「{ $argument }」に「{ $value }」は使えません
cli-argument-conflict = 「{ $argument }」と「{ $other }」は同時に使えません
cli-wrong-usage = 使い方が違います: { $argument }
cli-suggestion = もしかして: { $suggestion }
cli-valid-values = 使える値: { $values }

## Runs and labs
cli-no-home = 実行の記録を置くフォルダーが決められません。--state-dir で指定してください
cli-busy = 別の pllab (プロセス { $pid }) がこのフォルダーで動いています
cli-busy-detail = フォルダー: { $folder }。終わるまで待つか、--state-dir で別のフォルダーを指定してください。
cli-no-runs = { $folder } には実行の記録がありません。
cli-all-cleaned = { $folder } の実行は、すべて後片付けが済んでいます。
cli-known-runs = 実行の一覧: { $runs }
cli-unknown-run = 「{ $run }」という実行はありません
cli-no-run = 対象になる実行がありません
cli-known-labs = ラボの一覧: { $labs }
cli-unknown-lab = 「{ $lab }」というラボはありません
cli-known-steps = ステップの一覧: { $steps }
cli-unknown-step = 「{ $step }」というステップはありません
cli-unknown-zone = 変数 { $name } に「{ $value }」は使えません。このアカウントにそのゾーンがありません
cli-bad-lab = ラボのファイルに誤りがあります
cli-lab-fault = { $file }: { $what }
cli-lab-fault-at = { $file }:{ $line }:{ $column }: { $what }
    { $excerpt }
cli-journal-damaged = 記録 { $path } の { $line } 行目が読めません
cli-journal-damaged-detail = 記録には手を加えていません。読める行から、作ったものの確認と後片付けができます。
cli-journal-newer = 記録 { $path } は新しい版の pllab が書いたものです (format { $format })。続けるには新しい版が必要です
cli-journal-torn = 記録の最後の行が書きかけだったので切り離し、{ $path } に保存しました
cli-journal-headless = 記録 { $path } の 1 行目が失われていて、どのラボのどこで動かしたものか分かりません
cli-other-account = この実行はアカウント { $account } で作ったものですが、いまのアカウントは { $now } です。何も変更していません
cli-run-is-cleaned = 実行 { $run } は後片付けが済んでいます。続きはありません
cli-bad-region = サンドボックスに「{ $region }」というリージョンはありません
cli-sandbox-busy = このサンドボックスは別の pllab が動かしています
cli-own-fault = pllab 自身の不具合で止まりました。ここまでの記録は残っているので、続きから始められます。次の行を添えて報告してください
cli-disk-full = ディスクに空きがなく、{ $path } に書けません。記録できない呼び出しは行っていません。空きを作って続けてください
cli-file-trouble = { $path } を使えません
cli-nobody-to-ask = 質問に答える人がいません (ターミナルではありません)
cli-no-text = { $name } を文字列として読めません (制御文字のない UTF-8 にしてください)
cli-no-room = メモリまたはスレッドが足りないため、実行できません
cli-unclear = 選択肢にない答えが 3 回続きました
cli-no-output = 標準出力に書けないため、出力の一部が失われました
cli-nobody-to-ask-detail = --yes を付けると、質問せずに既定の答えで進みます。ここまでの分は記録されています。

## Targets
cli-place-sandbox = サンドボックス · { $region }
cli-place-endpoint = { $url } · { $region }
cli-cost-nothing = かかりません (サンドボックスはこのマシンの中だけで動きます)
cli-cost-reading = かかりません (読むだけです)
cli-port-taken = ポート { $port } は別のプログラムが使っています
cli-sandbox-state = サンドボックスの状態を読めません
cli-sign-in = { $url } にサインインできません
cli-unreachable = { $url } につながりません

## Results
cli-home-first = **pllab** は、AWS PrivateLink を自分で作って確かめるラボです。AWS アカウントは要りません。

    - ラボを始める: `pllab start`
    - 読むだけ: `pllab start --explain-only`
    - すべてのコマンド: `pllab --help`
    - English: `pllab --lang en`
cli-status-head = 実行 { $run } · { $lab } · { $state }
cli-run-open = { $met }/{ $steps } ステップ
cli-run-met = 全 { $steps } ステップ完了、作ったものは残っています
cli-run-cleaned = { $met }/{ $steps } ステップ、後片付け済み
cli-step-met = 完了
cli-step-begun = 途中
cli-step-open = 未着手
cli-column-state = 状態
cli-column-step = ステップ
cli-column-title = 内容
cli-column-resource = 作ったもの
cli-column-since = できてから
cli-column-lab = ラボ
cli-column-steps = ステップ
cli-column-time = 時間
cli-column-variable = 変数
cli-column-default = 既定値
cli-values-cidr = /16 から /28 の IPv4
cli-values-zone = auto、ゾーン ID、ゾーン名
cli-column-allowed = 選べる値
cli-age-now = 1 分未満
cli-age-minutes = { $n } 分
cli-age-hours = { $n } 時間
cli-nothing-exists = この実行で作ったものは、何も残っていません。
cli-clean-ask = 実行 { $run } で作った { $n } 個を削除しますか
cli-clean-do = 削除する
cli-clean-leave = やめておく
cli-browse-nothing = まだ開けるページがありません
cli-browse-nothing-detail = クライアントを起動するステップ (client) まで進むと開けます。
cli-browse-no-way = このマシンからエンドポイントへ入る道がまだありません
cli-browse-no-way-detail = クライアントのコンソールに、ブラウザーで開く URL がまだ出ていません。少し待ってからもう一度試してください。
cli-browse-open = ブラウザーで次の URL を開いてください。エンドポイント、NLB、nginx を通ってページが届きます (承諾の前は届きません)。
cli-browse-stay = このターミナルは開いたままにしてください。Ctrl-C で終わります。
cli-sandbox-ready = サンドボックスが動いています。次の行を別のターミナルに貼り付けると、aws CLI や SDK がここにつながります。
cli-sandbox-found = サンドボックスはすでに動いています (プロセス { $pid })。次の行をターミナルに貼り付けてください。
cli-sandbox-account = もう 1 つのアカウント { $name } ({ $id }):
cli-sandbox-stay = Ctrl-C で終わります。作ったものは次に動かしたときも残っています。
cli-sandbox-short-of-files = 開けるファイルの数が上限に達しました (pllab の上限は { $limit } 個です)。新しい接続は待たされ、やがてタイムアウトします。上限は、次に起動する前に `ulimit -n` で増やせます。
