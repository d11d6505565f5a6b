"""The JSON Schema of a lab, held against our labs and against broken ones by a validator that is not ours."""

import json
import pathlib

import yaml
from jsonschema import Draft202012Validator

from harness import ROOT, folder, pllab

# What a schema can see. The rest, such as a reference to nothing, is for `pllab labs check`.
BROKEN = ["missing-field", "unknown-check", "unknown-field", "unknown-kind", "wrong-type"]


def lab(path):
    """A lab file as data."""
    return yaml.safe_load((path / "lab.yaml").read_text())


def story(tally):
    """Every lab of ours is valid, and so is a new one; one with something wrong in it is not."""
    state = folder()
    printed = json.loads(pllab("labs", "schema", state=state).stdout)
    kept = json.loads((ROOT / "labs/lab.schema.json").read_text())
    tally.equal("the schema beside the labs is the printed one", kept, printed)
    tally.equal("it says its draft", printed["$schema"], "https://json-schema.org/draft/2020-12/schema")
    Draft202012Validator.check_schema(printed)
    validator = Draft202012Validator(printed)
    labs = sorted(path.parent for path in (ROOT / "labs").glob("*/lab.yaml"))
    tally.check("there are labs", len(labs) >= 4, labs)
    home = folder()
    pllab("labs", "new", "mine", "--dir", home, state=state)
    for path in [*labs, pathlib.Path(home) / "mine"]:
        tally.equal(f"{path.name}: valid", [error.message for error in validator.iter_errors(lab(path))], [])
    for name in BROKEN:
        found = list(validator.iter_errors(lab(ROOT / "tests/fixtures/labs" / name)))
        tally.check(f"{name}: not valid", found)
