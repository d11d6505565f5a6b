# New kinds and checks of the labs on zones, permissions and names.
action-endpoint-service-closed = { $balancer } のエンドポイントサービスを作成する (承諾が必要、許可したプリンシパルなし)
action-rejection = provider として接続を拒否する
action-allowed-principal = { $service } に { $side }のアカウントを許可する
action-removed-principal = { $service } の許可から { $side }のアカウントを外す
action-cross-zone = { $balancer } のクロスゾーン負荷分散をオンにする
label-principal = { $name ->
    [permission] プリンシパルの許可
    [withdrawal] プリンシパルの許可の取り消し
   *[other] プリンシパルの許可 ({ $name })
 }
label-cross-zone = クロスゾーン負荷分散 ({ $name })
check-title-principal-not-allowed = { $side }のアカウントが許可されていない
check-title-service-hidden = { $side }から見たサービス
check-title-cross-zone-on = { $name } のクロスゾーン負荷分散
check-expected-not-allowed = 許可の一覧にない
check-expected-service-hidden = 存在しないように見える (InvalidServiceName)
check-not-allowed = { $account } は許可の一覧にない
check-why-still-allowed = { $principal } がまだ許可されています。「プリンシパルを許可」タブで選び、削除してください。
check-why-service-found = サービスが見つかります。許可を外した直後は、少し待つと見えなくなります。続くときは、許可の一覧を確かめてください。
check-why-cross-zone = NLB の「属性」で「クロスゾーン負荷分散を有効にする」を選んでください。
check-why-not-cut-off = まだ応答が届いています。拒否の直後は、次のアクセスから届かなくなります。
picture-link-rejected = 拒否
check-title-no-answer-in = { $client } から見た結果 ({ $subnet } のゾーンの名前)
check-title-answer-in = { $client } から見た結果 ({ $subnet } のゾーンの名前)
