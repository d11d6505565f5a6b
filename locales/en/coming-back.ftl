# Predictions, going to another step, the home screen.
engine-ask-predict = Predict first: { $question }
engine-answer-skip = Skip this question
engine-answer-steps = Go to another step
engine-answer-start-over = Start over from the first step
engine-ask-which-step = Which step?
engine-answer-stay = Stay here
engine-answer-go-to = Go there
engine-ask-go-ahead = { $n ->
    [0] Go to step "{ $step }"?
    [one] Go to step "{ $step }"? pllab does the step before it for you.
   *[other] Go to step "{ $step }"? pllab does the { $n } steps before it for you.
 }
engine-ask-go-back = { $n ->
    [one] Go back to step "{ $step }"? That step opens again, and what it created is deleted first. What you made yourself stays.
   *[other] Go back to step "{ $step }"? { $n } steps open again, and what they created is deleted first. What you made yourself stays.
 }
predict-title = Your prediction: { $question }
predict-right = Correct: { $right }
predict-wrong =
    Your answer: { $said }
    Correct answer: { $right }
predict-seen = Checked just now: { $seen }
lab-prediction-wrong = the prediction { $id } needs its right answer among its options, and as proof one of the looks or checks of this step or a later one
lab-recap-wrong = the recap question { $id } needs a name of its own, its right answer among its options, and as proof one of the lab's looks or checks
cli-arg-start-over = Undo everything and start again from the first step
cli-home-ask = What would you like to do?
cli-home-go-on = Continue with "{ $step }"
cli-home-clean = Clean up
cli-home-leave = Nothing for now
cli-home-step = { $n }. { $title }
