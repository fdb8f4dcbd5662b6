"""``PUT /fhir/{type}/{id}``: the next version of a resource that the requester was shown and whose source they are."""

from urllib.parse import urlencode

from hallway.consent.grants import plans as charts
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.writing import accepting, answering, keeping, matching, prefer, references, rights, stepping
from hallway.fhirapi.writing.accepting import Sent
from hallway.fhirapi.writing.keeping import Change
from hallway.fhirapi.writing.prefer import Prefer, Return
from hallway.fhirapi.writing.references import Sight
from hallway.fhirapi.writing.transacting import whole
from hallway.ids import ResourceId
from hallway.labels.reading import is_uuid
from hallway.record import queries
from hallway.record.stored import Stored


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
    found = meant(asked, sight)
    if found is not None:
        answering.refuse_other_version(asked, found)
    else:
        rights.check(asked, asked.kind, "c")
    if "id" in sent.resource:
        accepting.same_id(sent, found.id if found is not None else "")
    return put(asked, Change(sent, found.id if found is not None else keeping.new_id(), found), sight, wanted)


def meant(asked: Asked, sight: Sight) -> Stored | None:
    """The one resource that the search in the address finds, locked; None when there is none that may be seen."""
    condition = urlencode(asked.query)
    matching.lock([(asked.kind, condition)])
    found = matching.match(asked, asked.kind, condition)
    return locked(sight, found.kind, found.id) if found is not None else None


def _update(asked: Asked, sent: Sent, wanted: Prefer) -> Answer:
    sight = Sight(asked)
    current = locked(sight, asked.kind, asked.parts["id"])
    answering.refuse_other_version(asked, current)
    return put(asked, Change(sent, current.id, current), sight, wanted)


def put(asked: Asked, change: Change, sight: Sight, wanted: Prefer) -> Answer:
    """Take it as a step of its workflow, or keep it as a fact."""
    stepped = stepping.step(asked, change.sent, change.current, sight=sight, prefer=wanted)
    if stepped is not None:
        return stepped
    (written,) = keeping.keep(asked, [change], sight)
    return answering.kept(asked, written, wanted, change.sent.warnings)


def locked(sight: Sight, kind: str, resource_id: str) -> Stored:
    """The resource as it stands, with its charts locked until the transaction ends. Raises NOT_FOUND."""
    if is_uuid(resource_id):
        held = queries.charts_holding(kind, ResourceId(resource_id))
        if held and all(sight.release(chart) is not None for chart in held):
            charts.lock(held)
    current = sight.current(kind, resource_id)
    if current is None:
        raise answering.nothing_to_change()
    return current
