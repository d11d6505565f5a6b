"""botocore's own models, held against the sandbox's answers: what AWS would send for such a resource and we do not."""

import fnmatch
import pathlib
import re

import yaml
from botocore import xform_name

import recorded
from harness import ROOT, Sandbox, folder, until
from world import World

HERE = pathlib.Path(__file__).resolve().parent
TABLE = ROOT / "src/sandbox/ops/table.rs"
SERVICES = {"EC2": "ec2", "ELB": "elbv2", "STS": "sts", "SERVICE_QUOTAS": "service-quotas", "ROUTE53": "route53"}


def implemented():
    """Every operation of the sandbox, by service, as its own table has them."""
    text = TABLE.read_text(encoding="utf-8")
    found = {}
    for name, rows in re.findall(r"const (\w+): &\[\(&str, Operation\)\] = &\[(.*?)\];", text, re.S):
        found[SERVICES[name]] = set(re.findall(r'^ +\("(\w+)",', rows, re.M))
    # Answered by the data plane, so they stand outside the tables.
    found["ec2"].add("GetConsoleOutput")
    found["elbv2"].add("DescribeTargetHealth")
    return found


class Seen:
    """What came back, by operation: the output shape, and the paths of the members that had a value."""

    def __init__(self):
        self.answers = {}
        self.counted = recorded.Counted()

    def listen(self, client):
        """Watches what botocore makes of the client's answers."""
        client.meta.events.register("after-call", self.note)
        return client

    def note(self, parsed, model, http_response, **_):
        """One answer, if it is no refusal."""
        if http_response.status_code < 300:
            key = (model.service_model.service_name, model.name)
            self.counted.reply(*key, parsed)
            _, paths = self.answers.setdefault(key, (model.output_shape, set()))
            self.walk(model.output_shape, parsed, (), paths)

    def walk(self, shape, value, path, paths):
        """Notes the path of everything that has a value, all the way down; lists add nothing to a path."""
        if shape is None or value is None:
            return
        if shape.type_name == "structure":
            for name, member in shape.members.items():
                if name in value:
                    paths.add((*path, name))
                    self.walk(member, value[name], (*path, name), paths)
        elif shape.type_name == "list":
            for item in value:
                paths.add((*path, "[]"))
                self.walk(shape.member, item, path, paths)

    def members(self, service):
        """Every member that a service's answers can have, below what they had: where it is, `Shape.Member`, and whether
        an answer had it. Members of what is itself missing are not listed."""
        for (of, operation), (shape, paths) in sorted(self.answers.items(), key=lambda it: it[0]):
            reach = [(shape, ())] if of == service else []
            while reach:
                shape, path = reach.pop()
                while shape is not None and shape.type_name == "list":
                    shape = shape.member
                if shape is None or shape.type_name != "structure":
                    continue
                for name, member in shape.members.items():
                    here = (*path, name)
                    if here in paths:
                        # What items have can be seen where there are some.
                        if member.type_name != "list" or (*here, "[]") in paths:
                            reach.append((member, here))
                    # Everything fits on one page here.
                    elif name in ("NextToken", "NextMarker", "Marker"):
                        continue
                    yield f"{operation}:{'.'.join(here)}", f"{shape.name}.{name}", here in paths


