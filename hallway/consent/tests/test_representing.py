"""Who acts for a patient: what their word or authority opens, and which forms they may not sign."""

from datetime import UTC, datetime

import pytest

from hallway.consent.grants.representing import is_shut_out, may_not_sign, narrowed, openers
from hallway.consent.law.facts import Acting, Span, Word
from hallway.record.classes import AUTHOR_ONLY, DataClass

SPAN = Span(datetime(2026, 1, 1, tzinfo=UTC))
CLINIC, OTHER = 1, 2
NEVER = AUTHOR_ONLY | DataClass.UNCLASSIFIED
EVERYTHING = sum(DataClass) & ~NEVER


def acts(authority="parent", *, is_parent=None, number=3):
    return Acting(number, authority, authority == "parent" if is_parent is None else is_parent, 0, (), SPAN)


def word(kind="minor_agrees", *, about=3, organization=CLINIC, classes=0):
    return Word("w1", about, organization, kind, classes, SPAN)


def opened(one, *words):
    return [(found.id, found.needs, found.classes & sum(DataClass)) for found in openers(one, words, CLINIC)]


def test_a_minors_agreement_opens_what_it_names_or_everything_but_what_stands_apart():
    agreed = frozenset({"minor_agrees"})
    assert opened(acts(), word()) == [("w1", agreed, EVERYTHING)]
    assert opened(acts(), word(classes=int(DataClass.HIV | NEVER))) == [("w1", agreed, DataClass.HIV)]
    assert opened(acts(), word(organization=0)) == [("w1", agreed, EVERYTHING)]
    for other in (word(organization=OTHER), word(about=4), word("not_treated"), word("detriment")):
        assert opened(acts(), other) == []


@pytest.mark.parametrize("authority", ["court_guardian", "executor"])
def test_an_authority_that_part_2_knows_opens_for_an_adult_alone(authority):
    by_authority = ("representative/3", frozenset({"representative_authority"}), EVERYTHING)
    assert opened(acts(authority)) == [by_authority]
    assert opened(acts(authority, is_parent=True)) == []


@pytest.mark.parametrize("authority", ["parent", "health_care_agent", "other"])
def test_no_other_authority_opens_a_programs_records(authority):
    assert opened(acts(authority, is_parent=False)) == []


def test_a_source_shuts_out_whom_it_does_not_treat_as_representative_and_nobody_else():
    assert is_shut_out(acts(), [word(), word("not_treated")], CLINIC)
    assert is_shut_out(acts(), [word("detriment")], CLINIC)
    for said in (word(), word("detriment", about=4), word("detriment", organization=OTHER)):
        assert not is_shut_out(acts(), [said], CLINIC)


@pytest.mark.parametrize(
    ("kinds", "scope", "left"),
    [
        ((), (), ()),
        (("Task",), (), ("Task",)),
        ((), ("Task",), ("Task",)),
        (("Task", "Condition"), ("Condition", "Patient"), ("Condition",)),
        (("Task",), ("Condition",), None),
    ],
)
def test_kinds_are_those_that_both_grant_and_document_name(kinds, scope, left):
    assert narrowed(kinds, scope) == left


PROGRAM = ("part2", "part2_tpo", "sud_counseling")
ELSE = ("release", "psychotherapy", "hiv")


@pytest.mark.parametrize("kind", [*PROGRAM, *ELSE])
@pytest.mark.parametrize("right", ["parent", "court_guardian", "executor", "health_care_agent"])
def test_who_acts_may_sign_for_a_child_and_by_a_courts_word_alone_a_programs_form_for_an_adult(right, kind):
    of_a_child = may_not_sign(right, kind, is_of_age=False, is_minors_own=False)
    of_the_childs_own = may_not_sign(right, kind, is_of_age=False, is_minors_own=True)
    of_an_adult = {may_not_sign(right, kind, is_of_age=True, is_minors_own=own) for own in (False, True)}
    assert (of_a_child, of_the_childs_own) == ("", "minors_own")
    if right == "parent":
        assert of_an_adult == {"of_age"}
    else:
        assert of_an_adult == {"program" if kind in PROGRAM and right == "health_care_agent" else ""}
