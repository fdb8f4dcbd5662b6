"""What comes often: a moment that was answered puts off none that comes after it."""

from datetime import timedelta

import pytest

from hallway.triggers import dry_run
from hallway.triggers.examples import TODAY, chart_of
from hallway.triggers.facts import Chart
from hallway.triggers.rules import evaluate, evaluating
from hallway.triggers.tables.rows import ROWS

T12 = {"T12": ROWS["T12"]}
ALONE = ("own therapist bh",)


def chart(*lines: str) -> Chart:
    return chart_of(lines, practice="bh", team=ALONE)


def fired(one: Chart) -> list[str]:
    return [due.occasion for due in evaluate(one, TODAY, T12).due]


def test_a_visit_that_comes_too_soon_stands_and_does_not_fire():
    one = chart("visit #first @-10", "visit #second @-1")
    assert fired(one) == ["Encounter/first"]
    assert {occasion for _, occasion in evaluate(one, TODAY, T12).standing} == {"Encounter/first", "Encounter/second"}


def test_what_fired_while_an_earlier_visit_was_answered_stands_when_that_answer_goes():
    """Else a finding that is open would be taken back, though nothing that it rests on has changed."""
    lines = ("visit #first @-40", "visit #second @-1")
    assert fired(chart(*lines)) == []
    assert fired(chart("offer pc not_now @-41 again=-20", *lines)) == ["Encounter/second"]
    assert ("T12", "Encounter/second") in evaluate(chart(*lines), TODAY, T12).standing


def test_a_dry_run_counts_every_visit_at_which_nothing_held_then():
    one = chart("visit @-70", "offer pc not_now @-69.9 again=-30", "visit @-1")
    days = [due.occurred_at for due in dry_run.fired_since(one, ROWS["T12"], TODAY - timedelta(days=90), TODAY)]
    assert days == [TODAY - timedelta(days=70), TODAY - timedelta(days=1)]


@pytest.mark.parametrize("is_dry", [False, True])
def test_a_visit_that_comes_too_soon_is_not_asked_whether_it_was_answered(monkeypatch, is_dry):
    """A year of weekly visits would be asked one by one, and by a dry run each of them at each."""
    one = chart(*(f"visit @-{days}" for days in range(1, 365, 7)))
    asked = []
    usual = evaluating.PREDICATES["offer_answered"]
    counting = {**evaluating.PREDICATES, "offer_answered": lambda *args: asked.append(1) or usual(*args)}
    monkeypatch.setattr(evaluating, "PREDICATES", counting)
    if is_dry:
        found = dry_run.fired_since(one, ROWS["T12"], TODAY - timedelta(days=365), TODAY)
        assert len(found) == 4
        assert len(asked) <= 52 * 5
    else:
        evaluate(one, TODAY, T12)
        assert len(asked) <= 5
