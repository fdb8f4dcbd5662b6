"""What holds of every trigger, whatever the patient: order, repetition, errors, lateness, withholding, time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hallway.triggers.examples import OTHER, TODAY, chart_of, examples
from hallway.triggers.facts import Chart, Fact, Member
from hallway.triggers.rules import Found, evaluate
from hallway.triggers.tables.rows import ROWS

LINES = sorted({line for example in examples() for line in example.lines if not line.startswith(("offer", "died"))})
FEW = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    """A patient of lines taken from all the examples."""
    lines = draw(st.lists(st.sampled_from(LINES), min_size=2, max_size=12))
    # Names within a line speak of facts of its own example: without them every fact stands by itself.
    lines = [" ".join(word for word in line.split() if word[0] != "#") for line in lines]
    return chart_of(lines, practice=draw(st.sampled_from(["pc", "bh"])))


def facts_of(chart: Chart) -> list[Fact]:
    return [fact for facts in chart.facts.values() for fact in facts]


def with_facts(chart: Chart, facts: list[Fact]) -> Chart:
    by_kind: dict[str, tuple[Fact, ...]] = {}
    for fact in facts:
        by_kind[fact.kind] = (*by_kind.get(fact.kind, ()), fact)
    return replace(chart, facts=by_kind)


def occasions(found: Found) -> set[tuple[str, str]]:
    return {(due.rule, due.occasion) for due in found.due}


@FEW
@given(charts(), st.randoms(use_true_random=False))
def test_the_order_of_facts_changes_nothing(chart: Chart, random) -> None:
    shuffled = facts_of(chart)
    random.shuffle(shuffled)
    assert evaluate(with_facts(chart, shuffled), TODAY, ROWS) == evaluate(chart, TODAY, ROWS)


@FEW
@given(charts())
def test_a_fact_that_comes_twice_changes_nothing(chart: Chart) -> None:
    twice = [*facts_of(chart), *facts_of(chart)]
    assert evaluate(with_facts(chart, twice), TODAY, ROWS) == evaluate(chart, TODAY, ROWS)


@FEW
@given(charts(), st.data())
def test_entered_in_error_is_as_if_it_had_never_been_charted(chart: Chart, data: st.DataObject) -> None:
    facts = facts_of(chart)
    wrong = data.draw(st.sets(st.sampled_from([fact.ref for fact in facts]))) if facts else set()
    marked = [replace(fact, version=9, is_error=True) for fact in facts if fact.ref in wrong]
    left = [fact for fact in facts if fact.ref not in wrong]
    assert evaluate(with_facts(chart, facts + marked), TODAY, ROWS) == evaluate(with_facts(chart, left), TODAY, ROWS)


@FEW
@given(charts())
def test_what_another_practice_withholds_is_as_if_it_had_never_been(chart: Chart) -> None:
    """The other side's facts are not in the chart; that they were seen a moment ago may leave no trace either."""
    left = with_facts(chart, [fact for fact in facts_of(chart) if fact.source_org != OTHER])
    before = evaluate(left, TODAY, ROWS)
    evaluate(chart, TODAY, ROWS)
    assert evaluate(left, TODAY, ROWS) == before
    assert all(fact.source_org != OTHER for due in before.due for fact in due.causes)


@FEW
@given(charts(), st.integers(0, 400))
def test_time_alone_brings_nothing_before_it_was_said_to(chart: Chart, days: int) -> None:
    """Until ``next_at`` nothing new is due; what stood goes on standing."""
    # Everything on the team and in the record lies in the past, so time alone moves.
    now = evaluate(chart, TODAY, ROWS)
    later = TODAY + timedelta(days=days)
    then = evaluate(chart, later, ROWS)
    assert now.standing <= then.standing
    if now.next_at is None or later < now.next_at:
        assert occasions(then) <= occasions(now)


@pytest.mark.parametrize("drug", ["clozapine", "lithium", "valproate", "olanzapine", "methadone"])
@pytest.mark.parametrize("days", [0, 14, 30])
def test_looks_at_the_hours_that_were_told_find_what_a_look_a_day_finds(drug: str, days: int) -> None:
    """For half a year after an order, from a look on that day on, with nothing more charted."""
    chart = chart_of([f"order drug:{drug} mg=100 @-{days}"], practice="bh")
    asked = evaluate(chart, TODAY, ROWS)
    found = occasions(asked)
    for day in range(1, 180):
        at = TODAY + timedelta(days=day)
        while asked.next_at and asked.next_at <= at:
            asked = evaluate(chart, asked.next_at, ROWS)
            found |= occasions(asked)
        assert occasions(evaluate(chart, at, ROWS)) <= found, f"day {day}"


