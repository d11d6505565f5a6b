# 経路の表示 (pllab why)。
rung-holds = 通る
rung-broken = ここで止まる
rung-not-yet = まだ
rung-not-made = 未作成
rung-cannot-tell = 確認できない
rung-not-reached = 未確認 (手前で止まっています)
rung-asked = 期待: { $expected }
path-whole = クライアントからページまで、経路はすべて通っています。
path-unsure = 止まっている箇所は見つかりませんが、確認できない項目があります。
path-ends = 最初に止まる箇所: { $title }
picture-broken = ここで止まっています
words-broken = 経路は { $node } で止まっています。
cli-why = 経路を順に調べ、最初に止まる箇所を示す (読み取りのみ)
cli-why-no-path = このラボには、たどる経路がありません。
cli-why-no-path-detail = 経路とは、ラボの確認 page か answer が示す、クライアントからエンドポイントまでの通信です。
