"""``PATCH /fhir/{type}/{id}``: a JSON Patch on the version that stands, then all that an update is asked."""

from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.writing import accepting, answering, patching, prefer, references, rights, standing, stepping
from hallway.fhirapi.writing.keeping import Change
from hallway.fhirapi.writing.prefer import Prefer, Return
from hallway.fhirapi.writing.references import Sight
from hallway.fhirapi.writing.transacting import whole
from hallway.standards.fhir.search import Json


def answer(asked: Asked) -> Answer:
    """200 with the new version. Raises NOT_FOUND, PRECONDITION, UNPROCESSABLE where the patch does not fit."""
    asked.only("_format", "_pretty")
    rights.check(asked, asked.kind, "u")
    wanted = prefer.of(asked.headers, usual=Return.REPRESENTATION)
    operations = patching.operations_of(asked.body)
    return whole(lambda: _patch(asked, operations, wanted), by=asked.requester)


def answer_condition(asked: Asked) -> Answer:
    """``PATCH /fhir/{type}?...``: the one that the search finds. Raises NOT_FOUND where none is."""
    rights.check(asked, asked.kind, "u")
    wanted = prefer.of(asked.headers, usual=Return.REPRESENTATION)
    operations = patching.operations_of(asked.body)
    return whole(lambda: _patch(asked, operations, wanted), by=asked.requester)


def _patch(asked: Asked, operations: list[Json], wanted: Prefer) -> Answer:
    sight = Sight(asked)
    current = (
        standing.locked(sight, asked.kind, asked.parts["id"]) if "id" in asked.parts else standing.meant(asked, sight)
    )
    if current is None:
        raise answering.nothing_to_change()
    answering.refuse_other_version(asked, current.version_id)
    raw = references.own_words(patching.patched(current, operations), asked.base)
    sent = accepting.read(raw, asked.kind, strict=wanted.strict)
    accepting.same_id(sent, current.id)
    return stepping.put(asked, Change(sent, current.id, current), sight, wanted)
