"""The lab on moto's server: an endpoint that keeps records and lacks the acceptance."""

import json
import os
import subprocess

from harness import PLLAB, folder
from moto_story import Moto

def run(*args, state):
    """The program, signed in as moto likes it."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    env |= {"AWS_ACCESS_KEY_ID": "moto", "AWS_SECRET_ACCESS_KEY": "moto", "PLLAB_LANG": "en"}
    command = [PLLAB, *args, "--state-dir", state]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, env=env, check=False)


def held(moto):
    """What the account holds besides what every account is born with."""
    ec2, elb = moto.client("ec2"), moto.client("elbv2")
    reservations = ec2.describe_instances()["Reservations"]
    instances = [it for one in reservations for it in one["Instances"] if it["State"]["Name"] != "terminated"]
    return {
        "vpcs": [it for it in ec2.describe_vpcs()["Vpcs"] if not it["IsDefault"]],
        "groups": [it for it in ec2.describe_security_groups()["SecurityGroups"] if it["GroupName"] != "default"],
        "interfaces": ec2.describe_network_interfaces()["NetworkInterfaces"],
        "endpoints": [it for it in ec2.describe_vpc_endpoints()["VpcEndpoints"] if it["State"] != "deleted"],
        "services": ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"],
        "instances": instances,
        "balancers": elb.describe_load_balancers()["LoadBalancers"],
        "target groups": elb.describe_target_groups()["TargetGroups"],
    }


def story(tally):
    """The provider half is made, the run stops at the acceptance with words, and the clean-up leaves nothing."""
    with Moto() as moto:
        state = folder()
        born = {name: len(items) for name, items in held(moto).items()}
        asked = run("doctor", "--output", "json", "--endpoint-url", moto.url, state=state)
        told = [json.loads(line) for line in asked.stdout.splitlines()]
        tally.check("moto: the doctor comes to an end", told and told[-1]["event"] == "doctor", asked.stderr[-600:])
        after = {name: len(items) for name, items in held(moto).items()}
        tally.equal("moto: and has made nothing", after, born)
        done = run("start", "--yes", "--api-only", "--output", "json", "--endpoint-url", moto.url, state=state)
        events = [json.loads(line) for line in done.stdout.splitlines()]
        tally.equal("moto: the run stops with exit code 3", done.returncode, 3)
        tally.check("moto: the operation is named", "AcceptVpcEndpointConnections" in done.stderr, done.stderr[-600:])
        tally.check("moto: how to clean up is said", " clean " in done.stderr, done.stderr[-600:])
        met = [event["step"] for event in events if event["event"] == "step_finished" and event["verdict"] == "met"]
        half = ["provider-vpc", "web-server", "nlb", "endpoint-service", "consumer-vpc", "endpoint", "client"]
        tally.equal("moto: everything up to the acceptance is made", met, half)
        now = held(moto)
        tally.check("moto: it is really there", len(now["services"]) == 1 and len(now["instances"]) == 2, now)
        cleaned = run("clean", "--yes", state=state)
        tally.equal("moto: the clean-up ends with exit code 0", cleaned.returncode, 0)
        after = {name: len(items) for name, items in held(moto).items()}
        tally.equal("moto: it holds what it held before", after, born)
