# `pllab doctor`: can this account and this machine run the lab?

doctor-about = Check whether this account and this machine can run the lab (read-only)
doctor-arg-learners = How many learners run the lab in the account at once (default: 1)
doctor-column-what = What
doctor-column-state = State
doctor-column-seen = Seen
doctor-column-code = Code
doctor-column-quota = Quota
doctor-column-now = Now
doctor-column-wanted = Ask for
doctor-ok = ok
doctor-problem = problem
doctor-note = note
doctor-unknown = cannot tell
doctor-of-provider = { $what } (provider)
doctor-of-consumer = { $what } (consumer)
doctor-todo = What to do:
doctor-ask-for = Ask for these in Service Quotas, in this region:
doctor-can = { $learners ->
    [one] This account can run { $lab } for one learner.
   *[other] This account can run { $lab } for { $learners } learners.
 }
doctor-can-as-far = { $learners ->
    [one] As far as pllab could check, this account can run { $lab } for one learner.
   *[other] As far as pllab could check, this account can run { $lab } for { $learners } learners.
 }
doctor-cannot = { $learners ->
    [one] This account cannot run { $lab } for one learner: see the problems above.
   *[other] This account cannot run { $lab } for { $learners } learners: see the problems above.
 }
doctor-cannot-two = { $learners ->
    [one] These accounts cannot run { $lab } for one learner: see the problems above.
   *[other] These accounts cannot run { $lab } for { $learners } learners: see the problems above.
 }
doctor-sandbox-only = The sandbox needs no account, so only this machine was checked. To check an account:
doctor-not-found = not found
doctor-records = Folder for records
doctor-records-todo = Make { $folder } writable, or name another with --state-dir.
doctor-loopback = Port for the sandbox
doctor-web-server = Web server of the sandbox
doctor-web-server-builtin = the built-in page server (nginx is not installed, or not wanted)
doctor-web-server-walled = { $version }, restricted to its own files, ports and system calls
doctor-web-server-open = { $version }; cannot be restricted here: { $lacks }
doctor-web-server-todo = This system cannot fully restrict nginx (Linux 6.7 or newer can, with Landlock and seccomp, on x86_64 and aarch64). For user data that you do not trust, give `--nginx builtin`.
doctor-loopback-todo = Allow this program to listen on 127.0.0.1.
doctor-aws-cli = aws CLI version 2
doctor-aws-cli-todo = For `pllab browse` on AWS, install version 2 of the aws CLI: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html
doctor-ssh = ssh
doctor-ssh-todo = For `pllab browse` on AWS, install OpenSSH's client.
doctor-identity = Signed in as
doctor-identity-todo = Sign in, or name another profile with --profile, then run this again.
doctor-endpoint = Endpoint
doctor-clock = Clock
doctor-clock-off = { $seconds } s off the cloud's clock
doctor-clock-unknown = no answer that shows the time
doctor-clock-refused = AWS says that the request was signed at the wrong time
doctor-clock-todo = Set this machine's clock: AWS refuses requests that are signed minutes off.
doctor-may-read = Read permissions
doctor-allowed = { $count } operations allowed
doctor-denied = denied: { $operations }
doctor-policy-todo = Attach the lab's policy, or ask an administrator to attach it. To print it:
doctor-may-make = Create permissions
doctor-dry-run-fine = { $count } operations would be allowed (dry run)
doctor-dry-run-made = the endpoint ignored the dry run and created { $vpc }
doctor-dry-run-todo = Delete { $vpc }. This endpoint does not support dry runs.
doctor-no-dry-runs = this endpoint does not support dry runs
doctor-untried = Not tested
doctor-untried-seen = { $others } actions that a dry run cannot check before the resources exist, and { $elb } of Elastic Load Balancing, which has no dry run
doctor-zones = Zones
doctor-zones-todo = Choose another region: no zone here is shared by both accounts and offers { $types }.
doctor-linked-role = ELB's service-linked role
doctor-linked-role-there = there (a load balancer or target group exists)
doctor-linked-role-unknown = not tested; AWS creates it with the first NLB if iam:CreateServiceLinkedRole is allowed
doctor-leftovers = Left by earlier runs
doctor-leftovers-none = nothing
doctor-leftovers-some = yours: { $mine ->
    [one] one run
   *[other] { $mine } runs
 }; other people's: { $others ->
    [one] one run
   *[other] { $others } runs
 }
doctor-leftovers-todo = What earlier runs left behind counts against quotas and may cost money. To delete it:
doctor-quota-vpcs = VPCs
doctor-quota-vcpus = vCPUs (standard)
doctor-quota-gateways = Gateway endpoints
doctor-quota-balancers = NLBs
doctor-quota-target-groups = Target groups
doctor-quota-groups = Security groups
doctor-quota-interfaces = Network interfaces
doctor-quota-subnets = subnets
doctor-quota-route-tables = route tables
doctor-quota-endpoints = interface endpoints
doctor-in-each-vpc = In each VPC
doctor-quota-of-vpc = { $needed } of { $limit } { $name }
doctor-and = { $one }, { $other }
doctor-endpoint-services = Endpoint services
doctor-no-quota = need { $needed } more, { $used } in use; AWS documents no quota
doctor-quota-seen = need { $needed } more, { $used } in use, quota { $limit }
doctor-quota-unknown = { $code }: { $why }
doctor-type-unknown = the instance type is not known
doctor-quota-todo = { $name }: ask for { $wanted } ({ $code }).
doctor-connect-endpoints = Connect Endpoints
doctor-fixed-seen = { $learners } for browse, { $used } in use, at most { $limit } (fixed)
doctor-fixed = { $learners } for browse, at most { $limit } (fixed)
doctor-connect-endpoints-todo = { $limit ->
    [one] Only one more learner at a time can use `pllab browse` in this region: AWS does not raise this limit. The others can see the result in the client's console output.
   *[other] Only { $limit } more learners at a time can use `pllab browse` in this region: AWS does not raise this limit. The others can see the result in the client's console output.
 }