def story(t):
    """every member of botocore's models that AWS would send, in every operation's answer"""
    seen = Seen()
    with Sandbox(folder(), "--pace", "instant", "--quota", "L-1216C47A=20") as sandbox:
        clients = {}

        def client(service, account="provider", make=sandbox.client):
            key = (service, account)
            if key not in clients:
                clients[key] = seen.listen(make(service, account))
            return clients[key]

        sandbox.client = client
        whole_lab(client, sandbox)
    recorded.compare(t, seen.counted)
    allowed = yaml.safe_load((HERE / "completeness.yaml").read_text(encoding="utf-8"))
    patterns = {pattern for found in allowed.values() for pattern in found}
    used, contradicted = set(), set()
    for service, operations in implemented().items():
        silent = sorted(name for name in operations if (service, name) not in seen.answers)
        t.equal(f"{service}: every one of its {len(operations)} operations has answered", silent, [])
        left = set()
        for path, member, was_sent in seen.members(service):
            fits = [it for it in patterns if fnmatch.fnmatchcase(path if ":" in it else member, it)]
            if was_sent:
                contradicted.update(f"{it} but {path}" for it in fits)
                continue
            used.update(fits)
            left.update([] if fits else [f"{path} ({member})"])
        t.equal(f"{service}: no member is missing from any answer without a reason", sorted(left), [])
    t.equal("allow-list: every entry is still needed", sorted(patterns - used), [])
    t.equal("allow-list: nothing in it is sent after all", sorted(contradicted), [])


def whole_lab(client, sandbox):
    """Calls every operation, each so that its answer is as full as it gets."""
    world = World(sandbox, "members1234ab")
    world.build_provider()
    world.build_service()
    world.allow()
    world.build_consumer()
    world.build_endpoint()
    world.build_client()
    ec2, elb, far = client("ec2"), client("elbv2"), client("ec2", "consumer")
    tag = [{"Key": "lab", "Value": "members"}]
    everything = [world.provider_vpc, world.provider_subnet, world.routes, world.web, world.nlb_group, world.service]
    eni = ec2.describe_network_interfaces(
        Filters=[{"Name": "attachment.instance-id", "Values": [world.web]}]
    )["NetworkInterfaces"][0]["NetworkInterfaceId"]
    rule = ec2.describe_security_group_rules(
        Filters=[{"Name": "group-id", "Values": [world.web_group]}]
    )["SecurityGroupRules"]
    rule = next(it["SecurityGroupRuleId"] for it in rule if not it["IsEgress"])
    permission = ec2.describe_vpc_endpoint_service_permissions(ServiceId=world.service)["AllowedPrincipals"][0]
    waiting = ec2.describe_vpc_endpoint_connections()["VpcEndpointConnections"][0]
    ec2.create_tags(
        Resources=[*everything, eni, rule, permission["ServicePermissionId"], waiting["VpcEndpointConnectionId"]],
        Tags=tag,
    )
    far.create_tags(Resources=[world.endpoint], Tags=tag)
    elb.add_tags(ResourceArns=[world.nlb, world.targets, world.listener], Tags=tag)
    elb.describe_tags(ResourceArns=[world.nlb])

    ec2.describe_account_attributes()
    for operation in re.findall(r'\("(\w+)", nothing!', TABLE.read_text(encoding="utf-8")):
        getattr(ec2, xform_name(operation))()
    ec2.get_ebs_encryption_by_default()
    ec2.get_ebs_default_kms_key_id()
    ec2.get_instance_metadata_defaults()
    ec2.get_serial_console_access_status()
    ec2.describe_instance_types()
    ec2.describe_instance_type_offerings()
    ec2.describe_regions()
    ec2.describe_images(Owners=["amazon"])
    ec2.describe_vpcs()
    ec2.describe_subnets()
    ec2.describe_route_tables()
    ec2.describe_security_groups()
    ec2.describe_security_group_rules()
    ec2.describe_instance_status(IncludeAllInstances=True)
    ec2.describe_instance_credit_specifications(InstanceIds=[world.web])
    volume = ec2.describe_volumes()["Volumes"][0]["VolumeId"]
    ec2.create_tags(Resources=[volume], Tags=[{"Key": "disk", "Value": "web"}])
    ec2.describe_volumes(VolumeIds=[volume])
    ec2.describe_tags()
    ec2.describe_prefix_lists()
    lists = ec2.describe_managed_prefix_lists()["PrefixLists"]
    ec2.get_managed_prefix_list_entries(PrefixListId=lists[0]["PrefixListId"])
    ec2.describe_vpc_endpoint_service_configurations()
    ec2.describe_vpc_endpoint_service_permissions(ServiceId=world.service)
    ec2.describe_vpc_endpoint_connections()
    far.describe_vpc_endpoint_services()
    far.describe_vpc_endpoints()
    for attribute in ("enableDnsSupport", "enableDnsHostnames", "enableNetworkAddressUsageMetrics"):
        ec2.describe_vpc_attribute(VpcId=world.provider_vpc, Attribute=attribute)
    ec2.modify_vpc_attribute(VpcId=world.provider_vpc, EnableDnsHostnames={"Value": True})
    ec2.modify_subnet_attribute(SubnetId=world.provider_subnet, MapPublicIpOnLaunch={"Value": False})
    for attribute in (
        "instanceType", "userData", "disableApiTermination", "instanceInitiatedShutdownBehavior", "rootDeviceName",
        "blockDeviceMapping", "sourceDestCheck", "groupSet", "ebsOptimized", "enaSupport", "disableApiStop",
    ):
        ec2.describe_instance_attribute(InstanceId=world.web, Attribute=attribute)
    ec2.modify_instance_attribute(InstanceId=world.web, DisableApiTermination={"Value": False})
    for attribute in ("description", "groupSet", "sourceDestCheck", "attachment"):
        ec2.describe_network_interface_attribute(NetworkInterfaceId=eni, Attribute=attribute)
    ec2.modify_network_interface_attribute(NetworkInterfaceId=eni, Description={"Value": "the web server's"})
    ec2.describe_network_interfaces()
    own_routes(ec2, world, eni)
    rules(ec2, world, rule, lists[0]["PrefixListId"])
    acls(ec2, world)

    ec2.replace_route_table_association(AssociationId=world.association, RouteTableId=world.routes)
    association = ec2.describe_route_tables(RouteTableIds=[world.routes])["RouteTables"][0]["Associations"][0]
    world.association = association["RouteTableAssociationId"]
    connect = ec2.create_instance_connect_endpoint(
        SubnetId=world.provider_subnet, TagSpecifications=[{"ResourceType": "instance-connect-endpoint", "Tags": tag}]
    )["InstanceConnectEndpoint"]["InstanceConnectEndpointId"]
    ec2.describe_instance_connect_endpoints()
    ec2.delete_instance_connect_endpoint(InstanceConnectEndpointId=connect)

    balancers(elb, world)
    client("sts").get_caller_identity()
    quotas = client("service-quotas")
    for call in (quotas.list_service_quotas, quotas.list_aws_default_service_quotas):
        call(ServiceCode="vpc")
    for call in (quotas.get_service_quota, quotas.get_aws_default_service_quota):
        call(ServiceCode="vpc", QuotaCode="L-F678F1CE")
    private_name(client, world)
    connections(ec2, far, world)
    births(ec2, elb, tag)
    ec2.describe_instances()
    ec2.describe_vpc_endpoint_services()
    ends(ec2, elb, far, world)


