"""Of several rows in the way, the one that is named first: what no signature opens, then the narrowest form."""

import dataclasses

import msgspec
import pytest

from hallway.consent.rules import _NO_ROW, Verdict, leading
from hallway.consent.tables import library
from hallway.record.classes import DataClass

ORDER = (
    *("psy_auth", "sud_note_consent", "part2_consent", "hiv_consent", "state_consent", "state_request"),
    *("authorization", "something_else"),
)


def blocked(**changes):
    row = msgspec.structs.replace(library.rule("US-NAMED"), **{"outcome": "needs", "needs": ("x",)} | changes)
    return Verdict(DataClass.GENERAL, (row,), (), row)


def needing(*needs):
    return blocked(needs=needs)


@pytest.mark.parametrize(("first", "then"), [(one, ORDER[place + 1 :]) for place, one in enumerate(ORDER[:-1])])
def test_the_narrower_form_is_named_before_the_wider(first, then):
    for other in then:
        assert leading([needing(other), needing(first)]) == needing(first)
        assert leading([needing(first), needing(other)]) == needing(first)


@pytest.mark.parametrize("first", [blocked(outcome="deny", needs=()), blocked(sud_duty=True)])
def test_what_no_signature_opens_is_named_before_any_form(first):
    for other in ORDER:
        assert leading([needing(other), first]) == first


def test_of_several_needs_the_narrowest_counts():
    both = needing("authorization", "part2_consent")
    assert leading([needing("hiv_consent"), both]) == both


def test_what_flows_is_never_named():
    flowing = dataclasses.replace(needing("psy_auth"), blocking=None)
    assert leading([flowing]) is None
    assert leading([flowing, needing("authorization")]) == needing("authorization")
    assert leading([]) is None


def test_no_row_is_a_denial_that_says_so():
    assert (_NO_ROW.id, _NO_ROW.source, _NO_ROW.outcome) == ("NO-ROW", "design", "deny")
