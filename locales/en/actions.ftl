# What a step will do, one line each, and what the things are called.
action-vpc = Create the VPC { $name } ({ $cidr })
action-subnet = Create the subnet { $name } ({ $cidr }, zone { $zone })
action-route-table = Create the route table { $name } and associate it with { $subnet }
action-gateway-endpoint = Create the S3 gateway endpoint { $name }, which adds a route
action-security-group = Create the security group { $name } and allow TCP { $port } from { $from }
action-security-group-closed = Create the security group { $name } (no inbound rules)
action-instance = Launch the EC2 instance { $name } ({ $size }, no public address)
action-target-group = Create the target group { $name } and register { $targets }
action-load-balancer = { $name ->
    [nlb] Create the internal Network Load Balancer
   *[other] Create the internal Network Load Balancer { $name }
 }
action-listener = Create a listener on TCP { $port } that forwards to { $target }
action-endpoint-service = Create the endpoint service for { $balancer } (acceptance required) and allow a principal
action-endpoint-service-open = Create the endpoint service for { $balancer } (no acceptance required)
action-service-lookup = Verify the service name, and choose a subnet in a zone of the service
action-endpoint-unasked = { $name ->
    [endpoint] Create the interface endpoint
   *[other] Create the interface endpoint { $name }
 }
action-endpoint = { $name ->
    [endpoint] Create the interface endpoint (the provider gets a connection request)
   *[other] Create the interface endpoint { $name } (the provider gets a connection request)
 }
action-acceptance = As the provider, accept the connection request
label-vpc = VPC { $name }
label-subnet = Subnet { $name }
label-route-table = Route table { $name }
label-gateway-endpoint = Gateway endpoint { $name }
label-security-group = Security group { $name }
label-instance = Instance { $name }
label-target-group = Target group { $name }
label-load-balancer = { $name ->
    [nlb] NLB
   *[other] NLB { $name }
 }
label-listener = Listener { $name }
label-endpoint-service = { $name ->
    [service] Endpoint service
   *[other] Endpoint service { $name }
 }
label-service-lookup = { $name ->
    [found-service] Service name look-up
   *[other] Service name look-up { $name }
 }
label-endpoint = { $name ->
    [endpoint] Interface endpoint
   *[other] Interface endpoint { $name }
 }
label-acceptance = { $name ->
    [acceptance] Accept the connection request
    [rejection] Reject the connection request
   *[other] Accept or reject the connection request ({ $name })
 }
