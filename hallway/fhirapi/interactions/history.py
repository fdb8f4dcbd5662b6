"""``GET /fhir/{type}/{id}/_history`` and one version of it: only while the resource as it stands may flow.

A resource relabelled after the fact is withheld with its whole past: an older version would tell that it was there. Of
the directory the version that stands is told, and no past.
"""

from hallway.fhirapi import bundles, plans
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.interactions import read
from hallway.record import queries
from hallway.record.stored import Stored


def answer(asked: Asked) -> Answer:
    """Every version that may flow, newest first."""
    asked.only("_format", "_pretty")
    found = plans.with_fresh_plan(lambda fresh: _versions(asked, fresh))
    link = ("self", f"{asked.base}/{asked.kind}/{asked.parts['id']}/_history")
    return Answer(200, bundles.history(found, asked.base, links=[link]))


def answer_version(asked: Asked) -> Answer:
    """One version."""
    asked.only("_format", "_pretty")
    found = plans.with_fresh_plan(lambda fresh: _versions(asked, fresh))
    wanted = next((one for one in found if one.version_id == asked.parts["version"] and one.body), None)
    if wanted is None:
        raise plans.not_found()
    return read.of_one(wanted)


def _versions(asked: Asked, fresh: bool) -> list[Stored]:
    resource_id = asked.resource_id()
    if asked.kind in plans.PUBLIC_KINDS:
        found = read.current(asked, fresh=fresh)
        if found is None:
            raise plans.not_found()
        return [found]
    release, *others = plans.releases(asked, asked.kind, resource_id, fresh=fresh)
    if others:
        raise plans.not_found()
    current = read.current(asked, fresh=fresh)
    if current is None:
        raise plans.not_found()
    found = queries.history(release, asked.kind, resource_id, route=asked.route)
    return [one for one in found if one.version <= current.version]
