"""The PrivateLink lab by hand: the same calls as the lab, made with boto3."""

import yaml

from harness import ROOT, until


def user_data(step, resource, **fill):
    """The user data of an instance as the lab's own file has it."""
    lab = yaml.safe_load((ROOT / "labs/privatelink/lab.yaml").read_text(encoding="utf-8"))
    for made in next(it for it in lab["steps"] if it["id"] == step)["makes"]:
        instance = made.get("instance", {})
        if instance.get("name") == resource and instance.get("when", {}).get("client") != "windows":
            text = instance["user_data"]
            for name, value in fill.items():
                text = text.replace("{{ " + name + " }}", value).replace("${endpoint." + name + "}", value)
            return text
    raise KeyError(resource)


def refusal(call, **params):
    """The code and the message that a call is refused with, or None where it is not refused."""
    from botocore.exceptions import ClientError

    try:
        call(**params)
    except ClientError as refused:
        return refused.response["Error"]["Code"], refused.response["Error"]["Message"]
    return None


def code_of(call, **params):
    """The error code that a call is refused with, or None where it is not refused."""
    refused = refusal(call, **params)
    return refused and refused[0]


def unsuccessful(reply):
    """The codes inside an answer that says 200 and refuses all the same."""
    return [item["Error"]["Code"] for item in reply["Unsuccessful"]]


