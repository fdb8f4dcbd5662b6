"""``PUT /fhir/{type}/{id}``: the next version of a resource that the requester was shown and whose source they are."""

from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.writing import accepting, answering, keeping, prefer, references, rights, standing, stepping
from hallway.fhirapi.writing.accepting import Sent
from hallway.fhirapi.writing.keeping import Change
from hallway.fhirapi.writing.prefer import Prefer, Return
from hallway.fhirapi.writing.references import Sight
from hallway.fhirapi.writing.transacting import whole


def answer(asked: Asked) -> Answer:
    """200 with the new version. Raises NOT_FOUND where nothing is shown at this id: clients give no ids here."""
    asked.only("_format", "_pretty")
    rights.check(asked, asked.kind, "u")
    wanted = prefer.of(asked.headers, usual=Return.REPRESENTATION)
    raw = references.own_words(asked.body, asked.base)
    sent = accepting.read(raw, asked.kind, strict=wanted.strict)
    accepting.same_id(sent, asked.parts["id"])
    return whole(lambda: _update(asked, sent, wanted), by=asked.requester)


def answer_condition(asked: Asked) -> Answer:
    """``PUT /fhir/{type}?...``: the one that the search finds is updated; where none is, one is created."""
    rights.check(asked, asked.kind, "u")
    wanted = prefer.of(asked.headers, usual=Return.REPRESENTATION)
    sent = accepting.read(references.own_words(asked.body, asked.base), asked.kind, strict=wanted.strict)
    return whole(lambda: _update_found(asked, sent, wanted), by=asked.requester)


def _update_found(asked: Asked, sent: Sent, wanted: Prefer) -> Answer:
    sight = Sight(asked)
    found = standing.meant(asked, sight)
    if found is not None:
        answering.refuse_other_version(asked, found.version_id)
    else:
        rights.check(asked, asked.kind, "c")
    if "id" in sent.resource:
        accepting.same_id(sent, found.id if found is not None else "")
    return stepping.put(asked, Change(sent, found.id if found is not None else keeping.new_id(), found), sight, wanted)


def _update(asked: Asked, sent: Sent, wanted: Prefer) -> Answer:
    sight = Sight(asked)
    current = standing.locked(sight, asked.kind, asked.parts["id"])
    answering.refuse_other_version(asked, current.version_id)
    return stepping.put(asked, Change(sent, current.id, current), sight, wanted)
