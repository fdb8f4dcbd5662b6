"""A positive suicide item opens the steps whichever way it came: typed in, amended, without a time."""

import json
from datetime import datetime, timedelta

import pytest

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.consent.tests import town
from hallway.directory.models import Practitioner
from hallway.errors import HallwayError, Kind
from hallway.ids import ResourceId
from hallway.labels.source import Source
from hallway.ledger import queries as ledger
from hallway.record import queries as record
from hallway.screening.asking import actions as asking
from hallway.screening.asking.actions import Paper
from hallway.screening.models import Safety, Sitting
from hallway.screening.safety import actions, hearing
from hallway.screening.safety.tests.test_graver import end
from hallway.screening.safety.tests.test_steps import heard, score
from hallway.screening.sheets import ZONE

PHQ_9 = {f"q{number}": "0" for number in range(1, 9)}


def typed_in(world, q9, **paper):
    answers = {"phq-9": {**PHQ_9, "q9": q9}}
    return asking.type_in(world.chart, by=world.pcp, mode="paper", paper=Paper(answers=answers, **paper))


def test_a_positive_item_typed_in_from_paper_opens_them_once(world):
    sitting_id = typed_in(world, "2")
    heard(world)
    heard(world)
    row = Safety.objects.get()
    assert (row.opened_by, row.cause_kind, row.cause_id) == ("screening", "sitting", str(sitting_id))
    assert row.owner_practitioner_id == world.pcp.practitioner_id


def response(world, **more):
    body = {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": {"reference": f"Patient/{record.patient_of(world.chart)}"},
        "item": [
            {"linkId": "/44260-8", "answer": [{"valueCoding": {"system": "http://loinc.org", "code": "LA6569-3"}}]}
        ],
        **more,
    }
    made = consent.store([json.dumps(body).encode()], by=town.LOADER, source=Source(world.pcp.organization_id))
    return str(made[0].id)


def amend(world, key, code):
    """The next version, with another answer to the last question asked."""
    release = gate.release(world.pcp, world.chart)
    stored = record.read_one(release, "QuestionnaireResponse", ResourceId(key), route="test")
    body = json.loads(stored.json_bytes())
    body.pop("meta", None)
    item = next(one for one in body["item"] if "44260-8" in one["linkId"] or one["linkId"] == "q9")
    item["answer"] = [{"valueCoding": {"system": "http://loinc.org", "code": code}}]
    source = Source(stored.source_org, stored.author)
    made = consent.store([json.dumps(body | {"status": "amended"}).encode()], by=world.pcp, source=source)
    assert made[0].version == stored.version + 1, made
    return made


@pytest.mark.parametrize("authored", [""])
def test_an_answer_from_elsewhere_whose_time_nobody_sent_opens_them(world, authored):
    key = response(world, **({"authored": authored} if authored else {}))
    heard(world)
    assert Safety.objects.get().cause_id == key


def test_a_paper_of_last_year_is_history(world):
    typed_in(world, "2", answered_at=clock.now() - timedelta(days=300))
    heard(world)
    assert not Safety.objects.exists()


def test_a_typing_error_corrected_to_a_positive_item_opens_them(world):
    sitting = Sitting.objects.get(id=typed_in(world, "0"))
    heard(world)
    assert not Safety.objects.exists()
    key = next(one for one in sitting.filed if one.startswith("QuestionnaireResponse")).split("/")[1]
    amend(world, key, "LA6569-3")
    heard(world)
    heard(world)
    assert Safety.objects.get().cause_id == key


def test_what_came_negative_and_was_amended_to_positive_and_back_stays_open(world):
    key = response(world, authored=clock.now().isoformat(timespec="seconds"))
    heard(world)
    amend(world, key, "LA6568-5")
    amend(world, key, "LA6569-3")
    amend(world, key, "LA6568-5")
    heard(world)
    row = Safety.objects.get()
    assert (row.state, row.closed_at) == ("waiting", None)


def evening(day: str) -> datetime:
    """Ten in the evening of a day in Boston, when it is tomorrow in UTC."""
    return datetime.fromisoformat(f"{day}T22:00:00-05:00")


def after(hours: float) -> datetime:
    return clock.now() + timedelta(hours=hours)


def next_evening() -> datetime:
    """The first such evening after what the world holds was written."""
    today = clock.now().astimezone(ZONE).date()
    return evening((today + timedelta(days=1)).isoformat())


