"""boto3 builds the whole lab by hand in two accounts, is refused where AWS refuses, and leaves nothing."""

import browser
from harness import Sandbox, folder, until
from world import World, code_of, unsuccessful


def story(t):
    """the lab by hand with boto3, in two accounts, and in the browser"""
    with Sandbox(folder(), "--pace", "instant") as sandbox:
        world = World(sandbox, "byhand1234ab")
        strangers(t, sandbox)
        world.build_provider()
        t.equal("provider: the target is healthy", world.health(), "healthy")
        world.build_service()
        world.build_consumer()
        asking(t, world)
        waiting(t, world)
        accepted(t, world)
        closed(t, world)
        forgotten(t, world)
        refusals(t, world)
        rejected(t, world)
        clean(t, world)


def strangers(t, sandbox):
    """Who may not come in, and what is not there."""
    keys = {"access_key_id": "AKIASANDBOXNOBODYHERE", "secret_access_key": "x" * 40}
    sandbox.accounts["stranger"] = keys
    code = code_of(sandbox.client("ec2", "stranger").describe_vpcs)
    t.equal("an unknown key is refused", code, "AuthFailure")
    ec2 = sandbox.client("ec2")
    t.equal("an operation that is not modelled fails loudly", code_of(ec2.describe_spot_price_history), "InvalidAction")
    t.equal("a dry run says so", code_of(ec2.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True), "DryRunOperation")


def asking(t, world):
    """The consumer asks for a connection: refused where it must be."""
    make = world.consumer.create_vpc_endpoint
    code = code_of(make, **world.endpoint_params())
    t.equal("endpoint: a principal that is not allowed finds no service", code, "InvalidServiceName")
    world.allow()
    found = world.consumer.describe_vpc_endpoint_services(ServiceNames=[world.service_name])["ServiceDetails"][0]
    t.equal("service: its zones are those of the NLB", found["AvailabilityZoneIds"], [world.zones[0]["ZoneId"]])
    code = code_of(make, **world.endpoint_params(ServiceName=world.service_name[:-4] + "0000"))
    t.equal("endpoint: an unknown service name is refused", code, "InvalidServiceName")
    code = code_of(make, **world.endpoint_params(SubnetIds=[world.other_subnet]))
    t.equal("endpoint: a zone that the service does not cover is refused", code, "InvalidParameter")
    world.build_endpoint()


def waiting(t, world):
    """Before acceptance nothing passes, neither for the client nor for the browser."""
    until("the endpoint waits for acceptance", lambda: world.endpoint_state() == "pendingAcceptance")
    world.build_client()
    first = until("the client has asked", world.attempts)[0]
    t.equal("client: before acceptance its request times out", first, ("000", "28"))
    url = until("the forward is open", world.forward)
    page = browser.page(url)
    t.check("browser: before acceptance no token is seen", world.token not in page, page[:400])


def accepted(t, world):
    """The provider accepts, and the very same client gets the page."""
    waits = world.provider.describe_vpc_endpoint_connections(
        Filters=[{"Name": "service-id", "Values": [world.service]}]
    )["VpcEndpointConnections"][0]
    t.equal("provider: sees whose request it is", waits["VpcEndpointOwner"], world.consumer_account)
    reply = world.provider.accept_vpc_endpoint_connections(ServiceId=world.service, VpcEndpointIds=[world.endpoint])
    t.equal("provider: the request is accepted", unsuccessful(reply), [])
    until("the endpoint is available", lambda: world.endpoint_state() == "available")
    until("the client got the page", lambda: ("200", "0") in world.attempts())
    t.check("client: the page carries the token", world.token in world.console(world.consumer, world.client))
    source = until("nginx logged the request", lambda: source_of(world))
    t.equal("web server: sees the address of the NLB", source, nlb_address(world))
    page = browser.page(world.forward())
    t.check("browser: after acceptance the token is seen", world.token in page, page[:400])
    t.check("browser: the page names the NLB's address", nlb_address(world) in page, page[-400:])


def source_of(world):
    """The last source address in the web server's log."""
    lines = [line for line in world.console(world.provider, world.web).splitlines() if '"GET / HTTP' in line]
    return lines[-1].split()[0] if lines else None


def nlb_address(world):
    """The private address of the NLB's network interface."""
    filters = [{"Name": "description", "Values": ["ELB net/*"]}]
    found = world.provider.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]
    return found[0]["PrivateIpAddress"]


def next_attempt(world):
    """What the client sees from now on; the attempt that is under way does not count."""
    seen = len(world.attempts())
    until("the client has asked twice more", lambda: len(world.attempts()) > seen + 1)
    return world.attempts()[seen + 1]


def closed(t, world):
    """The endpoint's security group is closed, and opened again: all is green meanwhile."""
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": world.client_group}]}
    group = {"GroupId": world.endpoint_group, "IpPermissions": [rule]}
    world.consumer.revoke_security_group_ingress(**group)
    t.equal("closed security group: the request times out", next_attempt(world), ("000", "28"))
    t.equal("closed security group: all is green", (world.endpoint_state(), world.health()), ("available", "healthy"))
    world.consumer.authorize_security_group_ingress(**group)
    t.equal("opened again: the page is there", next_attempt(world), ("200", "0"))


def forgotten(t, world):
    """The principal is removed from the allow-list: the accepted connection lives on, and nothing new is let in."""
    principal = f"arn:aws:iam::{world.consumer_account}:root"
    change = world.provider.modify_vpc_endpoint_service_permissions
    change(ServiceId=world.service, RemoveAllowedPrincipals=[principal])
    t.equal("principal removed: the page is still there", next_attempt(world), ("200", "0"))
    code = code_of(world.consumer.create_vpc_endpoint, **world.endpoint_params())
    t.equal("principal removed: a new request finds no service", code, "InvalidServiceName")
    world.allow()


