"""What is written by nobody of a practice's people: by a patient about themselves, or by a practice's own system.

A patient's words are kept by a practice of their care team, marked as theirs; a system's are its practice's. Of both a
Provenance tells who wrote, beside the line in the ledger.
"""

from collections.abc import Sequence
from typing import cast

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.consent.queries import practices_of
from hallway.directory.models import Organization
from hallway.errors import HallwayError, Kind
from hallway.fhirapi.writing.accepting import Sent
from hallway.identity.requester import Requester, Role
from hallway.ids import SHARED_CHART, ChartId, OrganizationId
from hallway.labels.source import Incoming, Source
from hallway.record import queries
from hallway.record.stored import TOLD_BY_PATIENT, Written, instant
from hallway.standards.fhir import codec
from hallway.standards.fhir.search import Json

REPORTED: Json = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": TOLD_BY_PATIENT}
"""HL7's code for what a patient asserts, as a tag."""
_SPEAKS: dict[str, tuple[str, ...]] = {
    "Communication": ("sender",),
    "Observation": ("performer",),
    "QuestionnaireResponse": ("author", "source"),
}
"""The elements that say whose words a resource holds."""
_AUTHOR: Json = {
    "coding": [{"system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": "author"}]
}
_PROGRAM = "urn:hallway:program"


def is_treated_by(organization: OrganizationId, chart_id: ChartId) -> bool:
    """Whether a practice is on a chart's care team: a system writes nowhere else."""
    return organization in practices_of(chart_id)


def in_own_words(by: Requester, sent: Sent) -> Sent:
    """A patient's resource with the patient as its speaker, and marked. Raises UNPROCESSABLE for another's words."""
    assert by.chart_id is not None
    me: Json = {"reference": f"Patient/{queries.patient_of(by.chart_id)}"}
    said: Json = {}
    for name in _SPEAKS[sent.kind]:
        mine: object = [me] if name == "performer" else me
        if name in sent.resource and sent.resource[name] != mine:
            raise _not_yours(f"{sent.kind}.{name}")
        said[name] = mine
    for note in cast("list[Json]", sent.resource.get("note") or []):
        if "authorString" in note or note.get("authorReference", me) != me:
            raise _not_yours(f"{sent.kind}.note.author")
    meta = cast("Json", sent.resource.get("meta") or {})
    tags = [one for one in cast("list[Json]", meta.get("tag") or []) if one.get("code") != REPORTED["code"]]
    resource = {**sent.resource, **said, "meta": {**meta, "tag": [*tags, REPORTED]}}
    return Sent(sent.kind, codec.encode(resource), resource, sent.warnings)


def keeper_of(by: Requester, resource: Json) -> OrganizationId:
    """The practice that keeps a patient's words: the one they are sent to, else the first of the care team.

    Raises UNPROCESSABLE without one, and for a message to somebody else.
    """
    practices = practices_of(by.chart_id) if by.chart_id is not None else []
    if resource.get("resourceType") == "Communication":
        named = {str(one.get("reference", "")) for one in cast("list[Json]", resource.get("recipient") or [])}
        rows = Organization.objects.filter(id__in=practices).values_list("id", "fhir_id")
        known = {f"Organization/{fhir_id}": number for number, fhir_id in rows}
        if not named or not named <= known.keys():
            raise _no_keeper("Communication.recipient")
        practices = [OrganizationId(known[min(named)])]
    if not practices:
        raise _no_keeper(None)
    return practices[0]


def tell(by: Requester, written: Sequence[Written]) -> None:
    """Write a Provenance for each resource that a patient or a system has written, in the same transaction.

    None for what belongs to several charts: it would stand in one of them, and tell of it there.
    """
    if by.role not in (Role.PATIENT, Role.SYSTEM):
        return
    changed = [one for one in written if one.outcome != "unchanged" and one.chart_id != SHARED_CHART]
    told = [one for one in changed if one.kind != "Provenance"]
    agent = _agent(by)
    incoming = [
        Incoming(
            codec.encode(_provenance(one, agent)),
            Source(_source(by, one), chart_id=one.chart_id),
            ids.new_resource_id(clock.now()),
        )
        for one in told
        if queries.charts_holding(one.kind, one.id) == [one.chart_id]
    ]
    if incoming:
        consent.store_many(incoming, by=by)


def _source(by: Requester, one: Written) -> OrganizationId:
    """Whose the Provenance is: the practice that keeps what it tells of."""
    return by.organization_id or next(iter(practices_of(one.chart_id)))


def _provenance(one: Written, agent: Json) -> Json:
    return {
        "resourceType": "Provenance",
        "target": [{"reference": f"{one.kind}/{one.id}"}],
        "recorded": instant(one.updated_at).decode(),
        "agent": [{"type": _AUTHOR, **agent}],
    }


def _agent(by: Requester) -> Json:
    """Who wrote: the patient, or the program on behalf of its practice."""
    if by.role is Role.PATIENT and by.chart_id is not None:
        return {"who": {"reference": f"Patient/{queries.patient_of(by.chart_id)}"}}
    practice = Organization.objects.filter(id=by.organization_id).values_list("fhir_id", flat=True).first()
    who: Json = {"identifier": {"system": _PROGRAM, "value": by.app or by.name}, "display": by.name or by.app}
    agent: Json = {"who": who}
    if practice:
        agent["onBehalfOf"] = {"reference": f"Organization/{practice}"}
    return agent


def _not_yours(field: str) -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-WRT-080",
        what="A patient sends what they say themselves, and this names somebody else.",
        undone="Nothing was saved.",
        to_do="Leave the element out: it is filled in.",
        field=field,
    )


def _no_keeper(field: str | None) -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-WRT-081",
        what="What patients send is kept by a practice that treats them, and none is named or there.",
        undone="Nothing was saved.",
        to_do="Name an organization of your care team.",
        field=field,
    )
