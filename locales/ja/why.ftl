# 経路の表示 (pllab why)。
rung-holds = 通る
rung-broken = ここで止まる
rung-not-yet = まだ
rung-not-made = まだ作っていない
rung-cannot-tell = 調べられない
rung-not-reached = 未到達
rung-asked = 期待: { $expected }
path-whole = クライアントからページまで、すべての段が通っています。
path-unsure = 止まっている段は見つかりませんが、調べられない段があります。
path-ends = 最初に止まるところ: { $title }
picture-broken = ここで止まっています
words-broken = 経路は { $node } で止まっています。
cli-why = 経路を 1 段ずつ調べ、最初に止まるところを示す (読み取りのみ)
cli-why-no-path = このラボには、たどる経路がありません。
cli-why-no-path-detail = 経路は、ラボの確認 page か answer が示すクライアントとエンドポイントの間です。
