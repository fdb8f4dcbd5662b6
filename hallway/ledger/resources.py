"""A ledger line as a FHIR R4 AuditEvent, for the privacy officer's or administrator's own audit system. Pure.

It says who did what to which charts, when and why, under which rules; never what was in them. People, organizations and
charts are named by Hallway's numbers, which tell nothing to a stranger.
"""

import json
from datetime import UTC

from hallway.ledger.queries import Written
from hallway.standards.fhir import r4

_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_REASONS = {
    "TREAT": "TREAT",
    "PAY": "HPAYMT",
    "OPS": "HOPERAT",
    "EMERG": "ETREAT",
    "INDIVIDUAL": "PATRQT",
    "SYSTEM": "HSYSADMIN",
}
"""Our purpose -> v3-ActReason; another aim stands under our own system."""
_INTERACTIONS = {"read": "read", "search": "search-type", "history": "history-instance"}
_READS = frozenset({*_INTERACTIONS, "count", "find", "roster", "worklist.read", "referrals.read", "network.read"})


def audit_event(line: Written) -> r4.AuditEvent:
    """The event of one line; its id is the line's."""
    is_read = line.act in _READS
    interaction = _INTERACTIONS.get(line.act)
    system = "http://hl7.org/fhir/restful-interaction" if interaction else "urn:hallway:act"
    return r4.AuditEvent(
        id=f"line-{line.id}",
        type=r4.Coding(system=_DICOM, code="110110", display="Patient Record")
        if line.charts
        else r4.Coding(system=_DICOM, code="110100", display="Application Activity"),
        subtype=(r4.Coding(system=system, code=interaction or line.act),),
        action="R" if is_read else "E",
        recorded=line.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        outcome="0",
        purpose_of_event=_reason(line.purpose),
        agent=_agents(line),
        source=r4.AuditEventSource(
            observer=_named("ledger", "hallway"),
            type=(r4.Coding(system="http://terminology.hl7.org/CodeSystem/security-source-type", code="4"),),
        ),
        entity=tuple(_chart(line, place) for place in range(len(line.charts))),
    )


def to_json(line: Written) -> bytes:
    """The event as one line of NDJSON, without the line's end."""
    return r4.encode(audit_event(line))


def _reason(purpose: str) -> tuple[r4.CodeableConcept, ...]:
    if not purpose:
        return ()
    known = _REASONS.get(purpose)
    system = "http://terminology.hl7.org/CodeSystem/v3-ActReason" if known else "urn:hallway:aim"
    return (r4.CodeableConcept(coding=(r4.Coding(system=system, code=known or purpose),)),)


def _agents(line: Written) -> tuple[r4.AuditEventAgent, ...]:
    """Who asked, in which role, under which rules; and for which organization."""
    role = r4.CodeableConcept(coding=(r4.Coding(system="urn:hallway:role", code=line.role),))
    person = r4.AuditEventAgent(
        role=(role,),
        who=_named("account", line.account_id),
        alt_id=str(line.practitioner_id) if line.practitioner_id else None,
        requestor=True,
        policy=tuple(f"urn:hallway:rule:{rule}" for rule in _rules(line.plan)),
    )
    if not line.organization_id:
        return (person,)
    return (person, r4.AuditEventAgent(who=_named("organization", line.organization_id), requestor=False))


def _rules(plan: str) -> list[str]:
    """The rules of a plan, each once; none for a plan of a former form."""
    try:
        ways = json.loads(plan or "[]")
        return sorted({str(rule) for own in ways for way in own for rule in way[4]})
    except (ValueError, TypeError, IndexError):
        return []


def _chart(line: Written, place: int) -> r4.AuditEventEntity:
    """One chart of the line; the first carries what the read asked for and where it stood."""
    said = {
        "route": line.route,
        "detail": line.detail,
        "position": str(line.position or ""),
        "epoch": str(line.epoch or ""),
    }
    details = tuple(r4.AuditEventEntityDetail(type=name, value_string=text) for name, text in said.items() if text)
    return r4.AuditEventEntity(
        what=_named("chart", line.charts[place]),
        type=r4.Coding(system="http://terminology.hl7.org/CodeSystem/audit-entity-type", code="1"),
        role=r4.Coding(system="http://terminology.hl7.org/CodeSystem/object-role", code="1"),
        detail=() if place else details,
    )


def _named(kind: str, value: object) -> r4.Reference:
    return r4.Reference(identifier=r4.Identifier(system=f"urn:hallway:{kind}", value=str(value)))
