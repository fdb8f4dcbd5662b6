"""``DELETE /fhir/{type}/{id}``: a tombstone in its place; its versions stay. What is not there is gone already: 204.

A resource that is withheld is answered as one that is not there, and stays.
"""

from hallway.errors import HallwayError, Kind
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.writing import answering, keeping, rights, standing
from hallway.fhirapi.writing.references import Sight
from hallway.fhirapi.writing.transacting import whole

GONE = Answer(204, b"")


def answer(asked: Asked) -> Answer:
    """204, also a second time. Raises FORBIDDEN for what another organization has written."""
    asked.only("_format", "_pretty")
    rights.check(asked, asked.kind, "d")
    return whole(lambda: _delete(asked), by=asked.requester)


def answer_condition(asked: Asked) -> Answer:
    """``DELETE /fhir/{type}?...``: the one that the search finds, and never several."""
    rights.check(asked, asked.kind, "d")
    return whole(lambda: _delete(asked), by=asked.requester)


def _delete(asked: Asked) -> Answer:
    sight = Sight(asked)
    try:
        current = (
            standing.locked(sight, asked.kind, asked.parts["id"])
            if "id" in asked.parts
            else standing.meant(asked, sight)
        )
    except HallwayError as error:
        if error.kind is Kind.NOT_FOUND:
            return GONE
        raise
    if current is None:
        return GONE
    answering.refuse_other_version(asked, current.version_id)
    keeping.remove(asked, current, sight)
    return GONE