class World:
    """Both halves, each made by its own account."""

    CIDR = "10.0.0.0/16"
    IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"

    def __init__(self, sandbox, token):
        self.token = token
        self.provider = sandbox.client("ec2")
        self.balancer = sandbox.client("elbv2")
        self.consumer = sandbox.client("ec2", "consumer")
        self.consumer_account = sandbox.accounts["consumer"]["account_id"]

    def build_provider(self):
        """VPC, subnet, gateway endpoint, groups, web server, NLB: until the target is healthy."""
        ec2, elb = self.provider, self.balancer
        self.zones = ec2.describe_availability_zones()["AvailabilityZones"]
        zone = self.zones[0]["ZoneId"]
        self.provider_vpc = ec2.create_vpc(CidrBlock=self.CIDR)["Vpc"]["VpcId"]
        ec2.get_waiter("vpc_available").wait(VpcIds=[self.provider_vpc])
        self.provider_subnet = ec2.create_subnet(
            VpcId=self.provider_vpc, CidrBlock="10.0.1.0/24", AvailabilityZoneId=zone
        )["Subnet"]["SubnetId"]
        self.routes = ec2.create_route_table(VpcId=self.provider_vpc)["RouteTable"]["RouteTableId"]
        self.association = ec2.associate_route_table(RouteTableId=self.routes, SubnetId=self.provider_subnet)[
            "AssociationId"
        ]
        self.gateway = ec2.create_vpc_endpoint(
            VpcId=self.provider_vpc,
            ServiceName=f"com.amazonaws.{ec2.meta.region_name}.s3",
            VpcEndpointType="Gateway",
            RouteTableIds=[self.routes],
        )["VpcEndpoint"]["VpcEndpointId"]
        self.nlb_group = self.group(ec2, self.provider_vpc, "nlb-sg", {"IpRanges": [{"CidrIp": self.CIDR}]})
        self.web_group = self.group(
            ec2, self.provider_vpc, "web-sg", {"UserIdGroupPairs": [{"GroupId": self.nlb_group}]}
        )
        self.web = self.instance(
            ec2, self.provider_subnet, self.web_group, user_data("web-server", "web", token=self.token)
        )
        until(
            "the web server is ready",
            lambda: f"pllab: web server ready {self.token}" in self.console(ec2, self.web),
        )
        self.nlb = elb.create_load_balancer(
            Name="by-hand", Type="network", Scheme="internal",
            Subnets=[self.provider_subnet], SecurityGroups=[self.nlb_group],
        )["LoadBalancers"][0]["LoadBalancerArn"]
        self.targets = elb.create_target_group(
            Name="by-hand", Protocol="TCP", Port=80, VpcId=self.provider_vpc, TargetType="instance",
            HealthCheckProtocol="TCP", HealthCheckIntervalSeconds=10, HealthyThresholdCount=2,
            UnhealthyThresholdCount=2,
        )["TargetGroups"][0]["TargetGroupArn"]
        elb.register_targets(TargetGroupArn=self.targets, Targets=[{"Id": self.web}])
        self.listener = elb.create_listener(
            LoadBalancerArn=self.nlb, Protocol="TCP", Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": self.targets}],
        )["Listeners"][0]["ListenerArn"]
        until("the NLB is active", lambda: self.nlb_state() == "active")
        until("the target is healthy", lambda: self.health() == "healthy")

    def build_service(self):
        """The endpoint service, acceptance required; nobody is allowed yet."""
        made = self.provider.create_vpc_endpoint_service_configuration(
            NetworkLoadBalancerArns=[self.nlb], AcceptanceRequired=True, ClientToken=self.token
        )["ServiceConfiguration"]
        self.service, self.service_name = made["ServiceId"], made["ServiceName"]

    def allow(self):
        """Lets the consumer's account see the service."""
        self.provider.modify_vpc_endpoint_service_permissions(
            ServiceId=self.service, AddAllowedPrincipals=[f"arn:aws:iam::{self.consumer_account}:root"]
        )

    def build_consumer(self):
        """A VPC with the same CIDR, a subnet in the service's zone and one in another, groups."""
        ec2 = self.consumer
        self.consumer_vpc = ec2.create_vpc(CidrBlock=self.CIDR)["Vpc"]["VpcId"]
        self.consumer_subnet, self.other_subnet = (
            ec2.create_subnet(VpcId=self.consumer_vpc, CidrBlock=cidr, AvailabilityZoneId=zone["ZoneId"])["Subnet"][
                "SubnetId"
            ]
            for cidr, zone in zip(["10.0.1.0/24", "10.0.2.0/24"], self.zones)
        )
        self.client_group = self.group(ec2, self.consumer_vpc, "client-sg", None)
        self.endpoint_group = self.group(
            ec2, self.consumer_vpc, "endpoint-sg", {"UserIdGroupPairs": [{"GroupId": self.client_group}]}
        )

    def endpoint_params(self, **other):
        """A connection request as the lab makes it, with what is to differ."""
        return {
            "VpcId": self.consumer_vpc,
            "ServiceName": self.service_name,
            "VpcEndpointType": "Interface",
            "SubnetIds": [self.consumer_subnet],
            "SecurityGroupIds": [self.endpoint_group],
            "PrivateDnsEnabled": False,
        } | other

    def build_endpoint(self):
        """The endpoint; it waits for acceptance."""
        made = self.consumer.create_vpc_endpoint(**self.endpoint_params(ClientToken=self.token))["VpcEndpoint"]
        self.endpoint, self.dns = made["VpcEndpointId"], made["DnsEntries"][0]["DnsName"]

    def build_client(self):
        """The client that asks for the page again and again, and the forward to it on this machine."""
        script = user_data("client", "client", token=self.token, dns=self.dns)
        self.client = self.instance(self.consumer, self.consumer_subnet, self.client_group, script)

    def forward(self):
        """The address on this machine that leads where the client's request leads."""
        mark = "[pllab sandbox] door: "
        for line in self.console(self.consumer, self.client).splitlines():
            if line.startswith(mark):
                return line[len(mark):].split()[0]
        return None

    def attempts(self):
        """What the client saw, oldest first: (code, exit)."""
        found = []
        for line in self.console(self.consumer, self.client).splitlines():
            if line.startswith(f"pllab: asked {self.token} "):
                words = dict(word.split("=") for word in line.split()[3:])
                found.append((words["code"], words["exit"]))
        return found

    @staticmethod
    def group(ec2, vpc, name, source):
        """A security group that admits HTTP from one source, or from nobody."""
        made = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
        if source:
            rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80} | source
            ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=[rule])
        return made

    @classmethod
    def instance(cls, ec2, subnet, group, script):
        """An instance as the lab launches it."""
        return ec2.run_instances(
            ImageId=cls.IMAGE, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=subnet,
            SecurityGroupIds=[group], UserData=script, MetadataOptions={"HttpTokens": "required"},
        )["Instances"][0]["InstanceId"]

    @staticmethod
    def console(ec2, instance):
        """What an instance has written so far; asked about first, because only that lets time pass at pace instant."""
        ec2.describe_instances(InstanceIds=[instance])
        return ec2.get_console_output(InstanceId=instance, Latest=True).get("Output") or ""

    def nlb_state(self):
        """The NLB's state."""
        return self.balancer.describe_load_balancers(LoadBalancerArns=[self.nlb])["LoadBalancers"][0]["State"]["Code"]

    def health(self):
        """The web server's health as the NLB sees it."""
        reply = self.balancer.describe_target_health(TargetGroupArn=self.targets)
        return reply["TargetHealthDescriptions"][0]["TargetHealth"]["State"]

    def endpoint_state(self):
        """The endpoint's state, or `gone`."""
        found = self.consumer.describe_vpc_endpoints(
            Filters=[{"Name": "vpc-endpoint-id", "Values": [self.endpoint]}]
        )["VpcEndpoints"]
        return found[0]["State"] if found else "gone"
