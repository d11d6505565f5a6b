# An account that several learners share: what is found by tag, and what is not pllab's.

shared-arg-everyone = Every learner's resources that carry pllab's tags, in the account named by --target or --endpoint-url
shared-arg-confirm-everyone = With --everyone --yes: delete other learners' resources without the word being typed
shared-everyone-where = --everyone needs an account to look into: --target aws or --endpoint-url URL
shared-place-needs-all = an account is named, but not what to clean up there: --all (yours) or --everyone
shared-everyone-needs-word = --yes does not agree to deleting other learners' resources
shared-everyone-detail = Look at the list first, without --yes. A script says --yes --confirm-everyone.
shared-strange-run = the tag pllab:run holds `{ $run }`, which is no run's id; nothing of it is touched
shared-column-learner = Learner
shared-column-run = Run
shared-column-left = Left
shared-found = Left in account { $account }, found by tag:
shared-costs = All of it costs about { $hour } an hour, { $day } for a day, at list prices of { $date }. What AWS bills counts.
shared-zones-unseen = Hosted zones of Route 53 could not be looked for: not allowed, not known there, or not reachable. Only the lab private-dns makes any.
shared-nothing = Nothing with pllab's tags is left in account { $account }.
shared-nothing-of = Nothing of learner { $learner } is left in account { $account }. Started under another name? Give it with --learner NAME.
shared-others =
    { $learners ->
        [one] Another learner has { $runs } run(s) here; they are not touched.
       *[other] { $learners } other learners have { $runs } runs here; they are not touched.
    }
shared-ask = Delete { $things } resources of { $runs } run(s)?
shared-type-everyone = This deletes { $things } resources of { $runs } run(s), other people's too. To go on, type: { $word }
shared-late = waiting for interfaces that AWS takes away
shared-stranger = { $what } stands in { $vpc } and was not made by pllab. It is not deleted, and the VPC cannot go before it.
shared-receipt-foreign = there, not pllab's
shared-receipt-foreign-why = What is not pllab's keeps its VPC: delete it yourself, then clean up again.
kind-network-interface = network interface
