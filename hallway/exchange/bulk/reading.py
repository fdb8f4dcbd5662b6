"""What an export takes of one chart, and under what it was taken."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from hallway.exchange.bulk.actions import Filter
from hallway.exchange.bulk.models import Export, Level
from hallway.identity.requester import Requester
from hallway.identity.scopes import Scopes
from hallway.ledger import plans
from hallway.record import queries as record
from hallway.record.evidence import Release
from hallway.record.stored import Stored

ROUTE = "GET /fhir/$export"


class Stand(NamedTuple):
    """Epoch and position of a chart, and the plan, when something was read of it."""

    epoch: int
    position: int
    plan: bytes


NO_STAND = Stand(0, 0, b"")
"""Of shared resources, which no right shuts."""


def plan_of(release: Release) -> bytes:
    """The plan of a release as a hash: two releases of one hash give the same of the same rows."""
    return hashlib.sha256(plans.text_of((release.clauses,)).encode()).digest()


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, out of the row of the export."""

    requester: Requester
    scopes: Scopes
    level: Level
    kinds: tuple[str, ...]
    since: datetime | None
    filters: tuple[Filter, ...]

    @classmethod
    def of(cls, row: Export) -> "Asked":
        """As the row says."""
        return cls(
            msgspec.json.decode(row.asker, type=Requester),
            msgspec.json.decode(row.scopes, type=Scopes),
            Level(row.level),
            tuple(row.kinds),
            row.since_at,
            tuple(msgspec.convert(row.filters, list[Filter])),
        )

    def opens(self, kind: str) -> bool:
        """Whether a type was asked for and the scopes open it."""
        return (not self.kinds or kind in self.kinds) and self.scopes.allows(kind, "s")


def of_chart(asked: Asked, release: Release) -> list[Stored]:
    """What the release lets flow of the types asked for; one line of the ledger in the statement that reads."""
    found = record.read_slice(release, record.Wanted(asked.kinds, updated=asked.since), route=ROUTE)
    return [one for one in found if asked.opens(one.kind)]


def shared(asked: Asked) -> Sequence[Stored]:
    """The directory, for an export of everything."""
    return []
