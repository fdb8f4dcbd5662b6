"""What is asked next: nothing twice, steps from what is certain, and danger seen whatever else is missing."""

from datetime import date

import pytest

from hallway.screening.asking import rules
from hallway.screening.instruments import library
from hallway.screening.instruments.shapes import Person

ADULT = Person(date(1980, 5, 1), "female", date(2026, 11, 22))
PHQ2, PHQ9 = library.instrument("phq-2"), library.instrument("phq-9")


def asked(instruments, answers):
    return [(one.key, question.key) for one, question in rules.put(instruments, answers, ADULT)]


def further(instruments, answers):
    found = rules.further(instruments, answers, ADULT, may={"phq-9": PHQ9}.get)
    return [one.key for one in found]


@pytest.mark.parametrize(
    ("answers", "follows"),
    [
        ({"q1": "3", "q2": "0"}, True),
        ({"q1": "2", "q2": "1"}, True),
        ({"q1": "1", "q2": "1"}, False),
        ({"q1": "3"}, True),
        ({"q1": "2"}, False),
        ({"q1": "", "q2": ""}, False),
        ({}, False),
    ],
)
def test_the_longer_form_follows_as_soon_as_the_short_one_is_surely_positive(answers, follows):
    assert bool(further([PHQ2], {"phq-2": answers})) is follows


def test_no_question_is_put_twice_and_its_answer_counts_in_both():
    answers = {"phq-2": {"q1": "2", "q2": "3"}}
    put = asked([PHQ2, PHQ9], answers)
    assert put[:2] == [("phq-2", "q1"), ("phq-2", "q2")]
    assert ("phq-9", "q1") not in put
    assert ("phq-9", "q2") not in put
    assert ("phq-9", "q9") in put
    assert rules.sheet([PHQ2, PHQ9], answers)["phq-9"] == {"q1": "2", "q2": "3"}


def test_an_answer_changed_later_changes_where_it_was_carried():
    assert rules.sheet([PHQ2, PHQ9], {"phq-2": {"q1": "0"}})["phq-9"]["q1"] == "0"
    assert rules.sheet([PHQ2, PHQ9], {"phq-2": {"q1": "3"}})["phq-9"]["q1"] == "3"


def test_a_question_passed_over_waits_no_longer():
    put = rules.put([PHQ2], {"phq-2": {"q1": ""}}, ADULT)
    assert [question.key for _, question in rules.unanswered(put, {"phq-2": {"q1": ""}})] == ["q2"]


@pytest.mark.parametrize(("code", "critical"), [("0", False), ("1", True), ("3", True), ("", False)])
def test_a_positive_suicide_item_is_seen_whatever_is_missing(code, critical):
    found = rules.newly_critical(PHQ9, {}, {"q9": code}, ADULT)
    assert rules.is_about_life(found) is critical


def test_what_was_critical_before_is_not_news():
    assert rules.newly_critical(PHQ9, {"q9": "1"}, {"q9": "2"}, ADULT) == ()
    assert rules.newly_critical(PHQ9, {"q9": "0"}, {"q9": "2"}, ADULT)


def test_the_page_knows_by_itself_after_which_answers_it_stops():
    assert rules.says_stay(PHQ9, "q9") == ("1", "2", "3")
    assert rules.says_stay(PHQ9, "q1") == ()


def test_an_answer_changed_later_takes_back_what_followed_from_it():
    asked = [library.instrument("audit-c"), library.instrument("audit")]
    given = {"audit-c": {"q1": "3", "q2": "4", "q3": "4"}, "audit": {"q4": "4", "q9": "0"}}
    assert rules.as_asked(asked, given, ADULT) == given
    never = {**given, "audit-c": {**given["audit-c"], "q1": "0"}}
    held = rules.as_asked(asked, never, ADULT)
    assert held == {"audit-c": {"q1": "0"}, "audit": {"q9": "0"}}
    assert [(one.key, question.key) for one, question in rules.put(asked, held, ADULT)] == [
        ("audit-c", "q1"), ("audit", "q9"), ("audit", "q10"),
    ]  # fmt: skip


def test_a_critical_answer_stands_whatever_is_changed_before_it():
    asked = [library.instrument("cssrs")]
    given = {"cssrs": {"q1": "no", "q2": "no", "q3": "no", "q5": "yes"}}
    assert rules.as_asked(asked, given, ADULT) == {"cssrs": {"q1": "no", "q2": "no", "q5": "yes"}}
