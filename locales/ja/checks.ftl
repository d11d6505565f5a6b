# What the checks ask.
check-title-vpc-available = VPC { $name } が使える
check-title-subnet-in-zone = サブネット { $name } のゾーン
check-title-route-to-s3 = { $name } に S3 への経路がある
check-title-group-admits = { $group } が { $from } からの TCP { $port } を許可
check-title-instance-running = インスタンス { $name } の状態
check-title-console-says = { $name } の起動時の処理が終わった
check-title-load-balancer-active = { $name } (NLB) の状態
check-title-targets-healthy = { $name } のヘルスステータス
check-title-service-available = { $name ->
    [service] エンドポイントサービスの状態
   *[other] エンドポイントサービス { $name } の状態
 }
check-title-principal-allowed = { $side }のアカウントを許可している
check-title-no-way-back = provider VPC から { $client } への通信
check-title-same-cidr = 両方の VPC の CIDR
check-title-service-found = サービス名が見つかる
check-title-endpoint-state = エンドポイントの状態
check-title-endpoint-in-zone = エンドポイントのゾーン
check-title-no-answer = { $client } から見た結果
check-title-answer = { $client } から見た結果
check-title-page = 手元に届くページ
check-title-log-shows-load-balancer = nginx のログに残った送信元アドレス

# What they expect, where it is not a value of AWS's own.
check-expected-no-way-back = 接続は available で、provider VPC からの経路はない
check-expected-same-cidr = どちらも同じ CIDR
check-expected-service-zone = サービスと同じゾーン
check-expected-no-answer = 応答がなく、タイムアウトする
check-expected-answer = HTTP 200 と、この実行の合言葉
check-expected-page = HTTP 200、この実行の合言葉、送信元アドレスは NLB のもの
check-expected-load-balancer-address = NLB のアドレス

# What they see.
check-not-made = { $name } はまだありません
check-not-found = 見つかりません
check-route = S3 > { $gateway } ({ $state })
check-no-route-to = { $address } への経路は 1 つもありません
check-route-within = { $address } に当てはまる経路は local ({ $block }) だけです。行き先は provider 自身の VPC の中です
check-route-to = { $address } への経路があります (ターゲットは { $target })
check-no-route = S3 への経路がありません
check-not-associated = { $subnet } に関連付けられていません
check-no-inbound-rules = インバウンドルールがありません
check-console-empty = コンソール出力はまだありません
check-no-target =
    { $id ->
        [none] ターゲットがありません
       *[other] { $id } が登録されていません
    }
check-service-asks = { $state }、承諾が必要
check-service-does-not-ask = { $state }、承諾は不要
check-no-principal = 許可されたプリンシパルがありません
check-no-zone = { $name } (使えるゾーンがありません)
check-no-subnet = サブネットがまだありません
check-no-attempt = クライアントはまだ接続を試していません
check-timed-out = { $seconds } 秒でタイムアウト (curl exit { $exit })
check-curl-failed = 応答なし (curl exit { $exit })
check-answered = HTTP { $code }、{ $seconds } 秒
check-silent = { $seconds } 秒以内に応答がありません
check-status = HTTP { $code }
check-other-page = { $answer }、この実行の合言葉なし
check-page-seen = HTTP { $code }、合言葉が一致、送信元アドレス { $source }
check-no-log-line = 該当するログはまだありません
check-no-load-balancer-address = NLB のネットワークインターフェイスが見つかりません