def births(ec2, elb, tag):
    """What each thing says when it is made with all that it can be made with."""
    tags = lambda kind: {"TagSpecifications": [{"ResourceType": kind, "Tags": tag}]}
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16", **tags("vpc"))["Vpc"]["VpcId"]
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.7.1.0/24", **tags("subnet"))["Subnet"]["SubnetId"]
    table = ec2.create_route_table(VpcId=vpc, **tags("route-table"))["RouteTable"]["RouteTableId"]
    ec2.create_network_acl(VpcId=vpc, **tags("network-acl"))
    group = ec2.create_security_group(
        GroupName="born", Description="with a tag", VpcId=vpc, **tags("security-group")
    )["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [{"CidrIp": "10.7.0.0/16"}]}
    ec2.authorize_security_group_egress(GroupId=group, IpPermissions=[rule], **tags("security-group-rule"))
    ec2.create_vpc_endpoint(
        VpcId=vpc, ServiceName=f"com.amazonaws.{ec2.meta.region_name}.s3", RouteTableIds=[table], **tags("vpc-endpoint")
    )
    both = [tags(kind)["TagSpecifications"][0] for kind in ("instance", "volume")]
    ec2.run_instances(
        ImageId=World.IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=subnet, TagSpecifications=both
    )
    ec2.describe_volumes()
    elb.create_target_group(
        Name="born", Protocol="TCP", Port=80, VpcId=vpc, HealthCheckProtocol="HTTP", HealthCheckPath="/",
        Matcher={"HttpCode": "200"},
    )
    nlb = elb.create_load_balancer(
        Name="born", Type="network", Scheme="internal", Subnets=[subnet], SecurityGroups=[group], Tags=tag
    )["LoadBalancers"][0]["LoadBalancerArn"]
    elb.get_waiter("load_balancer_available").wait(LoadBalancerArns=[nlb])
    ec2.create_vpc_endpoint_service_configuration(
        NetworkLoadBalancerArns=[nlb], PrivateDnsName="born.test", **tags("vpc-endpoint-service")
    )


def own_routes(ec2, world, eni):
    """A route of one's own, to an interface and to its instance."""
    route = {"RouteTableId": world.routes, "DestinationCidrBlock": "172.16.0.0/12"}
    ec2.create_route(**route, NetworkInterfaceId=eni)
    ec2.replace_route(**route, InstanceId=world.web)
    ec2.describe_route_tables(RouteTableIds=[world.routes])
    ec2.delete_route(**route)


def rules(ec2, world, rule, prefix_list):
    """Rules with every kind of peer, changed and revoked."""
    web = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
    for peer in (
        {"IpRanges": [{"CidrIp": "10.0.0.0/16", "Description": "the VPC"}]},
        {"UserIdGroupPairs": [{"GroupId": world.nlb_group, "Description": "the NLB"}]},
        {"PrefixListIds": [{"PrefixListId": prefix_list, "Description": "S3"}]},
    ):
        allowed = [web | peer]
        made = ec2.authorize_security_group_egress(GroupId=world.web_group, IpPermissions=allowed)
        ec2.authorize_security_group_ingress(
            GroupId=world.web_group, IpPermissions=allowed,
            TagSpecifications=[{"ResourceType": "security-group-rule", "Tags": [{"Key": "lab", "Value": "members"}]}],
        )
        ec2.create_tags(
            Resources=[made["SecurityGroupRules"][0]["SecurityGroupRuleId"]], Tags=[{"Key": "lab", "Value": "members"}]
        )
    ec2.describe_security_groups(GroupIds=[world.web_group])
    ec2.describe_security_group_rules()
    ec2.update_security_group_rule_descriptions_ingress(
        GroupId=world.web_group, SecurityGroupRuleDescriptions=[{"SecurityGroupRuleId": rule, "Description": "HTTP"}]
    )
    allowed = [web | {"IpRanges": [{"CidrIp": "10.0.0.0/16", "Description": "all of it"}]}]
    ec2.update_security_group_rule_descriptions_egress(GroupId=world.web_group, IpPermissions=allowed)
    ec2.modify_security_group_rules(
        GroupId=world.web_group,
        SecurityGroupRules=[{
            "SecurityGroupRuleId": rule,
            "SecurityGroupRule": {
                "IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "ReferencedGroupId": world.nlb_group,
                "Description": "HTTP",
            },
        }],
    )
    for peer in (
        {"IpRanges": [{"CidrIp": "10.0.0.0/16"}]},
        {"UserIdGroupPairs": [{"GroupId": world.nlb_group}]},
        {"PrefixListIds": [{"PrefixListId": prefix_list}]},
    ):
        ec2.revoke_security_group_egress(GroupId=world.web_group, IpPermissions=[web | peer])
        ec2.revoke_security_group_ingress(GroupId=world.web_group, IpPermissions=[web | peer])


def acls(ec2, world):
    """A network ACL of one's own."""
    acl = ec2.create_network_acl(VpcId=world.provider_vpc)["NetworkAcl"]["NetworkAclId"]
    entry = {
        "NetworkAclId": acl, "RuleNumber": 100, "Protocol": "6", "RuleAction": "allow", "Egress": False,
        "CidrBlock": "10.0.0.0/16", "PortRange": {"From": 80, "To": 80},
    }
    ec2.create_network_acl_entry(**entry)
    ec2.create_network_acl_entry(
        **(entry | {"RuleNumber": 110, "Protocol": "1", "IcmpTypeCode": {"Type": -1, "Code": -1}, "PortRange": {}})
    )
    ec2.replace_network_acl_entry(**(entry | {"PortRange": {"From": 80, "To": 81}}))
    ec2.create_tags(Resources=[acl], Tags=[{"Key": "lab", "Value": "members"}])
    found = ec2.describe_network_acls()["NetworkAcls"]
    used = next(
        (one["NetworkAclAssociationId"], it["NetworkAclId"])
        for it in found for one in it["Associations"] if one["SubnetId"] == world.provider_subnet
    )
    moved = ec2.replace_network_acl_association(AssociationId=used[0], NetworkAclId=acl)["NewAssociationId"]
    ec2.describe_network_acls()
    ec2.replace_network_acl_association(AssociationId=moved, NetworkAclId=used[1])
    ec2.delete_network_acl_entry(NetworkAclId=acl, RuleNumber=100, Egress=False)
    ec2.delete_network_acl(NetworkAclId=acl)


def balancers(elb, world):
    """What can be seen and changed of the NLB, its listener and its targets."""
    elb.describe_account_limits()
    elb.describe_rules(ListenerArn=world.listener)
    elb.describe_load_balancer_attributes(LoadBalancerArn=world.nlb)
    elb.modify_load_balancer_attributes(
        LoadBalancerArn=world.nlb, Attributes=[{"Key": "load_balancing.cross_zone.enabled", "Value": "true"}]
    )
    elb.set_security_groups(
        LoadBalancerArn=world.nlb, SecurityGroups=[world.nlb_group],
        EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic="on",
    )
    elb.set_subnets(LoadBalancerArn=world.nlb, Subnets=[world.provider_subnet])
    elb.describe_load_balancers()
    elb.describe_listeners(LoadBalancerArn=world.nlb)
    elb.describe_listener_attributes(ListenerArn=world.listener)
    elb.modify_listener_attributes(
        ListenerArn=world.listener, Attributes=[{"Key": "tcp.idle_timeout.seconds", "Value": "400"}]
    )
    elb.modify_listener(ListenerArn=world.listener, Port=80)
    elb.describe_target_group_attributes(TargetGroupArn=world.targets)
    elb.modify_target_group_attributes(
        TargetGroupArn=world.targets, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "0"}]
    )
    elb.modify_target_group(TargetGroupArn=world.targets, HealthCheckProtocol="HTTP", HealthCheckPath="/")
    elb.describe_target_groups()


