"""The aws CLI: looks into a learner's run, and builds the lab from the commands that the lesson prints."""

import json
import os
import pathlib
import re
import signal
import subprocess
import sys

import browser
from harness import PLLAB, Sandbox, folder, pllab, until

BIN = pathlib.Path(sys.executable).parent


def aws(sandbox, *args, account="provider"):
    """Runs the aws CLI as a learner does in a second terminal, and gives its answer."""
    environment = sandbox.environment(account)
    environment.pop("AWS_ENDPOINT_URL")
    done = subprocess.run(
        [sys.executable, BIN / "aws", *args, "--endpoint-url", sandbox.url, "--output", "json"],
        env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=True,
    )
    return json.loads(done.stdout) if done.stdout.strip() else None


def refused(sandbox, *args):
    """The code that the aws CLI is refused with, or None where it is not refused."""
    try:
        aws(sandbox, *args)
    except subprocess.CalledProcessError as error:
        return re.search(r"An error occurred \((\S+)\)", error.stderr)[1]
    return None


class Lab:
    """The lab that the lesson's commands have built, broken and cleaned up with the aws CLI alone."""

    def __init__(self, sandbox, token):
        self.sandbox, self.token = sandbox, token
        endpoints = self.ec2("describe-vpc-endpoints", "VpcEndpoints")
        self.endpoint = next(it for it in endpoints if it["VpcEndpointType"] == "Interface")
        self.endpoints = [it["VpcEndpointId"] for it in endpoints]
        self.service = self.ec2("describe-vpc-endpoint-service-configurations", "ServiceConfigurations")[0]["ServiceId"]
        self.nlb = aws(sandbox, "elbv2", "describe-load-balancers")["LoadBalancers"][0]["LoadBalancerArn"]
        self.targets = aws(sandbox, "elbv2", "describe-target-groups")["TargetGroups"][0]["TargetGroupArn"]
        self.instances = [
            it["InstanceId"] for one in self.ec2("describe-instances", "Reservations") for it in one["Instances"]
        ]

    def ec2(self, command, *path):
        """A list out of an answer."""
        return aws(self.sandbox, "ec2", *command.split(), *path[1:])[path[0]]

    def attempts(self):
        """The codes that the client has printed, oldest first."""
        text = ""
        for instance in self.instances:
            text += aws(
                self.sandbox, "ec2", "get-console-output", "--instance-id", instance, "--latest"
            ).get("Output") or ""
        return re.findall(rf"pllab: asked {self.token} code=(\d+) exit=(\d+)", text)

    def next_attempt(self):
        """What the client sees from now on; the attempt that is under way does not count."""
        seen = len(self.attempts())
        until("the client has asked twice more", lambda: len(self.attempts()) > seen + 1)
        return self.attempts()[seen + 1]

    def breaks(self, t):
        """A closed security group, things deleted in the wrong order, a rejected connection."""
        group = self.endpoint["Groups"][0]["GroupId"]
        rules = self.ec2("describe-security-group-rules --filters", "SecurityGroupRules", f"Name=group-id,Values={group}")
        rule = next(it["SecurityGroupRuleId"] for it in rules if not it["IsEgress"])
        allowed = aws(self.sandbox, "ec2", "describe-security-groups", "--group-ids", group)["SecurityGroups"][0]
        aws(
            self.sandbox, "ec2", "revoke-security-group-ingress", "--group-id", group, "--security-group-rule-ids", rule
        )
        t.equal("aws: a closed security group is a time-out", self.next_attempt(), ("000", "28"))
        aws(
            self.sandbox, "ec2", "authorize-security-group-ingress", "--group-id", group,
            "--ip-permissions", json.dumps(allowed["IpPermissions"]),
        )
        t.equal("aws: opened again, the page is there", self.next_attempt(), ("200", "0"))
        code = refused(self.sandbox, "elbv2", "delete-load-balancer", "--load-balancer-arn", self.nlb)
        t.equal("aws: an NLB that a service uses stays", code, "ResourceInUse")
        code = refused(self.sandbox, "ec2", "delete-vpc", "--vpc-id", self.endpoint["VpcId"])
        t.equal("aws: a VPC with something in it stays", code, "DependencyViolation")
        code = refused(self.sandbox, "ec2", "delete-security-group", "--group-id", group)
        t.equal("aws: a group that an endpoint carries stays", code, "DependencyViolation")
        left = self.ec2(
            "delete-vpc-endpoint-service-configurations --service-ids", "Unsuccessful", self.service
        )
        t.equal(
            "aws: a service with connections stays", [it["Error"]["Code"] for it in left],
            ["ExistingVpcEndpointConnections"],
        )
        left = self.ec2(
            f"reject-vpc-endpoint-connections --service-id {self.service} --vpc-endpoint-ids", "Unsuccessful",
            self.endpoint["VpcEndpointId"],
        )
        t.equal("aws: the connection is rejected", left, [])
        t.equal("aws: rejected is a time-out", self.next_attempt(), ("000", "28"))

    def cleans(self, t):
        """In the right order everything goes."""
        sandbox = self.sandbox
        self.ec2("delete-vpc-endpoints --vpc-endpoint-ids", "Unsuccessful", *self.endpoints)
        self.ec2("delete-vpc-endpoint-service-configurations --service-ids", "Unsuccessful", self.service)
        until(
            "the NLB goes",
            lambda: refused(sandbox, "elbv2", "delete-load-balancer", "--load-balancer-arn", self.nlb) is None,
        )
        aws(sandbox, "elbv2", "delete-target-group", "--target-group-arn", self.targets)
        aws(sandbox, "ec2", "terminate-instances", "--instance-ids", *self.instances)
        aws(sandbox, "ec2", "wait", "instance-terminated", "--instance-ids", *self.instances)
        groups = [it for it in self.ec2("describe-security-groups", "SecurityGroups") if it["GroupName"] != "default"]
        for group in groups:
            if group["IpPermissions"]:
                aws(
                    sandbox, "ec2", "revoke-security-group-ingress", "--group-id", group["GroupId"],
                    "--ip-permissions", json.dumps(group["IpPermissions"]),
                )
        tables = self.ec2("describe-route-tables", "RouteTables")
        for one in (it for table in tables for it in table["Associations"] if not it["Main"]):
            aws(sandbox, "ec2", "disassociate-route-table", "--association-id", one["RouteTableAssociationId"])
        own = [table["RouteTableId"] for table in tables if not any(it["Main"] for it in table["Associations"])]
        for kind, option, ids in [
            ("route-table", "--route-table-id", own),
            ("security-group", "--group-id", [group["GroupId"] for group in groups]),
            ("subnet", "--subnet-id", [it["SubnetId"] for it in self.ec2("describe-subnets", "Subnets")]),
            ("vpc", "--vpc-id", [it["VpcId"] for it in self.ec2("describe-vpcs", "Vpcs")]),
        ]:
            for it in ids:
                until(
                    f"the {kind} {it} goes",
                    lambda kind=kind, option=option, it=it: refused(sandbox, "ec2", f"delete-{kind}", option, it) is None,
                )
        left = {
            command: self.ec2(command, path)
            for command, path in [
                ("describe-vpcs", "Vpcs"), ("describe-network-interfaces", "NetworkInterfaces"),
                ("describe-vpc-endpoints", "VpcEndpoints"),
                ("describe-vpc-endpoint-service-configurations", "ServiceConfigurations"),
            ]
        }
        t.equal("aws: nothing is left", {command: found for command, found in left.items() if found}, {})


