# 予想、ステップの移動、ホーム画面。
engine-ask-predict = 先に予想してください: { $question }
engine-answer-skip = この質問を飛ばす
engine-answer-steps = ほかのステップへ移る
engine-answer-start-over = 最初のステップからやり直す
engine-ask-which-step = どのステップに移りますか
engine-answer-stay = ここにとどまる
engine-answer-go-to = 移る
engine-ask-go-ahead = { $n ->
    [0] ステップ「{ $step }」に移りますか。
   *[other] ステップ「{ $step }」に移りますか。その前の { $n } ステップは pllab が進めます。
 }
engine-ask-go-back = ステップ「{ $step }」に戻りますか。{ $n } ステップをやり直せるように、pllab が作ったものを先に削除します。ご自身で作ったものは残ります。
predict-title = 予想の答え: { $question }
predict-right = 正解です: { $right }
predict-wrong =
    あなたの答え: { $said }
    正解: { $right }
predict-seen = 確かめた結果: { $seen }
lab-prediction-wrong = 予想 { $id } には、選択肢に含まれる正解と、証拠になるこのステップ以降の looks か checks のどれかが必要です
lab-recap-wrong = おさらいの問い { $id } には、ほかと重ならない名前と、選択肢に含まれる正解と、証拠になるラボの looks か checks のどれかが必要です
cli-arg-start-over = すべて元に戻し、最初のステップからやり直す
cli-home-ask = 何をしますか
cli-home-go-on = 「{ $step }」から続ける
cli-home-clean = 後片付けをする
cli-home-leave = 今は何もしない
cli-home-step = { $n }. { $title }
