"""Response, remission, relapse, reliable change, the difference that matters, weeks without improvement: by example."""

from datetime import date, timedelta

import msgspec
import pytest

from hallway.screening.days import Exact, Given
from hallway.screening.instruments.library import instrument
from hallway.screening.targets import rows as table
from hallway.screening.targets.rows import Figure, Name, rows_of
from hallway.screening.targets.rules import Change, Reading, Status, progress

START = date(2026, 6, 1)
PHQ, GAD = rows_of("phq-9"), rows_of("gad-7")


def rows_from(**figures):
    return table.Rows({Name(name): Figure("x", Name(name), value, "s", True) for name, value in figures.items()})


PCL = rows_from(mid_points=10, reliable_points=5)
OTHER = rows_from(mid_points=5, reliable_points=6)


def reading(week, total):
    return Reading(START + timedelta(weeks=week), total)


def judged(*totals, aim=5, rows=PHQ, today=None, changes=(), baseline=True):
    """Totals as (week, total); judged on the day of the last unless ``today`` names a week."""
    series = [reading(*one) for one in totals]
    on = START + timedelta(weeks=today) if today is not None else series[-1].on
    first = series[0] if baseline else None
    return progress(
        "phq-9", first, series, aim, rows=rows, today=on, plan_changes=[START + timedelta(weeks=c) for c in changes]
    )


@pytest.mark.parametrize(
    ("totals", "status"),
    [
        ([(0, 16)], Status.NO_SCORE),
        ([(0, 16), (4, 16)], Status.FLAT),
        ([(0, 16), (4, 12)], Status.FLAT),
        ([(0, 16), (4, 11)], Status.BETTER),
        ([(0, 16), (4, 9)], Status.BETTER),
        ([(0, 16), (4, 8)], Status.RESPONSE),
        ([(0, 15), (4, 8)], Status.BETTER),
        ([(0, 15), (4, 7)], Status.RESPONSE),
        ([(0, 16), (4, 5)], Status.RESPONSE),
        ([(0, 16), (4, 4)], Status.REMISSION),
        ([(0, 16), (4, 0)], Status.REMISSION),
        ([(0, 16), (4, 20)], Status.FLAT),
        ([(0, 16), (4, 21)], Status.WORSE),
        ([(0, 16), (4, 4), (8, 10)], Status.RELAPSE),
        ([(0, 16), (4, 4), (8, 9)], Status.BETTER),
        ([(0, 16), (4, 4), (8, 12), (12, 3)], Status.REMISSION),
        ([(0, 8), (4, 4)], Status.REMISSION),
        ([(0, 8), (4, 5)], Status.FLAT),
    ],
)
def test_where_somebody_stands(totals, status):
    assert judged(*totals).status is status


@pytest.mark.parametrize(
    ("totals", "response"),
    [
        ([(0, 10), (4, 5)], True),
        ([(0, 9), (4, 4)], False),
        ([(0, 11), (4, 6)], False),
        ([(0, 27), (4, 13)], True),
        ([(0, 27), (4, 14)], False),
        ([(0, 0), (4, 0)], False),
        ([(0, 16)], False),
    ],
)
def test_a_response_is_half_of_a_baseline_that_counts(totals, response):
    assert judged(*totals).response is response


@pytest.mark.parametrize(
    ("rows", "totals", "reliable", "mid"),
    [
        (OTHER, [(0, 16), (4, 11)], Change.NONE, Change.BETTER),
        (OTHER, [(0, 16), (4, 10)], Change.BETTER, Change.BETTER),
        (PHQ, [(0, 16), (4, 11)], Change.BETTER, Change.BETTER),
        (OTHER, [(0, 10), (4, 16)], Change.WORSE, Change.WORSE),
        (OTHER, [(0, 10), (4, 14)], Change.NONE, Change.NONE),
        (GAD, [(0, 14), (4, 10)], Change.BETTER, Change.BETTER),
        (GAD, [(0, 14), (4, 11)], Change.NONE, Change.NONE),
        (PCL, [(0, 50), (4, 45)], Change.BETTER, Change.NONE),
        (PCL, [(0, 50), (4, 40)], Change.BETTER, Change.BETTER),
        (rows_from(), [(0, 30), (4, 10)], Change.NOT_KNOWN, Change.NOT_KNOWN),
        (PHQ, [(0, 16)], Change.NOT_KNOWN, Change.NOT_KNOWN),
    ],
)
def test_reliable_change_and_the_difference_that_matters(rows, totals, reliable, mid):
    found = judged(*totals, rows=rows)
    assert (found.reliable_change, found.mid) == (reliable, mid)


def test_a_difference_given_as_a_share_is_counted_of_the_baseline():
    share = rows_from(mid_percent=20)
    assert judged((0, 20), (4, 16), rows=share).mid is Change.BETTER
    assert judged((0, 20), (4, 17), rows=share).mid is Change.NONE


