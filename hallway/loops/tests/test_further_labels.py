"""A row that rests on further facts is shown only to whom every one of them flows; its own words stand in its place."""

import pytest

from hallway import clock
from hallway.consent.tests import town
from hallway.identity.requester import Role
from hallway.ids import PractitionerId
from hallway.loops.actions import Owed, open_loop
from hallway.loops.models import Loop
from hallway.loops.queries import loop_of_chart, loops_of_chart, worklist
from hallway.loops.tables.clocks import CLOCKS, LoopKind
from hallway.record.classes import DataClass

GENERAL, PART2 = int(DataClass.GENERAL), int(DataClass.PART2)


@pytest.fixture
def world(fresh_db):
    place, program = town.organization("Millbrook", side="pc"), town.organization("Program", is_part2=True)
    who = town.person("Carewell", place, Role.PCP)
    chart = town.new_patient(place)
    town.put(chart, program, PART2)
    town.put(chart, place, GENERAL)
    return place, program, who, chart


def owe(world, *also, why="Lithium was started", kind=LoopKind.COORDINATE):
    place, _, who, chart = world
    open_loop(Owed(chart, kind, place, place, place, GENERAL, who.practitioner_id, why=why, also=also))


def shown(world, asker=None):
    _, _, who, chart = world
    asker = asker or who
    rows = worklist(asker, show="practice").rows
    assert len(rows) == worklist(asker).counts["practice"], "the count follows the gate too"
    assert [row.id for row in rows] == [row.id for row in loops_of_chart(asker, chart)]
    return [row.why for row in rows]


def test_a_row_without_further_facts_is_shown_with_its_own_words(world):
    owe(world)
    owe(world, why="")
    assert sorted(shown(world)) == ["Lithium was started", CLOCKS[LoopKind.COORDINATE].why]


def test_a_row_flows_where_all_its_facts_flow(world):
    owe(world, (world[0], GENERAL, 0, "MedicationRequest"), (world[0], GENERAL, 0))
    assert shown(world) == ["Lithium was started"]


def test_one_withheld_fact_hides_the_row_and_its_count(world):
    owe(world, (world[0], GENERAL, 0), (world[1], PART2, 0, "Condition"))
    assert shown(world) == []


def test_a_source_that_never_wrote_here_is_no_key(world):
    owe(world, (9999, GENERAL, 0))
    assert shown(world) == []


def test_a_fact_of_a_kind_that_the_role_may_not_have_hides_the_row(world):
    owe(world, (world[0], GENERAL, 0, "MedicationRequest"), kind=LoopKind.CALL_PATIENT)
    desk = town.person("Desk", world[0], Role.FRONT_DESK)
    assert shown(world, desk) == []
    owe(world, (world[0], GENERAL, 0, "Encounter"), why="A visit was missed", kind=LoopKind.CALL_PATIENT)
    assert shown(world, desk) == ["A visit was missed"]


def test_the_desk_hears_of_no_finding_even_where_it_may_have_every_fact_of_it(world):
    _, _, who, chart = world
    desk = town.person("Desk", world[0], Role.FRONT_DESK)
    for kind in (LoopKind.COORDINATE, LoopKind.LABS):
        owe(world, (world[0], GENERAL, 0, "Encounter"), why="Discharged from a psychiatric stay", kind=kind)
    assert (len(shown(world)), shown(world, desk)) == (2, [])
    loops = [row.id for row in loops_of_chart(who, chart)]
    assert [loop_of_chart(desk, chart, one) for one in loops] == [None, None]
    assert set(worklist(desk).counts.values()) == {0}
    Loop.objects.update(closed_at=clock.now(), closed_as="done")
    assert worklist(desk, show="closed").rows == ()
    leaders = worklist(town.person("Lead", world[0], Role.PRACTICE_LEADER), show="closed").rows
    assert [row.kind for row in leaders] == ["coordinate"], "tests tell of a drug or a score"


def test_what_is_its_authors_alone_is_shown_to_its_author(world):
    place, _, who, _ = world
    owe(world, (place, int(DataClass.UNCLASSIFIED), PractitionerId(who.practitioner_id)))
    owe(world, (place, int(DataClass.UNCLASSIFIED), 77))
    assert len(shown(world)) == 1
