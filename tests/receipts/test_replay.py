"""Every answer of a lived network replays by a judge that shares no code with the gate."""

import json

import pytest

from hallway.app.prove import network, worlds
from hallway.app.receipts import composing
from hallway.app.witness.receipt import Witness
from hallway.ledger import heads


@pytest.fixture
def receipts(fresh_db, tmp_path):
    with worlds.injected("stage", worlds.BEFORE):
        network.build()
        heads.seal_and_publish(tmp_path / "heads.jsonl")
    return [json.loads(one.to_json()) for one in composing.receipts_of(composing.lines_with_receipts())]


def test_all_replay(receipts):
    wrong = [(one["line"], said) for one, said in Witness().verify(receipts) if said]
    print(len(receipts), sum(len(one["items"]) for one in receipts))
    assert wrong == []
