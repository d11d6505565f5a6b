# The menus' questions and choices. What a screen adds of its own is in ui.ftl.
engine-ask-step = What would you like to do?
engine-ask-next = Ready for the next step?
engine-ask-not-met = Some checks are not met yet. What would you like to do?
engine-ask-failed = The work stopped partway. What would you like to do?
engine-ask-clean-up = The lab is done. What should happen to what it created?
engine-answer-go = Do it
engine-answer-accept = Accept it
engine-answer-back = Back to this step
engine-answer-look = Check it
engine-answer-next = Next step
engine-answer-detour = Reject it first
engine-answer-again = Look again
engine-answer-leave = Pause and continue later
engine-answer-end = Stop here
engine-answer-clean-up = Clean up (delete what was created)
engine-answer-keep = Keep it (pllab clean later)
engine-answer-browse = Open the page in the browser
engine-answer-recap = Recap: five questions over the whole lab
engine-answer-report = Write the report
engine-answer-drill = Keep it, and go on with a drill
engine-ask-recap = Recap { $number } of { $total }: { $question }
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
engine-ask-watching = pllab goes on watching after this menu. What would you like to do?
engine-ask-theirs = { $n ->
    [one] You made one thing yourself ({ $list }). Delete it too?
   *[other] You made { $n } things yourself ({ $list }). Delete them too?
 }
engine-ask-theirs-along = { $n ->
    [one] You made one thing yourself ({ $list }). If you leave it, these stay too, because it uses them: { $along }. Delete it too?
   *[other] You made { $n } things yourself ({ $list }). If you leave them, these stay too, because they use them: { $along }. Delete them too?
 }
engine-answer-hands-on = I'll do it myself, pllab watches
engine-answer-watch = Keep watching
engine-answer-rest = Let pllab do the rest
engine-answer-hint = Give me a hint
engine-answer-theirs-stay = Leave mine alone
engine-answer-theirs-go = Delete mine too
engine-answer-theirs-back = Go back
engine-ask-lost = To go on, this must be created again: { $list }.
engine-answer-anew = Let pllab create it again, then come back to this step
engine-answer-anew-by-hand = I'll create it again myself
