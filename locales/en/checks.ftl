# What the checks ask.
check-title-vpc-available = VPC { $name } is available
check-title-subnet-in-zone = Zone of subnet { $name }
check-title-route-to-s3 = { $name } has a route to S3
check-title-group-admits = { $group } allows TCP { $port } from { $from }
check-title-instance-running = State of instance { $name }
check-title-console-says = { $name } has finished its first boot
check-title-load-balancer-active = State of { $name } (NLB)
check-title-targets-healthy = Health of { $name }
check-title-service-available = { $name ->
    [service] State of the endpoint service
   *[other] State of endpoint service { $name }
 }
check-title-principal-allowed = The { $side }'s account is allowed
check-title-no-way-back = From the provider VPC to { $client }
check-title-same-cidr = CIDR of both VPCs
check-title-service-found = The service name is found
check-title-endpoint-state = State of the endpoint
check-title-endpoint-in-zone = Zone of the endpoint
check-title-no-answer = What { $client } gets
check-title-answer = What { $client } gets
check-title-page = The page as it arrives here
check-title-log-shows-load-balancer = Source address in nginx's log

# What they expect, where it is not a value of AWS's own.
check-expected-no-way-back = the connection is available, and the provider VPC has no route to the client
check-expected-same-cidr = the same CIDR on both sides
check-expected-service-zone = a zone of the service
check-expected-no-answer = no answer (time-out)
check-expected-answer = HTTP 200 and this run's token
check-expected-page = HTTP 200, this run's token, an NLB address as the source
check-expected-load-balancer-address = an address of the NLB

# What they see.
check-not-made = { $name } does not exist yet
check-not-found = not found
check-route = S3 > { $gateway } ({ $state })
check-no-route-to = no route fits { $address }
check-route-within = the only route that fits { $address } is local ({ $block }): it stays in the provider's own VPC
check-route-to = { $target } leads to { $address }
check-no-route = no route to S3
check-not-associated = not associated with { $subnet }
check-no-inbound-rules = no inbound rules
check-console-empty = no console output yet
check-no-target =
    { $id ->
        [none] no targets
       *[other] { $id } is not registered
    }
check-service-asks = { $state }, acceptance required
check-service-does-not-ask = { $state }, acceptance not required
check-no-principal = no allowed principals
check-no-zone = { $name } (no zone you can use)
check-no-subnet = no subnet yet
check-no-attempt = the client has not tried yet
check-timed-out = timed out after { $seconds } s (curl exit { $exit })
check-curl-failed = no answer (curl exit { $exit })
check-answered = HTTP { $code } after { $seconds } s
check-silent = no answer within { $seconds } s
check-status = HTTP { $code }
check-other-page = { $answer }, without this run's token
check-page-seen = HTTP { $code }, the token matches, source { $source }
check-no-log-line = no such line in the log yet
check-no-load-balancer-address = no network interface of the NLB found

