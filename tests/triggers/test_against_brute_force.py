"""What fires is what a second computation finds that scans the whole record anew at each arrival: none missed, none
twice, also when facts come late, twice, out of order, corrected, or turn out to be errors.

``HALLWAY_TRIGGER_LIVES=200 pytest tests/triggers`` does it for as many invented lives as one likes.
"""

import os
from datetime import timedelta

import msgspec
import pytest

from hallway import clock
from hallway.app.witness import moments
from hallway.app.witness.moments import COVERED, Kept, Practice, Record, Scan, Thing, Treats, Version
from hallway.triggers import looking
from hallway.triggers.models import Firing
from hallway.triggers.tests import charts
from tests.triggers import lives
from tests.triggers.lives import BEGUN, Sent

LIVES = int(os.environ.get("HALLWAY_TRIGGER_LIVES", "2"))


class Witness:
    """Every look again by brute force, for one practice."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.kept = Kept()

    def look(self, things: list[Thing], now) -> None:
        self.kept.look(*Scan(Record(things, self.practice, now)).at(now))


def fired(organization: int) -> dict[tuple[str, str], str]:
    rows = list(
        Firing.objects.filter(organization_id=organization, rule__in=COVERED).values_list("rule", "occasion", "state")
    )
    found = {(rule, occasion): state for rule, occasion, state in rows}
    assert len(found) == len(rows), "none twice"
    return found


def run(sent: list[Sent], *, is_shared: bool) -> set[str]:
    """Send it all; both computations agree after every arrival. The rules that fired at all."""
    with clock.stopped_at(BEGUN - timedelta(days=1)):
        world = charts.world(is_shared=is_shared)
    sides = {"bh": world.bh, "pc": world.pc} if is_shared else {"bh": world.pc, "pc": world.pc}
    team = tuple(Treats(sides[side], side, BEGUN - timedelta(days=1)) for side in ("bh", "pc")[0 if is_shared else 1 :])
    witnesses = [Witness(Practice(one.practice, one.side, team)) for one in team]
    held: dict[str, list[Version]] = {}
    places: dict[str, int] = {}
    for one in sent:
        with clock.stopped_at(one.arrives_at):
            charts.put(world.chart, sides[one.side], one.body, rid=one.rid)
            looking.look(world.chart)
        places[one.rid] = sides[one.side]
        held.setdefault(one.rid, []).append(Version(one.body, one.arrives_at))
        for witness in witnesses:
            witness.look(
                [thing for rid, each in held.items() if (thing := _thing(rid, places[rid], each))], one.arrives_at
            )
            found, wanted = fired(witness.practice.id), witness.kept.states()
            assert found == wanted, (one.body["resourceType"], found.items() ^ wanted.items())
    return {rule for witness in witnesses for rule, _ in witness.kept.states()}


def _thing(rid: str, source: int, versions: list[Version]) -> Thing | None:
    *past, last = versions
    return moments.thing(last.body, rid, source, last.stored_at, past=tuple(past))


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
