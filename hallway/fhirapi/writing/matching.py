"""What a condition finds, for conditional create, update, patch, delete and references: only what its asker may see.

A hidden resource is matched by nothing, so a conditional create makes a new one beside it. Of two who ask for the same
at once, the second waits and finds what the first has made.
"""

import hashlib
from collections.abc import Sequence

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.search import linked, parsing, registry, results
from hallway.fhirapi.search.filters import Near
from hallway.fhirapi.search.ground import ground_of
from hallway.fhirapi.sent import query_of
from hallway.fhirapi.writing.accepting import incorrect
from hallway.fhirapi.writing.limits import LONGEST_CRITERION
from hallway.record.criteria import Query, Sort
from hallway.record.stored import Stored
from hallway.storage.connection import cursor


def lock(conditions: Sequence[tuple[str, str]]) -> None:
    """Hold these conditions against everybody else until the transaction ends, in one order for all."""
    keys = sorted({_key(kind, text) for kind, text in conditions})
    with cursor() as opened:
        for key in keys:
            opened.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [key])


def _key(kind: str, text: str) -> int:
    pairs = "&".join(f"{name}={value}" for name, value in sorted(query_of(text)))
    digest = hashlib.blake2b(f"{kind}?{pairs}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def match(asked: Asked, kind: str, text: str) -> Stored | None:
    """The one resource that meets a condition, or None. Raises PRECONDITION when several do."""
    pairs = query_of(text) if len(text) <= LONGEST_CRITERION else []
    if not pairs or kind not in registry.KINDS or any(name in results.NAMES for name, _ in pairs):
        raise incorrect("H-WRT-045", "The condition is no search of this type, or a too long one.")
    search = parsing.search_of(kind, pairs, Near(asked.base, clock.now()))
    try:
        ground = ground_of(asked, search.patient, fresh=True)
    except HallwayError as error:
        if error.kind is Kind.NOT_FOUND:
            return None  # a patient who is hidden has no more to match than one who is not there
        raise
    criteria = linked.criteria_of(ground, kind, search.filters)
    found = [] if criteria is None else ground.find(Query(kind, criteria, (Sort("id"),), limit=2))
    if len(found) > 1:
        raise several()
    return found[0] if found else None


def several() -> HallwayError:
    """More than one meets the condition, so nobody can tell which was meant."""
    return HallwayError(
        Kind.PRECONDITION,
        "H-WRT-046",
        what="More than one resource meets the condition.",
        undone="Nothing was saved.",
        to_do="Name it by its id, or by a condition that one alone meets.",
    )
