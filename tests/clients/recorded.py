"""Replies of real AWS, counted over public recordings, held against the sandbox's: which members an object always has,
which it never has empty. A member that is empty here and left out there works here and is a KeyError on AWS."""

import collections
import pathlib

import yaml

HERE = pathlib.Path(__file__).resolve().parent
# Fewer objects than this say nothing about what AWS always does.
ENOUGH = 5
MOSTLY = 0.9


class Counted:
    """How many objects at a path had a member, and how many had it empty."""

    def __init__(self):
        self.objects = collections.Counter()
        self.present = collections.Counter()
        self.empty = collections.Counter()

    def reply(self, service, operation, parsed):
        """Counts one answer as botocore has read it."""
        reply = {name: value for name, value in parsed.items() if name != "ResponseMetadata"}
        self.walk(f"{service}.{operation}", "", reply)

    def walk(self, operation, path, value):
        """Counts an object, and all that is in it; `[]` in a path stands for the items of a list."""
        if isinstance(value, dict):
            self.objects[operation, path] += 1
            for name, inner in value.items():
                self.present[operation, path, name] += 1
                self.empty[operation, path, name] += inner in ("", [], {})
                self.walk(operation, f"{path}.{name}".lstrip("."), inner)
        elif isinstance(value, list):
            for item in value:
                self.walk(operation, f"{path}[]", item)


def compare(t, here):
    """Every line of the recordings that the sandbox contradicts, unless it is listed with its reason."""
    listed = yaml.safe_load((HERE / "recorded.yaml").read_text(encoding="utf-8"))
    allowed = {name for found in listed.values() for name in found}
    differs, asked = set(), 0
    lines = (HERE / "recorded-members.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line.startswith(("#", "operation\t")):
            continue
        operation, path, member, *numbers = line.split("\t")
        operation = operation.replace("elasticloadbalancing.", "elbv2.")
        present, of, empty = map(int, numbers)
        objects = here.objects[operation, path]
        if not objects:
            continue
        asked += 1
        key, name = (operation, path, member), f"{operation}:{path}:{member}"
        # Some recordings are older than some members.
        if of >= ENOUGH and present >= MOSTLY * of and here.present[key] < MOSTLY * objects:
            differs.add(f"{name} is missing")
        elif present >= ENOUGH and (empty == 0 or of - present > 2 * empty) and here.empty[key]:
            differs.add(f"{name} is empty")
    t.check(f"recordings: {asked} of their lines are about what the lab has", asked > 400, asked)
    t.equal("recordings: none is contradicted without a reason", sorted(differs - allowed), [])
    t.equal("recordings: every exception is still needed", sorted(allowed - differs), [])
