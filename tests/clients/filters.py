"""Every filter that botocore documents for a describe call that the sandbox has: taken, or named as not modelled."""

import pathlib
import re

import yaml
from botocore import xform_name
from botocore.exceptions import ClientError

from completeness import implemented
from harness import Sandbox, folder

HERE = pathlib.Path(__file__).resolve().parent


def documented(model):
    """The names of the filters that an operation's documentation lists; `tag:` stands for any key."""
    member = model.input_shape.members.get("Filters") if model.input_shape else None
    text = member.documentation if member is not None else ""
    # The names are the outermost list; what a value can be is a list inside.
    names = re.findall(r"<li>\s*<p>\s*<code>([^<]+)</code>", text)
    # Some have other names, which are told in words.
    for words in re.findall(r"You can also use (.*?) as the filter names?", text, re.S):
        names += re.findall(r"<code>([^<]+)</code>", words)
    if "tag:" in text or "<code>tag</code>" in text:
        names += ["tag:lab", "tag-key", "tag-value"]
    return sorted(set(names) - {"tag"})


def story(t):
    """every filter that the SDK documents"""
    allowed = yaml.safe_load((HERE / "filters.yaml").read_text(encoding="utf-8"))
    allowed = {f"{operation}:{name}" for found in allowed.values() for operation, names in found.items() for name in names}
    refused, asked = set(), 0
    with Sandbox(folder(), "--pace", "instant") as sandbox:
        ec2 = sandbox.client("ec2")
        for operation in sorted(implemented()["ec2"]):
            call = getattr(ec2, xform_name(operation))
            model = ec2.meta.service_model.operation_model(operation)
            for name in documented(model):
                asked += 1
                try:
                    call(**required(model), Filters=[{"Name": name, "Values": ["x"]}])
                except ClientError as error:
                    if f"The filter '{name}' is invalid" in error.response["Error"]["Message"]:
                        refused.add(f"{operation}:{name}")
    t.check(f"filters: {asked} are documented", asked > 300, asked)
    t.equal("filters: none is refused without a reason", sorted(refused - allowed), [])
    t.equal("filters: every entry of the list is still needed", sorted(allowed - refused), [])


def required(model):
    """Something for what a call cannot be without: that it names nothing is said after the filters are read."""
    return {name: "vpce-svc-0123456789abcdef0" for name in model.input_shape.required_members}
