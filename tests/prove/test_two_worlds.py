import os

from hallway.app.prove import proof

PAIRS = int(os.environ.get("HALLWAY_PROVE_PAIRS", "50"))


def test_the_fhir_door_answers_alike_in_both_worlds(stage):
    exits = [one for one in proof.all_exits() if one.is_fhir]
    tally = proof.prove(stage.template, stage.cast, exits, pairs=PAIRS, seed=1)
    assert [str(one) for one in tally.differences] == []
    assert tally.faults == {}
    assert proof.uncovered(exits, tally) == []
    assert tally.pairs == PAIRS


def test_the_pages_answer_alike_in_both_worlds(stage):
    exits = [one for one in proof.all_exits() if not one.is_fhir]
    tally = proof.prove(stage.template, stage.cast, exits, pairs=PAIRS, seed=2)
    for one in tally.differences:
        print(one)
    print(tally.faults, proof.uncovered(exits, tally), tally.asked, tally.pairs, tally.answered)
    assert [str(one) for one in tally.differences] == []
