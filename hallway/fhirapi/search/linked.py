"""Chains and ``_has``: searches before the search, under the very same gate; their finds become criteria."""

from collections.abc import Iterable, Sequence
from typing import cast

from hallway.fhirapi.budget import too_costly
from hallway.fhirapi.search.filters import Chain, Filter, Has
from hallway.fhirapi.search.ground import Ground
from hallway.fhirapi.search.limits import MOST_LINKED
from hallway.ids import ResourceId
from hallway.record.criteria import Criterion, Ids, Query, Sort, Tokens
from hallway.record.stored import Stored
from hallway.standards.fhir import codec, search

Json = dict[str, object]


def criteria_of(ground: Ground, kind: str, filters: Sequence[Filter]) -> tuple[Criterion, ...] | None:
    """What the filters come to once every step to other resources was taken; None when nothing can match.

    Raises TOO_COSTLY when a step leads through too many resources: they are never cut off.
    """
    found = list[Criterion]()
    for one in filters:
        criterion = _of_step(ground, kind, one) if isinstance(one, Chain | Has) else one
        if isinstance(criterion, Tokens | Ids) and not criterion.any_of:
            return None
        found.append(criterion)
    return tuple(found)


def _of_step(ground: Ground, kind: str, one: Chain | Has) -> Criterion:
    if isinstance(one, Chain):
        named = [f"{one.code}={hit.kind}/{hit.id}" for inner, way in one.by_kind for hit in _hits(ground, inner, way)]
        return Tokens(tuple(named))
    ids: dict[ResourceId, None] = {}
    for hit in _hits(ground, one.kind, one.inner):
        ids.update((ResourceId(name), None) for named, name in named_by(hit, one.code) if named == kind)
    return Ids(tuple(ids))


def _hits(ground: Ground, kind: str, inner: Filter) -> list[Stored]:
    criteria = criteria_of(ground, kind, (inner,))
    if criteria is None:
        return []
    found = ground.find(Query(kind, criteria, (Sort("id"),), limit=MOST_LINKED, ahead=1))
    if len(found) > MOST_LINKED:
        raise too_costly(f"A search goes through more than {MOST_LINKED} resources on its way.")
    return found


def named_by(one: Stored, code: str) -> Iterable[tuple[str, str]]:
    """(type, id) of what a resource names by a reference parameter, each once; only what can be ours."""
    body = cast("Json", codec.plain(one.body)) if one.body else {}
    found: dict[tuple[str, str], None] = {}
    for node in search.values(one.kind, code, body):
        text = cast("Json", node).get("reference") if isinstance(node, dict) else node
        if isinstance(text, str):
            kind, slash, name = text.partition("/_history/")[0].rpartition("/")
            if slash and "/" not in kind:
                found[kind, name] = None
    return found