def private_name(client, world):
    """A private name of the service, and the zone that proves it."""
    ec2, far, dns = client("ec2"), client("ec2", "consumer"), client("route53")
    zone = dns.create_hosted_zone(
        Name="members.test", CallerReference="once", HostedZoneConfig={"Comment": "members", "PrivateZone": False}
    )["HostedZone"]["Id"]
    ec2.modify_vpc_endpoint_service_configuration(ServiceId=world.service, PrivateDnsName="app.members.test")
    made = ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"][0]
    proof = made["PrivateDnsNameConfiguration"]
    change = dns.change_resource_record_sets(
        HostedZoneId=zone,
        ChangeBatch={"Comment": "proof", "Changes": [{
            "Action": "UPSERT",
            "ResourceRecordSet": {
                "Name": f"{proof['Name']}.app.members.test",
                "Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": f'"{proof["Value"]}"'}],
            },
        }]},
    )["ChangeInfo"]["Id"]
    dns.get_change(Id=change)
    dns.get_hosted_zone(Id=zone)
    dns.list_hosted_zones()
    dns.list_hosted_zones_by_name(DNSName="members.test", HostedZoneId=zone)
    records = dns.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
    ec2.start_vpc_endpoint_service_private_dns_verification(ServiceId=world.service)
    until("the private name is looked at", lambda: ec2.describe_vpc_endpoint_service_configurations()[
        "ServiceConfigurations"][0]["PrivateDnsNameConfiguration"]["State"] != "pendingVerification")
    far.describe_vpc_endpoint_services(ServiceNames=[world.service_name])
    dns.change_tags_for_resource(ResourceType="hostedzone", ResourceId=zone.split("/")[-1], AddTags=[
        {"Key": "lab", "Value": "members"}
    ])
    dns.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone.split("/")[-1])
    dns.list_tags_for_resources(ResourceType="hostedzone", ResourceIds=[zone.split("/")[-1]])
    for record in records:
        if record["Type"] == "TXT":
            dns.change_resource_record_sets(
                HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "DELETE", "ResourceRecordSet": record}]}
            )
    dns.delete_hosted_zone(Id=zone)


