"""Live through many answers in a scratch database, replay every one, forge some in every way, and see each caught."""

import json
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hallway import clock
from hallway.app.prove import facts
from hallway.app.receipts import town as of_town
from hallway.app.receipts.composing import Composer, lines_with_receipts
from hallway.app.receipts.forging import WAYS, Receipt, forged
from hallway.app.receipts.town import Chart, Town
from hallway.app.witness.receipt import Witness
from hallway.app.witness.seals import Seals
from hallway.consent import gate
from hallway.errors import HallwayError
from hallway.identity.requester import Requester, Role
from hallway.ids import OrganizationId, PractitionerId
from hallway.ledger import heads
from hallway.record import queries as record
from hallway.record.criteria import Place, Present, Query, Sort, Tokens
from hallway.record.evidence import Purpose, Release
from hallway.standards.fhir.search import tokens

BEGIN = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
READS_A_CHART = 500
AT_ONCE = 1000


@dataclass(slots=True)
class Found:
    """What a drill came to."""

    receipts: int = 0
    items: int = 0
    not_replayed: list[str] = field(default_factory=list[str])
    forged: Counter[str] = field(default_factory=Counter[str])
    missed: Counter[str] = field(default_factory=Counter[str])
    unaided: int = 0
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    seed: int = 0

    @property
    def is_well(self) -> bool:
        """Whether all replayed and every forgery was caught."""
        return self.receipts > 0 and not self.not_replayed and not self.missed

    def to_json(self) -> dict[str, object]:
        """One object: name and value first, as benches print them."""
        return {
            "name": "receipts",
            "value": self.receipts,
            "unit": "receipts replayed",
            "not_replayed": len(self.not_replayed),
            "items": self.items,
            "forged": sum(self.forged.values()),
            "caught": sum(self.forged.values()) - sum(self.missed.values()),
            "ways_of_forging": len(self.forged),
            "caught_without_the_ledger": self.unaided,
            "missed": dict(self.missed),
            "seed": self.seed,
            "seconds": {name: round(value, 1) for name, value in self.seconds.items()},
            "findings": self.not_replayed[:20],
        }

    def text(self) -> str:
        """A sentence or two for a person."""
        forged_count = sum(self.forged.values())
        return (
            f"{self.receipts} receipts of {self.items} versions, {len(self.not_replayed)} did not replay. "
            f"{forged_count} were forged in {len(self.forged)} ways, {sum(self.missed.values())} were not caught; "
            f"{self.unaided} of them are caught by rows and facts alone, without the ledger's word. Seed {self.seed}."
            + "".join(f"\n{one}" for one in self.not_replayed[:20])
        )


def run(answers: int, forgeries: int, *, seed: int = 1) -> Found:
    """The drill, on the database in force, which must be empty."""
    found = Found(seed=seed)
    dice = random.Random(seed)  # noqa: S311 - a workload, not a secret
    with tempfile.TemporaryDirectory() as folder:
        published = Path(folder) / "heads.jsonl"
        _timed(found, "living", lambda: _live(dice, answers, published))
        kept: list[Receipt] = []
        _timed(found, "replaying", lambda: _replay(found, published, dice, kept, wanted=max(4 * forgeries, 50)))
        _timed(found, "forging", lambda: _forge(found, published, dice, kept, forgeries=forgeries))
    return found


def _timed(found: Found, name: str, work: "object") -> None:
    begun = time.perf_counter()
    work()  # type: ignore[operator]
    found.seconds[name] = time.perf_counter() - begun


