# An account that several learners share: what is found by tag, and what is not pllab's.

shared-arg-everyone = Every learner's resources that carry pllab's tags, in the account named by --target or --endpoint-url
shared-arg-confirm-everyone = With --everyone --yes: delete other learners' resources without the word being typed
shared-everyone-where = --everyone needs an account: --target aws or --endpoint-url URL
shared-place-needs-all = an account is named, but not what to clean up there: --all (yours) or --everyone
shared-everyone-needs-word = --yes does not agree to deleting other learners' resources
shared-everyone-detail = Look at the list first, without --yes. A script says --yes --confirm-everyone.
shared-strange-run = the tag pllab:run holds `{ $run }`, which is no run's id; nothing of it is touched
shared-column-learner = Learner
shared-column-run = Run
shared-column-left = Left
shared-found = Left in account { $account }, found by tag:
shared-costs = All of it costs about { $hour } an hour, { $day } for a day, at list prices of { $date }. Your AWS bill is what counts.
shared-zones-unseen = Hosted zones of Route 53 could not be searched: not allowed, not supported there, or not reachable. Only the lab private-dns creates any.
shared-nothing = Nothing with pllab's tags is left in account { $account }.
shared-nothing-of = Nothing of learner { $learner } is left in account { $account }. Started under another name? Give it with --learner NAME.
shared-others =
    { $learners ->
        [one] Another learner has { $runs ->
            [one] one run
           *[other] { $runs } runs
        } here, which pllab does not touch.
       *[other] { $learners } other learners have { $runs } runs here, which pllab does not touch.
    }
shared-ask = Delete { $things ->
    [one] one resource
   *[other] { $things } resources
 } of { $runs ->
    [one] one run
   *[other] { $runs } runs
 }?
shared-type-everyone = This deletes { $things ->
    [one] one resource
   *[other] { $things } resources
 } of { $runs ->
    [one] one run
   *[other] { $runs } runs
 }, including other people's. To continue, type: { $word }
shared-late = waiting for AWS to remove network interfaces
shared-stranger = { $what } in { $vpc } was not created by pllab, so it is not deleted. The VPC cannot be deleted while it exists.
shared-receipt-foreign = still there (not pllab's)
shared-receipt-foreign-why = A VPC cannot be deleted while it holds something that pllab did not create. Delete that yourself, then clean up again.
kind-network-interface = network interface
shared-receipt-foreign-sandbox = The sandbox has stopped. In another terminal, pllab sandbox opens it again with all that is in it, so that you can delete it there.