@pytest.mark.parametrize(
    ("totals", "today", "changes", "flat"),
    [
        ([(0, 16), (4, 15), (8, 16)], 8, (), True),
        ([(0, 16), (4, 15), (7, 16)], 7, (), False),
        ([(0, 16), (4, 15), (7, 16)], 8, (), True),
        ([(0, 16), (3, 16)], 12, (), False),
        ([(0, 16)], 20, (), False),
        ([(0, 16), (4, 11), (8, 11)], 8, (), False),
        ([(0, 16), (4, 11), (8, 11), (12, 12)], 12, (), True),
        ([(0, 16), (4, 12), (8, 8), (12, 8)], 12, (), False),
        ([(0, 16), (4, 4), (8, 4), (12, 4)], 12, (), False),
        ([(0, 16), (4, 15), (8, 16)], 8, (4,), False),
        ([(0, 16), (4, 15), (8, 16), (12, 17)], 12, (4,), True),
    ],
)
def test_eight_weeks_without_improvement(totals, today, changes, flat):
    found = judged(*totals, today=today, changes=changes)
    assert found.eight_weeks_flat is flat
    assert (found.flat_since is not None) is flat


def test_the_next_score_is_due_four_weeks_after_the_last_and_lost_after_ninety_days():
    found = judged((0, 16), (4, 12), today=8)
    assert (found.next_due_on, found.is_overdue) == (START + timedelta(weeks=8), False)
    assert judged((0, 16), (4, 12), today=9).is_overdue
    assert not judged((0, 16), today=12).is_lost
    assert judged((0, 16), today=13).is_lost


def test_the_order_of_readings_and_repeated_ones_change_nothing():
    series = [(8, 12), (0, 16), (4, 14), (4, 14)]
    assert judged(*sorted(series), today=9) == progress(
        "phq-9", reading(0, 16), [reading(*one) for one in series], 5, rows=PHQ, today=START + timedelta(weeks=9)
    )


def test_of_two_totals_on_one_day_the_worse_counts():
    assert judged((0, 16), (4, 3), (4, 12)).newest == reading(4, 12)


def test_what_is_after_today_or_before_the_baseline_is_left_out():
    found = progress(
        "phq-9", reading(4, 16), [reading(0, 4), reading(8, 12), reading(12, 2)], 5, rows=PHQ, today=reading(9, 0).on
    )
    assert (found.baseline, found.newest, found.relapse) == (reading(4, 16), reading(8, 12), False)


def test_without_any_reading_the_first_is_due_now():
    found = progress("phq-9", None, [], None, rows=PHQ, today=START)
    assert (found.status, found.next_due_on, found.percent) == (Status.NO_SCORE, None, None)


def test_an_aim_above_remission_is_met_below_it():
    assert judged((0, 16), (4, 9), aim=10).status is Status.MET
    assert judged((0, 16), (4, 10), aim=10).status is Status.BETTER


@pytest.mark.parametrize(
    ("totals", "words"),
    [
        ([(0, 16), (4, 7)], "Response: 16 to 7"),
        ([(0, 16), (4, 15), (8, 16)], "No change that matters: 16 to 16; no improvement since Jun 1"),
        ([(0, 16)], "No score since the first: 16"),
    ],
)
def test_the_words(totals, words):
    assert judged(*totals).words == words


def test_two_rows_of_one_name_are_refused_and_so_is_one_without_source():
    row = Figure("phq-9", Name.MID_POINTS, 5, "a", False)
    with pytest.raises(ValueError, match="two rows"):
        table.checked((row, row))
    with pytest.raises(ValueError, match="source"):
        table.checked((Figure("phq-9", Name.MID_POINTS, 5, " ", False),))


def test_an_instruments_own_file_takes_the_place_of_everybodys_row():
    own = table.own_rows(instrument("phq-9"))
    assert own[Name.MID_POINTS].value == 5
    assert own[Name.REMISSION_BELOW].value == 5
    assert Name.FLAT_WEEKS not in own
    assert PHQ.whole(Name.FLAT_WEEKS) == 8
    assert PHQ.whole(Name.BASELINE_FROM) == 10
    assert all(figure.source for figure in PHQ.sources)


def test_of_rows_that_disagree_the_one_marked_as_default_is_in_force():
    phq = instrument("phq-9")
    chosen = [
        msgspec.structs.replace(row, is_default=row.points == 3.7 if row.kind == "minimal" else row.is_default)
        for row in phq.change
    ]
    own = table.own_rows(msgspec.structs.replace(phq, change=tuple(chosen)))
    assert (own[Name.MID_POINTS].value, own[Name.MID_POINTS].source) == (3.7, "PMC8485844")


def test_a_month_without_a_day_is_told_as_a_month():
    series = [Reading(START.replace(day=1), 17, Exact.MONTH), reading(10, 16)]
    found = progress("phq-9", None, series, 5, rows=rows_of("phq-9"), today=START + timedelta(weeks=10))
    assert found.flat_since == Given(START.replace(day=1), Exact.MONTH)
    assert found.words.endswith(f"no improvement since {START:%b %Y}")
