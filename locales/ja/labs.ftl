# Proving labs, and beginning new ones.
labs-check-good = ラボ { $lab } は証明できました。
labs-check-defaults = 既定の値
labs-check-pass = { $values }: ステップ { $steps }、確認 { $checks }、予想 { $predictions }。どの確認も、ステップの前は満たされず、後は満たされます。後片付けのあと、残ったものはありません ({ $gone } 個を削除)。
labs-check-not-proved = ラボ { $lab } は証明できません
labs-check-met-before = この確認は、ステップの前から満たされています。何もしなくても通るので、証明になりません。見えたもの: { $seen }
labs-check-not-met = この確認は、ステップの後も満たされません。期待: { $expected }。見えたもの: { $seen }
labs-check-not-met-why = この確認は、ステップの後も満たされません。期待: { $expected }。見えたもの: { $seen }。{ $why }
labs-check-not-made = 「{ $name }」を作れません: { $fault }
labs-check-left = 後片付けのあとに残るもの、または確認できないものがあります: { $items }
labs-new-made = ラボ { $lab } を作りました。このままで証明できます。3 つのファイルを書き換えて、自分のラボにしてください。
labs-new-name = 「{ $name }」はラボの名前に使えません
labs-new-name-detail = 使えるのは英小文字、数字、ハイフンです。先頭は英字にしてください。
labs-new-taken = { $path } はもうあります
labs-new-taken-detail = 何も書き換えていません。別の名前か、--dir で別のフォルダーを指定してください。
labs-two-accounts = ラボ { $lab } には、provider と consumer で別々のアカウントが必要です
labs-two-accounts-detail = サンドボックスには 2 つのアカウントがあります。ほかの実行先では、consumer 用のプロファイルも指定してください。
