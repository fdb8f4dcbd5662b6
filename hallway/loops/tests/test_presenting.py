"""The words on who hears next: what rises within one practice never says that another has heard."""

from uuid import uuid4

import pytest

from hallway.consent.tests import town
from hallway.identity.requester import Role
from hallway.loops.actions import Owed, open_loop
from hallway.loops.models import Loop
from hallway.loops.queries import worklist
from hallway.loops.tables.clocks import LoopKind
from hallway.record.classes import DataClass

HERE = "This clock tells nobody outside your practice."


@pytest.fixture
def world(fresh_db):
    place, other = town.organization("Millbrook", side="pc"), town.organization("Northgate", side="bh")
    who = town.person("Carewell", place, Role.PCP)
    chart = town.new_patient(place)
    town.put(chart, place, int(DataClass.GENERAL))
    return place, other, who, chart


def said(world, kind: LoopKind, *, level: int, for_other: bool = False) -> str:
    place, other, who, chart = world
    Loop.objects.all().delete()
    for_org = other if for_other else place
    open_loop(Owed(chart, kind, place, for_org, place, int(DataClass.GENERAL), who.practitioner_id))
    Loop.objects.update(escalation=level)
    return worklist(who).rows[0].hears_next


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (
            LoopKind.COORDINATE,
            (
                "Next: your practice lead hears how many are late.",
                "Your practice lead hears how many are late.",
            ),
        ),
        (LoopKind.LABS, ("It stays on its owner's list.", "It stays on its owner's list.")),
        (LoopKind.PATIENT_ASK, ("Next: your practice lead is told.", "Your practice lead has heard.")),
        (
            LoopKind.SAFETY,
            (
                "Next: your practice lead and every clinician of your practice are told.",
                "Your practice lead and every clinician of your practice have heard.",
            ),
        ),
    ],
)
def test_what_is_owed_within_a_practice_never_says_that_another_heard(world, kind, words):
    coming, heard = words
    first = "If the clock runs out, the owner hears first."
    shown = [said(world, kind, level=level) for level in range(4)]
    assert shown == [f"{one} {HERE}" for one in (first, coming, heard, heard)]


def test_what_is_owed_to_another_practice_rises_to_both_sides(world):
    assert [said(world, LoopKind.ACCEPT, level=level, for_other=True) for level in range(4)] == [
        "If the clock runs out, the owner hears first.",
        "Next: your practice lead is told.",
        "Next: both sides are told.",
        "Both sides have heard.",
    ]


def test_a_wish_leads_any_clinician_of_the_practice_to_its_page_and_the_lead_to_none(world):
    place, _, who, chart = world
    colleague, lead = town.person("Fillwell", place, Role.PCP), town.person("Leadwell", place, Role.PRACTICE_LEADER)
    owed = open_loop(Owed(chart, LoopKind.REFER, place, place, place, int(DataClass.GENERAL), who.practitioner_id))
    Loop.objects.update(escalation=2)

    def led(reader):
        (row,) = worklist(reader, show="practice").rows
        return row.id, row.next_label, row.next_url, row.next_id

    assert [led(one) for one in (who, colleague)] == [(owed, "Refer", "due:offer", chart)] * 2
    assert led(lead) == (owed, "Open", "referrals:show", None), "which is the chart: no page of a clinician's"


@pytest.mark.parametrize("kind", [LoopKind.ASK_ELSEWHERE, LoopKind.FILE_ANSWER, LoopKind.ANSWER_REQUEST])
def test_what_a_clinician_answers_has_no_step_for_the_lead(world, kind):
    place, _, who, chart = world
    lead, subject = town.person("Leadwell", place, Role.PRACTICE_LEADER), uuid4()
    open_loop(Owed(chart, kind, place, place, place, int(DataClass.GENERAL), who.practitioner_id, subject_id=subject))
    (own,), (leads,) = worklist(who).rows, worklist(lead, show="practice").rows
    assert (own.next_url, own.next_id) == ("messages:request", subject)
    assert (leads.next_label, leads.next_id) == ("Open", None)
