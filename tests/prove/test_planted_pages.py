"""Leaks in the pages, each planted for a moment in two worlds that all of these tests share: every one must be seen."""

import pytest

from tests.prove.leaks import PLANTED

TRIES = 60


def asked(together, where, tries=TRIES):
    return where(together.cast) if callable(where) else together.asks(where, tries=tries)


def test_the_two_worlds_answer_alike_while_nothing_is_planted(together):
    for where in dict.fromkeys(PLANTED.values()):
        assert [str(one) for one in together.compare(asked(together, where, tries=15))] == [], where


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_leak_planted_in_the_pages_is_caught(together, monkeypatch, plant):
    plant(monkeypatch)
    assert together.compare(asked(together, PLANTED[plant])), plant.__doc__
