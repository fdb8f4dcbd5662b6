import dataclasses

from hallway.app.prove import proof, shrinking
from hallway.fhirapi.operations import everything
from tests.prove.leaks import count
from tests.prove.test_planted import replace_route


def test_a_difference_is_told_with_the_fewest_hidden_facts_that_show_it(stage, monkeypatch):
    real = everything.answer

    def answer(asked):
        given = real(asked)
        notes = count("SELECT count(*) FROM record_resource WHERE kind = 'Appointment'")
        return dataclasses.replace(given, body=given.body + b" " * notes)

    replace_route(monkeypatch, real, answer)
    exits = tuple(one for one in proof.all_exits() if "everything" in one.name)
    scope = proof.Scope(template=stage.template, cast=stage.cast, exits=exits, pairs=60, seed=5, stops=True)
    tally = proof.prove(stage.template, stage.cast, exits, pairs=60, seed=5, stops=True)
    found = shrinking.shrink(scope, tally.differences[0])
    assert [secret.name for secret in found.secrets] == ["group_session"]
    assert "group_session" in str(found)
