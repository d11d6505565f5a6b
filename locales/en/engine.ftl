# What the engine asks and says.
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
engine-recovering = { $n ->
    [one] One call
   *[other] { $n } calls
 } had no outcome on record when pllab last ended. pllab now checks through the API what became of them.
engine-ahead = { $what } takes minutes to become ready, so pllab starts creating it now.
engine-longer-than-usual = { $seen } (longer than usual)
engine-deleting = Delete: { $what }
engine-failed = Could not continue: { $code } { $message }
picture-client = client
picture-web = EC2 nginx
picture-nlb = NLB (internal)
picture-service = endpoint service
picture-endpoint = endpoint
picture-link-pending = pending acceptance
picture-link-up = connected
engine-in-use = something else still uses it ({ $code })
engine-answer-browse = Open the page in the browser
engine-answer-recap = Recap: five questions over the whole lab
engine-answer-report = Write the report
engine-answer-drill = Keep it, and go on with a drill
engine-ask-recap = Recap { $number } of { $total }: { $question }
picture-named = { $label } { $name }
