"""Fifty pairs of worlds at every exit; ``hallway prove`` does thousands. A new exit is walked without being named."""

import os
from pathlib import Path

import pytest

from hallway.app.prove import proof

PAIRS = int(os.environ.get("HALLWAY_PROVE_PAIRS", "50"))
UNCOVERED = Path(__file__).parent.parent / "golden" / "uncovered_routes.txt"


def proven(stage, exits, seed):
    """Every exit at ``PAIRS`` pairs; those that by chance gave no more than refusals are asked again alone."""
    tally = proof.prove(stage.template, stage.cast, exits, pairs=PAIRS, seed=seed)
    for more in range(1, 6):
        missing = proof.uncovered(exits, tally)
        if not missing:
            break
        again = [one for one in exits if one.name in missing]
        tally.add(proof.prove(stage.template, stage.cast, again, pairs=PAIRS, seed=seed + 100 * more))
    return tally


def test_the_fhir_door_answers_alike_in_both_worlds(stage):
    exits = [one for one in proof.all_exits() if one.is_fhir]
    tally = proven(stage, exits, 1)
    assert [str(one) for one in tally.differences] == []
    assert tally.faults == {}
    assert proof.uncovered(exits, tally) == UNCOVERED.read_text().split()
    assert tally.pairs >= PAIRS


# In two halves, so that two processes share the work.
@pytest.mark.parametrize("half", [0, 1])
def test_the_pages_answer_alike_in_both_worlds(stage, half):
    exits = [one for one in proof.all_exits() if not one.is_fhir][half::2]
    tally = proven(stage, exits, 12 + half)
    assert [str(one) for one in tally.differences] == []
    assert tally.faults == {}
    assert proof.uncovered(exits, tally) == UNCOVERED.read_text().split()


def test_the_list_of_uncovered_routes_is_empty():
    assert UNCOVERED.read_text() == ""
