"""A history of one resource, of a type or of several: its parameters, the page that they mean, and the next one."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from hallway import clock
from hallway.consent import histories
from hallway.consent.histories import Period, Versions
from hallway.fhirapi import bundles, plans
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.search import answering, cursors, registry, results, scoped, spans
from hallway.fhirapi.search.cursors import Page
from hallway.fhirapi.search.ground import Ground
from hallway.fhirapi.search.limits import MOST_KINDS
from hallway.fhirapi.search.refusals import refused
from hallway.ids import ResourceId
from hallway.record.stored import Stored

OWN = ("_at", "_count", "_since", "_sort")
"""What bounds and orders a history."""
NAMES = (*OWN, "_format", "_pretty", cursors.NAME)
KINDS = registry.KINDS - plans.PUBLIC_KINDS
"""Types whose past is told. Of the directory the version that stands is told alone."""
Pairs = list[tuple[str, str]]
_ORDERS = {"_lastUpdated": False, "-_lastUpdated": True, "": True}


class _Wanted(NamedTuple):
    """What the parameters mean, whatever the type."""

    since: float | None
    at: Period | None
    descending: bool
    limit: int
    after: tuple[datetime, ResourceId] | None


def answer(asked: Asked, path: str, *, resource_id: ResourceId | None = None) -> Answer:
    """One page of the history at ``path``. Raises INCORRECT for what is not understood, NOT_FOUND for no resource."""
    page = answering.page_of(asked, path, list(asked.query))
    pairs = page.pairs if page else list(asked.query)
    wanted = _wanted(pairs, page)
    kinds = (asked.kind,) if "type" in asked.parts else _kinds(asked, pairs)
    asked.budget.take(len(kinds) - 1)
    found = [one for kind in kinds for one in _found(asked, kind, wanted, resource_id)]
    found.sort(key=lambda one: (one.updated_at, one.id), reverse=wanted.descending)
    shown = found[: wanted.limit]
    shape = [(name, value) for name, value in pairs if name not in ("_format", "_pretty")]
    own = [(cursors.NAME, value) for name, value in asked.query if name == cursors.NAME]
    links = [("self", answering.address_of(asked, path, own or shape))]
    if shown and len(found) > len(shown):
        following = Page(shape, (shown[-1].updated_at.isoformat(),), shown[-1].id)
        links.append(
            ("next", answering.address_of(asked, path, [(cursors.NAME, cursors.sealed(asked, path, following))]))
        )
    owed = plans.with_fresh_plan(lambda fresh: answering.owed(Ground(asked, None), shown, fresh=fresh))
    return Answer(200, bundles.history(shown, asked.base, links=links, total=None, owed=owed))


def _found(asked: Asked, kind: str, wanted: _Wanted, resource_id: ResourceId | None) -> list[Stored]:
    """Versions of one type that may flow. Raises FORBIDDEN beyond the scopes, NOT_FOUND where one was named in vain."""
    narrowed = scoped.criteria_of(asked, kind, "s" if resource_id is None else "r")
    asking = Versions(kind, narrowed, wanted.since, wanted.at, wanted.descending, wanted.limit, wanted.after)
    if resource_id is None:
        return histories.across(asked.requester, asking, route=asked.route)
    found = histories.of_one(asked.requester, asking._replace(id=resource_id), route=asked.route)
    if found is None:
        raise plans.not_found()
    return found


def _kinds(asked: Asked, pairs: Pairs) -> Sequence[str]:
    """The types named in ``_type``, or all that are told here and open to the program."""
    listed = [value for name, value in pairs if name == "_type"]
    if not listed:
        return sorted(kind for kind in KINDS if scoped.allows(asked, kind, "s"))
    kinds = tuple(dict.fromkeys(listed[0].split(",")))
    if len(listed) > 1 or not set(kinds) <= KINDS or len(kinds) > MOST_KINDS:
        raise refused("The _type parameter names what has no history here, or too much.", name="_type")
    return kinds


def _wanted(pairs: Pairs, page: Page | None) -> _Wanted:
    """The bounds. Raises INCORRECT for a value that is none, and for a parameter that stands twice."""
    once: dict[str, str] = {}
    for name, value in pairs:
        if name in OWN and once.setdefault(name, value) != value:
            raise refused("A parameter stands twice with two values.", name=name)
    order = once.get("_sort", "")
    if order not in _ORDERS:
        raise refused("A history is sorted by _lastUpdated or -_lastUpdated.", name="_sort")
    at = _period(once["_at"], "_at") if "_at" in once else None
    since = _period(once["_since"], "_since").low if "_since" in once else None
    place = (datetime.fromisoformat(str(page.keys[0])), page.id) if page else None
    limit = results.results_of("", [("_count", once["_count"])]).limit if "_count" in once else results.USUAL_COUNT
    return _Wanted(since, at, _ORDERS[order], limit, place)


_PREFIXED = re.compile(r"[a-z]")


def _period(text: str, name: str) -> Period:
    """A time without a prefix, with what its precision leaves open."""
    if _PREFIXED.match(text):
        raise refused("A time here has no prefix.", name=name)
    found = spans.date_span(text, now=clock.now(), name=name)
    return Period(found.low, found.high)
