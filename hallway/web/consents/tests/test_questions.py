from datetime import date

import pytest

from hallway.consent.explaining import needed
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose
from hallway.web.consents import questions

TODAY = date(2026, 6, 9)
FULL = {"to": ["1-11"], "what": ["medicines"], "for": ["TREAT"], "until": ["year"], "tell": ["no"]}


def choice(form="part2", **changed):
    return questions.parse({**FULL, **changed}, form=form, today=TODAY)


def test_a_full_choice_misses_nothing_and_ends_in_a_year():
    assert questions.missing(choice(), today=TODAY) == []
    assert choice().until_on == date(2027, 6, 8)
    assert choice().kinds[:2] == ("Patient", "MedicationRequest")


@pytest.mark.parametrize(("name", "value"), [("to", []), ("what", []), ("for", []), ("until", [])])
def test_each_question_left_open_is_named(name, value):
    assert [one for one, _ in questions.missing(choice(**{name: value}), today=TODAY)] == [name]


def test_a_day_that_is_past_or_does_not_exist_is_no_end():
    assert questions.missing(choice(until=["day"], until_on=["2026-06-09"]), today=TODAY)
    assert questions.missing(choice(until=["day"], until_on=["2026-06-31"]), today=TODAY)
    assert not questions.missing(choice(until=["day"], until_on=["2026-06-30"]), today=TODAY)


def test_what_cannot_be_read_counts_as_not_ticked():
    made = choice(
        to=["1-11", "1-11", "x-1", "1", "9" * 30], what=["medicines", "everything"], **{"for": ["TREAT", "?"]}
    )
    assert made.recipients == ((1, 11),)
    assert made.categories == ("medicines",)
    assert made.purposes == (Purpose.TREATMENT,)


@pytest.mark.parametrize("form", ["release", "part2"])
def test_a_general_form_never_carries_hiv_or_notes_of_sessions(form):
    apart = DataClass.HIV | DataClass.PSYTHER_NOTE | DataClass.SUD_COUNSEL_NOTE | DataClass.UNCLASSIFIED
    assert needed.carries(form, "MA") & int(apart) == 0
    everything = sum(int(one) for one in DataClass)
    assert needed.carries(form, "MA", everything) & int(apart) == 0, "not even where somebody ticks it"
    assert needed.carries(form, "CT", everything) & DataClass.HIV


def test_only_the_part2_form_carries_program_records():
    assert not needed.carries("release", "MA", int(DataClass.PART2)) & DataClass.PART2
    assert needed.carries("part2", "MA") & DataClass.PART2


def test_a_form_of_its_own_opens_its_one_class():
    assert needed.carries("psychotherapy", "MA") == DataClass.PSYTHER_NOTE
    assert choice("psychotherapy", what=[]).kinds == ()
    assert questions.missing(choice("psychotherapy", what=[]), today=TODAY) == []


def test_what_is_kept_apart_is_ticked_by_name_and_nothing_else_is():
    made = choice(apart=["HIV", "PART2", "PSYTHER_NOTE", "?"], ways=["both"], language=["es"], print=["large"])
    assert (made.apart, made.ticked) == (("HIV",), int(DataClass.HIV))
    assert (made.both_ways, made.language, made.large) == (True, "es", True)
    assert not choice("psychotherapy", ways=["both"]).both_ways


def test_the_last_day_there_is_counts_as_no_day():
    asked = choice(until=["day"], until_on=["9999-12-31"])
    assert [one for one, _ in questions.missing(asked, today=TODAY)] == ["until"]
    assert choice(until=["day"], until_on=["9999-12-30"]).until_on == date(9999, 12, 30)
