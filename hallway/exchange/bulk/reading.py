"""What an export takes of one chart, and under what it was taken."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from hallway.clock import microseconds
from hallway.exchange.bulk.models import Export, Level
from hallway.exchange.bulk.narrowing import Narrowed, unpacked
from hallway.identity.requester import Requester
from hallway.identity.scopes import Scopes
from hallway.ledger import plans
from hallway.record import queries as record
from hallway.record.criteria import Compare, Criterion, Query, Span, Updated
from hallway.record.evidence import Release
from hallway.record.stored import Stored
from hallway.standards.fhir import search

ROUTE = "GET /fhir/$export"
PAGE = 1000
SHARED = ("HealthcareService", "Location", "Organization", "Practitioner", "PractitionerRole")
MOST_SHARED = 1_000_000


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
    narrowed: tuple[Narrowed, ...]

    @classmethod
    def of(cls, row: Export) -> "Asked":
        """As the row says."""
        return cls(
            msgspec.json.decode(row.asker, type=Requester),
            msgspec.json.decode(row.scopes, type=Scopes),
            Level(row.level),
            tuple(row.kinds),
            row.since_at,
            unpacked(row.filters),
        )

    def opens(self, kind: str) -> bool:
        """Whether a type was asked for and the scopes open it."""
        return (not self.kinds or kind in self.kinds) and self.scopes.allows(kind, "s")


def of_chart(asked: Asked, release: Release) -> list[Stored]:
    """What the release lets flow of the types asked for. Each reading statement writes the line of what it gives."""
    apart = {one.kind for one in asked.narrowed}
    kinds = asked.kinds if asked.kinds or not apart else tuple(sorted(search.kinds()))
    plain = tuple(kind for kind in kinds if kind not in apart)
    found: list[Stored] = []
    if plain or not kinds:
        found += record.read_slice(release, record.Wanted(plain, updated=asked.since), route=ROUTE)
    for one in asked.narrowed:
        if asked.opens(one.kind):
            found += _narrowed(asked, release, one)
    return [one for one in found if asked.opens(one.kind)]


def _narrowed(asked: Asked, release: Release, narrowed: Narrowed) -> list[Stored]:
    """Everything of one type that meets its criteria, page by page."""
    query = Query(narrowed.kind, (*narrowed.criteria, *_since(asked)), limit=PAGE)
    found: list[Stored] = []
    while True:
        page = record.find(release, query, route=ROUTE)
        found += page
        if len(page) < PAGE:
            return found
        query = query._replace(after=record.place_of(query, page[-1]))


def _since(asked: Asked) -> tuple[Criterion, ...]:
    if asked.since is None:
        return ()
    at = float(microseconds(asked.since))
    return (Updated((Span(Compare.GT, at, at),)),)


def shared(asked: Asked) -> Sequence[Stored]:
    """The directory, for an export of everything. It belongs to no patient, and no line is written of it."""
    found: list[Stored] = []
    for kind in SHARED:
        narrowed = [one.criteria for one in asked.narrowed if one.kind == kind]
        if asked.opens(kind):
            criteria = (*(narrowed[0] if narrowed else ()), *_since(asked))
            found += record.find_shared(Query(kind, criteria, limit=MOST_SHARED))
    return found
