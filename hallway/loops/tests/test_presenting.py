"""The words on who hears next: what rises within one practice never says that another has heard."""

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
