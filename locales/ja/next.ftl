# What can be done next.
next-title = 次にできること
next-resume = 続きから始める: pllab resume { $run }
next-clean = 後片付けをする: pllab clean { $run }
next-clean-again = もう一度片付けるには: pllab clean { $run }
next-browse = ページを手元のブラウザーで開く: pllab browse { $run }
next-why = 経路を順に調べる: pllab why { $run }
next-drill = 壊れたラボを症状から直す (故障訓練): pllab drill
next-report = この実行を文書にする: pllab report { $run }
next-lab = まだ試していないラボを始める: pllab start { $lab }
next-again = もう一度やる: pllab start { $lab }
next-again-vary = もう一度やる: pllab start { $lab } (--set KEY=VALUE で { $names } を変えられます)
clean-nothing = { $folder } に、片付けるものはありません。
clean-done-already = 実行 { $run } は後片付けが済んでいます。
next-do = 実際に作って確かめる: pllab start { $lab }
