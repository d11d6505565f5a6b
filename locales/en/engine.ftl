# What the engine asks and says.
engine-ask-step = How do you want to go on?
engine-ask-next = Ready for the next step?
engine-ask-not-met = Something is not as it should be yet. What now?
engine-ask-failed = The work stopped half-way. What now?
engine-ask-clean-up = The lab is done. What should happen to what it made?
engine-answer-go = Do it
engine-answer-accept = Accept it
engine-answer-back = Back to this step
engine-answer-look = Look
engine-answer-next = Next step
engine-answer-detour = Reject it first, and see
engine-answer-again = Look again
engine-answer-leave = Stop here, go on later
engine-answer-end = Stop here
engine-answer-clean-up = Clean up (delete what was made)
engine-answer-keep = Keep it (pllab clean later)
engine-recovering = { $n ->
    [one] One call
   *[other] { $n } calls
 } had no outcome on record when pllab ended last time. Asking the cloud what became of them.
engine-ahead = { $what } takes minutes to become ready, so pllab starts making it now.
engine-longer-than-usual = { $seen } (longer than usual)
engine-deleting = Delete: { $what }
engine-failed = Could not go on: { $code } { $message }
picture-client = client
picture-web = EC2 nginx
picture-nlb = NLB (internal)
picture-service = endpoint service
picture-endpoint = endpoint
picture-link-pending = pending acceptance
picture-link-up = connected
engine-in-use = something else still uses it ({ $code })
