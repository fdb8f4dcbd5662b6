"""``GET /fhir/Patient/{id}/$everything``: the whole record that may flow, newest first, in one Bundle."""

from hallway.consent.grants import notices
from hallway.fhirapi import bundles, plans
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused
from hallway.record import queries
from hallway.record.evidence import Release
from hallway.record.stored import Stored


def answer(asked: Asked) -> Answer:
    """The Bundle; its total counts what is in it, so it tells nothing of what is not."""
    wanted = asked.only("_type", "_format", "_pretty").get("_type", [])
    kinds = [name for value in wanted for name in value.split(",")] or None
    if kinds and not all(name.isalpha() for name in kinds):
        raise refused("The _type parameter is not a list of resource types.")

    def attempt(fresh: bool) -> tuple[list[Stored], Release]:
        release = plans.patient_release(asked, asked.resource_id(), fresh=fresh)
        return queries.read_chart(release, kinds=kinds, route=asked.route), release

    found, release = plans.with_fresh_plan(attempt)
    owed = notices.owed([release], found)
    return Answer(200, bundles.searchset(found, asked.base, total=len(found), links=[], owed=owed))
