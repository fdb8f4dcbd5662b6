"""A small drill; the big one is ``hallway receipt verify --drill 100000 --forge 1000``."""

from hallway.app.receipts import drill
from hallway.app.receipts.forging import WAYS


def test_every_receipt_replays_and_every_forged_one_is_caught(fresh_db):
    found = drill.run(400, 3 * len(WAYS), seed=5)
    print(found.text(), found.to_json())
    assert found.not_replayed == []
    assert found.missed == {}
    assert set(found.forged) == set(WAYS)
    assert found.receipts == 400
    assert found.items > 400
