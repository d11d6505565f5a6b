"""Single facts about AWS's answers, each with where it is known from."""

import threading

from harness import Sandbox, folder, until
from world import World, refusal

WEB = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.0.0.0/16"}]}]


def said(call, **params):
    """`Code: message` of a refusal, or None."""
    refused = refusal(call, **params)
    return refused and ": ".join(refused)


def begins(t, what, seen, expected):
    """A refusal with these first words."""
    t.check(what, (seen or "").startswith(expected), f"{seen!r}, expected {expected!r}…")


def story(t):
    """facts of AWS, one by one"""
    with Sandbox(folder(), "--pace", "instant", "--quota", "L-1216C47A=20") as sandbox:
        ec2, elb = sandbox.client("ec2"), sandbox.client("elbv2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
        networks(t, ec2, vpc)
        groups(t, ec2, vpc, subnet)
        instances(t, ec2, subnet)
        balancers(t, elb, vpc, subnet)
        services(t, ec2, elb, sandbox, vpc, subnet)
        zones(t, sandbox.client("route53"))
        inventory(t, ec2)
        t.check(
            "CanonicalHostedZoneId: in every region (General Reference)",
            elsewhere(sandbox) == "Z26RNL4JYFTOTI", elsewhere(sandbox),
        )
    with Sandbox(folder(), "--pace", "quick") as sandbox:
        one_at_a_time(t, sandbox)


def networks(t, ec2, vpc):
    """VPCs and subnets."""
    for name in ("cidr", "cidr-block", "cidrBlock"):
        found = ec2.describe_vpcs(Filters=[{"Name": name, "Values": ["10.0.0.0/16"]}])["Vpcs"]
        t.equal(f"DescribeVpcs: {name} is a filter", [it["VpcId"] for it in found], [vpc])
    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneId"]
    for name, value in (("availabilityZoneId", zone), ("defaultForAz", "false")):
        found = ec2.describe_subnets(Filters=[{"Name": name, "Values": [value]}])["Subnets"]
        t.equal(f"DescribeSubnets: {name} is a filter", len(found), 1)
    t.equal("an untagged VPC has no Tags", ec2.describe_vpcs()["Vpcs"][0].get("Tags"), None)
    other = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]
    t.equal("CreateVpc: Tags, even without any", other.get("Tags"), [])
    metrics = {"VpcId": other["VpcId"], "EnableNetworkAddressUsageMetrics": {"Value": True}}
    t.equal("ModifyVpcAttribute: usage metrics", said(ec2.modify_vpc_attribute, **metrics), None)
    shown = ec2.describe_vpc_attribute(VpcId=other["VpcId"], Attribute="enableNetworkAddressUsageMetrics")
    t.equal("DescribeVpcAttribute: usage metrics", shown["EnableNetworkAddressUsageMetrics"]["Value"], True)


def groups(t, ec2, vpc, subnet):
    """Security groups and their rules."""
    group = ec2.create_security_group(GroupName="Web", Description="d", VpcId=vpc)["GroupId"]
    again = {"Description": "d", "VpcId": vpc}
    begins(t, "group names: whatever their case (API:CreateSecurityGroup)",
           said(ec2.create_security_group, GroupName="web", **again), "InvalidGroup.Duplicate")
    rule = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=WEB)["SecurityGroupRules"][0]
    change = {"SecurityGroupRuleId": rule["SecurityGroupRuleId"],
              "SecurityGroupRule": {"FromPort": 1, "ToPort": 2, "CidrIpv4": "10.0.0.0/8"}}
    begins(t, "a changed rule names its protocol (moto, verified against AWS)",
           said(ec2.modify_security_group_rules, GroupId=group, SecurityGroupRules=[change]),
           "InvalidParameterValue: Invalid value 'null' for protocol.")
    pair = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": group, "VpcId": vpc}]}]
    t.equal("a pair may name its VPC",
            said(ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=pair), None)
    flat = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/8"}
    begins(t, "egress: no flat parameters (boto3#790)",
           said(ec2.authorize_security_group_egress, GroupId=group, **flat), "UnknownParameter: The parameter CidrIp")
    icmp = lambda **ports: [{"IpProtocol": "icmp", "IpRanges": [{"CidrIp": "10.0.0.0/8"}], **ports}]
    for ports, words in (
        ({"FromPort": 0, "ToPort": 65535}, "InvalidParameterValue: ICMP code (65535) out of range"),
        ({"FromPort": 300, "ToPort": -1}, "InvalidParameterValue: ICMP type (300) out of range"),
        ({}, "InvalidParameterValue: Invalid value 'Must specify both from and to ports with ICMP.' for portRange."),
    ):
        t.equal(f"ICMP: {ports} (Terraform's issues)",
                said(ec2.authorize_security_group_ingress, GroupId=group, IpPermissions=icmp(**ports)), words)
    far = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    stranger = ec2.create_security_group(GroupName="far", Description="d", VpcId=far)["GroupId"]
    run = {"ImageId": World.IMAGE, "InstanceType": "t3.micro", "MinCount": 1, "MaxCount": 1, "SubnetId": subnet}
    t.equal("a group of another VPC: the subnet is named (Terraform's issues)",
            said(ec2.run_instances, SecurityGroupIds=[stranger], **run),
            f"InvalidParameter: Security group {stranger} and subnet {subnet} belong to different networks.")