# Why that usually happens, and what to do.
check-why-not-found = 作ったあとで削除されたようです。このステップのものを作り直してください。
check-why-unreachable = 実行先から応答がありません。ネットワークを確かめて、もう一度確認してください。
check-why-busy = リクエストが混み合っています。少し待って、もう一度確認してください。
check-why-sign-in = 認証情報がないか、期限が切れています。サインインし直してください (AWS CLI なら `aws sso login` など)。
check-why-denied = この操作の権限がありません。足りない権限の名前は、上のメッセージにあります。
check-why-unsupported = 実行先がこの操作に対応していません。
check-why-vpc-block = VPC の CIDR はあとから変更できません。{ $block } の VPC を作り直してください。
check-why-subnet-zone = サブネットのゾーンはあとから変更できません。{ $zone } に作り直してください。ゾーン名とゾーン ID の対応はアカウントごとに違うので、ゾーン ID で選びます。
check-why-no-route = S3 のゲートウェイエンドポイントがこのルートテーブルを使っていないようです。エンドポイントの「ルートテーブルを管理」で選んでください。
check-why-not-associated = サブネットは、関連付けのないときメインルートテーブルを使います。ルートテーブルの「サブネットの関連付け」に { $subnet } を加えてください。
check-why-group-admits = インバウンドルールが足りません。TCP { $port }、ソース { $source } のルールを追加してください。
check-why-instance-stopped = インスタンスが停止しています。「インスタンスを開始」で起動してください。
check-why-instance-terminated = 終了したインスタンスは元に戻りません。作り直してください。
check-why-no-packages = パッケージをインストールできていません。リポジトリは S3 にあります。サブネットのルートテーブルに S3 ゲートウェイエンドポイントへの経路があるか、セキュリティグループのアウトバウンドルールが HTTPS を許可しているかを確かめてください。直したらインスタンスを作り直してください。
check-why-load-balancer-scheme = インターネット向けの NLB です。スキームはあとから変更できないので、「内部」で作り直してください。
check-why-load-balancer-failed = NLB を作成できませんでした。サブネットの空き IP アドレスを確かめて、作り直してください。
check-why-no-target = ターゲットグループに Web サーバーのインスタンスを登録してください。
check-why-unhealthy = ヘルスチェックに応答がありません。nginx が起動しているか、Web サーバーのセキュリティグループが NLB からの TCP 80 を許可しているかを確かめてください。
check-why-unused = ターゲットが使われていません。リスナーがこのターゲットグループに転送しているか、ターゲットのゾーンが NLB で有効か、インスタンスが実行中かを確かめてください。
check-why-service-state = この状態のエンドポイントサービスは使えません。作り直してください。
check-why-acceptance-off = 承諾なしで接続できる設定です。「エンドポイントの承諾設定を変更」で「承諾が必要」を選んでください。
check-why-acceptance-on = 承諾が必要な設定です。「エンドポイントの承諾設定を変更」で「承諾が必要」を外してください。
check-why-principal = 許可されていないアカウントからは、サービスが存在しないように見えます。「プリンシパルを許可」で { $principal } を追加してください。
check-why-way-back = PrivateLink とは別に作られた経路です。このラボでは使いません。
check-why-not-made = まだ作成していないので、確認できません。
check-why-same-cidr = このラボでは、CIDR が同じでも PrivateLink で通信できることを確かめます。{ $name } を { $block } で作り直してください。
check-why-service-not-found = サービス名の間違い、リージョンの違い、プリンシパルの許可漏れのどれかです。許可されていないときも、サービスは「存在しない」と表示されます。provider 側のサービス名と「プリンシパルを許可」を確かめてください。
check-why-no-common-zone = NLB のあるゾーンが、consumer のアカウントでは使えません。両方のアカウントで使えるゾーン (ゾーン ID で比べます) に NLB を作り直してください。
check-why-endpoint-zone = エンドポイントは、サービスのあるゾーンに置きます。{ $zones } のサブネットを選んで作り直してください。
check-why-not-accepted = provider の承諾待ちです。エンドポイントサービスの「エンドポイント接続」で承諾してください。
check-why-not-rejected = 接続リクエストがまだ拒否されていません。エンドポイントサービスの「エンドポイント接続」で拒否してください。
check-why-accepted-already = もう承諾されています。承諾のステップが済んでいるなら、このままで問題ありません。まだなら、サービスが承諾を求めない設定になっていないかを確かめてください。
check-why-rejected = provider が接続リクエストを拒否しました。エンドポイントを削除して作り直すと、もう一度リクエストできます。
check-why-endpoint-lost = この状態のエンドポイントは元に戻りません。削除して作り直してください。
check-why-answers-already = もう応答があります。エンドポイントの状態を確かめてください。承諾のステップが済んでいるなら、このままで問題ありません。
check-why-curl-failed = タイムアウトでもページでもない結果です。起動直後なら、少し待つと変わります。curl exit 6 は名前を解決できない、7 は接続を拒否されたという意味です。
check-why-timed-out = 承諾の前は、ページは届きません。承諾してからも 1〜3 分かかることがあります。それより長く続くときは、エンドポイントと NLB のセキュリティグループが TCP 80 を許可しているかを確かめてください。
check-why-other-page = 応答したのは、この実行の Web サーバーのページではありません。ターゲットグループの登録先と、nginx が返すページを確かめてください。
check-why-other-source = NLB を通らないリクエストのようです。クライアントからエンドポイントの DNS 名で開いてください。
check-why-no-log-line = ページがまだ一度も返っていないか、ログの出力が遅れています。クライアントにページが届いているかを先に確かめてください。
check-why-forward-closed = この URL はいま使えません。`pllab resume` で続けてから、もう一度確認してください。
check-why-forward-elsewhere = この URL はこのマシンのものではないので、開きませんでした。

check-title-request-waiting = provider に届いている接続リクエスト
check-request = { $endpoint } / 所有者 { $owner } / { $state }
check-no-request = まだ届いていません
check-why-no-request = エンドポイントを作った直後は、一覧に出るまで少しかかります。
check-why-request-answered = このリクエストは、すでに承諾または拒否されています。

check-service-seen = { $state }、{ $name }、含まれるゾーン { $within }、除外するゾーン { $without }
check-no-zone-left-out = なし
check-endpoint-seen = { $zone }、{ $dns }、{ $eni }
check-why-boot-ended = ユーザーデータは最後まで実行されましたが、「{ $text }」の行が出ていません。ユーザーデータが実行されるのは初回の起動時だけです。インスタンスを終了し、この行を出すユーザーデータで起動し直してください。
