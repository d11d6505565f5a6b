# AWS での `pllab browse`: EC2 Instance Connect Endpoint を通ります。

tunnel-arg-tunnel = ほかの方法がある場合も EC2 Instance Connect Endpoint を通る
tunnel-ask = ページをここから開くために、consumer VPC に EC2 Instance Connect Endpoint とそのセキュリティグループを作成します。クライアントのポート { $port } への接続を許可するルールも作成します。エンドポイントは無料で、3 つとも後片付けで削除します。数分かかります。
tunnel-go = 作成する
tunnel-tools = ページを開くために必要なプログラムが、このマシンにありません
tunnel-by-hand = プログラムのあるマシンで、次のコマンドを手で実行してもかまいません:
tunnel-not-made = クライアントへの接続を用意できませんでした
tunnel-broken = クライアントへのトンネルを開けませんでした
tunnel-slow = { $seconds } 秒以内に応答がありません
tunnel-same = 同じことを手で行うコマンド (クライアントのシェルも開きます):
tunnel-desktop = トンネルを開きました。リモートデスクトップで、ユーザー名を `Administrator` として次に接続してください:
tunnel-password = キーペアを指定して起動したインスタンスなら、起動後 15 分ほどで、次のコマンドでパスワードを取得できます。`KEY.pem` は秘密鍵のファイルです。pllab が起動したクライアントにはキーペアがないため、デスクトップにはサインインできません。その場合、結果はコンソールで確認します。キーペアを指定して自分で起動する手順は、docs/aws.ja.md の「Windows のデスクトップを見る」にあります。
tunnel-desktop-page = デスクトップのブラウザーで次の URL を開いてください (承諾の前は届きません):
tunnel-same-desktop = 同じトンネルを手で開くコマンド:
label-connect-endpoint = EC2 Instance Connect Endpoint { $name }
label-security-group-rule = セキュリティグループのルール { $name }
kind-connect-endpoint = Connect Endpoint
kind-security-group-rule = セキュリティグループのルール
tunnel-over = クライアントへのトンネルが切れました
tunnel-odd = 「{ $found }」は ID でもホスト名でもリージョンでもないので、コマンドには使いません
