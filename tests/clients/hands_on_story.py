"""The whole lab by hand, with the aws CLI in a second terminal: pllab watches, says what is wrong, recognises, cleans up."""

import json
import os
import pathlib
import re
import subprocess
import sys
import time

from harness import PLLAB, folder, until

BIN = pathlib.Path(sys.executable).parent
# What "within seconds" means for somebody who has just made a mistake; a loaded machine gets some more.
SECONDS = 20
IMAGE = "resolve:ssm:/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"
# What each step makes, as pllab calls it; a look that pllab takes by itself is nobody's work.
MADE = {
    "provider-vpc": ["nlb-sg", "provider-routes", "provider-s3", "provider-subnet", "provider-vpc", "web-sg"],
    "web-server": ["web"],
    "nlb": ["nlb", "nlb-80", "web-targets"],
    "endpoint-service": ["service"],
    "consumer-vpc": ["client-sg", "consumer-subnet", "consumer-vpc", "endpoint-sg"],
    "endpoint": ["endpoint"],
    "client": ["client"],
    "acceptance": ["acceptance"],
    "proof": [],
}
# The acceptance is a word, not a thing.
THINGS = sum(map(len, MADE.values())) - 1


class Lesson:
    """`pllab start --hands-on` in a pipe: what it prints, and what its journal says."""

    def __init__(self, state):
        self.state = state
        self.printed = pathlib.Path(state) / "printed"
        self.out = self.printed.open("w")
        self.process = subprocess.Popen(
            [
                PLLAB, "start", "--hands-on", "--pace", "instant", "--plain", "--lang", "en", "--state-dir", state,
            ],
            stdin=subprocess.DEVNULL, stdout=self.out, stderr=subprocess.STDOUT,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.out.close()

    def text(self):
        """Everything that was printed until now."""
        return self.printed.read_text()

    def exports(self):
        """The lines for a second terminal, once they are printed."""
        lines = until("the exports are printed", lambda: re.findall(r"^(?:export|unset) AWS_.*$", self.text(), re.M)[:6])
        return "\n".join(lines)

    def script(self, name):
        """The user data that the lesson prints for an instance, with its values filled in."""
        until(f"the script of {name} is printed", lambda: f"User data for {name}." in self.text())
        _, rest = self.text().split(f"User data for {name}.", 1)
        return rest[rest.index("#!/bin/bash"):].split("\nStarted: ")[0].split("\n\nPress Enter")[0].rstrip() + "\n"

    def journal(self):
        """What is on record until now."""
        texts = [path.read_text() for path in pathlib.Path(self.state).glob("runs/*/journal.jsonl")]
        whole = "".join(texts).rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines()]

    def on_record(self, what, wanted, seconds=60):
        """Waits until the journal has such a line."""
        return until(what, lambda: next(filter(wanted, self.journal()), None), seconds)

    def met(self, step):
        """Waits until a step is met."""
        self.on_record(
            f"{step} is met",
            lambda it: (it["event"], it.get("step"), it.get("verdict")) == ("step_finished", step, "met"),
        )


class Terminal:
    """A second terminal, in which the exports were pasted."""

    def __init__(self, exports):
        self.exports = exports

    def aws(self, *args):
        """The aws CLI, run by a shell as a learner does; its answer."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        clean |= {
            "AWS_PAGER": "", "AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
        }
        done = subprocess.run(
            ["bash", "-c", f'{self.exports}\nexec "$0" "$@"', sys.executable, str(BIN / "aws"), *args, "--output", "json"],
            env=clean, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
        )
        if done.returncode:
            raise RuntimeError(f"aws {' '.join(args[:3])}: {done.stderr.strip()}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def ec2(self, command, *args):
        """A command of `aws ec2`."""
        return self.aws("ec2", command, *args)

    def elb(self, command, *args):
        """A command of `aws elbv2`."""
        return self.aws("elbv2", command, *args)

    def group(self, vpc, name, *source):
        """A security group under a name of one's own, with HTTP from a source."""
        made = self.ec2("create-security-group", "--group-name", name, "--description", "by hand", "--vpc-id", vpc)
        if source:
            self.allow(made["GroupId"], *source)
        return made["GroupId"]

    def allow(self, group, *source, port="80"):
        """An inbound rule."""
        self.ec2(
            "authorize-security-group-ingress", "--group-id", group, "--protocol", "tcp", "--port", port, *source
        )

    def launch(self, subnet, group, script):
        """An instance with a script."""
        made = self.ec2(
            "run-instances", "--image-id", IMAGE, "--instance-type", "t3.micro", "--subnet-id", subnet,
            "--security-group-ids", group, "--user-data", script, "--tag-specifications",
            "ResourceType=instance,Tags=[{Key=Name,Value=nyanko}]",
        )
        return made["Instances"][0]["InstanceId"]