def instances(t, ec2, subnet):
    """Instances."""
    for call in (ec2.terminate_instances, ec2.stop_instances, ec2.start_instances, ec2.reboot_instances):
        t.equal(f"{call.__name__} of none (cloud-nuke#731)", said(call, InstanceIds=[]),
                "InvalidParameterCombination: No instances specified")
    made = ec2.run_instances(ImageId=World.IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=subnet)
    made = made["Instances"][0]["InstanceId"]
    ec2.get_waiter("instance_running").wait(InstanceIds=[made])
    ec2.stop_instances(InstanceIds=[made])
    ec2.get_waiter("instance_stopped").wait(InstanceIds=[made])
    begins(t, "an unknown type (API:ModifyInstanceAttribute)",
           said(ec2.modify_instance_attribute, InstanceId=made, InstanceType={"Value": "t9.huge"}),
           "InvalidInstanceAttributeValue")
    ec2.terminate_instances(InstanceIds=[made])


def balancers(t, elb, vpc, subnet):
    """Load balancers, target groups, listeners."""
    check = {"Name": "m", "Protocol": "TCP", "Port": 80, "VpcId": vpc, "HealthCheckProtocol": "TCP"}
    begins(t, "a matcher of a TCP check", said(elb.create_target_group, Matcher={"HttpCode": "200"}, **check),
           "InvalidConfigurationRequest")
    group = elb.create_target_group(**check)["TargetGroups"][0]["TargetGroupArn"]
    nlb = elb.create_load_balancer(Name="n", Type="network", Scheme="internal", Subnets=[subnet])
    nlb = nlb["LoadBalancers"][0]["LoadBalancerArn"]
    elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[nlb])
    listener = {"LoadBalancerArn": nlb, "Protocol": "TCP", "Port": 80,
                "DefaultActions": [{"Type": "forward", "TargetGroupArn": group}]}
    first = elb.create_listener(**listener)["Listeners"][0]
    t.equal("CreateListener: the same again is the same (API:CreateListener)",
            elb.create_listener(**listener)["Listeners"][0]["ListenerArn"], first["ListenerArn"])
    for call, name in ((elb.describe_tags, "ResourceArns"), (elb.describe_load_balancers, "LoadBalancerArns")):
        begins(t, f"{call.__name__}: at most 20", said(call, **{name: [nlb] * 21}), "ValidationError")
    rules = elb.describe_rules(ListenerArn=first["ListenerArn"])["Rules"]
    t.equal("DescribeRules: the default one", [(it["Priority"], it["IsDefault"]) for it in rules], [("default", True)])
    t.equal("DescribeRules: by its ARN", elb.describe_rules(RuleArns=[rules[0]["RuleArn"]])["Rules"], rules)


def services(t, ec2, elb, sandbox, vpc, subnet):
    """Endpoint services and endpoints."""
    nlb = elb.describe_load_balancers()["LoadBalancers"][0]["LoadBalancerArn"]
    make = ec2.create_vpc_endpoint_service_configuration
    begins(t, "a private name in capitals", said(make, NetworkLoadBalancerArns=[nlb], PrivateDnsName="API.corp.test"),
           "InvalidParameter")
    gateway = nlb.replace("/net/", "/gwy/")
    t.check("Gateway Load Balancers are said not to be modelled",
            "does not model" in (said(make, GatewayLoadBalancerArns=[gateway]) or ""), said(make, GatewayLoadBalancerArns=[gateway]))
    made = make(NetworkLoadBalancerArns=[nlb], PrivateDnsName="api.corp.test", AcceptanceRequired=False)
    service = made["ServiceConfiguration"]
    allow = {"ServiceId": service["ServiceId"]}
    permit = ec2.modify_vpc_endpoint_service_permissions
    t.equal("a service of AWS may be allowed",
            permit(AddAllowedPrincipals=["bedrock.amazonaws.com"], **allow)["AddedPrincipals"][0]["PrincipalType"], "Service")
    begins(t, "a principal with a path (API:ModifyVpcEndpointServicePermissions)",
           said(permit, AddAllowedPrincipals=["arn:aws:iam::123456789012:role/team/reader"], **allow), "InvalidParameter")
    permit(AddAllowedPrincipals=["*"], **allow)
    for name in ("ssm", "ec2", "execute-api"):
        seen = said(ec2.create_vpc_endpoint, VpcId=vpc, VpcEndpointType="Interface", SubnetIds=[subnet],
                    ServiceName=f"com.amazonaws.{sandbox.region}.{name}")
        t.check(f"an endpoint of {name} is said not to be modelled", "does not model" in (seen or ""), seen)
    seen = said(ec2.create_vpc_endpoint, VpcId=vpc, ServiceName=f"com.amazonaws.{sandbox.region}.dynamodb")
    t.check("a gateway endpoint of dynamodb is said not to be modelled", "does not model" in (seen or ""), seen)
    endpoint = ec2.create_vpc_endpoint(VpcId=vpc, VpcEndpointType="Interface", SubnetIds=[subnet],
                                       ServiceName=service["ServiceName"])["VpcEndpoint"]["VpcEndpointId"]
    until("the endpoint is available", lambda: ec2.describe_vpc_endpoints(
        VpcEndpointIds=[endpoint])["VpcEndpoints"][0]["State"] == "available")
    remove = {"ServiceId": service["ServiceId"], "RemovePrivateDnsName": True}
    begins(t, "a private name stays while there are connections (PrivateLink guide)",
           said(ec2.modify_vpc_endpoint_service_configuration, **remove), "ExistingVpcEndpointConnections")
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    t.equal("and goes after them", said(ec2.modify_vpc_endpoint_service_configuration, **remove), None)