def connections(ec2, far, world):
    """Accepted, refused where it is nobody's, changed, rejected."""
    both = [world.endpoint, "vpce-0123456789abcdef0"]
    ec2.accept_vpc_endpoint_connections(ServiceId=world.service, VpcEndpointIds=both)
    until("the endpoint is available", lambda: world.endpoint_state() == "available")
    far.modify_vpc_endpoint(VpcEndpointId=world.endpoint, AddSecurityGroupIds=[world.client_group])
    world.health()
    ec2.reject_vpc_endpoint_connections(ServiceId=world.service, VpcEndpointIds=both)


def ends(ec2, elb, far, world):
    """Everything that stops, starts and goes."""
    far.get_waiter("instance_running").wait(InstanceIds=[world.client])
    far.reboot_instances(InstanceIds=[world.client])
    far.stop_instances(InstanceIds=[world.client])
    far.get_waiter("instance_stopped").wait(InstanceIds=[world.client])
    far.describe_instances()
    far.start_instances(InstanceIds=[world.client])
    far.terminate_instances(InstanceIds=[world.client])
    far.delete_vpc_endpoints(VpcEndpointIds=[world.endpoint, "vpce-0123456789abcdef0"])
    # Only without connections.
    ec2.modify_vpc_endpoint_service_configuration(ServiceId=world.service, RemovePrivateDnsName=True)
    ec2.delete_vpc_endpoint_service_configurations(ServiceIds=["vpce-svc-0123456789abcdef0", world.service])
    ec2.delete_vpc_endpoints(VpcEndpointIds=[world.gateway])
    elb.deregister_targets(TargetGroupArn=world.targets, Targets=[{"Id": world.web}])
    elb.describe_target_health(TargetGroupArn=world.targets, Targets=[{"Id": world.web}])
    elb.remove_tags(ResourceArns=[world.nlb], TagKeys=["lab"])
    elb.delete_listener(ListenerArn=world.listener)
    elb.delete_target_group(TargetGroupArn=world.targets)
    elb.delete_load_balancer(LoadBalancerArn=world.nlb)
    ec2.terminate_instances(InstanceIds=[world.web])
    ec2.get_waiter("instance_terminated").wait(InstanceIds=[world.web])
    ec2.delete_tags(Resources=[world.provider_vpc], Tags=[{"Key": "lab"}])
    ec2.disassociate_route_table(AssociationId=world.association)
    for call, params in [
        (ec2.delete_route_table, {"RouteTableId": world.routes}),
        (ec2.delete_security_group, {"GroupId": world.web_group}),
        (ec2.delete_security_group, {"GroupId": world.nlb_group}),
        (ec2.delete_subnet, {"SubnetId": world.provider_subnet}),
        (ec2.delete_vpc, {"VpcId": world.provider_vpc}),
    ]:
        until(f"{call.__name__} {params}", lambda call=call, params=params: gone(call, params))


def gone(call, params):
    """Whether a deletion went through."""
    from world import code_of

    return code_of(call, **params) is None
