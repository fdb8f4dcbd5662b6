"""``/fhir/Observation/$lastn``: of one patient, the last few observations of each code (R4, Observation-lastn).

Everything that matches is looked through under the gate, newest first; so the ledger's lines name what was looked
through, which is more than what the answer holds, never less.
"""

from collections.abc import Iterator
from urllib.parse import urlencode

import msgspec

from hallway import clock
from hallway.consent.grants import notices
from hallway.fhirapi import bundles, plans
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused
from hallway.fhirapi.operations import parameters
from hallway.fhirapi.search import ground, linked, parsing, results
from hallway.fhirapi.search.filters import Near
from hallway.fhirapi.search.parsing import Search
from hallway.record import queries
from hallway.record.criteria import Query
from hallway.record.stored import Stored
from hallway.standards.fhir.codec import Json

MOST = 100
PAGE = 500
MOST_LOOKED_THROUGH = 20_000


def answer(asked: Asked) -> Answer:
    """The Bundle, by code, newest first within each. Raises INCORRECT without one patient."""
    pairs = _pairs(asked)
    most = _most([value for name, value in pairs if name == "max"])
    pairs = [(name, value) for name, value in pairs if name != "max"]
    if any(name in results.NAMES and name not in parameters.ALWAYS for name, _ in pairs):
        raise refused("$lastn takes search parameters of Observation, and max.")
    search = parsing.search_of("Observation", pairs, Near(asked.base, clock.now()))
    asked.budget.take(search.steps)
    if search.patient is None:
        raise refused("Name the one patient whose observations are asked for.")
    return plans.with_fresh_plan(lambda fresh: _answer(asked, search, most, fresh=fresh))


def _answer(asked: Asked, search: Search, most: int, *, fresh: bool) -> Answer:
    here = ground.ground_of(asked, search.patient, fresh=fresh)
    by_code: dict[str, list[Stored]] = {}
    for one in _all(here, search):
        for code in _codes(one)[:1]:
            last = by_code.setdefault(code, [])
            if len(last) < most:
                last.append(one)
    found = [one for code in sorted(by_code) for one in by_code[code]]
    held = [release for release in (here.release, *here.merged) if release is not None]
    links = [("self", f"{asked.base}/Observation/$lastn" + (f"?{urlencode(asked.query)}" if asked.query else ""))]
    owed = notices.owed(held, found)
    return Answer(200, bundles.searchset(found, asked.base, total=len(found), links=links, owed=owed))


def _pairs(asked: Asked) -> list[tuple[str, str]]:
    """Parameters of the address and of a Parameters body; of one that is coded, any of its codings will do."""
    if not asked.body:
        return list(asked.query)
    names = {name for name, _ in asked.query} | parameters.names_of(asked.body)
    called = parameters.called(asked, *names, coded=tuple(names))
    coded = [(name, ",".join(one.token() for one in codings)) for name, codings in called.codings.items()]
    return [*((name, value) for name, values in called.texts.items() for value in values), *coded]


def _most(texts: list[str]) -> int:
    called = parameters.Called({"max": texts})
    return called.number("max", least=1, most=MOST, else_=1)


def _all(here: ground.Ground, search: Search) -> Iterator[Stored]:
    """Everything that matches, newest first, page by page. Raises INCORRECT beyond the bound: nothing is cut off."""
    criteria = linked.criteria_of(here, "Observation", search.filters)
    if criteria is None:
        return
    query, seen = Query("Observation", criteria, limit=PAGE), 0
    while True:
        page = here.find(query)
        yield from page
        seen += len(page)
        if len(page) < PAGE:
            return
        if seen >= MOST_LOOKED_THROUGH:
            raise refused(f"More than {MOST_LOOKED_THROUGH} observations match. Narrow by code, category or date.")
        query = query._replace(after=queries.place_of(query, page[-1]))


class _Observation(msgspec.Struct):
    code: Json | None = None


def _codes(one: Stored) -> list[str]:
    """What an observation is of: its first coding, else its text. Two of one code in one system are of one kind."""
    concept = msgspec.json.decode(one.body, type=_Observation).code or {}
    codings = concept.get("coding")
    listed = codings if isinstance(codings, list) else []
    named = [f"{each.get('system', '')}|{each['code']}" for each in listed if isinstance(each, dict) and "code" in each]
    return named or [str(concept.get("text", ""))]