def rejected(t, world):
    """The provider rejects what it had accepted."""
    ids = {"ServiceId": world.service, "VpcEndpointIds": [world.endpoint]}
    t.equal("provider: rejects the connection", unsuccessful(world.provider.reject_vpc_endpoint_connections(**ids)), [])
    t.equal("rejected: the endpoint stays, and says so", world.endpoint_state(), "rejected")
    t.equal("rejected: the request times out", next_attempt(world), ("000", "28"))
    refused = unsuccessful(world.provider.accept_vpc_endpoint_connections(**ids))
    t.equal("rejected: it cannot be accepted any more", refused, ["InvalidState"])


def refusals(t, world):
    """What is in use cannot go."""
    elb, provider, consumer = world.balancer, world.provider, world.consumer
    code = code_of(elb.delete_load_balancer, LoadBalancerArn=world.nlb)
    t.equal("clean-up: an NLB that a service uses stays", code, "ResourceInUse")
    code = code_of(elb.delete_target_group, TargetGroupArn=world.targets)
    t.equal("clean-up: a target group that a listener uses stays", code, "ResourceInUse")
    reply = provider.delete_vpc_endpoint_service_configurations(ServiceIds=[world.service])
    t.equal(
        "clean-up: a service with connections stays, and the answer is 200",
        (unsuccessful(reply), reply["ResponseMetadata"]["HTTPStatusCode"]),
        (["ExistingVpcEndpointConnections"], 200),
    )
    for what, call, params in [
        ("group with members", consumer.delete_security_group, {"GroupId": world.endpoint_group}),
        ("group that another group names", provider.delete_security_group, {"GroupId": world.nlb_group}),
        ("subnet with interfaces", consumer.delete_subnet, {"SubnetId": world.consumer_subnet}),
        ("VPC with subnets", provider.delete_vpc, {"VpcId": world.provider_vpc}),
    ]:
        t.equal(f"clean-up: a {what} stays", code_of(call, **params), "DependencyViolation")


def clean(t, world):
    """Deletes in the right order, and looks again."""
    elb, provider, consumer = world.balancer, world.provider, world.consumer
    reply = consumer.delete_vpc_endpoints(VpcEndpointIds=[world.endpoint])
    t.equal("clean-up: the endpoint goes", unsuccessful(reply), [])
    consumer.terminate_instances(InstanceIds=[world.client])
    consumer.get_waiter("instance_terminated").wait(InstanceIds=[world.client])
    until("the endpoint is gone", lambda: world.endpoint_state() in ("deleted", "gone"))
    provider.delete_vpc_endpoints(VpcEndpointIds=[world.gateway])
    until(
        "the service goes",
        lambda: not unsuccessful(provider.delete_vpc_endpoint_service_configurations(ServiceIds=[world.service])),
    )
    elb.delete_listener(ListenerArn=world.listener)
    elb.delete_target_group(TargetGroupArn=world.targets)
    until("the NLB goes", lambda: code_of(elb.delete_load_balancer, LoadBalancerArn=world.nlb) is None)
    elb.get_waiter("load_balancers_deleted").wait(LoadBalancerArns=[world.nlb])
    provider.terminate_instances(InstanceIds=[world.web])
    provider.get_waiter("instance_terminated").wait(InstanceIds=[world.web])
    provider.disassociate_route_table(AssociationId=world.association)
    for ec2, call, params in [
        (provider, "delete_route_table", {"RouteTableId": world.routes}),
        (provider, "delete_security_group", {"GroupId": world.web_group}),
        (provider, "delete_security_group", {"GroupId": world.nlb_group}),
        (provider, "delete_subnet", {"SubnetId": world.provider_subnet}),
        (provider, "delete_vpc", {"VpcId": world.provider_vpc}),
        (consumer, "delete_security_group", {"GroupId": world.endpoint_group}),
        (consumer, "delete_security_group", {"GroupId": world.client_group}),
        (consumer, "delete_subnet", {"SubnetId": world.consumer_subnet}),
        (consumer, "delete_subnet", {"SubnetId": world.other_subnet}),
        (consumer, "delete_vpc", {"VpcId": world.consumer_vpc}),
    ]:
        until(f"{call} {params}", lambda: code_of(getattr(ec2, call), **params) is None)
    left = {}
    for name, ec2 in [("provider", provider), ("consumer", consumer)]:
        left[name] = {
            "vpcs": ec2.describe_vpcs()["Vpcs"],
            "subnets": ec2.describe_subnets()["Subnets"],
            "groups": ec2.describe_security_groups()["SecurityGroups"],
            "interfaces": ec2.describe_network_interfaces()["NetworkInterfaces"],
            "endpoints": [it for it in ec2.describe_vpc_endpoints()["VpcEndpoints"] if it["State"] != "deleted"],
            "services": ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"],
            "instances": [
                instance["InstanceId"]
                for reservation in ec2.describe_instances()["Reservations"]
                for instance in reservation["Instances"]
                if instance["State"]["Name"] != "terminated"
            ],
        }
    left["provider"]["balancers"] = elb.describe_load_balancers()["LoadBalancers"]
    left["provider"]["targets"] = elb.describe_target_groups()["TargetGroups"]
    remaining = {f"{who} {what}": items for who, kinds in left.items() for what, items in kinds.items() if items}
    t.equal("clean-up: nothing is left in either account", remaining, {})
