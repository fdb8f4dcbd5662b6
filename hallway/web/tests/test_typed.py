"""What is typed counts as a number only where it is one, of a length that a table holds."""

import pytest

from hallway.web import typed


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("17", 17), ("007", 7), ("999999999", 999999999)])
def test_digits_are_a_number(text, number):
    assert typed.number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "+1", "1.5", " 1", "1 ", "٧", "²", "one", "1" * 10])
def test_anything_else_is_none(text):
    assert typed.number(text) is None


def test_a_longer_number_is_taken_where_it_may_be_one():
    assert typed.number("1" * 18, digits=18) == int("1" * 18)
    assert typed.number("1" * 19, digits=18) is None
