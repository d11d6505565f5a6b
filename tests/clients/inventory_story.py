"""Tools that list everything in an account run through, and find what there is."""

import json
import os
import pathlib
import subprocess
import tempfile

import yaml

from harness import Sandbox, folder
from world import World

BIN = pathlib.Path(os.environ["PLLAB_INVENTORY_VENV"]) / "bin"
# How many of each there are once the provider's side stands.
FOUND = {
    "vpc": 1, "subnet": 1, "security-group": 3, "ec2": 1, "eni": 2, "route-table": 2, "vpc-endpoint": 1, "network-acl": 1,
    "ebs": 1, "app-elb": 1, "app-elb-target-group": 1, "vpc-endpoint-service-configuration": 1, "prefix-list": 1,
    "internet-gateway": 0, "nat-gateway": 0, "peering-connection": 0, "elastic-ip": 0, "transit-gateway": 0,
    "customer-gateway": 0, "vpn-gateway": 0, "vpn-connection": 0, "key-pair": 0, "launch-template-version": 0,
    "flow-log": 0, "ebs-snapshot": 0, "ec2-host": 0, "hostedzone": 0,
}


def story(t):
    """Cloud Custodian and aws-list-all, over the provider's account"""
    with Sandbox(folder(), "--pace", "instant") as sandbox:
        world = World(sandbox, "inventory12ab")
        world.build_provider()
        world.build_service()
        environment = sandbox.environment() | {"HOME": tempfile.mkdtemp()}
        custodian(t, environment)
        list_all(t, environment, sandbox.region)


def run(environment, *command, cwd):
    """What a tool printed, and how it ended."""
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], env=environment, cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True,
        text=True, timeout=300, check=False,
    )
    return done.returncode, done.stdout + done.stderr


def custodian(t, environment):
    """A policy that selects everything, for each kind."""
    place = pathlib.Path(tempfile.mkdtemp())
    policies = [{"name": kind, "resource": f"aws.{kind}"} for kind in FOUND]
    (place / "policies.yml").write_text(yaml.safe_dump({"policies": policies}), encoding="utf-8")
    code, said = run(environment, "custodian", "run", "-s", "out", "policies.yml", cwd=place)
    t.check("custodian: every policy runs", code == 0, said[-1500:])
    found = {}
    for kind in FOUND:
        listed = place / "out" / kind / "resources.json"
        found[kind] = len(json.loads(listed.read_text(encoding="utf-8"))) if listed.is_file() else None
    t.equal("custodian: finds what there is", found, FOUND)


def list_all(t, environment, region):
    """Every listing that the SDK knows of EC2, load balancing and Route 53."""
    place = tempfile.mkdtemp()
    services = [word for service in ("ec2", "elbv2", "route53") for word in ("--service", service)]
    code, said = run(environment, "aws-list-all", "query", *services, "--region", region, "--parallel", "4", cwd=place)
    lines = said.splitlines()
    t.check("aws-list-all: runs to its end", code == 0, said[-800:])
    found = {line.split()[3] for line in lines if line.startswith("+++")}
    wanted = {"DescribeVpcs", "DescribeSubnets", "DescribeSecurityGroups", "DescribeLoadBalancers"}
    t.check("aws-list-all: finds what there is", wanted <= found, found)
    # It takes the account's metadata defaults for a list, which they are not on AWS either.
    odd = [line for line in lines if line.startswith("!!!") and "GetInstanceMetadataDefaults" not in line]
    t.equal("aws-list-all: nothing is answered oddly", odd, [])
