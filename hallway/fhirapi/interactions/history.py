"""``GET /fhir/{type}/{id}/_history`` and one version of it: only while the resource as it stands may flow.

A resource relabelled after the fact is withheld with its whole past: an older version would tell that it was there. Of
one that was deleted the deletion is told, and what stood before it under the label that it had last. Of the directory
the version that stands is told, and no past.
"""

from hallway.consent import histories
from hallway.consent.grants import notices
from hallway.consent.histories import Versions
from hallway.fhirapi import bundles, plans
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.interactions import read
from hallway.fhirapi.search import cursors, pasts, scoped
from hallway.record import queries
from hallway.record.evidence import Release
from hallway.record.stored import Stored


def answer(asked: Asked) -> Answer:
    """Every version that may flow, newest first; with bounds, those within them, page by page."""
    asked.only(*pasts.NAMES)
    if asked.kind in pasts.KINDS and any(name in (*pasts.OWN, cursors.NAME) for name, _ in asked.query):
        resource_id = asked.resource_id()
        return pasts.answer(asked, f"{asked.kind}/{resource_id}/_history", resource_id=resource_id)
    found, releases = plans.with_fresh_plan(lambda fresh: _versions(asked, fresh))
    link = ("self", f"{asked.base}/{asked.kind}/{asked.parts['id']}/_history")
    owed = notices.owed(releases, found)
    return Answer(200, bundles.history(found, asked.base, links=[link], total=len(found), owed=owed))


def answer_version(asked: Asked) -> Answer:
    """One version."""
    asked.only("_format", "_pretty")
    found, _ = plans.with_fresh_plan(lambda fresh: _versions(asked, fresh))
    wanted = next((one for one in found if one.version_id == asked.parts["version"] and one.body), None)
    if wanted is None:
        raise plans.not_found()
    return read.of_one(wanted)


def answer_type(asked: Asked) -> Answer:
    """``/fhir/{type}/_history``: every version and deletion of all that the asker may open, the newest first."""
    asked.only(*pasts.NAMES)
    if asked.kind not in pasts.KINDS:
        raise plans.not_found()
    return pasts.answer(asked, f"{asked.kind}/_history")


def answer_system(asked: Asked) -> Answer:
    """``/fhir/_history?_type=...``: the same of several types; without ``_type`` of all."""
    asked.only(*pasts.NAMES, "_type")
    return pasts.answer(asked, "_history")


def _versions(asked: Asked, fresh: bool) -> tuple[list[Stored], tuple[Release, ...]]:
    """The versions, and the releases under which they flow: none is needed for the directory."""
    resource_id = asked.resource_id()
    if asked.kind in plans.PUBLIC_KINDS:
        found = read.current(asked, fresh=fresh)
        if found is None:
            raise plans.not_found()
        return [found], ()
    # What a program may ask at all is said before anything is looked for: else it would tell what is there.
    narrowed = scoped.criteria_of(asked, asked.kind, "r")
    release, *others = plans.releases(asked, asked.kind, resource_id, fresh=fresh)
    if others:
        raise plans.not_found()
    current = read.current(asked, fresh=fresh)
    if current is None and narrowed:
        # The criteria of a granular scope are asked of what stands; of what is gone nobody can say that they held.
        raise plans.not_found()
    found = queries.history(release, asked.kind, resource_id, route=asked.route)
    if current is None and not (found and _is_deletion(found[0])):
        raise plans.not_found()
    wanted = Versions(asked.kind, narrowed)
    stood = [one for one in found if current is None or one.version <= current.version]
    return [one for one in stood if histories.fits(wanted, one)], (release,)


def _is_deletion(one: Stored) -> bool:
    return not one.body
