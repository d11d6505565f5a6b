# 受講者の名前と、ラボの IAM ポリシー。

cli-arg-learner = 受講者の名前。作るもののタグになる (または PLLAB_LEARNER。省略時: ユーザー名@マシン名)
cli-bad-learner = `{ $name }` は受講者の名前に使えません
cli-bad-learner-detail = 使えるのは 1〜{ $limit } 文字の英字、数字、. _ @ - です
policy-about = ラボに必要な最小権限の IAM ポリシーを出力する (JSON)
policy-arg-side = 片側だけ: provider、consumer (省略時: 両方。1 アカウント用)
policy-split = ポリシーは { $count } 個です。管理ポリシーの上限が { $limit } 文字のためです。すべてアタッチしてください。
policy-arg-with = このコマンドに必要な権限も含める: doctor、browse。hands-on は手で作られたものを見守るための権限
