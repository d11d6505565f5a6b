# What the engine asks and says.
engine-recovering = 前回、結果を記録できなかった呼び出しが { $n } 件あります。どうなったかを API で確認します。
engine-ahead = { $what } は使えるようになるまで数分かかるので、先に作り始めます。
engine-longer-than-usual = { $seen } (いつもより時間がかかっています)
engine-deleting = 「{ $what }」を削除
engine-failed = 先へ進めませんでした: { $code } { $message }
picture-client = client
picture-web = EC2 nginx
picture-instance = EC2
picture-nlb = NLB (internal)
picture-service = endpoint service
picture-endpoint = endpoint
picture-link-pending = 承諾待ち
picture-link-up = 接続済み
engine-in-use = ほかのものがまだ使っています ({ $code })
picture-named = { $label } { $name }
