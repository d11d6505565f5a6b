"""Everything that other people's clients do with the sandbox and the lab."""

import sys

from harness import tell

# Module and function; the longest first.
STORIES = [
    ("terraform_story", "story"),
    ("moto_story", "story"),
    ("hints_story", "story"),
    ("hands_on_story", "story"),
    ("completeness", "story"),
    ("inventory_story", "story"),
    ("boto3_story", "story"),
    ("cli_story", "story"),
    ("cli_story", "script"),
    ("filters", "story"),
    ("facts_story", "story"),
    ("moto_lab", "story"),
    ("documents", "story"),
    ("policy_story", "story"),
    ("schema_story", "story"),
    ("nginx_story", "story"),
]

if __name__ == "__main__":
    wanted = sys.argv[1:]
    tell([story for story in STORIES if not wanted or story[0] in wanted])