def story(t):
    """every step made by hand, in another order and with a mistake"""
    state = folder()
    with Lesson(state) as lesson:
        made = by_hand(t, lesson)
        code = until("the lesson ends", lambda: lesson.process.poll() is not None and [lesson.process.returncode])[0]
        t.equal("hands-on: it ends with everything met", code, 0)
        journal, printed = lesson.journal(), lesson.text()
    recognised = [it for it in journal if it["event"] == "recognised"]
    for step, names in MADE.items():
        t.equal(f"hands-on: {step} is recognised", sorted({it["resource"] for it in recognised if it["step"] == step}), names)
        met = any(it["event"] == "step_finished" and it["step"] == step and it["verdict"] == "met" for it in journal)
        t.check(f"hands-on: {step} is met", met, step)
    last = {it["resource"]: it["facts"].get("arn") or it["facts"].get("id") for it in recognised}
    t.equal("hands-on: each thing is taken for what it is", {name: last.get(name) for name in made}, made)
    t.equal("hands-on: pllab made nothing itself", {it["operation"] for it in journal if it["event"] == "intent"},
            {"DescribeVpcEndpointServices", "DescribeSubnets"})
    t.check("hands-on: it says what it recognises", f"Recognised {made['service']} as service" in printed, printed[-600:])
    proof = next((it for it in journal if it["event"] == "proof"), {})
    t.equal("hands-on: the page came with the token", proof.get("token_ok"), True)
    cleaned(t, state)


