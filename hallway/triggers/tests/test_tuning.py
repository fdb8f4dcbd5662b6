"""What a leader may set a rule to: nothing that stops the looks of a practice, or the page that tries it."""

import pytest

from hallway.errors import HallwayError
from hallway.triggers import dry_run, examples, rules
from hallway.triggers.tables.rows import ROWS

ODD = (0, 1, 0.5, 1e-9, 100_000, -1, float("nan"), float("inf"), "", "x", "PC", "minor", "pc")


@pytest.mark.parametrize(
    ("rule", "name", "value"),
    [("T20", "severity", "worst"), ("T24", "flat_days", 1e-9), ("T24", "flat_days", "x"), ("T24", "no_such", 1)],
)
def test_a_value_that_the_rule_does_not_take_is_refused(rule, name, value):
    with pytest.raises(HallwayError) as caught:
        dry_run.check_parameters(rule, {name: value})
    assert caught.value.code == "H-TRG-302"


@pytest.mark.parametrize("rule", list(ROWS))
def test_what_a_rule_has_it_takes(rule):
    dry_run.check_parameters(rule, ROWS[rule].parameters)


def test_a_consent_is_told_of_so_many_days_before_its_end():
    row, chart = ROWS["T28"], examples.chart_of(["consent end=+50 @-300"], practice="pc")
    assert not rules.evaluate(chart, examples.TODAY, {"T28": row}).due
    assert rules.evaluate(chart, examples.TODAY, {"T28": dry_run.tuned(row, {"ahead_days": 60})}).due


def test_whatever_may_be_set_comes_to_an_end_and_stops_no_other_rule():
    firing = {one.rule: one.chart() for one in examples.examples() if one.fires}
    tried = 0
    for rule, row in ROWS.items():
        for name, value in [(name, value) for name in row.parameters for value in ODD]:
            try:
                dry_run.check_parameters(rule, {name: value})
            except HallwayError:
                continue
            chart = firing[rule]
            rules.evaluate(chart, examples.TODAY, {rule: dry_run.tuned(row, {name: value})})
            tried += 1
    assert tried > len(ROWS)
