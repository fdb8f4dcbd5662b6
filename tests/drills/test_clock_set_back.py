"""The clock goes back: what has ended would seem to hold, so nothing leaves until the clock is right again."""

from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import gate
from hallway.consent.grants import soundness
from hallway.errors import HallwayError
from hallway.fhirapi import door
from hallway.fhirapi.tests.kit import get
from hallway.ledger.heads import seal_and_publish
from hallway.referral.tests import hall as halls
from hallway.web.gateways.tests import test_decisions as decisions
from tests.drills.kit import browser, holds_nobody


@pytest.fixture
def hall(fresh_db, tmp_path):
    made = halls.build()
    gate.release(made.pcp, made.chart)
    seal_and_publish(tmp_path / "heads.jsonl")
    soundness._looked.clear()
    yield made
    clock.run_behind(timedelta(0))
    soundness._looked.clear()


def test_a_page_shows_nobody_and_says_what_to_do(hall):
    client = browser(hall)
    assert not holds_nobody(client.get(f"/charts/{hall.chart}/"))
    clock.run_behind(timedelta(minutes=10))
    for path in (f"/charts/{hall.chart}/", "/worklist/"):
        reply = client.get(path)
        assert reply.status_code == 503, path
        assert holds_nobody(reply)
        assert b"clock was set back" in reply.content
        assert b"Set the clock right" in reply.content


def test_the_fhir_door_and_the_decision_service_give_nothing(hall):
    decisions.give_number(hall)
    credential = decisions.credential_of(hall.pcp.organization_id)
    token = browser(hall).cookies["hallway_session"].value
    clock.run_behind(timedelta(minutes=10))
    try:
        from hallway.record import queries as record

        reply = get(f"/fhir/Patient/{record.patient_of(hall.chart)}", HTTP_AUTHORIZATION=f"Bearer {token}")
        assert reply.status == 503
    finally:
        door.close()
    asked = decisions.ask(credential, decisions.PLAIN)
    assert asked.status_code == 503
    assert b"CONSENT_PERMIT" not in asked.content


def test_a_right_that_has_ended_does_not_come_back_with_the_clock(hall):
    clock.run_behind(timedelta(days=400))
    with pytest.raises(HallwayError) as refused:
        gate.release(hall.pcp, hall.chart)
    assert refused.value.code == "H-CON-050"


def test_a_nudge_stops_nobody_and_a_right_clock_mends_it(hall):
    clock.run_behind(timedelta(seconds=30))
    assert gate.release(hall.pcp, hall.chart)
    clock.run_behind(timedelta(minutes=10))
    with pytest.raises(HallwayError):
        gate.release(hall.pcp, hall.chart)
    clock.run_behind(timedelta(0))
    assert gate.release(hall.pcp, hall.chart)


def test_it_is_noticed_though_the_clock_was_looked_at_a_moment_ago(hall):
    assert gate.release(hall.pcp, hall.chart)
    clock.run_behind(timedelta(minutes=10))
    with pytest.raises(HallwayError):
        gate.release(hall.pcp, hall.chart)
