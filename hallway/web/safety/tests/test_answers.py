"""What the pages of the safety steps say of answers: those that came in, those asked here, a plan from a program."""

import json
import re

from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.consent.tests import town
from hallway.directory.models import Organization
from hallway.labels.source import Source
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.screening.models import Safety
from hallway.screening.safety import actions, opening
from hallway.screening.safety.said import Said
from hallway.screening.safety.states import Step
from hallway.web.safety.tests.test_pages import browser, token_of

ONCE = "018f0000-0000-7000-8000-000000000001"


def answered(chart, pcp, code, level):
    return opening.open_safety(
        chart,
        organization=pcp.organization_id,
        opened_by="screening",
        cause_kind="sitting",
        cause_id="one",
        cause_code=code,
        cause_level=level,
        source_org=pcp.organization_id,
        mask=int(DataClass.GENERAL),
        owner=pcp.practitioner_id,
    )


def test_a_further_answer_stands_on_the_page_in_its_words_and_the_desk_reads_none(people):
    chart, pcp, desk, _ = people
    key = answered(chart, pcp, "44260-8", "high")
    assert "Came in since then" not in browser(pcp).get(f"/safety/{key}/").content.decode()
    assert answered(chart, pcp, "93250-9", "urgent") == key
    page = browser(pcp).get(f"/safety/{key}/").content.decode()
    assert re.search("Came in since then.*A plan worked out and intention to carry it out", page, re.DOTALL)
    assert "A plan worked out" not in browser(desk).get(f"/safety/{key}/").content.decode()


def test_a_screener_is_kept_as_the_one_that_was_shown(people):
    chart, pcp, _, _ = people
    doctor = browser(pcp)
    where = doctor.post(f"/safety/open/{chart}/").headers["Location"]
    assert "with=asq" in doctor.get(where).content.decode()
    page = doctor.get(f"{where}?with=asq&in=es").content.decode()
    assert f'action="{where}?with=asq&amp;in=es"' in page
    sent = {"step": "questions", "token": token_of(page), "q-asq-q5": "yes"}
    assert doctor.post(where, sent).status_code == 422, "the questions of the other one are not taken for these"
    assert doctor.post(f"{where}?with=asq&in=es", sent).status_code == 302
    kept = record.read_chart(gate.release(pcp, chart), kinds=["QuestionnaireResponse"])
    assert json.loads(kept[0].body)["questionnaire"].endswith("/asq|1") or b"asq" in kept[0].body


def test_a_plan_in_a_language_of_a_region_opens_and_prints(people):
    chart, pcp, _, _ = people
    key = actions.press(pcp, chart)
    parts = {"signs": "Alone", "alone": "Walk", "company": "Ana", "help": "Ana", "professionals": "988"}
    actions.take_step(pcp, key, Step.PLAN, Said(once=ONCE, parts={**parts, "surroundings": "Locked"}))
    stored = next(one for one in record.read_chart(gate.release(pcp, chart), kinds=["CarePlan"]))
    for language in ("en-US", "fr"):
        body = json.loads(stored.json_bytes())
        body.pop("meta")
        source = Source(stored.source_org, stored.author)
        consent.store([json.dumps(body | {"language": language}).encode()], by=pcp, source=source)
        assert browser(pcp).get(f"/safety/{key}/").status_code == 200
    assert browser(pcp).get(f"/safety/{key}/plan.pdf").content.startswith(b"%PDF")


def test_a_practice_without_hallway_is_shown_to_be_called(people):
    chart, pcp, _, _ = people
    feed = town.organization("Farfield")
    Organization.objects.filter(id=feed).update(on_hallway=False, phone="555-0188")
    town.put(chart, feed, DataClass.GENERAL)
    doctor = browser(pcp)
    page = doctor.get(f"{doctor.post(f'/safety/open/{chart}/').headers['Location']}tell/").content.decode()
    assert "Tell Northgate" in page
    assert "Tell Farfield" not in page
    assert re.search("not on Hallway.*Farfield.*555-0188", page, re.DOTALL)
    assert Safety.objects.count() == 1
