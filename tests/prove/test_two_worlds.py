from hallway.app.prove import proof

PAIRS = 50


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
    assert [str(one) for one in tally.differences] == []
