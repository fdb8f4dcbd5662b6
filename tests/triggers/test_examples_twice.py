"""The examples of every trigger, said as resources: the rules read them so, and the second computation agrees."""

import pytest

from hallway.app.witness.moments import COVERED, Record, due
from hallway.triggers.examples import TODAY, examples
from hallway.triggers.rules import evaluate
from hallway.triggers.tables.rows import ROWS
from tests.triggers import told


def test_the_second_computation_speaks_for_the_thirty_two() -> None:
    """One that is added by data alone stands on its examples."""
    assert list(COVERED) == [f"T{number}" for number in range(1, 33)]
    assert set(COVERED) <= set(ROWS)


def test_it_knows_the_sides_and_the_days_of_each() -> None:
    wrong = [
        rule
        for rule, row in ROWS.items()
        if rule in COVERED
        and (COVERED[rule].sides, COVERED[rule].stale_days, COVERED[rule].merge_days, COVERED[rule].after_death)
        != (frozenset(row.sides), row.stale_days, row.suppress_days, row.after_death)
    ]
    assert wrong == []


@pytest.mark.parametrize("rule", list(COVERED))
def test_both_computations_find_the_same_in_every_example(rule: str) -> None:
    wrong = []
    for example in (one for one in examples() if one.rule == rule):
        found = evaluate(told.read_chart(example), TODAY, {rule: ROWS[rule]})
        scanned = Record(told.things(example), told.practice(example), TODAY)
        again = due(rule, scanned)
        if {one.occasion for one in found.due} != set(again) or bool(again) != example.fires:
            wrong.append((example.shows, [one.occasion for one in found.due], list(again)))
    assert wrong == []
