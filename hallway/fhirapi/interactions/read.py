"""``GET /fhir/{type}/{id}``: one resource, as it stands; 304 when the caller has it already."""

from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from hallway.fhirapi import plans, shared
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.search import results, scoped, shaping
from hallway.record import queries
from hallway.record.criteria import Ids, Query
from hallway.record.stored import Stored

FORMS = ("_elements", "_summary")


def answer(asked: Asked) -> Answer:
    """The resource with its version as ETag. Raises NOT_FOUND when it is not there or may not flow."""
    asked.only("_format", "_pretty", *FORMS)
    wanted = results.results_of(asked.kind, [(name, value) for name, value in asked.query if name in FORMS])
    found = plans.with_fresh_plan(lambda fresh: current(asked, fresh=fresh))
    if found is None:
        raise plans.not_found()
    if _is_known(asked, found):
        return Answer(304, b"", _headers(found))
    return Answer(200, shaping.shape_of(wanted)(found), _headers(found))


def of_one(found: Stored) -> Answer:
    """One resource as an answer."""
    return Answer(200, found.json_bytes(), _headers(found))


def _headers(found: Stored) -> tuple[tuple[str, str], ...]:
    modified = format_datetime(found.updated_at, usegmt=True)
    return (("ETag", f'W/"{found.version_id}"'), ("Last-Modified", modified))


def _is_known(asked: Asked, found: Stored) -> bool:
    """Whether the caller has this version: by its ETag, or where none was sent by its time."""
    tags = asked.headers.get("if-none-match")
    if tags is not None:
        known = {tag.strip().removeprefix("W/").strip('"') for tag in tags.split(",")}
        return bool(known & {"*", found.version_id})
    try:
        since = parsedate_to_datetime(asked.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    since = since if since.tzinfo else since.replace(tzinfo=UTC)
    return found.updated_at.replace(microsecond=0) <= since.astimezone(UTC) <= datetime.max.replace(tzinfo=UTC)


def current(asked: Asked, *, fresh: bool) -> Stored | None:
    """The resource of the address as it stands, or None when it is not there or may not flow.

    Raises FORBIDDEN for a type beyond a program's scopes; what a granular scope does not fit is not there.
    """
    resource_id = asked.resource_id()
    narrowed = scoped.criteria_of(asked, asked.kind, "r")
    if asked.kind in plans.PUBLIC_KINDS:
        return shared.one(asked, asked.kind, resource_id, narrowed)
    query = Query(asked.kind, (Ids((resource_id,)), *narrowed), limit=1)
    first, *also = plans.releases(asked, asked.kind, resource_id, fresh=fresh)
    if not narrowed:
        return queries.read_one(first, asked.kind, resource_id, route=asked.route, also=also)
    return next(iter(queries.find(first, query, route=asked.route, also=also)), None)
