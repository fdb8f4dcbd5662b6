"""What fires is what a second computation finds that scans the whole record anew at each arrival: none missed, none
twice, also when facts come late, twice, out of order, corrected, or turn out to be errors.

``TRIGGER_LIVES=200 pytest tests/triggers`` does it for as many invented lives as one likes.
"""

import os
from datetime import timedelta

import msgspec
import pytest

from hallway import clock
from hallway.app.witness import moments
from hallway.app.witness.moments import COVERED, Practice, Record, Thing
from hallway.triggers import looking
from hallway.triggers.models import Firing
from hallway.triggers.tests import charts
from tests.triggers import lives
from tests.triggers.lives import BEGUN, Sent

LIVES = int(os.environ.get("TRIGGER_LIVES", "2"))
Live = set[tuple[str, str]]
STATES = ("open", "merged", "done")


class Witness:
    """Every look again by brute force, for one practice."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.live: Live = set()

    def look(self, things: list[Thing], now) -> None:
        record = Record(things, self.practice, now)
        for rule, row in COVERED.items():
            if self.practice.side not in row.sides:
                continue
            standing = {(rule, key) for key in moments.moments(rule, record)}
            self.live -= {one for one in self.live if one[0] == rule and one not in standing}
            self.live |= {(rule, key) for key in moments.due(rule, record)}


def fired(organization: int) -> Live:
    rows = Firing.objects.filter(organization_id=organization, rule__in=COVERED, state__in=STATES)
    found = list(rows.values_list("rule", "occasion"))
    assert len(found) == len(set(found)), "none twice"
    return set(found)


def run(sent: list[Sent], *, is_shared: bool) -> set[str]:
    """Send it all; both computations agree after every arrival. The rules that fired at all."""
    with clock.stopped_at(BEGUN - timedelta(days=1)):
        world = charts.world(is_shared=is_shared)
    sides = {"bh": world.bh, "pc": world.pc} if is_shared else {"bh": world.pc, "pc": world.pc}
    witnesses = [
        Witness(Practice(sides[side], side, frozenset({other}) if is_shared else frozenset()))
        for side, other in (("bh", "pc"), ("pc", "bh"))
        if is_shared or side == "pc"
    ]
    held: dict[str, Thing | None] = {}
    seen: set[str] = set()
    for one in sent:
        with clock.stopped_at(one.arrives_at):
            charts.put(world.chart, sides[one.side], one.body, rid=one.rid)
            looking.look(world.chart)
        held[one.rid] = moments.thing(one.body, one.rid, sides[one.side], one.arrives_at)
        for witness in witnesses:
            witness.look([thing for thing in held.values() if thing], one.arrives_at)
            found = fired(witness.practice.id)
            assert found == witness.live, (one.body["resourceType"], found ^ witness.live)
            seen |= {rule for rule, _ in found}
    return seen


@pytest.mark.parametrize("seed", range(LIVES))
def test_both_computations_agree_after_every_arrival(fresh_db, seed):
    seen = run(lives.life(seed), is_shared=seed % 2 == 0)
    assert len(seen) >= 2, "a life in which nothing happens shows nothing"


def test_a_rule_that_is_off_by_a_little_is_found_out(fresh_db, monkeypatch):
    row = looking.ROWS["T31"]
    wrong = msgspec.structs.replace(row, parameters={**row.parameters, "systolic": 160, "diastolic": 105})
    monkeypatch.setattr(looking, "ROWS", {**looking.ROWS, "T31": wrong})
    with pytest.raises(AssertionError, match="T31"):
        run(lives.life(1), is_shared=False)