def test_a_day_without_an_hour_is_fresh_in_its_evening(world):
    with clock.stopped_at(next_evening()):
        key = score(world, at=clock.now().astimezone(ZONE).date().isoformat(), answer=3)
        heard(world)
        assert Safety.objects.get().cause_id == key


def test_a_day_without_an_hour_is_not_covered_by_steps_that_ended_that_day(world):
    with clock.stopped_at(next_evening()):
        ended(world)
    with clock.stopped_at(next_evening() + timedelta(hours=1)):
        key = score(world, at=clock.now().astimezone(ZONE).date().isoformat(), answer=3)
        heard(world)
        assert Safety.objects.get(closed_at__isnull=True).cause_id == key


def test_what_was_answered_before_the_end_and_arrived_after_it_opens_them(world):
    given_at = clock.now()
    ended(world)
    with clock.stopped_at(after(1)):
        key = score(world, at=given_at.isoformat(timespec="seconds"), answer=3)
        heard(world)
    assert Safety.objects.get(closed_at__isnull=True).cause_id == key


def ended(world) -> None:
    """The steps for another reason, begun and ended."""
    end(world, actions.press(world.pcp, world.chart))


def test_the_same_answer_written_again_after_the_end_opens_nothing(world):
    sitting = Sitting.objects.get(id=typed_in(world, "2"))
    heard(world)
    end(world, Safety.objects.get().id)
    key = next(one for one in sitting.filed if one.startswith("QuestionnaireResponse")).split("/")[1]
    with clock.stopped_at(after(1)):
        amend(world, key, "LA6570-1")
        heard(world)
    assert Safety.objects.count() == 1


def test_a_gate_that_cannot_say_leaves_the_look_to_be_tried_again(world, monkeypatch):
    score(world, hours_ago=1, answer=2)

    def cannot_say(*_args, **_kwargs):
        raise HallwayError(Kind.UNAVAILABLE, "H-TST-001", what="No.", undone="Nothing.", to_do="Again.")

    with monkeypatch.context() as patched:
        patched.setattr(hearing.gate, "release", cannot_say)
        with pytest.raises(HallwayError):
            hearing.charts_changed({"chart_ids": str(world.chart)})
    heard(world)
    assert Safety.objects.count() == 1


def test_one_that_cannot_be_looked_at_keeps_no_other_back(world, monkeypatch):
    bad, good = score(world, hours_ago=2, answer=2), score(world, hours_ago=1, answer=3)
    look = hearing._look

    def sometimes(one):
        if str(one.id) == bad:
            raise ValueError("a body that nobody reads")
        look(one)

    monkeypatch.setattr(hearing, "_look", sometimes)
    with pytest.raises(ValueError, match="nobody reads"):
        heard(world)
    monkeypatch.setattr(hearing, "_look", lambda one: None)
    heard(world)
    assert Safety.objects.get().cause_id == good


def visit(world, *, hours: float, who=None, status="booked") -> None:
    """An appointment of the practice, written by the desk."""
    actors = [f"Patient/{record.patient_of(world.chart)}"]
    if who is not None:
        actors.append(f"Practitioner/{Practitioner.objects.get(id=who.practitioner_id).fhir_id}")
    body = {
        "resourceType": "Appointment",
        "status": status,
        "start": after(hours).isoformat(timespec="seconds"),
        "end": after(hours + 1).isoformat(timespec="seconds"),
        "participant": [{"actor": {"reference": one}, "status": "accepted"} for one in actors],
    }
    source = Source(world.pcp.organization_id, world.colleague.practitioner_id)
    consent.store([json.dumps(body).encode()], by=town.LOADER, source=source)


@pytest.mark.parametrize("kind", ["booked by another", "a nearer one was cancelled", "with nobody named"])
def test_they_wait_for_whom_the_visit_is_with(world, kind):
    visit(world, hours=1, who=None if kind == "with nobody named" else world.pcp)
    if kind == "a nearer one was cancelled":
        visit(world, hours=0.1, who=world.colleague, status="cancelled")
    score(world, hours_ago=1, answer=3)
    heard(world)
    whom = 0 if kind == "with nobody named" else world.pcp.practitioner_id
    assert Safety.objects.get().owner_practitioner_id == whom


def test_the_ledger_says_who_took_a_critical_answer_down_and_not_which_it_was(world):
    sitting_id = typed_in(world, "2")
    [line] = [one for one in ledger.lines_of(world.chart) if one.act == "screening.critical"]
    assert (line.account_id, line.role, line.detail) == (world.pcp.account_id, "pcp", f"sitting/{sitting_id}")
