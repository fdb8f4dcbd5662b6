"""A positive suicide item opens the steps whichever way it came: typed in, amended, without a time."""

import json
from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.consent.tests import town
from hallway.ids import ResourceId
from hallway.labels.source import Source
from hallway.record import queries as record
from hallway.screening.asking import actions as asking
from hallway.screening.asking.actions import Paper
from hallway.screening.models import Safety, Sitting
from hallway.screening.safety.tests.test_steps import heard

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
