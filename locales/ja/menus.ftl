# メニューの質問と選択肢。画面が自分で足す項目は ui.ftl にある。
engine-ask-step = このステップをどう進めますか
engine-ask-next = 次へ進みますか
engine-ask-not-met = 確認できていない項目があります。どうしますか
engine-ask-failed = 途中で止まりました。どうしますか
engine-ask-clean-up = ラボはこれで終わりです。作ったものをどうしますか
engine-answer-go = 実行する
engine-answer-accept = 承諾する
engine-answer-back = このステップに戻る
engine-answer-look = 確かめる
engine-answer-next = 次へ進む
engine-answer-detour = 先に拒否してみる
engine-answer-again = もう一度確かめる
engine-answer-leave = 中断してあとで続ける
engine-answer-end = ここで終わる
engine-answer-clean-up = 後片付けをする (作ったものを削除)
engine-answer-keep = 残しておく (あとで pllab clean)
engine-answer-browse = ブラウザーでページを開く
engine-answer-recap = おさらいをする (ラボ全体から 5 問)
engine-answer-report = レポートを書き出す
engine-answer-drill = 残したまま、故障訓練に進む
engine-ask-recap = おさらい { $number }/{ $total }: { $question }
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
engine-ask-watching = メニューを閉じると、pllab は見守りを続けます。どうしますか
engine-ask-theirs = ご自身で作ったものが { $n } 個あります ({ $list })。これも削除しますか
engine-ask-theirs-along = ご自身で作ったものが { $n } 個あります ({ $list })。残す場合は、そこで使われている次のものも残ります: { $along }。ご自身で作ったものも削除しますか
engine-answer-hands-on = 自分でやる (pllab が見守る)
engine-answer-watch = 見守りを続ける
engine-answer-rest = 残りは pllab が実行する
engine-answer-hint = ヒントを見る
engine-answer-theirs-stay = 自分で作ったものは残す
engine-answer-theirs-go = 自分で作ったものも削除する
engine-answer-theirs-back = 戻る
engine-ask-lost = 先へ進むには、次のものを作り直す必要があります: { $list }
engine-answer-anew = pllab が作り直し、このステップに戻る
engine-answer-anew-by-hand = 自分で作り直す
