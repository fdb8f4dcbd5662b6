"""The page that answers for a day gone by, for the patient and the privacy officer."""

import re

import pytest
from django.test import Client

from hallway.consent import actions
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


def test_the_list_leads_to_why_for_what_is_no_note_and_to_nothing_for_strangers(story):
    actions.join_team(story.chart, by=story.therapist, organization=story.pc, basis="assigned")
    client = come_in(story.therapist, Role.THERAPIST)
    address = f"/consents/why/{story.chart}/{story.first}/?kind=Condition"
    page = client.get(address).content.decode()
    assert "Who may see this, and why" in page
    assert "Millbrook (invented)" in page
    assert "Rules asked:" in page
    assert come_in(story.pcp, Role.PCP).get(address).status_code == 404, "it needs a signature that was taken back"
    for odd in ("?kind=Surprise", "?kind=Observation", ""):
        assert client.get(address.partition("?")[0] + odd).status_code == 404, odd
    assert client.get(f"/consents/why/{story.chart}/not-an-id/?kind=Condition").status_code == 404


def test_a_patient_asks_for_a_day_gone_by_about_the_own_record(story):
    from hallway.identity import actions as identity
    from hallway.identity.login import Hat
    from hallway.ids import OrganizationId
    from hallway.web.middleware import COOKIE

    account = identity.create_account("patient@example.test", "Marisol Ejemplo", chart_id=story.chart)
    opened = identity.open_verified(account)
    identity.wear(opened.session_id, Hat(0, Role.PATIENT, OrganizationId(0), "My own record"))
    client = Client()
    client.cookies[COOKIE] = opened.token
    page = asked(story, client, DAY_5.date().isoformat()).content.decode()
    assert total(page) == 4
    assert f"/consents/why/{story.chart}/{story.first}/?kind=Condition" in page
    actions.join_team(story.chart, by=story.therapist, organization=story.pc, basis="assigned")
    why = client.get(f"/consents/why/{story.chart}/{story.first}/?kind=Condition")
    assert why.status_code == 200
    assert b"Millbrook" in why.content
