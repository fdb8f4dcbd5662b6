"""Exits that answer about everybody: two worlds that differ in one patient differ only in cells of eleven or more."""

import random
from dataclasses import astuple
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from hallway.app.prove import proof
from hallway.quality import queries, rules
from hallway.quality.rules import SMALLEST, Fact
from hallway.referral.tables.codes import BEHAVIORAL, RECIPIENT_TYPES

NOW = datetime(2026, 11, 21, tzinfo=UTC)
START = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def names(monkeypatch):
    """The page asks the directory for names of practices; here every practice is called by its number."""
    rows = lambda **kw: [SimpleNamespace(pk=n, name=f"practice {n}") for n in kw["id__in"]]  # noqa: E731
    monkeypatch.setattr(queries, "Organization", SimpleNamespace(objects=SimpleNamespace(filter=rows)))


def some_fact(dice):
    kind = dice.choice(("therapist", "therapist", "therapist", "psychiatrist", "sud_program", "cardiology"))
    sent = START + timedelta(days=dice.randrange(90))
    seen = sent + timedelta(days=dice.randrange(3, 45)) if dice.random() < 0.8 else None
    back = seen + timedelta(days=dice.randrange(1, 40)) if seen and dice.random() < 0.6 else None
    return Fact(
        recipient_type=kind, is_behavioral=kind in BEHAVIORAL, clinician=dice.randrange(4),
        receiver_org=dice.randrange(3), sent_at=sent, accepted_at=sent + timedelta(days=1), seen_at=seen,
        reported_at=back, acknowledged_at=back, hand_off=dice.choice(("met", "phoned", "neither", "neither")),
        has_draft=dice.random() < 0.2, is_hidden=dice.random() < 0.15,
    )  # fmt: skip


def page(facts):
    return queries.dashboard_of(facts, from_on=date(2026, 1, 1), until_on=date(2026, 11, 20), now=NOW)


def cells(board):
    """Every figure on the page by its place; a figure is a rate, a spread or a count."""
    found = {"reports": board.behavioral_reports, "came": board.follow_through}
    found |= {name: getattr(board, name) for name in ("to_accept", "to_first_visit", "to_report")}
    for row in board.asked_of:
        found |= {
            (row.label, "reports"): row.reports,
            (row.label, "people"): row.clinicians,
            (row.label, "d"): row.days,
        }
    for row in board.months:
        found |= {(row.month_on, "bh"): row.behavioral, (row.month_on, "med"): row.medical}
    for row in board.hand_offs:
        found |= {(row.kind, "came"): row.came, (row.kind, "days"): row.days}
    found |= {(row.step, row.practice): row.referrals for row in board.stuck}
    return found


def is_large(figure):
    """Whether what a figure shows counts nobody, or eleven people on every side. Empty cells show nothing."""
    if figure is None or isinstance(figure, int):
        return figure is None or figure >= SMALLEST
    if hasattr(figure, "count") or not hasattr(figure, "denominator"):
        return astuple(figure)[0] is None or astuple(figure)[0] >= SMALLEST
    if figure.denominator is None:
        return True
    rest = figure.denominator - figure.numerator
    return figure.denominator >= SMALLEST and all(n == 0 or n >= SMALLEST for n in (figure.numerator, rest))


SIZES = [0, 1, 5, 10, 11, 12, 21, 22, 23, 40, 60, 90, 150]


@pytest.mark.parametrize("size", SIZES)
def test_one_patient_more_is_seen_only_in_cells_of_eleven(size):
    changed = 0
    for seed in range(40):
        dice = random.Random(f"{size}/{seed}")
        without = [some_fact(dice) for _ in range(size)]
        one, other = cells(page(without)), cells(page([*without, some_fact(dice)]))
        for place in one.keys() | other.keys():
            if one.get(place) == other.get(place) or place[1:] == ("people",):
                continue
            changed += 1
            assert is_large(one.get(place)), (seed, place, one.get(place), other.get(place))
            assert is_large(other.get(place)), (seed, place, one.get(place), other.get(place))
    assert changed or size < SMALLEST


@pytest.mark.parametrize("size", SIZES)
def test_no_small_cell_is_the_difference_of_a_sum_and_its_parts(size):
    for seed in range(40):
        dice = random.Random(f"sum/{size}/{seed}")
        facts = [fact for fact in (some_fact(dice) for _ in range(size)) if fact.is_behavioral]
        board = page(facts)
        seen = sum(fact.seen_at is not None for fact in facts)
        parts = [row.reports.denominator for row in board.asked_of if row.reports.denominator is not None]
        if board.behavioral_reports.denominator is not None and parts:
            assert seen - sum(parts) == 0 or seen - sum(parts) >= SMALLEST


def test_which_rows_stand_there_does_not_depend_on_a_few_patients():
    behavioral = [RECIPIENT_TYPES[kind] for kind in RECIPIENT_TYPES if kind in BEHAVIORAL]
    assert [row.label for row in page([]).asked_of] == behavioral
    dice = random.Random(7)
    facts = [some_fact(dice) for _ in range(10)]
    assert [row.label for row in page(facts).asked_of] == behavioral
    assert page(facts).stuck == ()
    assert (page(facts).practices, page(facts).clinicians) == (0, 0)


def test_counts_of_practices_and_people_begin_at_eleven_referrals():
    assert rules.often([1] * 10 + [2] * 11 + [3] * 40) == 2


def test_every_declared_aggregate_is_an_exit_that_is_there():
    assert {one.name for one in proof.all_exits()} >= proof.AGGREGATES


def test_a_smaller_threshold_is_caught(monkeypatch):
    monkeypatch.setattr(rules, "SMALLEST", 5)
    with pytest.raises(AssertionError):
        test_one_patient_more_is_seen_only_in_cells_of_eleven(23)
