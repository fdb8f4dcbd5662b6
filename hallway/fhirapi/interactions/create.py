"""``POST /fhir/{type}``: a new resource under an id of ours; or, with If-None-Exist, the one that is there already."""

from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.writing import accepting, answering, keeping, matching, prefer, references, rights, stepping
from hallway.fhirapi.writing.accepting import Sent
from hallway.fhirapi.writing.keeping import Change
from hallway.fhirapi.writing.prefer import Prefer, Return
from hallway.fhirapi.writing.references import Sight
from hallway.fhirapi.writing.transacting import whole


def answer(asked: Asked) -> Answer:
    """201 with place and version. Raises FORBIDDEN, UNPROCESSABLE with issues, PRECONDITION when several match."""
    asked.only("_format", "_pretty")
    rights.check(asked, asked.kind, "c")
    wanted = prefer.of(asked.headers, usual=Return.REPRESENTATION)
    raw = references.own_words(asked.body, asked.base)
    sent = accepting.read(raw, asked.kind, strict=wanted.strict)
    return whole(lambda: _create(asked, sent, wanted), by=asked.requester)


def _create(asked: Asked, sent: Sent, wanted: Prefer) -> Answer:
    if condition := asked.headers.get("if-none-exist", ""):
        matching.lock([(asked.kind, condition)])
        found = matching.match(asked, asked.kind, condition)
        if found is not None:
            return answering.there_already(asked, found, wanted)
    return stepping.put(asked, Change(sent, keeping.new_id()), Sight(asked), wanted)
