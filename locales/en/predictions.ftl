# Predictions.
predict-title = Your prediction: { $question }
predict-right = Correct: { $right }
predict-wrong =
    Your answer: { $said }
    Correct answer: { $right }
predict-seen = Checked just now: { $seen }
lab-prediction-wrong = the prediction { $id } needs its right answer among its options, and as proof one of the looks or checks of this step or a later one
lab-recap-wrong = the recap question { $id } needs a name of its own, its right answer among its options, and as proof one of the lab's looks or checks
