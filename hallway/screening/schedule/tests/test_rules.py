"""Who is due: each row of the table fires and stays silent, by example."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from hallway.screening.schedule import rows as table
from hallway.screening.schedule.rules import TARGET, Taken, age_on, due

TODAY = date(2026, 11, 22)


@dataclass
class Someone:
    birth_on: date | None = date(1980, 5, 1)
    gender: str = "female"
    on: date = TODAY


TEEN, CHILD, ADULT = Someone(date(2012, 1, 1)), Someone(date(2019, 1, 1)), Someone()


def ago(days):
    return TODAY - timedelta(days=days)


def taken(instrument, days, total=0, *, positive=False, critical=False, whole=True):
    return Taken(instrument, ago(days), total if whole else None, whole, positive, critical)


def ids(person=ADULT, history=(), problems=(), visit="", **more):
    return {one.row_id for one in due(person, history, problems, visit, rows=table.rows(), **more)}


YEARLY = [taken(key, 30) for key in ("phq-2", "gad-2", "audit-c", "taps", "pc-ptsd-5", "hvs")]


@pytest.mark.parametrize(
    ("row", "person", "history", "problems", "visit", "fires"),
    [
        ("S01", ADULT, [], [], "", True),
        ("S01", ADULT, [taken("phq-2", 364)], [], "", False),
        ("S01", ADULT, [taken("phq-2", 365)], [], "", True),
        ("S01", ADULT, [taken("phq-9", 30)], [], "", False),
        ("S01", ADULT, [taken("phq-2", 30, whole=False)], [], "", True),
        ("S01", ADULT, [], ["F33.1"], "", False),
        ("S01", TEEN, [], [], "", False),
        ("S01", Someone(None), [], [], "", False),
        ("S02", TEEN, [], [], "", True),
        ("S02", ADULT, [], [], "", False),
        ("S03", ADULT, [], [], "", True),
        ("S03", ADULT, [], ["F41.1"], "", False),
        ("S04", ADULT, [], [], "", True),
        ("S04", ADULT, [taken("audit", 100)], [], "", False),
        ("S05", ADULT, [taken("taps", 400)], [], "", True),
        ("S05", ADULT, [taken("dast-10", 20)], [], "", False),
        ("S06", TEEN, [], [], "", True),
        ("S06", CHILD, [], [], "", False),
        ("S07", ADULT, [], [], "", True),
        ("S07", ADULT, [], ["F43.10"], "", False),
        ("S08", CHILD, [], [], "checkup", True),
        ("S08", CHILD, [], [], "routine", False),
        ("S08", ADULT, [], [], "checkup", False),
        ("S09", ADULT, [], ["Z34.00"], "", True),
        ("S09", ADULT, [taken("epds", 59)], ["Z34.00"], "", False),
        ("S10", CHILD, [], [], "", True),
        ("S10", CHILD, [taken("ahc-hrsn", 2)], [], "", False),
        ("S20", ADULT, [], ["F32.1"], "", True),
        ("S20", ADULT, [taken("phq-9", 27)], ["F32.1"], "", False),
        ("S20", ADULT, [], ["F33.42"], "", False),
        ("S21", ADULT, [], ["F41.1"], "", True),
        ("S21", ADULT, [taken("gad-7", 5)], ["F41.1"], "", False),
        ("S22", ADULT, [taken("phq-9", 28, 10)], [], "", True),
        ("S22", ADULT, [taken("phq-9", 28, 9)], [], "", False),
        ("S22", ADULT, [taken("phq-9", 27, 10)], [], "", False),
        ("S22", ADULT, [taken("phq-9", 90, 20), taken("phq-9", 40, 4)], [], "", False),
        ("S23", ADULT, [taken("gad-7", 30, 12)], [], "", True),
        ("S23", ADULT, [taken("gad-7", 30, 2)], [], "", False),
        ("S24", ADULT, [], ["F43.12"], "", True),
        ("S24", ADULT, [taken("pcl-5", 3)], ["F43.12"], "", False),
        ("S25", ADULT, [taken("phq-9", 0, 4, critical=True)], [], "", True),
        ("S25", ADULT, [taken("phq-9", 0, whole=False, critical=True)], [], "", True),
        ("S25", ADULT, [taken("phq-9", 2, critical=True), taken("cssrs", 1)], [], "", False),
        ("S25", ADULT, [taken("phq-9", 9, critical=True), taken("phq-9", 1)], [], "", False),
        ("S26", ADULT, [taken("phq-2", 0, 4, positive=True)], [], "", True),
        ("S26", ADULT, [taken("phq-2", 3, 4, positive=True), taken("phq-9", 3, 4)], [], "", False),
        ("S26", ADULT, [taken("phq-2", 0, 2)], [], "", False),
        ("S27", ADULT, [taken("gad-2", 0, 4, positive=True)], [], "", True),
        ("S27", ADULT, [taken("gad-2", 0, 1)], [], "", False),
        ("S28", ADULT, [taken("audit-c", 0, 4, positive=True)], [], "", True),
        ("S28", ADULT, [taken("audit-c", 0, 1)], [], "", False),
        ("S29", ADULT, [taken("pc-ptsd-5", 0, 3, positive=True)], [], "", True),
        ("S29", ADULT, [taken("pc-ptsd-5", 0, 1)], [], "", False),
    ],
)
def test_each_row_fires_and_stays_silent(row, person, history, problems, visit, fires):
    assert (row in ids(person, history, problems, visit)) is fires


def test_every_row_has_an_example_of_either_kind():
    marks = test_each_row_fires_and_stays_silent.pytestmark[0].args[1]
    for row in table.rows():
        assert {one[-1] for one in marks if one[0] == row.id} == {True, False}, row.id


def test_who_is_due_for_the_longer_one_is_not_asked_the_shorter():
    assert "S01" not in ids(ADULT, [taken("phq-9", 400, 14)])
    assert "S22" in ids(ADULT, [taken("phq-9", 400, 14)])


def test_one_line_an_instrument_and_the_longest_overdue_first():
    found = due(ADULT, [taken("phq-9", 100, 14), taken("gad-7", 40, 12)], ["F32.1"], "", rows=table.rows())
    assert [one.instrument for one in found[:2]] == ["phq-9", "gad-7"]
    assert len({one.instrument for one in found}) == len(found)
    assert found[0].due_on == ago(72)


def test_a_target_whose_score_is_due_is_due_and_one_that_is_not_is_not():
    assert TARGET in ids(ADULT, YEARLY, targets=[("isi", ago(1))])
    assert TARGET in ids(ADULT, YEARLY, targets=[("isi", None)])
    assert ids(ADULT, YEARLY, targets=[("isi", TODAY + timedelta(days=1))]) == set()


def test_answers_of_a_later_day_are_not_known_yet():
    assert ids(Someone(on=ago(10)), [taken("phq-9", 2, 20)]) == ids(Someone(on=ago(10)))


@pytest.mark.parametrize(("born", "years"), [((2000, 11, 22), 26), ((2000, 11, 23), 25), ((2000, 2, 29), 26)])
def test_age_is_whole_years(born, years):
    assert age_on(date(*born), TODAY) == years


@pytest.mark.parametrize("wrong", [{"source": " "}, {"every_days": 0}, {"from_age": 20, "until_age": 20}, {"why": ""}])
def test_a_row_that_could_never_be_right_is_refused(wrong):
    row = {"id": "X", "instrument": "phq-2", "why": "w", "every_days": 1, "source": "s", "verified": True} | wrong
    with pytest.raises(ValueError, match="X"):
        table.checked((table.Row(**row),))
