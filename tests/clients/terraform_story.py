"""Terraform makes the whole lab in two accounts, finds it as it wrote it, and takes it away again."""

import os
import pathlib
import shutil
import subprocess

from harness import Sandbox, folder

HERE = pathlib.Path(__file__).resolve().parent


class Terraform:
    """Terraform in a folder of its own, with the sandbox's address and keys as variables."""

    def __init__(self, program, sandbox):
        self.program = program
        self.place = folder()
        shutil.copy(HERE / "terraform" / "main.tf", self.place)
        self.environment = sandbox.environment() | {"CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
        variables = {"url": sandbox.url}
        for side in ("provider", "consumer"):
            keys = sandbox.accounts[side]
            variables |= {f"{side}_key": keys["access_key_id"], f"{side}_secret": keys["secret_access_key"]}
        self.environment |= {f"TF_VAR_{name}": value for name, value in variables.items()}
        mirror = os.environ.get("PLLAB_TERRAFORM_PLUGINS")
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
    """Terraform and its AWS provider, where PLLAB_TERRAFORM names the program"""
    program = os.environ.get("PLLAB_TERRAFORM")
    if not program:
        print("left out: PLLAB_TERRAFORM=terraform runs it, which takes minutes and fetches the provider from Terraform's registry")
        return
    with Sandbox(folder(), "--pace", "instant") as sandbox:
        terraform = Terraform(program, sandbox)
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
