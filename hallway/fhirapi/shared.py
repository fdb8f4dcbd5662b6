"""Reads of what belongs to no patient: the directory, and the definitions that practices keep."""

from collections.abc import Sequence

from hallway.exchange.terminology import queries as terminology
from hallway.fhirapi.asked import Asked
from hallway.ids import OrganizationId, ResourceId
from hallway.record import queries
from hallway.record.criteria import Criterion, Ids, Query
from hallway.record.stored import Stored


def _sources(asked: Asked, kind: str) -> Sequence[OrganizationId] | None:
    """Whose resources of a type the caller may read; None for anybody's."""
    return terminology.sources_of(asked.requester.organization_id) if kind in terminology.KEPT_KINDS else None


def find(asked: Asked, query: Query) -> list[Stored]:
    """What the caller may read of what is looked for."""
    return queries.find_shared(query, of=_sources(asked, query.kind))


def count(asked: Asked, query: Query) -> int:
    """How many ``find`` would give in all its pages."""
    return queries.count_shared(query, of=_sources(asked, query.kind))


def one(asked: Asked, kind: str, resource_id: ResourceId, narrowed: tuple[Criterion, ...] = ()) -> Stored | None:
    """A resource by its id, or None where it is not there, not theirs, or outside ``narrowed``."""
    if not narrowed and kind not in terminology.KEPT_KINDS:
        return queries.read_shared(kind, resource_id)
    return next(iter(find(asked, Query(kind, (Ids((resource_id,)), *narrowed), limit=1))), None)
