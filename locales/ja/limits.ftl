cli-arg-quota = クォータを設定する。例: L-F678F1CE=10 (VPC 数)。複数指定可
cli-arg-throttle = API 呼び出しのスロットリング: off (既定)、aws (AWS が公開している EC2 の値)

limits-bad-value = `{ $value }` はクォータ `{ $code }` の値になりません (数値で指定します)
limits-bad-code = クォータ `{ $code }` はありません
limits-codes = クォータ: { $codes }
limits-too-late = サンドボックスはすでに動いています (プロセス { $pid })。クォータとスロットリングは起動時にだけ指定できます。先に終了してください
