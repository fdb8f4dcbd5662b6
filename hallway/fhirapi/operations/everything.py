"""``/fhir/Patient/{id}/$everything``: the record that may flow, newest first, in one Bundle or page by page.

Without ``_count`` the whole of it stands in one Bundle, whose total counts what is in it, so it tells nothing of what
is not. With ``_count`` there is no total, as in a search.
"""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from hallway.consent.grants import notices
from hallway.fhirapi import bundles, plans
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused
from hallway.fhirapi.operations import parameters
from hallway.fhirapi.operations.parameters import Called
from hallway.fhirapi.search import cursors, scoped
from hallway.fhirapi.search.cursors import Page
from hallway.ids import ResourceId
from hallway.record import queries
from hallway.record.evidence import Release
from hallway.record.queries import Wanted
from hallway.record.stored import Stored
from hallway.standards.fhir import dates, search

NAMES = ("_type", "_since", "start", "end", "_count", cursors.NAME)
MOST = 1000


def answer(asked: Asked) -> Answer:
    """The Bundle. Charts that were merged with the named one are in it, as far as they open to the asker."""
    called = parameters.called(asked, *NAMES)
    wanted = _wanted(asked, called)

    def attempt(fresh: bool) -> tuple[list[Stored], tuple[Release, ...]]:
        releases = plans.patient_releases(asked, asked.resource_id(), fresh=fresh)
        pages = [queries.read_slice(one, wanted, route=asked.route, ahead=1) for one in releases]
        return queries.newest_first([one for page in pages for one in page]), releases

    found, releases = plans.with_fresh_plan(attempt)
    found = [one for one in found if scoped.allows(asked, one.kind, "r")]
    shown = found[: wanted.limit or None]
    links: list[tuple[str, str]] = []
    if wanted.limit:
        links.append(("self", _address(asked, list(asked.query))))
    if len(shown) < len(found):
        links.append(("next", _next(asked, called, shown[-1])))
    owed = notices.owed(releases, shown)
    total = None if wanted.limit else len(shown)
    return Answer(200, bundles.searchset(shown, asked.base, total=total, links=links, owed=owed))


def _wanted(asked: Asked, called: Called) -> Wanted:
    kinds = tuple(dict.fromkeys(called.words("_type")))
    if not set(kinds) <= search.kinds():
        raise refused("The _type parameter is not a list of resource types.")
    held = asked.scopes.whole() if asked.scopes is not None else None
    if held is not None:
        # The program's own types narrow the reading, so that pages are whole and the line says what left. A type that
        # a granular scope narrows is found by a search, which has the criteria.
        kinds = tuple(kind for kind in kinds or held if kind in held) or ("Nothing",)
    place = cursors.opened(asked, _path(asked), called.text(cursors.NAME)) if called.text(cursors.NAME) else None
    return Wanted(
        kinds,
        limit=called.number("_count", least=1, most=MOST, else_=0),
        begins=_day(called.text("start"), "start"),
        ends=_day(called.text("end"), "end", last=True),
        updated=parameters.instant(called.text("_since"), name="_since"),
        after=None if place is None else (datetime.fromisoformat(place.keys[0]) if place.keys[0] else None, place.id),
    )


def _day(text: str, name: str, *, last: bool = False) -> datetime | None:
    """A date; the instant after its last moment for an end."""
    if not text:
        return None
    found = dates.parse(text)
    if found is None or len(text) != len("2026-11-22") or dates.is_impossible(text):
        raise refused(f"The {name} parameter is not a date.")
    return found + timedelta(days=1) if last else found


def _path(asked: Asked) -> str:
    return f"Patient/{asked.parts['id']}/$everything"


def _next(asked: Asked, called: Called, last: Stored) -> str:
    """The address of the page that begins after ``last``."""
    page = Page([], (last.dated_at.isoformat() if last.dated_at else None,), ResourceId(last.id))
    kept = [(name, text) for name in NAMES[:-1] for text in called.texts.get(name, ())]
    return _address(asked, [*kept, (cursors.NAME, cursors.sealed(asked, _path(asked), page))])


def _address(asked: Asked, pairs: list[tuple[str, str]]) -> str:
    return f"{asked.base}/{_path(asked)}" + (f"?{urlencode(pairs)}" if pairs else "")
