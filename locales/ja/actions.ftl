# What a step will do, one line each, and what the things are called.
action-vpc = VPC { $name } を作成する ({ $cidr })
action-subnet = サブネット { $name } を作成する ({ $cidr }、ゾーン { $zone })
action-route-table = ルートテーブル { $name } を作成し、{ $subnet } に関連付ける
action-gateway-endpoint = S3 のゲートウェイエンドポイント { $name } を作成し、ルートを追加する
action-security-group = セキュリティグループ { $name } を作成する ({ $from } からの TCP { $port } を許可)
action-security-group-closed = セキュリティグループ { $name } を作成する (インバウンドルールなし)
action-instance = EC2 インスタンス { $name } を起動する ({ $size }、パブリックアドレスなし)
action-target-group = ターゲットグループ { $name } を作成し、{ $targets } を登録する
action-load-balancer = { $name ->
    [nlb] 内部の Network Load Balancer を作成する
   *[other] 内部の Network Load Balancer { $name } を作成する
 }
action-listener = TCP { $port } のリスナーを作成し、{ $target } へ転送する
action-endpoint-service = { $balancer } のエンドポイントサービスを作成し (承諾が必要)、プリンシパルを許可する
action-endpoint-service-open = { $balancer } のエンドポイントサービスを作成する (承諾は不要)
action-service-lookup = サービス名を検証し、サービスと同じゾーンのサブネットを選ぶ
action-endpoint-unasked = { $name ->
    [endpoint] インターフェイスエンドポイントを作成する
   *[other] インターフェイスエンドポイント { $name } を作成する
 }
action-endpoint = { $name ->
    [endpoint] インターフェイスエンドポイントを作成する (接続リクエストが provider に届く)
   *[other] インターフェイスエンドポイント { $name } を作成する (接続リクエストが provider に届く)
 }
action-acceptance = provider として接続リクエストを承諾する
label-vpc = VPC { $name }
label-subnet = サブネット { $name }
label-route-table = ルートテーブル { $name }
label-gateway-endpoint = ゲートウェイエンドポイント { $name }
label-security-group = セキュリティグループ { $name }
label-instance = インスタンス { $name }
label-target-group = ターゲットグループ { $name }
label-load-balancer = { $name ->
    [nlb] NLB
   *[other] NLB { $name }
 }
label-listener = リスナー { $name }
label-endpoint-service = { $name ->
    [service] エンドポイントサービス
   *[other] エンドポイントサービス { $name }
 }
label-service-lookup = { $name ->
    [found-service] サービス名の検証
   *[other] サービス名の検証 { $name }
 }
label-endpoint = { $name ->
    [endpoint] インターフェイスエンドポイント
   *[other] インターフェイスエンドポイント { $name }
 }
label-acceptance = { $name ->
    [acceptance] 接続リクエストの承諾
    [rejection] 接続リクエストの拒否
   *[other] 接続リクエストの承諾または拒否 ({ $name })
 }
