# 故障訓練 (pllab drill)。
drill-id-differs = ファイル名は { $file } ですが、id は { $id } です
drill-hints-differ = ヒントは日本語と英語で同じ数だけ要ります (日本語 { $ja }、英語 { $en })
drill-incomplete = plant、repairs、solved のどれかが空です
drill-operation-unknown = { $api } の操作 { $operation } は使えません
drill-goal-gone = もうない ({ $operation })
drill-goal-kept = 残っている ({ $operation })
drill-there = あります
drill-wide-rule = { $group } に、必要より広いルールがあります: { $rule }
drill-mended = 直りました。
drill-opened = 直っていますが、必要より広く開けています。合格にはなりません。
drill-not-mended = まだ直っていません。
drill-given-up = 答えを見て終わりました。
drill-used = 時間 { $time }、使ったヒント { $hints }
drill-undone = 訓練の前の状態に戻しました。