def by_hand(t, lesson):
    """Everything that the lab asks for. What was made, by the lab's names."""
    terminal = Terminal(lesson.exports())
    started = lesson.on_record("it has begun", lambda it: it["event"] == "run_started")
    zone, account = started["variables"]["zone"], started["accounts"]["consumer"]
    lesson.on_record("pllab has looked around", lambda it: it["event"] == "baseline")
    ec2, elb = terminal.ec2, terminal.elb

    def network():
        vpc = ec2("create-vpc", "--cidr-block", "10.0.0.0/16")["Vpc"]["VpcId"]
        args = ["--vpc-id", vpc, "--cidr-block", "10.0.1.0/24", "--availability-zone-id", zone]
        return vpc, ec2("create-subnet", *args)["Subnet"]["SubnetId"]

    # The consumer's network first: nothing of the provider's stands in its way.
    theirs, their_subnet = network()
    clients = terminal.group(theirs, "clients-of-mine")
    door = terminal.group(theirs, "front-door", "--source-group", clients)
    ours, our_subnet = network()
    table = ec2("create-route-table", "--vpc-id", ours)["RouteTable"]["RouteTableId"]
    s3 = ec2(
        "create-vpc-endpoint", "--vpc-endpoint-type", "Gateway", "--vpc-id", ours,
        "--service-name", "com.amazonaws.ap-northeast-1.s3", "--route-table-ids", table,
    )["VpcEndpoint"]["VpcEndpointId"]
    ec2("associate-route-table", "--route-table-id", table, "--subnet-id", our_subnet)
    balancers = terminal.group(ours, "balancers", "--cidr", "10.0.0.0/16")
    # The mistake: another port, and from everywhere.
    web = terminal.group(ours, "machines")
    terminal.allow(web, "--cidr", "0.0.0.0/0", port="8080")
    began = time.monotonic()
    told = lesson.on_record(
        "the wrong rule is told",
        lambda it: it["event"] == "sighted" and it["id"] == web
        and any("8080" in str(one["seen"]) for one in it["differs"]),
    )
    seconds = time.monotonic() - began
    t.check(f"hands-on: a wrong rule is told within {SECONDS} s", seconds < SECONDS, f"{seconds:.1f} s")
    t.equal("hands-on: it is told of the right group", told["resource"], "web-sg")
    t.check(
        "hands-on: it is printed with what was found and what should be",
        until("it is printed", lambda: re.search(r"inbound rules: expected .*80.*, found .*8080", lesson.text())),
    )
    ec2("revoke-security-group-ingress", "--group-id", web, "--protocol", "tcp", "--port", "8080", "--cidr", "0.0.0.0/0")
    terminal.allow(web, "--source-group", balancers)
    lesson.met("provider-vpc")

    server = terminal.launch(our_subnet, web, lesson.script("web"))
    lesson.met("web-server")

    # Target group before load balancer, and the target last of all.
    pool = elb(
        "create-target-group", "--name", "pool", "--protocol", "TCP", "--port", "80", "--vpc-id", ours,
        "--target-type", "instance",
    )["TargetGroups"][0]["TargetGroupArn"]
    balancer = elb(
        "create-load-balancer", "--name", "my-nlb", "--type", "network", "--scheme", "internal",
        "--subnets", our_subnet, "--security-groups", balancers,
    )["LoadBalancers"][0]["LoadBalancerArn"]
    listener = elb(
        "create-listener", "--load-balancer-arn", balancer, "--protocol", "TCP", "--port", "80",
        "--default-actions", f"Type=forward,TargetGroupArn={pool}",
    )["Listeners"][0]["ListenerArn"]
    elb("register-targets", "--target-group-arn", pool, "--targets", f"Id={server}")
    lesson.met("nlb")

    service = ec2(
        "create-vpc-endpoint-service-configuration", "--network-load-balancer-arns", balancer, "--acceptance-required"
    )["ServiceConfiguration"]
    ec2(
        "modify-vpc-endpoint-service-permissions", "--service-id", service["ServiceId"],
        "--add-allowed-principals", f"arn:aws:iam::{account}:root",
    )
    lesson.met("endpoint-service")
    # It was there all along.
    lesson.met("consumer-vpc")

    endpoint = ec2(
        "create-vpc-endpoint", "--vpc-endpoint-type", "Interface", "--vpc-id", theirs,
        "--service-name", service["ServiceName"], "--subnet-ids", their_subnet, "--security-group-ids", door,
    )["VpcEndpoint"]["VpcEndpointId"]
    lesson.met("endpoint")
    client = terminal.launch(their_subnet, clients, lesson.script("client"))
    lesson.met("client")
    ec2("accept-vpc-endpoint-connections", "--service-id", service["ServiceId"], "--vpc-endpoint-ids", endpoint)
    lesson.met("proof")
    return {
        "provider-vpc": ours, "provider-subnet": our_subnet, "provider-routes": table, "provider-s3": s3,
        "nlb-sg": balancers, "web-sg": web, "web": server, "nlb": balancer, "web-targets": pool, "nlb-80": listener,
        "service": service["ServiceId"], "consumer-vpc": theirs, "consumer-subnet": their_subnet, "client-sg": clients,
        "endpoint-sg": door, "endpoint": endpoint, "client": client,
    }


def clean(state, *args, **more):
    """`pllab clean`, in a pipe."""
    return subprocess.run(
        [PLLAB, "clean", *args, "--state-dir", state], capture_output=True, text=True, timeout=120, check=False, **more
    )


def receipt(done):
    """How many are gone, left and unknown."""
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    last = [it for it in lines if it["event"] == "receipt"][-1]
    return (last["gone"], last["left"], last["unknown"]), last["items"]


def cleaned(t, state):
    """The learner's things are listed and asked about; they go only once they are handed over."""
    asked = clean(state, "--plain", "--lang", "en", input="clean_up\n1\n")
    words = asked.stdout + asked.stderr
    t.check("clean: it names the learner's things and asks", re.search(rf"You made {THINGS} things yourself \(.*client.*Delete them too", words, re.S), words[-1500:])
    kept = clean(state, "--yes", "--output", "json", stdin=subprocess.DEVNULL)
    t.equal("clean --yes: it leaves them and says so", (kept.returncode, receipt(kept)[0]), (1, (0, THINGS, 0)))
    t.check("clean --yes: each is the learner's", all(it["yours"] for it in receipt(kept)[1]), receipt(kept)[1])
    gone = clean(state, "--yes", "--with-mine", "--output", "json", stdin=subprocess.DEVNULL)
    t.equal("clean --with-mine: nothing is left", (gone.returncode, receipt(gone)[0]), (0, (THINGS, 0, 0)))
