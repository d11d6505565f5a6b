# A real AWS account: signing in, what it costs, two accounts.

## Help
cli-arg-consumer-profile = The consumer side's AWS profile
cli-arg-two-accounts = Two accounts in the sandbox
cli-arg-accept-cost = Agree to at most this many USD a day (or: any)
cli-arg-api-only = For endpoints that carry no traffic: skip the traffic checks

## Who and where
aws-column-side = Side
aws-column-account = Account
aws-column-identity = Signed in as
aws-place = AWS · { $region }
aws-region = Region: { $region } ({ $source })
aws-region-flag = --region
aws-region-usual = from the environment or the profile
aws-region-default = the default
aws-region-run = of this run
aws-note-aws = Calls go to AWS.
aws-note-endpoint = Calls go to { $url }, which is not AWS.
aws-note-redirected = { $service } calls go to { $url }, which is not AWS: an environment variable (`AWS_ENDPOINT_URL...`) or the profile says so.
aws-note-one-account = Both sides are in one account.
aws-note-same-account = The two profiles belong to the same account ({ $account }), so both sides are in one account.
aws-note-two-accounts = Provider and consumer are in two accounts.
step-two-accounts = In two accounts
aws-image-by-name = The image was not found through AWS's public parameter, which needs ssm:GetParameters. pllab looks it up by name instead. Nothing else changes.
aws-not-asked = Not checked (--api-only), because records alone do not show it: { $title }
aws-lacks = This endpoint does not know the operation { $operation }. { $means } To delete what was created: pllab clean { $run }
aws-lacks-acceptance = Without it no connection can be accepted or rejected, so the client never gets an answer and the lab ends here. AWS and the built-in sandbox have it.
aws-lacks-step = This step cannot be done without it, and the lab ends here. AWS and the built-in sandbox have it.
aws-no-region = there is no region: neither --region nor the environment nor the profile names one
aws-no-profile = there is no AWS profile `{ $name }`
aws-no-profile-detail = It is in neither of the files { $files }.
aws-known-profiles = The profiles there: { $names }
aws-sign-in-first = Sign in first, for example with one of these, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
aws-profile-needs-target = `--profile` and `--consumer-profile` go with `--target aws` or `--endpoint-url`
aws-two-accounts-sandbox = `--two-accounts` is for the sandbox; elsewhere, --consumer-profile names the second account
aws-bad-url = `{ $url }` is not an http:// or https:// URL
aws-renew = Your credentials have expired or are no longer valid. Nothing is lost. In another terminal, sign in again the way you did, for example:
    { $commands }
    Then choose "Look again" here. Keys from the environment cannot be changed in a running program: pause here, set new ones, and continue with pllab resume { $run }
aws-renew-sandbox = The sandbox no longer accepts the keys. To continue: pllab resume { $run }
aws-bad-bundle = the certificates named by AWS_CA_BUNDLE cannot be used
aws-sandbox-one-account = this sandbox has only one account
aws-no-zone = no zone of this region serves both accounts and offers { $types }
aws-zones-shared = Zones that both accounts have: { $zones }

## Money
money-usd = { $usd } USD
money-and-unknown = { $usd } USD plus items with no known price
money-unknown = not known
money-local = nothing, as far as pllab knows (the endpoint is on this machine)
money-opening = about { $amount } an hour, until it is deleted
money-column-what = Billed resource
money-column-hour = Per hour
money-column-rule = How it is charged
money-whole-hours = each started hour in full
money-by-second = by the second
money-sum = All of it costs about { $hour } an hour. If you forget to delete it, that is { $day } a day and { $month } for 30 days.
money-prices = AWS list prices, checked on { $date }, without tax and data transfer. Your AWS bill is what counts.
money-prices-unconfirmed = List prices, checked on { $date }, without tax and data transfer. Not all of them come from AWS's own price list. Your AWS bill is what counts.
money-type-yes = To agree and begin, type "yes". Anything else ends here.
money-not-agreed = you did not agree to the cost
money-yes-is-not-enough = --yes alone does not spend money
money-above = it would cost { $day } USD for a day, and --accept-cost allows { $most } USD
money-price-unknown = the price of something is not known, so --accept-cost cannot tell whether it is enough
money-figures = It costs about { $hour } an hour, { $day } for a day.
money-nothing-made = Nothing has been created.

## What it has cost
money-running = It costs about { $hour } an hour and has cost about { $so_far } so far, at list prices. Endpoints and load balancers are billed for each started hour in full.
money-reminder = Still costing money: run { $run } (since { $since }, about { $hour } an hour, { $so_far } so far). To stop it: pllab clean { $run }
bill-title = What it cost
bill-column-from = From
bill-column-until = Until
bill-column-cost = About
bill-goes-on = still there
bill-line = { $what }: from { $from } until { $until }, about { $cost }
bill-total = Together about { $total }.
bill-rule = At list prices checked on { $date }, without tax and data transfer. Endpoints and load balancers are billed for each started hour in full, instances by the second. Your AWS bill is what counts.