def zones(t, dns):
    """Hosted zones."""
    zone = dns.create_hosted_zone(Name="corp.test", CallerReference="once")["HostedZone"]["Id"].split("/")[-1]
    tags = lambda: dns.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone)["ResourceTagSet"]["Tags"]
    t.equal("a hosted zone has no tags at first", tags(), [])
    tag = {"Key": "lab", "Value": "x"}
    dns.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, AddTags=[tag, {"Key": "b", "Value": "y"}])
    dns.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone, RemoveTagKeys=["b"])
    t.equal("then those that were added and not removed", tags(), [tag])


def inventory(t, ec2):
    """What no account here has."""
    t.equal("there are no internet gateways", ec2.describe_internet_gateways()["InternetGateways"], [])
    filters = [{"Name": "attachment.vpc-id", "Values": ["vpc-1"]}]
    t.equal("whatever is filtered", ec2.describe_internet_gateways(Filters=filters)["InternetGateways"], [])
    begins(t, "nor the one that is asked for",
           said(ec2.describe_internet_gateways, InternetGatewayIds=["igw-0123456789abcdef0"]),
           "InvalidInternetGatewayID.NotFound")


def elsewhere(sandbox):
    """The canonical hosted zone of an NLB in us-east-1."""
    import boto3

    keys = sandbox.accounts["consumer"]
    client = lambda service: boto3.client(
        service, endpoint_url=sandbox.url, region_name="us-east-1",
        aws_access_key_id=keys["access_key_id"], aws_secret_access_key=keys["secret_access_key"],
    )
    ec2, elb = client("ec2"), client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    name = f"n{len(ec2.describe_vpcs()['Vpcs'])}"
    made = elb.create_load_balancer(Name=name, Type="network", Scheme="internal", Subnets=[subnet])
    return made["LoadBalancers"][0].get("CanonicalHostedZoneId")


def one_at_a_time(t, sandbox):
    """An endpoint takes one change at a time."""
    ec2, elb = sandbox.client("ec2"), sandbox.client("elbv2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]["SubnetId"]
    nlb = elb.create_load_balancer(Name="n", Type="network", Scheme="internal", Subnets=[subnet])
    nlb = nlb["LoadBalancers"][0]["LoadBalancerArn"]
    until("the NLB is active", lambda: elb.describe_load_balancers()["LoadBalancers"][0]["State"]["Code"] == "active")
    service = ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[nlb], AcceptanceRequired=False)
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc, VpcEndpointType="Interface", SubnetIds=[subnet],
        ServiceName=service["ServiceConfiguration"]["ServiceName"],
    )["VpcEndpoint"]["VpcEndpointId"]
    until("the endpoint is available", lambda: ec2.describe_vpc_endpoints()["VpcEndpoints"][0]["State"] == "available")
    more = [ec2.create_security_group(GroupName=f"g{n}", Description="d", VpcId=vpc)["GroupId"] for n in range(4)]
    seen = []
    change = lambda group: seen.append(said(
        sandbox.client("ec2").modify_vpc_endpoint, VpcEndpointId=endpoint, AddSecurityGroupIds=[group]
    ))
    threads = [threading.Thread(target=change, args=[group]) for group in more]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [it for it in seen if it]
    t.check("ModifyVpcEndpoint: one at a time",
            None in seen and refused and all(it.startswith("OperationInProgress") for it in refused), seen)
