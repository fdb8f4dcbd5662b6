"""Every answer of a lived network replays by a judge that shares no code with the gate."""

import json
from datetime import UTC, datetime

import pytest

from hallway.app.prove import network, worlds
from hallway.app.receipts import composing
from hallway.app.witness.plan import WayOut
from hallway.app.witness.receipt import REVIEW, Line, Witness
from hallway.app.witness.seals import Seals
from hallway.ledger import heads


@pytest.fixture
def receipts(fresh_db, tmp_path):
    with worlds.injected("stage", worlds.BEFORE):
        network.build()
        heads.seal_and_publish(tmp_path / "heads.jsonl")
    return [json.loads(one.to_json()) for one in composing.receipts_of(composing.lines_with_receipts())]


def test_all_replay(receipts, tmp_path):
    published = tmp_path / "heads.jsonl"
    wrong = [(one["line"], said) for one, said in Witness(seals=Seals(published)).verify(receipts) if said]
    print(len(receipts), sum(len(one["items"]) for one in receipts))
    assert wrong == []


@pytest.mark.parametrize(
    ("role", "org", "is_lawful"),
    [("system", 0, True), ("practice_leader", 10, True), ("practice_leader", 11, False), ("system", 10, False)],
)
def test_only_the_practice_it_waits_at_and_hallway_itself_read_a_paper_to_review_it_and_no_program(
    monkeypatch, role, org, is_lawful
):
    monkeypatch.setattr(Witness, "_stood", lambda *_: [])
    line = Line(
        at=datetime(2026, 3, 2, tzinfo=UTC), account=0, person=0, org=org, role=role, act="read", purpose="OPS",
        charts=(1,), plan="", position=1, detail="Condition/0195b2f0-0000-7000-8000-000000000001",
    )  # fmt: skip
    way = WayOut(10, frozenset(), 0, frozenset(), REVIEW, frozenset(), frozenset())
    assert (Witness()._reviewed(line, [way]).faults == ()) == is_lawful
