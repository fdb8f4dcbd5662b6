"""The demo's people are asked and treated to a target, and the lists say of each what their row wants."""

from datetime import UTC, datetime, timedelta

import pytest

from hallway import clock
from hallway.app.demo import measured
from hallway.app.demo.build import SEED
from hallway.app.demo.network import Network
from hallway.app.demo.patients import patients, primary_care_facts
from hallway.screening.asking.queries import sittings_open
from hallway.screening.instruments import library, scoring
from hallway.screening.instruments.shapes import Person
from hallway.screening.targets.queries import treated

TODAY = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
NAMES = {"phq-9": "PHQ-9 total", "gad-7": "GAD-7 total"}


@pytest.mark.parametrize("instrument", ["phq-9", "gad-7"])
@pytest.mark.parametrize("total", [0, 1, 7, 13, 20])
def test_a_spread_of_answers_comes_to_its_total_and_asks_nothing_more(instrument, total):
    given = measured.answers(instrument, total)
    found = scoring.score(library.instrument(instrument), given, Person(None, "", TODAY.date()))
    assert (found.total, found.critical) == (total, ())


def test_no_score_of_a_visit_falls_between_those_of_a_row():
    people = {one.number: one for one in patients(SEED, TODAY)}
    for row in measured.SERIES:
        began = TODAY - timedelta(days=row.scores[0][0])
        facts = primary_care_facts(people[row.number], SEED, TODAY)
        titles = [one.resource["code"]["text"] for one in facts if one.at and one.at > began and "code" in one.resource]
        assert NAMES[row.instrument] not in titles, row


def test_a_row_is_told_as_progress_and_questions_wait_half_answered(fresh_db):
    until = clock.now()
    network = Network()
    people = {one.number: one for one in patients(SEED, until)}
    with clock.stopped_at(until - timedelta(days=400)):
        network.settle(clock.today())
        for number in (83, 90, 0):
            known = list(primary_care_facts(people[number], SEED, until))[:2]
            network.open_chart(known, organization=people[number].pc, person="carewell", role="pcp")
    for row in measured.SERIES[:2]:
        measured._measure(network, people[row.number], row, until)
    measured._ahead(network, people[0], until)
    doctor = network.requester("carewell")
    found = {
        one.progress.status.value: one.progress.eight_weeks_flat for one in treated(doctor, today=until.date()).rows
    }
    assert found == {"remission": False, "flat": True}
    assert [(one.state, one.language) for one in sittings_open(doctor)] == [("begun", "es")]
