"""The table of states, what an end asks for, and what is fresh: by example, without a database."""

from datetime import UTC, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from hallway.errors import HallwayError
from hallway.screening.safety import rows, rules
from hallway.screening.safety.rules import Ran, Sign, Standing, Taken
from hallway.screening.safety.states import OPEN, TRANSITIONS, Actor, State, Step, transition
from hallway.standards.fhir.dates import parse

AT = datetime(2026, 11, 22, 15, tzinfo=UTC)
BOOK = rows.book()
EVERYTHING = frozenset({"where", "questions", "judgement", "plan", "means", "line", "told", "follow_up", "called"})


def end(row_id: str) -> rows.Disposition:
    found = rows.of_id(BOOK.disposition, row_id)
    assert found is not None
    return found


def test_only_a_clinician_closes_it_and_never_before_somebody_said_where_the_person_is():
    closing = {(one.source, one.actor) for one in TRANSITIONS if one.to is State.CLOSED and one.source in OPEN}
    assert closing == {(state, Actor.CLINICIAN) for state in (State.HERE, State.APART, State.LEFT)}


def test_nothing_reopens_a_closed_one_and_no_step_is_there_twice():
    assert {one.to for one in TRANSITIONS if one.source is State.CLOSED} == {State.CLOSED}
    assert len({(one.source, one.step, one.actor) for one in TRANSITIONS}) == len(TRANSITIONS)


@pytest.mark.parametrize(("state", "step"), list(product(State, Step)))
def test_the_desk_says_only_whether_the_person_is_here_or_has_left(state, step):
    may = transition(state, step, Actor.DESK)
    assert (may is not None) == (step in (Step.HERE, Step.LEFT) and state in OPEN)


@pytest.mark.parametrize("row", BOOK.disposition, ids=lambda row: row.id)
def test_each_end_misses_exactly_what_it_asks_for(row):
    state = State(row.only_from[0]) if row.only_from else State.HERE
    whole = Standing(state, frozenset(row.needs), risk="low", is_program=row.only_program)
    assert rules.missing(whole, row) == ()
    assert not rules.contradicts(whole, row)
    for lacking in row.needs:
        assert rules.missing(Standing(state, whole.done - {lacking}), row) == (lacking,)


@pytest.mark.parametrize(
    ("row_id", "risk", "state", "contradicts"),
    [
        ("home_with_plan", "imminent", State.HERE, True),
        ("home_with_plan", "high", State.HERE, False),
        ("mistaken", "low", State.HERE, False),
        ("mistaken", "moderate", State.HERE, True),
        ("not_reached", "", State.HERE, True),
        ("not_reached", "", State.LEFT, False),
        ("emergency_department", "imminent", State.APART, False),
    ],
)
def test_an_end_that_does_not_fit_the_judgement_or_the_place_is_refused(row_id, risk, state, contradicts):
    assert rules.contradicts(Standing(state, EVERYTHING, risk), end(row_id)) is contradicts


def test_only_a_program_may_end_without_anybody_told():
    row = end("not_reached_untold")
    assert rules.contradicts(Standing(State.LEFT, EVERYTHING), row)
    assert not rules.contradicts(Standing(State.LEFT, EVERYTHING, is_program=True), row)


def test_where_the_person_was_counts_only_while_they_are_there():
    here = [Taken(Step.HERE, "", AT)]
    assert "where" in rules.standing(State.HERE, here).done
    assert "where" not in rules.standing(State.LEFT, [*here, Taken(Step.LEFT, "", AT)]).done


def test_the_last_judgement_and_the_last_contact_count():
    due = AT + timedelta(hours=24)
    taken = [
        Taken(Step.JUDGEMENT, "high", AT),
        Taken(Step.FOLLOW_UP, AT.isoformat(), AT),
        Taken(Step.JUDGEMENT, "low", AT),
        Taken(Step.FOLLOW_UP, due.isoformat(), AT),
    ]
    made = rules.standing(State.HERE, taken)
    assert (made.risk, made.follow_up_at) == ("low", due)


