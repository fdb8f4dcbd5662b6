"""Writes at the FHIR door that tell what is hidden, each planted for a moment: the proof must see every one."""

import dataclasses
import os

import psycopg
import pytest

from hallway.app.prove import proof, written
from hallway.fhirapi.writing import answering, matching, references


def unfiltered(sql, *values):
    """What a query behind no gate would see, in the world in force."""
    with psycopg.connect(os.environ["HALLWAY_DATABASE_URL"]) as owner:
        return owner.execute(sql, values).fetchall()


def condition_met_by_the_hidden(monkeypatch):
    """A conditional create or update says "several" where what is hidden meets the condition too."""
    real = matching.match

    def match(asked, kind, text):
        found = real(asked, kind, text)
        code = text.rpartition("code=")[2]
        rows = unfiltered("SELECT 1 FROM record_token WHERE kind = %s AND tokens && %s", kind, [f"code={code}"])
        if len(rows) > (0 if found is None else 1):
            raise matching.several()
        return found

    monkeypatch.setattr(matching, "match", match)


def reference_to_the_hidden(monkeypatch):
    """A reference is looked up behind no gate: what is hidden may be named, what is missing may not."""
    monkeypatch.setattr(
        references.Sight,
        "sees",
        lambda self, kind, one: bool(unfiltered("SELECT 1 FROM record_id WHERE resource_id::text = %s", one)),
    )


def tag_that_counts(monkeypatch):
    """The entity tag of what was written counts what everybody wrote."""
    real = answering.kept

    def kept(asked, done, prefer, warnings):
        given = real(asked, done, prefer, warnings)
        ((number,),) = unfiltered("SELECT count(*) FROM record_resource")
        return dataclasses.replace(given, headers=(*given.headers, ("ETag", f'W/"{number}"')))

    monkeypatch.setattr(answering, "kept", kept)


PLANTED = [
    (condition_met_by_the_hidden, "fhir:DELETE /fhir/{type}"),
    (reference_to_the_hidden, "fhir:POST /fhir/{type}"),
    (tag_that_counts, "fhir:POST /fhir/{type}"),
]


@pytest.mark.parametrize(("plant", "name"), PLANTED, ids=lambda one: getattr(one, "__name__", ""))
def test_a_planted_leak_of_a_write_is_caught(stage, monkeypatch, plant, name):
    plant(monkeypatch)
    exits = [one for one in proof.all_exits() if one.name == name]
    seen = (proof.prove(stage.template, stage.cast, exits, pairs=40, seed=seed, stops=True) for seed in (3, 4, 5))
    assert any(tally.differences for tally in seen), plant.__doc__


def test_every_write_is_the_same_in_two_worlds(stage):
    exits = [one for one in proof.all_exits() if one.name in written.WRITES]
    assert len(exits) == len(written.WRITES)
    tally = proof.prove(stage.template, stage.cast, exits, pairs=6, seed=11)
    assert not tally.differences
