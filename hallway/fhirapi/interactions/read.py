"""``GET /fhir/{type}/{id}``: one resource, as it stands."""

from email.utils import format_datetime

from hallway.fhirapi import plans
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.record import queries
from hallway.record.stored import Stored


def answer(asked: Asked) -> Answer:
    """The resource with its version as ETag. Raises NOT_FOUND when it is not there or may not flow."""
    asked.only("_format", "_pretty")
    found = plans.with_fresh_plan(lambda fresh: _find(asked, fresh))
    if found is None:
        raise plans.not_found()
    return of_one(found)


def of_one(found: Stored) -> Answer:
    """One resource as an answer."""
    modified = format_datetime(found.updated_at, usegmt=True)
    return Answer(200, found.json_bytes(), (("ETag", f'W/"{found.version_id}"'), ("Last-Modified", modified)))


def _find(asked: Asked, fresh: bool) -> Stored | None:
    resource_id = asked.resource_id()
    if asked.kind in plans.PUBLIC_KINDS:
        return queries.read_shared(asked.kind, resource_id)
    first, *also = plans.releases(asked, asked.kind, resource_id, fresh=fresh)
    return queries.read_one(first, asked.kind, resource_id, route=asked.route, also=also)