def test_the_next_step_is_the_first_that_does_not_stand():
    assert rules.next_step(Standing(State.WAITING, frozenset()), BOOK) == "take"
    assert rules.next_step(Standing(State.HERE, frozenset({"take", "where"})), BOOK) == "questions"
    assert rules.next_step(Standing(State.CLOSED, frozenset()), BOOK) == ""


BOSTON = ZoneInfo("America/New_York")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("sent", "arrived", "given"),
    [
        ("", "2026-11-23T22:00:00-05:00", "2026-11-23T22:00:00-05:00"),
        ("2026-11-23T09:00:00-05:00", "2026-11-23T22:00:00-05:00", "2026-11-23T09:00:00-05:00"),
        ("2026-11-23T00:00:00Z", "2026-11-23T22:00:00-05:00", "2026-11-23T00:00:00Z"),
        ("2026-11-23", "2026-11-23T22:00:00-05:00", "2026-11-23T22:00:00-05:00"),
        ("2026-11-23", "2026-11-26T08:00:00-05:00", "2026-11-24T00:00:00-05:00"),
        ("2026-11", "2026-11-23T08:00:00-05:00", "2026-11-02T00:00:00-05:00"),
        ("2026-07-04", "2026-07-04T23:30:00-04:00", "2026-07-04T23:30:00-04:00"),
    ],
)
def test_a_day_without_an_hour_counts_to_its_end_and_no_longer_than_until_it_arrived(sent, arrived, given):
    assert rules.given_at(sent, parse(sent), at(arrived), BOSTON) == at(given)


@pytest.mark.parametrize(("hours", "is_fresh"), [(0, True), (23, True), (25, False), (24 * 400, False)])
def test_an_old_score_that_was_loaded_opens_nothing(hours, is_fresh):
    assert rules.is_fresh(AT - timedelta(hours=hours), AT, BOOK.recent_hours) is is_fresh


BEFORE, AFTER = AT - timedelta(hours=1), AT + timedelta(hours=1)


@pytest.mark.parametrize(
    ("closed_at", "levels", "is_covered"),
    [
        (None, {"sitting/other": "high"}, True),
        (None, {"sitting/other": "look"}, False),
        (None, {"/": ""}, False),
        (AFTER, {}, True),
        (BEFORE, {"sitting/other": "urgent"}, False),
        (BEFORE, {"sitting/one": "high"}, True),
        (BEFORE, {"sitting/one": "look"}, False),
    ],
)
def test_an_answer_is_covered_by_what_runs_by_what_ended_after_it_came_and_where_it_was_known(
    closed_at, levels, is_covered
):
    sign = Sign("high", AT, frozenset({"Observation/two", "sitting/one"}))
    assert rules.covered(sign, [Ran(closed_at, levels)]) is is_covered


def test_what_no_protocol_knows_of_is_not_covered():
    assert not rules.covered(Sign("look", AT, frozenset({"Observation/two"})), [])


def test_every_row_says_where_it_comes_from_and_six_parts_stand():
    assert len(BOOK.part) == 6
    assert all(one.source for one in (*BOOK.step, *BOOK.disposition, *BOOK.line, *BOOK.program))
    assert {one.id for one in BOOK.step} <= {str(step) for step in Step} | {"where"}


def test_a_disposition_that_asks_for_no_judgement_is_not_loaded():
    text = (rows.files("hallway.screening.tables") / "safety.toml").read_text()
    with pytest.raises(HallwayError, match="H-SAF-001"):
        rows.read(text.replace('needs = ["where", "judgement"]', 'needs = ["where"]').encode())


def test_the_crisis_line_is_said_in_both_languages():
    line = rows.crisis_line()
    assert line.number == "988"
    assert set(line.how) == set(line.stay) == set(line.away) == {"en", "es"}
