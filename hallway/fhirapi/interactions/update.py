"""``PUT /fhir/{type}/{id}``: the next version of a resource that the requester was shown and whose source they are."""

from hallway.consent.grants import plans as charts
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.writing import accepting, answering, keeping, prefer, references, rights
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
    return whole(lambda: _update(asked, sent, wanted))


def _update(asked: Asked, sent: Sent, wanted: Prefer) -> Answer:
    sight = Sight(asked)
    current = locked(sight, asked.kind, asked.parts["id"])
    answering.refuse_other_version(asked, current)
    (written,) = keeping.keep(asked, [Change(sent, current.id, current)], sight)
    return answering.kept(asked, written, wanted, sent.warnings)


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
