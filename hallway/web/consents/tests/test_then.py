"""The page that answers for a day gone by, for the patient and the privacy officer."""

import re

import pytest

from hallway.consent.tests.test_past import DAY_5, Story
from hallway.identity.requester import Role
from tests.access.test_places import come_in


@pytest.fixture
def story(fresh_db):
    return Story()


def asked(story, client, on):
    return client.get(f"/consents/then/{story.chart}/", {"role": story.role_of(story.pcp), "on": on})


def test_the_privacy_officer_reads_what_could_be_seen_on_that_day(story):
    client = come_in(story.officer, Role.PRIVACY_OFFICER)
    while_it_held = asked(story, client, DAY_5.date().isoformat()).content.decode()
    after = asked(story, client, "2026-03-08").content.decode()
    assert "diagnoses" in while_it_held
    assert total(after) == 0
    assert total(while_it_held) == 4, "two entries, the patient's own header and the form itself"


def total(page):
    """How many the heading says."""
    said = re.search(r"<h1>Invented Carewell, Millbrook \(invented\) could see (\d+|nothing)", page)[1]
    return 0 if said == "nothing" else int(said)


@pytest.mark.parametrize("on", ["", "someday", "2999-01-01", "1850-01-01"])
def test_a_day_that_has_not_begun_or_is_none_is_told_so(story, on):
    assert asked(story, come_in(story.officer, Role.PRIVACY_OFFICER), on).status_code == 422


def test_nobody_else_is_told_that_the_page_is_there(story):
    for role in (Role.PCP, Role.PRACTICE_LEADER, Role.NETWORK_ADMINISTRATOR):
        assert asked(story, come_in(story.pcp, role), "2026-03-05").status_code == 404
