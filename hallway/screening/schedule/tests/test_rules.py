"""Who is due: each row of the table fires and stays silent, by example."""

import tomllib
from datetime import date, timedelta
from importlib.resources import files

import pytest

from hallway.screening.instruments import library
from hallway.screening.instruments.shapes import Person
from hallway.screening.schedule import rows as table
from hallway.screening.schedule.rules import TARGET, Taken, due

TODAY = date(2026, 11, 22)
BORN = date(1980, 5, 1)


def someone(birth_on=BORN, gender="female", on=TODAY):
    return Person(birth_on, gender, on)


ADULT = someone()


def ago(days):
    return TODAY - timedelta(days=days)


def taken(instrument, days, total=0, *, positive=False, critical=False, whole=True):
    return Taken(instrument, ago(days), total if whole else None, whole, positive, critical)


def ids(person=ADULT, history=(), problems=(), visit="", **more):
    return {one.row_id for one in due(person, history, problems, visit, rows=table.rows(), **more)}


YEARLY = [taken(key, 30) for key in ("phq-2", "gad-2", "audit-c", "taps", "pc-ptsd-5", "hvs")]


def examples():
    """Row, whether it fires, and the lines that say of whom: ``hallway/screening/tables/schedule/examples.toml``."""
    text = files("hallway.screening.tables").joinpath("schedule", "examples.toml").read_text(encoding="utf-8")
    for row, sides in tomllib.loads(text).items():
        assert set(sides) == {"fires", "silent"}, f"[{row}] of examples.toml has fires and silent, and nothing else"
        yield from ((row, side == "fires", lines) for side, told in sides.items() for lines in told)


def fired_of(lines):
    """Ids of the rows that fire of whom the lines tell."""
    person, history, problems, visit = ADULT, [], [], ""
    for line in lines:
        word, *told = line.split()
        if word == "age":
            person = someone(None if told == ["unknown"] else date(TODAY.year - int(told[0]), 1, 1))
        elif word in ("male", "female"):
            person = someone(person.birth_on, word)
        elif word == "problem":
            problems += told
        elif word == "visit":
            (visit,) = told
        else:
            history.append(answered(line, word, told))
    return ids(person, history, problems, visit)


def answered(line, instrument, told):
    assert library.instrument_or_none(instrument), f"{line!r}: no instrument, and none of age, male, problem, visit"
    figures = dict(one.split("=") for one in told if "=" in one)
    days = [int(one[1:]) for one in told if one.startswith("@")]
    signs = {one for one in told if "=" not in one and not one.startswith("@")}
    fault = f"{line!r}: an instrument, @ and days from today, and total=N, positive, critical or partial"
    assert len(days) == 1, fault
    assert set(figures) | signs <= {"total", "positive", "critical", "partial"}, fault
    total, is_whole = int(figures.get("total", 0)), "partial" not in signs
    return taken(
        instrument, -days[0], total, positive="positive" in signs, critical="critical" in signs, whole=is_whole
    )


@pytest.mark.parametrize(("row", "fires", "lines"), list(examples()))
def test_each_row_fires_and_stays_silent(row, fires, lines):
    assert (row in fired_of(lines)) is fires, f"examples.toml shows that {row} {'fires' if fires else 'is silent'}"


def test_every_row_has_an_example_of_either_kind():
    told = [(row, fires) for row, fires, _ in examples()]
    rows = [row.id for row in table.rows()]
    lacking = [row for row in rows if not {(row, True), (row, False)} <= set(told)]
    assert not lacking, f"Give {', '.join(lacking)} a line under fires and one under silent in examples.toml"
    unknown = sorted({row for row, _ in told} - set(rows))
    assert not unknown, f"examples.toml names {', '.join(unknown)}, and the schedule has no such row"


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
    assert ids(someone(on=ago(10)), [taken("phq-9", 2, 20)]) == ids(someone(on=ago(10)))


def test_what_is_not_whole_speaks_where_it_is_positive_and_takes_nothing_back():
    assert "S26" in ids(ADULT, [taken("phq-2", 60), taken("phq-2", 2, positive=True, whole=False)])
    assert "S26" in ids(ADULT, [taken("phq-2", 60, 4, positive=True), taken("phq-2", 2, whole=False)])
    assert "S25" in ids(ADULT, [taken("phq-9", 2, 12, critical=True), taken("phq-9", 1, whole=False)])
    assert "S25" not in ids(ADULT, [taken("phq-9", 2, 12, critical=True), taken("phq-9", 1, 12)])


def test_of_two_on_one_day_the_worse_one_counts():
    pair = [taken("phq-2", 2, 1), taken("phq-2", 2, 4, positive=True)]
    assert "S26" in ids(ADULT, pair)
    assert "S26" in ids(ADULT, pair[::-1])


@pytest.mark.parametrize(("born", "years"), [((2000, 11, 22), 26), ((2000, 11, 23), 25), ((2000, 2, 29), 26)])
def test_age_is_whole_years(born, years):
    assert someone(date(*born)).age == years


@pytest.mark.parametrize("wrong", [{"source": " "}, {"every_days": 0}, {"from_age": 20, "until_age": 20}, {"why": ""}])
def test_a_row_that_could_never_be_right_is_refused(wrong):
    row = {"id": "X", "instrument": "phq-2", "why": "w", "every_days": 1, "source": "s", "verified": True} | wrong
    with pytest.raises(ValueError, match="X"):
        table.checked((table.Row(**row),))
