# New kinds and checks of the labs on zones, permissions and names.
action-endpoint-service-closed = Create the endpoint service for { $balancer } (acceptance required, no principal allowed)
action-rejection = As the provider, reject the connection
action-allowed-principal = Allow the { $side }'s account to use { $service }
action-removed-principal = Remove the { $side }'s account from the principals of { $service }
action-cross-zone = Turn on cross-zone load balancing for { $balancer }
label-principal = { $name ->
    [permission] Allow the principal
    [withdrawal] Remove the allowed principal
   *[other] Allowed principal ({ $name })
 }
label-cross-zone = Cross-zone load balancing ({ $name })
check-title-principal-not-allowed = The { $side }'s account is not allowed
check-title-service-hidden = The service as the { $side } sees it
check-title-cross-zone-on = Cross-zone load balancing of { $name }
check-expected-not-allowed = not among the allowed principals
check-expected-service-hidden = seems not to exist (InvalidServiceName)
check-not-allowed = { $account } is not among the allowed principals
check-why-still-allowed = { $principal } is still allowed. Select it under "Allow principals" and delete it.
check-why-service-found = The service is found. Right after a permission is removed it takes a moment to disappear. If it lasts, check the allowed principals.
check-why-cross-zone = Under the NLB's "Attributes", turn on "Enable cross-zone load balancing".
check-why-not-cut-off = Answers still arrive. After a rejection, the next attempt is the one that fails.
picture-link-rejected = rejected
check-title-no-answer-in = What { $client } gets by the zonal name of { $subnet }
check-title-answer-in = What { $client } gets by the zonal name of { $subnet }
