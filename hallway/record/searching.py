"""Searches of the record: a typed ``Query`` against one chart's Release, or among the shared resources of chart 0.

Every criterion is decided inside the statement that reads and writes the ledger line.
"""

import json
from collections.abc import Sequence

from hallway.record import criteria, store
from hallway.record.criteria import Place, Query
from hallway.record.evidence import Release
from hallway.record.stored import Stored
from hallway.standards.fhir.search import tokens as tokens_of


def find(release: Release, query: Query, *, route: str = "", also: Sequence[Release] = ()) -> list[Stored]:
    """Resources of one chart that meet every criterion and may flow, in the order asked for.

    At most ``query.limit + query.ahead``; those ahead are not given out and stand in no line. ``also`` as in
    ``queries``. Raises StaleRelease, and HallwayError INCORRECT for a sort key that there is none of.
    """
    from hallway.record import queries

    found = queries.read_chart(release, kinds=[query.kind], route=route, also=also)
    return _met(found, query)[: query.limit + query.ahead]


def count_found(release: Release, query: Query, *, route: str = "", also: Sequence[Release] = ()) -> int:
    """How many resources ``find`` would give in all its pages."""
    whole = query._replace(after=None, limit=10**9, ahead=0)
    return len(find(release, whole, route=route, also=also))


def find_shared(query: Query) -> list[Stored]:
    """Resources of chart 0 (the directory kinds) that meet every criterion. No release: anybody signed in may."""
    with store.cursor() as opened:
        rows = opened.execute(
            "SELECT kind, resource_id::text, version, updated_at, dated_at, source_org, author, mask, meta, body"
            " FROM record_resource WHERE chart_id = 0 AND kind = %s::text ORDER BY resource_id DESC",
            [query.kind],
        ).fetchall()
    return _met([Stored._make(row) for row in rows], query)[: query.limit + query.ahead]


def place_of(query: Query, last: Stored) -> Place:
    """Where a page that ends with ``last`` ends: the ``after`` of the next one."""
    return Place((last.dated_at.isoformat() if last.dated_at else None,), last.id)


def _met(found: Sequence[Stored], query: Query) -> list[Stored]:
    # TODO(contract): the other criteria, and sorting, come with the index columns.
    kept = [one for one in found if all(_meets(one, criterion) for criterion in query.criteria)]
    if query.after:
        places = [one.id for one in kept]
        kept = kept[places.index(query.after.id) + 1 :] if query.after.id in places else []
    return kept


def _meets(one: Stored, criterion: criteria.Criterion) -> bool:
    if isinstance(criterion, criteria.Ids):
        return one.id in criterion.any_of
    if isinstance(criterion, criteria.Tokens):
        held = set(tokens_of(one.kind, json.loads(one.json_bytes())))
        return criterion.none != bool(held & set(criterion.any_of))
    return True