def story(t):
    """a learner's run, seen with the aws CLI and in the browser"""
    state = folder()
    done = pllab("start", "--yes", "--keep", "--pace", "instant", "--output", "json", state=state)
    events = [json.loads(line) for line in done.stdout.splitlines()]
    last = events[-1]
    t.equal("start: all steps met", (last["event"], last["verdict"]), ("run_finished", "met"))
    token = events[0]["token"]
    proof = next(event for event in events if event["event"] == "proof")
    t.equal("start: the proof carries the token", (proof["status"], proof["token_ok"]), (200, True))
    endpoint = next(
        event["facts"]["id"] for event in events
        if event["event"] == "outcome" and event.get("facts", {}).get("id", "").startswith("vpce-")
        and "eni" in event["facts"]
    )
    with Sandbox(state) as sandbox:
        found = aws(sandbox, "ec2", "describe-vpc-endpoints")["VpcEndpoints"]
        states = {it["VpcEndpointId"]: it["State"] for it in found}
        t.equal("aws ec2 describe-vpc-endpoints: shows the run's endpoint", states.get(endpoint), "available")
        run = events[0]["run"]
        tagged = aws(sandbox, "ec2", "describe-vpcs", "--filters", f"Name=tag:pllab:run,Values={run}")["Vpcs"]
        t.equal("aws ec2 describe-vpcs: finds both VPCs by the run's tag", len(tagged), 2)
        health = aws(sandbox, "elbv2", "describe-load-balancers")["LoadBalancers"]
        t.equal("aws elbv2 describe-load-balancers: the NLB is active", [it["State"]["Code"] for it in health], ["active"])
    seen_in_browser(t, state, token)
    done = pllab("clean", "--yes", "--output", "json", state=state)
    receipt = next(
        event for event in map(json.loads, done.stdout.splitlines()) if event["event"] == "receipt"
    )
    t.equal("clean: nothing is left", (receipt["left"], receipt["unknown"]), (0, 0))


