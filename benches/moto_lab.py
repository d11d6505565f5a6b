"""The lab's calls as a plain boto3 script against moto's server: a yardstick for the whole-lab figure.

Prints one line of JSON: seconds for the calls alone (no imports, no server start), how many, which ones moto lacks.
"""

import json
import re
import subprocess
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

REGION = "ap-northeast-1"
CIDR = "10.0.0.0/16"


def serve():
    """moto's server as a process of its own, and its address."""
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )
    for line in server.stderr:
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            return server, found[0]
    raise RuntimeError("moto's server did not start")


class Calls:
    """Counts calls, and notes those that moto does not know."""

    def __init__(self):
        self.made = 0
        self.lacking = []

    def __call__(self, call, **params):
        self.made += 1
        try:
            return call(**params)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status in (404, 500, 501) or "NotImplemented" in str(error):
                self.lacking.append(call.__name__)
                return {}
            raise
        except ResponseParserError:  # moto answers an operation that it lacks with an HTML page.
            self.lacking.append(call.__name__)
            return {}


def lab(ec2, elb, call):
    """Makes, looks, deletes, in the order of the lab."""
    zone = call(ec2.describe_availability_zones)["AvailabilityZones"][0]["ZoneId"]
    tags = [{"Key": "pllab:run", "Value": "bench"}]

    def tag(kind):
        return [{"ResourceType": kind, "Tags": tags}]

    def vpc():
        made = call(ec2.create_vpc, CidrBlock=CIDR, TagSpecifications=tag("vpc"))["Vpc"]["VpcId"]
        subnet = call(
            ec2.create_subnet, VpcId=made, CidrBlock="10.0.1.0/24", AvailabilityZoneId=zone,
            TagSpecifications=tag("subnet"),
        )["Subnet"]["SubnetId"]
        call(ec2.describe_vpcs, VpcIds=[made])
        call(ec2.describe_subnets, SubnetIds=[subnet])
        return made, subnet

    def group(of, name, **source):
        made = call(
            ec2.create_security_group, GroupName=name, Description=name, VpcId=of,
            TagSpecifications=tag("security-group"),
        )["GroupId"]
        if source:
            rule = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80} | source
            call(ec2.authorize_security_group_ingress, GroupId=made, IpPermissions=[rule])
            call(ec2.describe_security_groups, GroupIds=[made])
        return made

    image = call(ec2.describe_images, Owners=["amazon"])["Images"][0]["ImageId"]

    def instance(subnet, of):
        made = call(
            ec2.run_instances, ImageId=image, InstanceType="t3.micro", MinCount=1, MaxCount=1, SubnetId=subnet,
            SecurityGroupIds=[of], UserData="#!/bin/bash\n", TagSpecifications=tag("instance"),
        )["Instances"][0]["InstanceId"]
        call(ec2.describe_instances, InstanceIds=[made])
        call(ec2.get_console_output, InstanceId=made)
        return made

    # The provider's half.
    provider, provider_subnet = vpc()
    routes = call(ec2.create_route_table, VpcId=provider, TagSpecifications=tag("route-table"))
    routes = routes["RouteTable"]["RouteTableId"]
    joined = call(ec2.associate_route_table, RouteTableId=routes, SubnetId=provider_subnet)["AssociationId"]
    gateway = call(
        ec2.create_vpc_endpoint, VpcId=provider, ServiceName=f"com.amazonaws.{REGION}.s3",
        VpcEndpointType="Gateway", RouteTableIds=[routes],
    )["VpcEndpoint"]["VpcEndpointId"]
    call(ec2.describe_route_tables, RouteTableIds=[routes])
    nlb_group = group(provider, "nlb-sg", IpRanges=[{"CidrIp": CIDR}])
    web_group = group(provider, "web-sg", UserIdGroupPairs=[{"GroupId": nlb_group}])
    web = instance(provider_subnet, web_group)
    nlb = call(
        elb.create_load_balancer, Name="nlb", Type="network", Scheme="internal", Subnets=[provider_subnet],
        SecurityGroups=[nlb_group], Tags=tags,
    )["LoadBalancers"][0]["LoadBalancerArn"]
    targets = call(elb.create_target_group, Name="web", Protocol="TCP", Port=80, VpcId=provider, Tags=tags)
    targets = targets["TargetGroups"][0]["TargetGroupArn"]
    call(
        elb.modify_target_group_attributes, TargetGroupArn=targets,
        Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "0"}],
    )
    call(elb.register_targets, TargetGroupArn=targets, Targets=[{"Id": web}])
    listener = call(
        elb.create_listener, LoadBalancerArn=nlb, Protocol="TCP", Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": targets}],
    )["Listeners"][0]["ListenerArn"]
    call(elb.describe_load_balancers, LoadBalancerArns=[nlb])
    call(elb.describe_target_health, TargetGroupArn=targets)
    service = call(
        ec2.create_vpc_endpoint_service_configuration, NetworkLoadBalancerArns=[nlb], AcceptanceRequired=True,
    )["ServiceConfiguration"]
    call(
        ec2.modify_vpc_endpoint_service_permissions, ServiceId=service["ServiceId"],
        AddAllowedPrincipals=["arn:aws:iam::123456789012:root"],
    )
    call(ec2.describe_vpc_endpoint_service_configurations, ServiceIds=[service["ServiceId"]])
    call(ec2.describe_vpc_endpoint_service_permissions, ServiceId=service["ServiceId"])

    # The consumer's half.
    consumer, consumer_subnet = vpc()
    client_group = group(consumer, "client-sg")
    endpoint_group = group(consumer, "endpoint-sg", UserIdGroupPairs=[{"GroupId": client_group}])
    call(ec2.describe_vpc_endpoint_services, ServiceNames=[service["ServiceName"]])
    endpoint = call(
        ec2.create_vpc_endpoint, VpcId=consumer, ServiceName=service["ServiceName"], VpcEndpointType="Interface",
        SubnetIds=[consumer_subnet], SecurityGroupIds=[endpoint_group], PrivateDnsEnabled=False,
    )["VpcEndpoint"]["VpcEndpointId"]
    call(ec2.describe_vpc_endpoints, VpcEndpointIds=[endpoint])
    client = instance(consumer_subnet, client_group)
    call(ec2.describe_vpc_endpoint_connections)
    call(ec2.accept_vpc_endpoint_connections, ServiceId=service["ServiceId"], VpcEndpointIds=[endpoint])
    call(ec2.describe_vpc_endpoints, VpcEndpointIds=[endpoint])
    call(ec2.get_console_output, InstanceId=client)
    call(ec2.get_console_output, InstanceId=web)

    # Clean-up.
    call(ec2.terminate_instances, InstanceIds=[client])
    call(ec2.delete_vpc_endpoints, VpcEndpointIds=[endpoint])
    call(ec2.delete_vpc_endpoints, VpcEndpointIds=[gateway])
    call(ec2.delete_vpc_endpoint_service_configurations, ServiceIds=[service["ServiceId"]])
    call(elb.delete_listener, ListenerArn=listener)
    call(elb.delete_target_group, TargetGroupArn=targets)
    call(elb.delete_load_balancer, LoadBalancerArn=nlb)
    call(ec2.terminate_instances, InstanceIds=[web])
    call(ec2.disassociate_route_table, AssociationId=joined)
    call(ec2.delete_route_table, RouteTableId=routes)
    for made in (endpoint_group, client_group, web_group, nlb_group):
        call(ec2.delete_security_group, GroupId=made)
    for made in (consumer_subnet, provider_subnet):
        call(ec2.delete_subnet, SubnetId=made)
    for made in (consumer, provider):
        call(ec2.delete_vpc, VpcId=made)


def main():
    server, url = serve()
    try:
        once = Config(retries={"total_max_attempts": 1})
        keys = {"aws_access_key_id": "bench", "aws_secret_access_key": "bench"}
        ec2, elb = (
            boto3.client(name, region_name=REGION, endpoint_url=url, config=once, **keys) for name in ("ec2", "elbv2")
        )
        # The first request makes moto load its tables of images and zones, which must not count as the script's time.
        ec2.describe_images(Owners=["amazon"])
        calls = Calls()
        began = time.perf_counter()
        lab(ec2, elb, calls)
        seconds = time.perf_counter() - began
        print(json.dumps({"seconds": seconds, "calls": calls.made, "lacking": calls.lacking}))
    finally:
        server.terminate()
        server.wait()


main()
