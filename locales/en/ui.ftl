# The screen's own words.

## The picture
picture-consumer = consumer VPC
picture-provider = provider VPC
picture-new = created in this step
picture-none = Nothing exists yet.
words-vpc = The { $name } ({ $cidr }) exists.
words-vpc-with = The { $name } ({ $cidr }) holds: { $nodes }.
words-new-vpc = This step creates the { $name } ({ $cidr }).
words-new = This step adds to the { $name }: { $nodes }.
words-link-absent = The { $endpoint } in the { $consumer } and the { $service } in the { $provider } are not connected yet.
words-link-pending = The { $endpoint } in the { $consumer } is requesting a connection to the { $service } in the { $provider } ({ $state }).
words-link-up = The { $endpoint } in the { $consumer } is connected to the { $service } in the { $provider }.
words-link-at-once = Once it is created, the { $endpoint } in the { $consumer } is connected to the { $service } in the { $provider } at once.
words-link-rejected = The provider rejected the connection: the { $endpoint } in the { $consumer } is not connected to the { $service } in the { $provider }.

## Opening
opening-picture = What you will build
opening-facts = { $minutes } / { $steps } steps
opening-place = Runs in: { $place }
opening-cost = Cost: { $cost }
opening-way-guided = Read each step and choose "Do it": pllab carries it out, then checks the result.
opening-way-explain = This mode is for reading only. Nothing is called, nothing is created.
opening-run = Run id: { $run }. You can stop at any time; pllab resume continues from there.
opening-resumed = Continuing where you stopped. Run id: { $run }

## A step
step-position = Step { $number }/{ $total }
step-plan = What this step does
step-console = In the console
step-cli = The same with the CLI (in full from the menu)
step-cli-all = The same with the CLI
step-cli-none = This step runs no commands.
step-checks = What is checked
step-then-and-now = 2019 and today
step-more = More
step-more-none = There is nothing more to say about this step.
step-after = What you have now
step-detour = Detour
step-predict = Predict first
step-predict-answer = Answer: { $right }
step-waiting = While you wait: 2019 and today

## Menus
menu-more = Tell me more (with console steps)
menu-commands = Show the CLI commands
menu-picture = Show the picture, with a description
menu-language = 言語 / Language
menu-delete-ask = This deletes what the run has made so far. Delete it?
menu-delete-no = No, go back
menu-delete-yes = Yes, delete
menu-others = Other choices
pager-on = Enter more
pager-back = b back
pager-menu = q menu
pager-chapter = q to the step
pager-end = q end
pager-position = page { $at }/{ $of }
menu-keys = Arrow keys choose  Enter takes it
menu-copy = y copies the commands
menu-copied = copied, if the terminal allows
menu-number = Type a number [{ $default }]:
menu-unclear = Type a number from 1 to { $count }.
menu-yes = { $prompt } > { $answer } (--yes)

## Progress
usual-seconds = on AWS usually { $from }-{ $to } s
usual-second = on AWS usually about { $to } s
usual-minutes = on AWS usually { $from }-{ $to } min
usual-minute = on AWS usually about { $to } min
most-seconds = gives up after { $most } s
most-minutes = gives up after { $most } min
progress-start = Started: { $label }
progress-done = Done: { $label }
progress-failed = Failed: { $label }
progress-running = In progress: { $label }
elapsed-seconds = { $s } s so far
elapsed-minutes = { $m } min { $s } s so far

## Checks
check-met = as expected
check-not-yet = not yet
check-broken = not as expected
check-cannot-tell = cannot tell
check-expected = expected
check-seen = seen
check-why-not-yet = It takes time to be created or to take effect. This is not a failure.
check-why-broken = Waiting will not change it: something is set up differently than expected.
check-why-cannot-tell = The request got no answer. The network, the credentials or the permissions are the usual cause.
check-look = To check it yourself:

## Faults
fault-title = A call failed
fault-code = Error code
fault-message = Message
fault-request = Request id
fault-no-answer = The answer could not be read, so it is not known whether the call took effect. If you try again, pllab asks the target first.
fault-unreachable = The target could not be reached. Once it is up again, the run can continue.
fault-busy = The target is busy. Wait a little, then try again.
fault-sign-in = Credentials are missing or have expired. Sign in again.
fault-denied = A permission is missing. The message above names it.
fault-not-found = It was not found. Somebody else may have deleted it.
fault-exists = The same thing already exists.
fault-in-use = Something else still uses it. Delete that first.
fault-unsupported = The target does not support this operation.
fault-refused = The target refused the request. The message above says why.

## Proof
proof-title = The page that arrived
proof-none = No page arrived.
proof-url = Open this URL in your browser (while pllab runs; later with pllab browse):
proof-status = HTTP { $status }
proof-token-ok = It carries this run's token.
proof-token-bad = It does not carry this run's token: another page is answering.
proof-source = Source address that nginx saw: { $source }

## Ends
step-finished-met = Step { $number }/{ $total } is done.
step-finished-open = Step { $number }/{ $total } is not done.
run-finished-met = { $steps ->
    [one] The only step is done.
   *[other] All { $steps } steps are done.
 }
run-finished-open = { $met ->
    [one] { $met } of { $steps } steps is done.
   *[other] { $met } of { $steps } steps are done.
 }
run-cleaned = Nothing that this run created is left.
run-interrupted = Interrupted. To continue from here:
run-started = Run { $run } starts.
item-gone = Deleted: { $resource } { $id }

## The receipt
receipt-title = Receipt
receipt-empty = There was nothing to delete.
receipt-made = What was created
receipt-now = Verified
receipt-gone = gone
receipt-earlier = { $name } (the earlier one)
receipt-left = still there
receipt-unknown = cannot tell
receipt-counts = { $gone } gone, { $left } still there, { $unknown } cannot tell
receipt-cost-none = What still costs: nothing.
receipt-cost-left = What still costs: what is still there may cost money until it is deleted.
receipt-cost-unknown = What still costs: not known yet, because some things could not be checked.
receipt-cost-free = What still costs: nothing (it is all on this machine).
receipt-left-because = still there ({ $why })
receipt-used-by = { $user } uses it
receipt-used-by-foreign = { $ids } uses it, and is not pllab's

## Kinds of resources
kind-vpc = VPC
kind-subnet = subnet
kind-route-table = route table
kind-gateway-endpoint = gateway endpoint
kind-security-group = security group
kind-instance = instance
kind-target-group = target group
kind-load-balancer = NLB
kind-listener = listener
kind-endpoint-service = endpoint service
kind-service-lookup = service look-up
kind-endpoint = endpoint
kind-acceptance = accepted connection
kind-rejection = rejected connection
kind-allowed-principal = allowed principal
kind-removed-principal = removed principal
kind-cross-zone = cross-zone load balancing
kind-private-name = private DNS name
kind-verification = domain verification

## Errors
error-mark = Error
opening-goals = After this lab you can
ending-done = all { $steps } steps met
ending-page = The page that arrived
ending-way = The path it took
ending-source = The web server saw { $source } as the source address.
ending-url = In the browser
ending-opened = The page is open in the browser while this run is open:
ending-browse-elsewhere = The page opens with this command, in a second terminal:
words-plan = You build { $nodes } in the { $name }.
words-link-planned = The { $endpoint } in the { $consumer } connects to the { $service } in the { $provider }.
recap-title = Recap answer: { $question }
predict-passed = Correct answer: { $right }
ending-at = The page is at this URL while this run is open (over ssh, forward the port with ssh -L):
recap-seen = Seen in this run: { $seen }
check-waiting = waiting for: { $title }
check-source-owned = { $address } ({ $id }: { $description })
recap-total = { $right } of { $n } answers were correct.
opening-at = Continuing with step { $number }/{ $total }: { $title }.
receipt-remade = { $n ->
    [one] One of them was created again on the way.
   *[other] { $n } of them were created again on the way.
 }
