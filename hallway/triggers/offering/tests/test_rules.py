"""When the other side's care is offered: example rows."""

from datetime import UTC, date, datetime

import pytest

from hallway.standards.fhir import r4
from hallway.triggers import reading
from hallway.triggers.offering import resources, rules
from hallway.triggers.offering.rules import Answered
from hallway.triggers.tables.reasons import OFFER_ANSWERS
from hallway.triggers.tables.rows import ROWS

TODAY = date(2026, 6, 9)


def answered(answer: str, again_on: date | None) -> Answered:
    return Answered("pc", answer, "", datetime(2026, 5, 1, tzinfo=UTC), again_on)


@pytest.mark.parametrize(
    ("last", "is_seen", "due"),
    [
        (None, False, True),
        (None, True, False),
        (answered("not_now", date(2026, 6, 10)), False, False),
        (answered("not_now", date(2026, 6, 9)), False, True),
        (answered("declined", date(2026, 1, 1)), True, False),
        (answered("has_one", None), False, True),
    ],
)
def test_an_offer_waits_for_its_day_and_never_for_one_who_is_seen(last, is_seen, due):
    assert rules.is_due(last, is_seen=is_seen, today=TODAY) is due


@pytest.mark.parametrize(
    ("seen", "is_seen"),
    [
        ([("pc", date(2026, 6, 1))], True),
        ([("bh", date(2026, 6, 1))], False),
        ([("pc", date(2024, 1, 1))], False),
        ([("pc", None)], False),
        ([], False),
    ],
)
def test_a_side_treats_when_something_of_it_from_the_last_year_and_a_half_is_shared(seen, is_seen):
    assert rules.is_seen_by("pc", seen, today=TODAY) is is_seen


def test_every_answer_sets_the_day_of_the_next_offer():
    for key, row in OFFER_ANSWERS.items():
        assert (rules.again_on(key, TODAY) - TODAY).days == row.again_days > 0
    assert rules.again_on("not_now", TODAY, date(2026, 7, 1)) == date(2026, 7, 1)


@pytest.mark.parametrize(
    ("chosen", "wrong"),
    [(None, False), (TODAY, True), (date(2026, 6, 10), False), (date(2028, 6, 8), False), (date(2028, 7, 1), True)],
)
def test_the_next_day_lies_ahead_and_within_two_years(chosen, wrong):
    assert rules.is_day_wrong(chosen, TODAY) is wrong


def test_the_offered_side_is_the_other_one():
    assert [rules.side_to_offer(side) for side in ("bh", "pc", "other")] == ["pc", "bh", ""]


@pytest.mark.parametrize("side", ["pc", "bh"])
def test_care_elsewhere_is_read_as_such_and_of_its_side(side):
    team = resources.elsewhere("a", "b", side=side, name="", phone="", on=TODAY)
    found = reading.read("CareTeam", r4.encode(team))
    assert f"hallway:elsewhere-{side}" in found.codes
    assert any(f"hallway:elsewhere-{side}" in test.codes for when in ROWS["T12"].when for test in when.unless)
