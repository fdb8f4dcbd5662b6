"""A further, graver answer is never taken for one that somebody has acted on already."""

from datetime import timedelta

from hallway import clock
from hallway.loops.actions import escalate_due
from hallway.loops.models import Loop
from hallway.loops.queries import worklist
from hallway.screening.models import Safety, SafetyStep
from hallway.screening.safety import actions, hearing, queries
from hallway.screening.safety.states import Step
from hallway.screening.safety.tests.test_steps import heard, owed, said, score

ITEM_9, PLAN = "44260-8", "93250-9"


def told(world, sitting, code, level):
    hearing.critical_answer(
        {
            "chart_id": world.chart,
            "organization_id": world.pcp.organization_id,
            "kind": "sitting",
            "id": str(sitting.id),
            "code": code,
            "level": level,
        }
    )


def end(world, key):
    actions.take_step(world.pcp, key, Step.HERE, said())
    version = actions.take_step(world.pcp, key, Step.JUDGEMENT, said(code="low", words="Pressed by mistake."))
    actions.close(world.pcp, key, disposition="mistaken", words="A slip.", expected_version=version)


def test_a_graver_answer_of_the_same_sitting_after_the_end_opens_the_steps_anew(world):
    sitting = world.sitting()
    told(world, sitting, ITEM_9, "high")
    first = Safety.objects.get().id
    end(world, first)
    told(world, sitting, ITEM_9, "high")
    assert Safety.objects.count() == 1, "the same answer, heard twice"
    for _ in range(2):
        told(world, sitting, PLAN, "urgent")
    [running] = Safety.objects.filter(closed_at__isnull=True)
    assert (running.cause_code, running.cause_level) == (PLAN, "urgent")
    assert [one.next_id for one in worklist(world.pcp).rows if one.kind == "safety"] == [running.id]


def test_one_that_comes_while_they_run_is_told_and_raises_their_clock_anew(world):
    sitting = world.sitting()
    told(world, sitting, ITEM_9, "high")
    due_at = owed("safety")[0].due_at
    for _ in range(2):
        told(world, sitting, PLAN, "urgent")
    [safety] = Safety.objects.all()
    [also] = SafetyStep.objects.filter(step="also")
    assert also.code == f"{PLAN} urgent"
    assert queries.protocol(world.pcp, safety.id).version == 1
    [loop] = owed("safety")
    assert (loop.escalation, loop.due_at) == (1, due_at), "heard anew, and the lead no later"
    assert [one.why for one in worklist(world.pcp).rows] == ["A person may be in danger: a further sign came in"]


def test_who_has_heard_does_not_stop_hearing(world):
    sitting = world.sitting()
    told(world, sitting, ITEM_9, "high")
    escalate_due(clock.now() + timedelta(minutes=16))
    told(world, sitting, PLAN, "urgent")
    assert Loop.objects.get(kind="safety").escalation == 3
    assert [one.kind for one in worklist(world.colleague).rows] == ["safety"]


def test_a_graver_score_from_elsewhere_joins_the_steps_that_run(world):
    told(world, world.sitting(), ITEM_9, "high")
    score(world, hours_ago=1, answer=3)
    assert heard(world) == [], "no graver than what they know of"
    score(world, hours_ago=1, answer="LA33-6", code=PLAN)
    heard(world)
    heard(world)
    assert Safety.objects.count() == 1
    assert SafetyStep.objects.get(step="also").code == f"{PLAN} urgent"
