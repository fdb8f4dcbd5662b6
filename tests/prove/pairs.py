"""Pairs of worlds asked at every exit, as the tests of the two worlds ask them."""

import os
from pathlib import Path

from hallway.app.prove import proof

WORLDS = 5
"""One that all others are compared with: four pairs a round cost five worlds, where one pair a round costs two."""
PAIRS = int(os.environ.get("HALLWAY_PROVE_PAIRS", "16"))
UNCOVERED = Path(__file__).parent.parent / "golden" / "uncovered_routes.txt"


def proven(stage, exits, seed):
    """Every exit at ``PAIRS`` pairs; those that by chance gave no more than refusals are asked again alone."""
    tally = proof.prove(stage.template, stage.cast, exits, pairs=PAIRS, seed=seed, worlds=WORLDS)
    for more in range(1, 6):
        missing = proof.uncovered(exits, tally)
        if not missing:
            break
        again = [one for one in exits if one.name in missing]
        tally.add(proof.prove(stage.template, stage.cast, again, pairs=PAIRS, seed=seed + 100 * more, worlds=WORLDS))
    return tally


def assert_alike(stage, exits, seed):
    """No difference, no fault, and no exit that gave nothing but refusals."""
    tally = proven(stage, exits, seed)
    assert not tally.differences, [str(one) for one in tally.differences]
    assert not tally.faults, tally.faults
    missing = proof.uncovered(exits, tally)
    assert missing == UNCOVERED.read_text().split(), missing
    assert tally.pairs >= PAIRS


def pages(third):
    """A third of the exits that are no part of the FHIR door: each in a file of its own, so that processes share."""
    return [one for one in proof.all_exits() if not one.is_fhir][third::3]
