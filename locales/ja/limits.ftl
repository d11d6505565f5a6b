cli-arg-quota = クォータの値。例: L-F678F1CE=10 (VPC の数) (複数可)
cli-arg-throttle = 呼び出しの制限: off (省略時)、aws (AWS が公開している EC2 の値)

limits-bad-value = `{ $value }` はクォータ `{ $code }` の値になりません (数値で指定します)
limits-bad-code = クォータ `{ $code }` はありません
limits-codes = 指定できるクォータ (Service Quotas のコードと名前):
limits-too-late = サンドボックスはすでに動いています (プロセス { $pid })。クォータとスロットリングは起動時にだけ指定できます。先に終了してください