def _live(dice: random.Random, answers: int, published: Path) -> None:
    """Rounds of changes and reads, hours apart; sealed as they go."""
    with clock.stopped_at(BEGIN):
        town = of_town.build(dice, max(12, answers // READS_A_CHART))
    rounds = max(6, min(60, answers // 400))
    given, at = 0, BEGIN
    for number in range(rounds):
        at += timedelta(minutes=dice.choice((7, 45, 600, 4000)))
        with clock.stopped_at(at):
            for chart in dice.sample(town.charts, max(2, len(town.charts) // 4)):
                dice.choice(of_town.CHANGES)(town, chart)
        wanted = answers * (number + 1) // rounds
        reading = _Reading(town)
        while given < wanted:
            # All within five minutes: the next round begins later than that, and time never goes back.
            with clock.stopped_at(at + timedelta(seconds=10, milliseconds=100 * (given % 2900))):
                given += reading.once()
        heads.seal_and_publish(published)


class _Reading:
    """Reads of one round: releases are made anew at each read, as a page does."""

    def __init__(self, town: Town) -> None:
        self.town = town

    def once(self) -> int:
        """One answer about some chart to somebody; how many lines it left."""
        dice = self.town.dice
        chart = dice.choice(self.town.charts)
        by, purpose = self._asks(chart)
        try:
            release = gate.release(by, chart.id, purpose)
            self._read(release, chart)
        except HallwayError:
            return 0
        return 1

    def _asks(self, chart: Chart) -> tuple[Requester, Purpose | None]:
        dice = self.town.dice
        if dice.random() < 0.05:
            nobody = PractitionerId(0)
            return Requester(chart.account, nobody, OrganizationId(0), Role.PATIENT, chart_id=chart.id), None
        near = [one for one in self.town.people if one.organization_id in chart.teams]
        by = dice.choice(near if dice.random() < 0.8 else self.town.people)
        emergency = by.role in (Role.PCP, Role.THERAPIST, Role.PSYCHIATRIST) and dice.random() < 0.1
        return by, Purpose.EMERGENCY if emergency else None

    def _find(self, release: Release, chart: Chart, tokens: Sequence[str]) -> None:
        """A typed search, a page of it behind something that stands there, or its number."""
        dice = self.town.dice
        wanted = (Tokens(tuple(tokens), none=dice.random() < 0.5), Present("code", present=True))
        query = Query("Condition", wanted, dice.choice(((), (Sort("code"),), (Sort("updated", True), Sort("code")))), 2)
        _, rid, _, _ = dice.choice(chart.things)
        if dice.random() < 0.3:
            query = query._replace(sort=(Sort("id"),), after=Place((rid,), rid))
        if dice.random() < 0.7:
            record.find(release, query, route="find")
        else:
            record.count_found(release, query, route="find")

    def _read(self, release: Release, chart: Chart) -> None:
        dice = self.town.dice
        how = dice.random()
        if how < 0.6 or not chart.things:
            kinds = None if how < 0.4 else dice.sample(("Patient", "Condition", "Observation", "DocumentReference"), 2)
            limit = dice.choice((None, None, 5))
            record.read_chart(release, kinds=kinds, limit=limit, route="chart")
            return
        if how < 0.68:
            body = json.loads(facts.condition(chart.patient, dice.choice(("I10", "F32.1", "E11.9")), clock.now()))
            by_code = [token for token in tokens("Condition", body) if token.startswith("code")]
            if how < 0.64:
                record.find(release, Query("Condition", (Tokens(tuple(by_code[:1])),), limit=3), route="search")
            else:
                self._find(release, chart, by_code[:1])
            return
        kind, rid, _, _ = dice.choice(chart.things)
        if how < 0.85:
            version = 1 if how < 0.73 else None
            record.read_one(release, kind, rid, version=version, route="item")
        else:
            record.history(release, kind, rid, route="history")


def _receipts(count: int | None = None) -> Iterator[Receipt]:
    composer = Composer()
    line_ids = lines_with_receipts(limit=count)
    for start in range(0, len(line_ids), AT_ONCE):
        for one in composer.receipts_of(line_ids[start : start + AT_ONCE]):
            yield json.loads(one.to_json())


def _replay(found: Found, published: Path, dice: random.Random, kept: list[Receipt], *, wanted: int) -> None:
    witness = Witness(seals=Seals(published))
    for number, (receipt, faults) in enumerate(witness.verify(_receipts())):
        found.receipts += 1
        items = receipt["items"]
        found.items += len(items) if isinstance(items, list) else 0
        if faults:
            found.not_replayed.append(f"line {receipt['line']['id']}: {' '.join(faults)}")  # type: ignore[index]
        if len(kept) < wanted:
            kept.append(receipt)
        elif (place := dice.randrange(number + 1)) < wanted:
            kept[place] = receipt


def _forge(found: Found, published: Path, dice: random.Random, kept: list[Receipt], *, forgeries: int) -> None:
    """Each way in turn; every forged receipt must be caught, by whichever check."""
    made: list[tuple[str, Receipt]] = []
    ways = list(WAYS)
    tries = 0
    while len(made) < forgeries and tries < 200 * forgeries:
        how = ways[len(made) % len(ways)]
        tries += 1
        one = forged(dice.choice(kept), how, dice, kept)
        if one is not None:
            made.append((how, one))
    for (how, _), (_, faults) in zip(made, Witness(seals=Seals(published)).verify(one for _, one in made), strict=True):
        found.forged[how] += 1
        if not faults:
            found.missed[how] += 1
    alone = Witness(trust_ledger=False, seals=Seals(published))
    found.unaided = sum(bool(faults) for _, faults in alone.verify(one for _, one in made))
