# 予想。
predict-title = 予想の答え: { $question }
predict-right = 正解です: { $right }
predict-wrong =
    あなたの答え: { $said }
    正解: { $right }
predict-seen = 確かめた結果: { $seen }
lab-prediction-wrong = 予想 { $id } には、選択肢に含まれる正解と、証拠になるこのステップ以降の looks か checks のどれかが必要です
lab-recap-wrong = おさらいの問い { $id } には、ほかと重ならない名前と、選択肢に含まれる正解と、証拠になるラボの looks か checks のどれかが必要です