def seen_in_browser(t, state, token):
    """`pllab browse` opens the way, and the page is the run's own."""
    process = subprocess.Popen(
        [PLLAB, "browse", "--plain", "--lang", "en", "--state-dir", state],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
    )
    try:
        url = next(filter(None, (re.search(r"http://127\.0\.0\.1:\d+/", line) for line in process.stdout)))[0]
        page = browser.page(url)
        t.check("browse: the browser sees the page with the run's token", token in page, page[:400])
    finally:
        process.send_signal(signal.SIGINT)
        code = process.wait(timeout=20)
    t.check("browse: Ctrl-C ends it", code in (0, 130), code)


def commands(lesson):
    """The commands of every step, in order, out of the plain English lesson."""
    return re.findall(r"^The same with the CLI\n\n(.*?)^What is checked$", lesson, re.S | re.M)


def script(t):
    """the commands that the lesson prints, run as one bash script"""
    lesson = pllab("start", "--explain-only", "--plain", "--lang", "en", state=folder(), timeout=30).stdout
    steps = commands(lesson)
    t.equal("lesson: every step has its commands", len(steps), 9)
    with Sandbox(folder(), "--pace", "instant") as sandbox:
        account = sandbox.accounts["provider"]["account_id"]
        token = re.search(r"pllab: web server ready ([\w-]+)", lesson)[1]
        text = PREFACE
        for number, step in enumerate(steps, 1):
            step = step.replace("111122223333", account).replace("run-id", "clients")
            text += f"echo '== step {number}' >&2\n{step}\n{WAITS.get(number, '')}"
        environment = sandbox.environment()
        environment["PATH"] = f"{BIN}{os.pathsep}{environment['PATH']}"
        done = subprocess.run(
            ["bash", "-c", text], env=environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=300, check=False,
        )
        t.equal("lesson: its commands run through", done.returncode, 0)
        if done.returncode:
            print(done.stderr[-2000:])
        found = aws(sandbox, "ec2", "describe-vpc-endpoints")["VpcEndpoints"]
        states = [it["State"] for it in found if it["VpcEndpointType"] == "Interface"]
        t.equal("lesson: its commands end with an available endpoint", states, ["available"])
        t.check("lesson: the page came through", f"pllab: asked {token} code=200" in done.stdout, done.stdout[-800:])
        lab = Lab(sandbox, token)
        lab.breaks(t)
        lab.cleans(t)


# A person waits for what a step's checks ask for, and then goes on; so does the script.
PREFACE = """set -eu
settled() {  # what it should be, then the command that shows what it is
  for turn in $(seq 60); do
    seen=$("${@:2}" --output text) || exit
    [ "$seen" = "$1" ] && return
    sleep 0.3
  done
  echo "not $1 but $seen: ${*:2}" >&2
  exit 1
}
"""

WAITS = {
    2: """
settled running aws ec2 describe-instances --instance-ids "$WEB_ID" \\
  --query 'Reservations[0].Instances[0].State.Name'
""",
    3: """
settled active aws elbv2 describe-load-balancers --load-balancer-arns "$NLB_ARN" \\
  --query 'LoadBalancers[0].State.Code'
settled healthy aws elbv2 describe-target-health --target-group-arn "$WEB_TARGETS_ARN" \\
  --query 'TargetHealthDescriptions[0].TargetHealth.State'
""",
    4: """
settled Available aws ec2 describe-vpc-endpoint-service-configurations --service-ids "$SERVICE_ID" \\
  --query 'ServiceConfigurations[0].ServiceState'
""",
    6: """
settled pendingAcceptance aws ec2 describe-vpc-endpoints --vpc-endpoint-ids "$ENDPOINT_ID" \\
  --query 'VpcEndpoints[0].State'
""",
    7: """
settled running aws ec2 describe-instances --instance-ids "$CLIENT_ID" \\
  --query 'Reservations[0].Instances[0].State.Name'
""",
    8: """
settled available aws ec2 describe-vpc-endpoints --vpc-endpoint-ids "$ENDPOINT_ID" \\
  --query 'VpcEndpoints[0].State'
answered() { aws ec2 get-console-output --instance-id "$CLIENT_ID" --latest "$@" | grep -o -m 1 code=200; }
settled code=200 answered
""",
}
