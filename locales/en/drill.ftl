# Drills (pllab drill).
drill-id-differs = the file is called { $file }, its id is { $id }
drill-hints-differ = as many hints are needed in Japanese ({ $ja }) as in English ({ $en })
drill-incomplete = plant, repairs and solved must not be empty
drill-operation-unknown = the operation { $operation } of { $api } is not available
drill-goal-gone = It is gone ({ $operation })
drill-goal-kept = It is still there ({ $operation })
drill-there = it exists
drill-wide-rule = { $group } has a rule that is wider than needed: { $rule }
drill-mended = Mended.
drill-opened = It works, but something is open wider than needed. That does not pass.
drill-not-mended = Not mended yet.
drill-given-up = Ended with the answer shown.
drill-used = Time { $time }, hints used { $hints }
drill-undone = Everything is as it was before the drill.