# Why that usually happens, and what to do.
check-why-not-found = It seems to have been deleted. Create this step's resources again.
check-why-unreachable = The target does not answer. Check your network, then look again.
check-why-busy = Too many requests at once. Wait a little, then look again.
check-why-sign-in = Credentials are missing or have expired. Sign in again (with the AWS CLI, `aws sso login` for example).
check-why-denied = You have no permission for this call. The message above names the permission that is missing.
check-why-unsupported = The target does not support this call.
check-why-vpc-block = A VPC's CIDR cannot be changed later. Create the VPC again with { $block }.
check-why-subnet-zone = A subnet's zone cannot be changed later. Create it again in { $zone }. Zone names stand for different zones in different accounts, so choose by zone ID.
check-why-no-route = The S3 gateway endpoint does not seem to use this route table. Select it under the endpoint's "Manage route tables".
check-why-not-associated = A subnet without an association uses the main route table. Add { $subnet } to this route table's subnet associations.
check-why-group-admits = An inbound rule is missing. Add one for TCP { $port } with source { $source }.
check-why-instance-stopped = The instance is stopped. Start it with "Start instance".
check-why-instance-terminated = A terminated instance does not come back. Create it again.
check-why-no-packages = Packages cannot be installed. Their repository is in S3: check that the subnet's route table has a route to the S3 gateway endpoint, and that the security group's outbound rules allow HTTPS. Then create the instance again.
check-why-load-balancer-scheme = This NLB is internet-facing. The scheme cannot be changed later: create it again as internal.
check-why-load-balancer-failed = The NLB could not be created. Check that the subnet has free IP addresses, then create it again.
check-why-no-target = Register the web server's instance with the target group.
check-why-unhealthy = Health checks get no answer. Check that nginx is running, and that the web server's security group allows TCP 80 from the NLB.
check-why-unused = The target is not in use. Check that a listener forwards to this target group, that the target's zone is enabled on the NLB, and that the instance is running.
check-why-service-state = An endpoint service in this state cannot be used. Create it again.
check-why-acceptance-off = Connections are accepted without asking you. Select "Acceptance required" under "Modify endpoint acceptance setting".
check-why-acceptance-on = Connections wait until you accept them. Clear "Acceptance required" under "Modify endpoint acceptance setting".
check-why-principal = To an account that is not allowed, the service does not seem to exist. Add { $principal } under "Allow principals".
check-why-way-back = This route is not part of PrivateLink. The lab does not use it.
check-why-not-made = It has not been created yet, so there is nothing to check.
check-why-same-cidr = This lab shows that PrivateLink works even when both CIDRs are the same. Create { $name } again with { $block }.
check-why-service-not-found = The service name is mistyped, the Region is wrong, or your account is not an allowed principal (in that case, too, AWS says that the service does not exist). Check the service name and "Allow principals" on the provider side.
check-why-no-common-zone = The consumer's account cannot use the NLB's zone. Create the NLB again in a zone that both accounts have; compare zone IDs.
check-why-endpoint-zone = An endpoint must be in a zone of the service. Create it again in a subnet of { $zones }.
check-why-not-accepted = It is waiting for the provider. Accept it under the endpoint service's "Endpoint connections".
check-why-not-rejected = The connection request is not rejected yet. Reject it under the endpoint service's "Endpoint connections".
check-why-accepted-already = It is accepted already. If you have finished the step that accepts it, all is well. If not, check whether the service requires acceptance.
check-why-rejected = The provider rejected the connection request. Delete the endpoint and create it again to send a new request.
check-why-endpoint-lost = An endpoint in this state does not come back. Delete it and create it again.
check-why-answers-already = There is an answer already. Check the endpoint's state. If you have finished the step that accepts it, all is well.
check-why-curl-failed = This is neither a time-out nor the page. Right after boot it changes by itself. curl exit 6 means that the name does not resolve, 7 that the connection was refused.
check-why-timed-out = Nothing arrives before the connection is accepted, and it can take 1 to 3 minutes after that. If it lasts longer, check that the security groups of the endpoint and of the NLB allow TCP 80.
check-why-other-page = What answered is not the page of this run's web server. Check the target group's targets and the page that nginx serves.
check-why-other-source = The request does not seem to have come through the NLB. Open the page from the client, by the endpoint's DNS name.
check-why-no-log-line = No page has been served yet, or the log is late. Check first that the page arrives at the client.
check-why-forward-closed = This URL is not available now. Continue with `pllab resume`, then check again.
check-why-forward-elsewhere = This URL does not belong to this machine, so it was not opened.

check-title-request-waiting = The connection request as the provider sees it
check-request = { $endpoint } / owner { $owner } / { $state }
check-no-request = none yet
check-why-no-request = Right after an endpoint is created it takes a moment to be listed.
check-why-request-answered = This request has already been accepted or rejected.

check-service-seen = { $state }; { $name }; zones { $within }; excluded { $without }
check-no-zone-left-out = none
check-endpoint-seen = { $zone }; { $dns }; { $eni }
check-why-boot-ended = The user data has run to its end without the line "{ $text }". It runs at the first boot only: terminate the instance and launch one whose user data prints that line.
