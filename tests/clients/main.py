"""Everything that other people's clients do with the sandbox and the lab."""

import boto3_story
import cli_story
import completeness
import documents
import facts_story
import filters
import hands_on_story
import hints_story
import inventory_story
import moto_lab
import moto_story
import nginx_story
import policy_story
import schema_story
import terraform_story
from harness import tell

if __name__ == "__main__":
    tell(
        [
            boto3_story.story, cli_story.story, cli_story.script, hands_on_story.story, hints_story.story,
            completeness.story, filters.story, facts_story.story, inventory_story.story, moto_story.story, moto_lab.story,
            documents.story, policy_story.story, schema_story.story, nginx_story.story, terraform_story.story,
        ]
    )
