"""Forty pairs of worlds at every exit; ``hallway prove`` does thousands. A new exit is walked without being named."""

from hallway.app.prove import proof
from tests.prove.pairs import UNCOVERED, assert_alike


def test_the_fhir_door_answers_alike_in_both_worlds(stage):
    assert_alike(stage, [one for one in proof.all_exits() if one.is_fhir], 1)


def test_the_list_of_uncovered_routes_is_empty():
    assert UNCOVERED.read_text() == ""
