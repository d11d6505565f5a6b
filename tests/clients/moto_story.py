"""moto's server, put through the same story as the sandbox; where they differ is printed as a table."""

import re
import socket
import subprocess
import sys
import time

from harness import Sandbox, folder
from world import unsuccessful


class Moto:
    """moto's server as a process; it has the parts of `harness.Sandbox` that a story needs."""

    region = "ap-northeast-1"

    def __enter__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return self
            except OSError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.2)

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)

    def client(self, service, key="AKIASANDBOXMOTO00000"):
        """A boto3 client that speaks to it."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            service, endpoint_url=self.url, region_name=self.region, aws_access_key_id=key,
            aws_secret_access_key="x" * 40, config=Config(retries={"total_max_attempts": 1}),
        )


class Steps:
    """One side of the lab in one account: what each step gives, and what AWS gives."""

    def __init__(self, ec2, elb, stranger):
        self.ec2, self.elb, self.stranger = ec2, elb, stranger

    def vpc(self, cidr="10.0.0.0/16"):
        return self.ec2.create_vpc(CidrBlock=cidr)["Vpc"]

    def subnet(self, vpc, cidr, zone):
        made = self.ec2.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZone=f"ap-northeast-1{zone}")
        return made["Subnet"]["SubnetId"]

    def endpoint(self, *subnets, **other):
        params = {
            "VpcId": self.far_vpc, "ServiceName": self.name, "VpcEndpointType": "Interface", "SubnetIds": list(subnets),
        }
        return self.ec2.create_vpc_endpoint(**(params | other))["VpcEndpoint"]

    def state(self):
        return self.ec2.describe_vpc_endpoints(VpcEndpointIds=[self.made])["VpcEndpoints"][0]["State"]

    def a01_an_unknown_key(self):
        """AuthFailure"""
        return self.stranger.describe_vpcs() and "answered"

    def a02_new_vpc(self):
        """pending"""
        made = self.vpc()
        self.near_vpc = made["VpcId"]
        return made["State"]

    def a03_its_default_group_and_main_table(self):
        """1, 1"""
        here = [{"Name": "vpc-id", "Values": [self.near_vpc]}]
        groups = self.ec2.describe_security_groups(Filters=here)["SecurityGroups"]
        return f"{len(groups)}, {len(self.ec2.describe_route_tables(Filters=here)['RouteTables'])}"

    def a04_overlapping_subnet(self):
        """InvalidSubnet.Conflict"""
        self.near = self.subnet(self.near_vpc, "10.0.1.0/24", "a")
        return self.subnet(self.near_vpc, "10.0.1.0/25", "a") and "made"

    def a05_page_of_a_made_up_token(self):
        """InvalidNextToken"""
        return self.ec2.describe_vpcs(MaxResults=5, NextToken="stale") and "answered"

    def a06_new_nlb(self):
        """provisioning"""
        made = self.elb.create_load_balancer(Name="nlb", Type="network", Scheme="internal", Subnets=[self.near])
        self.nlb = made["LoadBalancers"][0]["LoadBalancerArn"]
        return made["LoadBalancers"][0]["State"]["Code"]

    def a07_its_network_interfaces(self):
        """1"""
        named = [{"Name": "description", "Values": ["ELB net/nlb/*"]}]
        return str(len(self.ec2.describe_network_interfaces(Filters=named)["NetworkInterfaces"]))

    def a08_security_groups_for_an_nlb_without(self):
        """InvalidConfigurationRequest"""
        group = self.ec2.create_security_group(GroupName="late", Description="late", VpcId=self.near_vpc)["GroupId"]
        self.late = group
        return self.elb.set_security_groups(LoadBalancerArn=self.nlb, SecurityGroups=[group]) and "set"

    def a09_new_endpoint_service(self):
        """Available, 17 digits"""
        for _ in range(5):
            self.elb.describe_load_balancers()
        made = self.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[self.nlb])
        made = made["ServiceConfiguration"]
        self.service, self.name = made["ServiceId"], made["ServiceName"]
        return f"{made['ServiceState']}, {len(self.service) - len('vpce-svc-')} digits"

    def a10_second_service_on_one_nlb(self):
        """InvalidParameter"""
        return self.ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[self.nlb]) and "made"

    def a11_allowing_a_principal(self):
        """Account"""
        made = self.ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=self.service, AddAllowedPrincipals=["arn:aws:iam::111122223333:root"]
        )
        return made["AddedPrincipals"][0]["PrincipalType"]

    def a12_allowing_a_bare_account_number(self):
        """UnknownPrincipalType.Unsupported"""
        return self.ec2.modify_vpc_endpoint_service_permissions(
            ServiceId=self.service, AddAllowedPrincipals=["111122223333"]
        ) and "allowed"

    def a13_endpoint_in_a_foreign_zone(self):
        """InvalidParameter"""
        self.far_vpc = self.vpc()["VpcId"]
        self.far = self.subnet(self.far_vpc, "10.0.1.0/24", "a")
        self.twin = self.subnet(self.far_vpc, "10.0.2.0/24", "a")
        return self.endpoint(self.subnet(self.far_vpc, "10.0.3.0/24", "c")) and "made"

    def a14_two_subnets_in_one_zone(self):
        """DuplicateSubnetsInSameZone"""
        return self.endpoint(self.far, self.twin) and "made"

    def a15_endpoint_to_no_service(self):
        """InvalidServiceName"""
        return self.endpoint(self.far, ServiceName=f"{self.name[:-4]}0000") and "made"

    def a16_new_endpoint(self):
        """pendingAcceptance"""
        made = self.endpoint(self.far, ClientToken="once")
        self.made, self.names = made["VpcEndpointId"], [it["DnsName"] for it in made.get("DnsEntries", [])]
        return made["State"]

    def a17_the_token_again(self):
        """the same one"""
        return "the same one" if self.endpoint(self.far, ClientToken="once")["VpcEndpointId"] == self.made else "another"

    def a18_the_token_with_another_request(self):
        """IdempotentParameterMismatch"""
        return self.endpoint(self.far, ClientToken="once", PrivateDnsEnabled=False) and "made"

    def a19_its_names(self):
        """regional, zonal"""
        base = rf"{self.made}-[0-9a-z]{{8}}(-ap-northeast-1a)?\.{self.service}\.ap-northeast-1\.vpce\.amazonaws\.com"
        found = [re.fullmatch(base, name) for name in self.names]
        return ", ".join("zonal" if it and it[1] else "regional" if it else "other" for it in found)

    def a20_the_request_as_the_provider_sees_it(self):
        """pendingAcceptance"""
        return self.ec2.describe_vpc_endpoint_connections()["VpcEndpointConnections"][0]["VpcEndpointState"]

    def a21_accepting_it(self):
        """none unsuccessful"""
        ids = {"ServiceId": self.service, "VpcEndpointIds": [self.made]}
        return "none unsuccessful" if not unsuccessful(self.ec2.accept_vpc_endpoint_connections(**ids)) else "refused"

    def a22_then(self):
        """available"""
        return self.state()

    def a23_deleting_the_service_in_use(self):
        """ExistingVpcEndpointConnections"""
        reply = self.ec2.delete_vpc_endpoint_service_configurations(ServiceIds=[self.service])
        return ", ".join(unsuccessful(reply)) or "deleted"

    def a24_deleting_the_nlb_in_use(self):
        """ResourceInUse"""
        return self.elb.delete_load_balancer(LoadBalancerArn=self.nlb) and "deleted"

    def a25_deleting_a_subnet_in_use(self):
        """DependencyViolation"""
        return self.ec2.delete_subnet(SubnetId=self.far) and "deleted"

    def a26_deleting_a_vpc_with_groups(self):
        """DependencyViolation"""
        other = self.vpc("10.7.0.0/16")["VpcId"]
        self.ec2.create_security_group(GroupName="in it", Description="in it", VpcId=other)
        return self.ec2.delete_vpc(VpcId=other) and "deleted"

    def a27_rejecting_after_acceptance(self):
        """rejected"""
        self.ec2.reject_vpc_endpoint_connections(ServiceId=self.service, VpcEndpointIds=[self.made])
        return self.state()

    def a28_deleting_the_endpoint(self):
        """gone"""
        self.ec2.delete_vpc_endpoints(VpcEndpointIds=[self.made])
        for _ in range(3):
            found = self.ec2.describe_vpc_endpoints(
                Filters=[{"Name": "vpc-endpoint-id", "Values": [self.made]}]
            )["VpcEndpoints"]
        return found[0]["State"] if found else "gone"

    def a29_a_sixth_vpc(self):
        """VpcLimitExceeded"""
        for _ in range(6):
            self.vpc("10.8.0.0/16")
        return "made"


def told(steps):
    """What each step gives: its own words, or the code of the refusal."""
    from botocore.exceptions import ClientError

    seen = {}
    for name in sorted(name for name in dir(steps) if re.match(r"a\d\d_", name)):
        try:
            seen[name] = getattr(steps, name)()
        except ClientError as refused:
            seen[name] = refused.response["Error"]["Code"]
        except Exception as error:
            # A server that broke, or what an earlier step did not leave behind.
            seen[name] = f"cannot be told ({type(error).__name__})"
    return seen


def words(name):
    """A step's name as a person reads it."""
    return name[4:].replace("_", " ")


def story(t):
    """moto's server beside the sandbox: where they differ"""
    with Sandbox(folder(), "--pace", "instant") as sandbox:
        sandbox.accounts["stranger"] = {"access_key_id": "AKIASANDBOXNOBODYHERE", "secret_access_key": "x" * 40}
        ours = told(Steps(sandbox.client("ec2"), sandbox.client("elbv2"), sandbox.client("ec2", "stranger")))
    with Moto() as moto:
        theirs = told(Steps(moto.client("ec2"), moto.client("elbv2"), moto.client("ec2", "AKIASANDBOXNOBODYHERE")))
    different = [name for name in ours if ours[name] != theirs[name]]
    for name in ours:
        t.equal(f"sandbox: {words(name)}", ours[name], getattr(Steps, name).__doc__)
    print(f"   {'step':42} {'AWS':34} moto")
    for name in different:
        print(f"   {words(name):42} {getattr(Steps, name).__doc__:34} {theirs[name]}")
    print(f"   {len(different)} of {len(ours)} steps differ")
    t.check("moto: its server told the story too", theirs["a02_new_vpc"] in ("pending", "available"), theirs)
