import datetime as dt

import pytest

from hallway.web import words

TODAY = dt.date(2026, 6, 9)
NOON = dt.datetime(2026, 6, 9, 12, 0, tzinfo=dt.UTC)


def test_dates_name_the_year_only_when_it_is_another():
    assert words.day(dt.date(2026, 6, 9), TODAY) == "Jun 9"
    assert words.day(dt.date(2025, 12, 31), TODAY) == "Dec 31, 2025"
    assert words.long_day(TODAY) == "Tuesday, June 9, 2026"
    assert words.birth_date(dt.date(1955, 3, 14)) == "03/14/1955"


@pytest.mark.parametrize(
    ("ahead", "said"),
    [(0, "Today"), (1, "Tomorrow"), (-1, "Yesterday"), (2, "Thu, Jun 11"), (7, "Tue, Jun 16"), (8, "Jun 17")],
)
def test_weekdays_are_named_within_a_week_ahead(ahead, said):
    assert words.near_day(TODAY + dt.timedelta(days=ahead), TODAY) == said


@pytest.mark.parametrize(("hour", "said"), [(0, "12:05 am"), (9, "9:05 am"), (12, "12:05 pm"), (16, "4:05 pm")])
def test_times_are_as_people_say_them(hour, said):
    assert words.time_of_day(dt.datetime(2026, 6, 9, hour, 5, tzinfo=dt.UTC)) == said


@pytest.mark.parametrize(
    ("born", "said"),
    [
        (dt.date(1955, 6, 9), "71"),
        (dt.date(1955, 6, 10), "70"),
        (dt.date(2024, 6, 9), "2"),
        (dt.date(2025, 4, 20), "13 months"),
        (dt.date(2026, 6, 1), "8 days"),
        (dt.date(2004, 2, 29), "22"),
    ],
)
def test_age_counts_birthdays_and_small_children_in_months(born, said):
    assert words.age(born, TODAY) == said


@pytest.mark.parametrize(
    ("ahead", "said", "kind"),
    [
        (dt.timedelta(days=-2), "2 days late", "late"),
        (dt.timedelta(days=-1), "1 day late", "late"),
        (dt.timedelta(hours=-3), "3 hours late", "late"),
        (dt.timedelta(hours=3), "Today", "soon"),
        (dt.timedelta(days=1), "Tomorrow", "soon"),
        (dt.timedelta(days=2), "Thu, Jun 11", ""),
    ],
)
def test_due_times_say_late_soon_or_a_day(ahead, said, kind):
    assert words.due(NOON + ahead, NOON) == (said, kind)


def test_running_clocks_say_what_is_left():
    assert words.left(NOON + dt.timedelta(days=9), NOON) == ("9 days left", "")
    assert words.left(NOON + dt.timedelta(days=1), NOON) == ("1 day left", "soon")
    assert words.left(NOON + dt.timedelta(minutes=40), NOON) == ("40 minutes left", "soon")
    assert words.elapsed_percent(NOON, NOON + dt.timedelta(days=4), NOON + dt.timedelta(days=1)) == 25
    assert words.elapsed_percent(NOON, NOON, NOON) == 100


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 minutes"), (1, "1 minute"), (19, "19 minutes"), (180, "3 hours"), (2880, "2 days"), (50400, "5 weeks")],
)
def test_durations_are_in_the_unit_a_person_would_use(minutes, said):
    assert words.duration(dt.timedelta(minutes=minutes)) == said


def test_shares_and_numbers():
    assert words.share(212, 391) == "54%"
    assert words.share(1, 0) == "–"
    assert words.number(9) == "Nine"
    assert words.number(1094) == "1,094"
