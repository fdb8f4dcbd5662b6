"""From parsed parameters to a page: resolve what leads elsewhere, ask the record, include, shape, link the next."""

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple
from urllib.parse import urlencode

from hallway import clock
from hallway.consent.grants import notices
from hallway.fhirapi import bundles, plans
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.search import cursors, ground, included, linked, parsing, results, shaping
from hallway.fhirapi.search.cursors import Page
from hallway.fhirapi.search.filters import Near
from hallway.fhirapi.search.ground import Ground
from hallway.fhirapi.search.parsing import Search
from hallway.fhirapi.search.refusals import refused
from hallway.record import queries
from hallway.record.criteria import Place, Query
from hallway.record.stored import Stored

Pairs = list[tuple[str, str]]


class Found(NamedTuple):
    """One page: the matches, what comes along, whether there is more, how many may flow, and what law adds."""

    matches: list[Stored]
    along: list[Stored]
    after: Place | None
    total: int | None
    owed: notices.Owed


class _Asking(NamedTuple):
    """A search as it is run: at which address, from which page on, and all that its first address asked for."""

    path: str
    page: Page | None
    first: Pairs
    searches: Sequence[Search]
    patient: str | None = None


def answer(asked: Asked, path: str, pairs: Pairs, kind: str, *, patient: str | None = None) -> Answer:
    """One page of a search of one type at ``path``. ``patient`` is the compartment's.

    Raises HallwayError for what is not understood, too costly, or beyond the caller's scopes.
    """
    page = page_of(asked, path, pairs)
    first = page.pairs if page else pairs
    return _answer(asked, _Asking(path, page, first, _searches(asked, (kind,), first), patient))


def answer_system(asked: Asked, pairs: Pairs) -> Answer:
    """One page of a search of the types in ``_type``. Raises as ``answer`` does."""
    page = page_of(asked, "", pairs)
    kinds, rest = parsing.kinds_of(page.pairs if page else pairs)
    first = [("_type", ",".join(kinds)), *rest]
    return _answer(asked, _Asking("", page, first, _searches(asked, kinds, rest)))


def _searches(asked: Asked, kinds: Sequence[str], pairs: Pairs) -> Sequence[Search]:
    """One search a type, as far as the request's budget allows."""
    lenient = parsing.is_lenient(asked.headers.get("prefer", ""))
    near = Near(asked.base, clock.now())
    found = [parsing.search_of(kind, pairs, near, lenient=lenient, several=len(kinds) > 1) for kind in kinds]
    asked.budget.take(parsing.cost_of(found))
    return found


def _answer(asked: Asked, asking: _Asking) -> Answer:
    found = plans.with_fresh_plan(lambda fresh: _found(asked, asking, fresh=fresh))
    body = bundles.searchset(
        found.matches, asked.base, total=found.total, links=_links(asked, asking, found.after), owed=found.owed,
        along=found.along, shape=shaping.shape_of(asking.searches[0].results),
    )  # fmt: skip
    return Answer(200, body)


def _links(asked: Asked, asking: _Asking, after: Place | None) -> list[tuple[str, str]]:
    """The address of this page, and of the next where there is more."""
    own = [(cursors.NAME, _text(asked))] if asking.page else asking.first
    links = [("self", address_of(asked, asking.path, own))]
    if after is not None:
        following = cursors.sealed(asked, asking.path, Page(asking.first, after.keys, after.id))
        # Some clients put a count of their own to an address without one.
        count = str(asking.searches[0].results.limit)
        links.append(("next", address_of(asked, asking.path, [("_count", count), (cursors.NAME, following)])))
    return links


def _text(asked: Asked) -> str:
    return next(value for name, value in asked.query if name == cursors.NAME)


_BESIDE = {cursors.NAME, "_count", "_format", "_pretty"}
"""What may stand beside a page in an address; its count is that of the search, whatever is said there."""


def page_of(asked: Asked, path: str, pairs: Pairs) -> Page | None:
    """The page that a next link names, or None for the first. It stands alone: it holds the whole search."""
    named = [value for name, value in pairs if name == cursors.NAME]
    if not named:
        return None
    if len(named) > 1 or any(name not in _BESIDE for name, _ in pairs):
        raise refused("A next link is followed as it was given.")
    return cursors.opened(asked, path, named[0])


def address_of(asked: Asked, path: str, pairs: Pairs) -> str:
    """The absolute address of a search at ``path`` under our base, with its parameters in order."""
    query = f"?{urlencode(pairs)}" if pairs else ""
    return f"{asked.base}{'/' if path else ''}{path}{query}"


def _found(asked: Asked, asking: _Asking, *, fresh: bool) -> Found:
    """The page of one or several searches with the same parameters, read under the plans in force."""
    searches, place = asking.searches, asking.page.place if asking.page else None
    wanted = searches[0].results
    here = ground.ground_of(asked, asking.patient or searches[0].patient, fresh=fresh)
    is_counted_only = wanted.summary == "count"
    matches: list[Stored] = []
    total = 0
    for search in searches:
        criteria = linked.criteria_of(here, search.kind, search.filters)
        if criteria is None:
            continue
        query = Query(search.kind, criteria, wanted.sort, limit=wanted.limit, ahead=1, after=place)
        total += here.count(query) if wanted.total else 0
        matches += [] if is_counted_only else here.find(query)
    if len(searches) > 1:
        matches = _merged(matches, wanted)
    shown = matches[: wanted.limit]
    along = included.included(here, shown, wanted) if shown and (wanted.includes or wanted.revincludes) else []
    after = None
    if len(matches) > len(shown):
        after = queries.place_of(Query(shown[-1].kind, sort=wanted.sort), shown[-1])
    return Found(shown, along, after, total if wanted.total else None, owed(here, [*shown, *along], fresh=fresh))


_UPDATED = attrgetter("updated_at")
_ID = attrgetter("id")


def _merged(found: list[Stored], wanted: results.Results) -> list[Stored]:
    """Finds of several types in one order; keys are columns alone, the last of them the id."""
    if not wanted.sort:
        return queries.newest_first(found)
    ordered = sorted(found, key=_ID, reverse=wanted.sort[-1].descending)
    for sort in reversed(wanted.sort):
        ordered.sort(key=_UPDATED if sort.by == "updated" else _ID, reverse=sort.descending)
    return ordered


def owed(here: Ground, found: Sequence[Stored], *, fresh: bool) -> notices.Owed:
    """The notices that law makes travel with the answer; over many charts, by the charts of what is not general."""
    if here.release is not None:
        return notices.owed([here.release, *here.merged], found)
    labelled = [one for one in found if one.mask & ~1]
    releases = {
        release.chart_id: release
        for one in labelled
        for release in plans.releases(here.asked, one.kind, one.id, fresh=fresh)
    }
    return notices.owed(list(releases.values()), labelled)