@FEW
@given(charts())
def test_a_minute_later_the_same_occasions_are_found(chart: Chart) -> None:
    """Whoever stores an occasion once never fires twice: nothing in its name comes from the instant of the look."""
    assert evaluate(chart, TODAY, ROWS).standing <= evaluate(chart, TODAY + timedelta(minutes=1), ROWS).standing


@FEW
@given(charts())
def test_each_occasion_is_due_once_and_fits_its_column(chart: Chart) -> None:
    found = evaluate(chart, TODAY, ROWS)
    assert len(occasions(found)) == len(found.due)
    assert occasions(found) <= found.standing
    assert all(len(occasion) <= 120 for _, occasion in found.standing)


@FEW
@given(charts(), charts())
def test_what_happens_later_takes_nothing_back(chart: Chart, later: Chart) -> None:
    """A visit, a message, a result, another order: they may answer a moment, they do not unmake it."""
    span = timedelta(days=2500)
    now = TODAY + 2 * span
    to_come = [
        replace(fact, id=f"later-{fact.id}", at=fact.at + span, recorded_at=fact.recorded_at + span, about={})
        for fact in facts_of(later)
    ]
    before = evaluate(chart, TODAY, ROWS).standing
    assert before <= evaluate(with_facts(chart, facts_of(chart) + to_come), now, ROWS).standing


@FEW
@given(charts())
def test_a_status_that_moves_on_takes_nothing_back(chart: Chart) -> None:
    """A problem resolved, an order stopped, a request completed: what was owed is owed until a person says so."""
    ends = {"Condition": "resolved", "MedicationRequest": "stopped", "ServiceRequest": "completed", "Task": "completed"}
    tomorrow = TODAY + timedelta(days=1)
    moved = [
        replace(fact, status=ends[fact.kind], version=fact.version + 1, recorded_at=tomorrow, about={**fact.about})
        if fact.kind in ends and fact.status in {"active", "requested"} and "end_at" not in fact.about
        else fact
        for fact in facts_of(chart)
    ]
    before = evaluate(chart, TODAY, ROWS).standing
    assert before <= evaluate(with_facts(chart, moved), tomorrow, ROWS).standing


def test_nobody_of_another_practice_owns_what_this_one_owes() -> None:
    for example in examples():
        for due in example.found() if example.fires else ():
            own = {member.practitioner for member in example.chart().team if member.organization == 1} | {0}
            assert due.practitioner_id in own | {fact.author for fact in due.causes if fact.source_org == 1}


def test_a_version_that_comes_late_keeps_the_occasion() -> None:
    before = chart_of(["order #a drug:lithium mg=600 @-2"], practice="bh")
    amended = chart_of(["order #a drug:lithium mg=600 @-2 version=2 recorded=-1"], practice="bh")
    first = {due.occasion for due in evaluate(before, TODAY, {"T1": ROWS["T1"]}).due}
    assert first == {due.occasion for due in evaluate(amended, TODAY, {"T1": ROWS["T1"]}).due}


def test_a_practice_may_switch_a_rule_off_and_move_its_numbers() -> None:
    from hallway.triggers.facts import Tuned

    chart = chart_of(["result loinc:44261-6 value=12 @-1"], practice="pc", team=["own pcp pc"])
    rows = {"T9": ROWS["T9"]}
    assert evaluate(chart, TODAY, rows).due
    off = replace(chart, tunings={"T9": Tuned(is_on=False)})
    stricter = replace(chart, tunings={"T9": Tuned(parameters={"phq9": 15, "unknown": 1})})
    assert not evaluate(off, TODAY, rows).due
    assert not evaluate(stricter, TODAY, rows).due


def test_the_owner_is_who_wrote_it_else_a_clinician_here() -> None:
    team = (Member(1, 7, "psychiatrist", "bh"), Member(2, 8, "pcp", "pc"))
    chart = replace(chart_of(["order drug:lithium @-2 by=7"], practice="bh"), team=team)
    due = evaluate(chart, TODAY, {"T1": ROWS["T1"]}).due[0]
    assert (due.practitioner_id, due.role, due.counterpart_org) == (7, "psychiatrist", 2)


def test_whoever_treats_nobody_here_owes_no_finding_from_what_they_wrote_down() -> None:
    team = (Member(1, 9, "psychiatrist", "bh"), Member(2, 8, "pcp", "pc"))
    chart = replace(chart_of(["order drug:lithium @-2 by=7"], practice="bh"), team=team)
    rows = {"T1": ROWS["T1"]}
    assert evaluate(chart, TODAY, rows).due[0].practitioner_id == 7
    assert evaluate(replace(chart, helpers=frozenset({7})), TODAY, rows).due[0].practitioner_id == 9
    assert evaluate(replace(chart, helpers=frozenset({7}), team=()), TODAY, rows).due[0].practitioner_id == 0
