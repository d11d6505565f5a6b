"""Terraform makes the whole lab in two accounts, finds it as it wrote it, and takes it away again."""

import glob
import os
import pathlib
import shutil
import subprocess

from harness import Sandbox, folder

HERE = pathlib.Path(__file__).resolve().parent


# Where Terraform itself looks for providers that need no registry, and where machines keep a mirror of their own.
MIRRORS = ("~/.terraform.d/plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins", "/opt/*")
AWS = "registry.terraform.io/hashicorp/aws"


def mirrored():
    """A folder that holds the AWS provider, or `None`."""
    named = os.environ.get("PLLAB_TERRAFORM_PLUGINS")
    if named:
        return named
    places = (place for pattern in MIRRORS for place in glob.glob(str(pathlib.Path(pattern).expanduser())))
    return next((place for place in places if pathlib.Path(place, AWS).is_dir()), None)


class Terraform:
    """Terraform in a folder of its own, with the sandbox's address and keys as variables."""

    def __init__(self, program, mirror, sandbox):
        self.program = program
        self.place = folder()
        shutil.copy(HERE / "terraform" / "main.tf", self.place)
        self.environment = sandbox.environment() | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        variables = {"url": sandbox.url}
        for side in ("provider", "consumer"):
            keys = sandbox.accounts[side]
            variables |= {f"{side}_key": keys["access_key_id"], f"{side}_secret": keys["secret_access_key"]}
        self.environment |= {f"TF_VAR_{name}": value for name, value in variables.items()}
        if mirror:
            settings = pathlib.Path(self.place) / "terraform.rc"
            settings.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
            self.environment["TF_CLI_CONFIG_FILE"] = str(settings)

    def run(self, *words):
        """One command to its end: its status, and the end of what it said."""
        done = subprocess.run(
            [self.program, *words, "-no-color", "-input=false"], cwd=self.place, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900, check=False,
        )
        return done.returncode, done.stdout[-1500:]


def story(t):
    """Terraform and its AWS provider, where this machine has both"""
    named, mirror = os.environ.get("PLLAB_TERRAFORM"), mirrored()
    program = named or shutil.which("terraform")
    if not program or not (named or mirror):
        print("left out: no terraform here with a mirror of its AWS provider; PLLAB_TERRAFORM=terraform fetches the provider")
        return
    with Sandbox(folder(), "--pace", "instant") as sandbox:
        terraform = Terraform(program, mirror, sandbox)
        for what, words, expected in (
            ("finds its provider", ["init"], 0),
            ("makes the whole lab", ["apply", "-auto-approve"], 0),
            ("finds everything as it was written", ["plan", "-detailed-exitcode"], 0),
        ):
            status, said = terraform.run(*words)
            t.check(f"terraform {what}", status == expected, said)
        far = sandbox.client("ec2", "consumer")
        states = [endpoint["State"] for endpoint in far.describe_vpc_endpoints()["VpcEndpoints"]]
        t.equal("terraform: the connection is accepted", states, ["available"])
        status, said = terraform.run("destroy", "-auto-approve")
        t.check("terraform takes it all away", status == 0, said)
        left = [sandbox.client("ec2", side).describe_vpcs()["Vpcs"] for side in ("provider", "consumer")]
        t.equal("terraform: nothing is left in either account", left, [[], []])
