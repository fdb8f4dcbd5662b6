"""Must show 1 on a small set: the examples of US Core, and every search that its profiles ask of a server.

Whole, with the synthetic lives: ``python -m tools.us_core``; its table is docs/us-core.md.
"""

import os

import pytest

from hallway.fhirapi import door
from tools.us_core import checks, metadata, running, world

FEW = {
    "allergy_intolerance", "blood_pressure", "care_plan", "condition_problems_health_concerns", "document_reference",
    "encounter", "goal", "medication_request", "organization", "patient", "practitioner_role", "questionnaire_response",
}  # fmt: skip


@pytest.fixture
def asked(shared_data, fresh_db):
    groups = metadata.groups(shared_data / "inferno-us-core-metadata")
    wanted = set(os.environ.get("HALLWAY_US_CORE", "").split()) or FEW
    lives = world.lives(shared_data / "synthea-massachusetts", int(os.environ.get("HALLWAY_US_CORE_LIVES", "0")))
    files = world.examples(shared_data / "us-core-examples")
    token = world.signed_in()
    refused = world.load(lives, files)
    assert len(refused) <= 4, refused
    world.set_labels_aside()
    world.treat_everybody()
    chosen = [one for one in groups if one.key in wanted or wanted == {"all"}]
    print("\n".join(refused))
    yield list(running.run(world.client(token), chosen, world.sent_records([*lives, *files])))
    door.close()


def test_what_us_core_asks_of_a_server_is_done(asked):
    failed = [f"{one.group}: {one.what}: {one.why}" for one in asked if one.outcome == checks.FAILED]
    assert not failed, "\n".join(failed)
    assert sum(one.outcome == checks.PASSED for one in asked) > 150


def test_the_metadata_asks_for_115_searches_that_a_server_shall_take(shared_data):
    groups = metadata.groups(shared_data / "inferno-us-core-metadata")
    assert sum(search.expectation == "SHALL" for group in groups for search in group.searches) == 115
