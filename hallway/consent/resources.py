"""A form as a FHIR Consent. Pure mapping; the signature's bytes stay in the workflow row as evidence."""

from dataclasses import dataclass
from datetime import UTC, datetime

from hallway.record.classes import DataClass
from hallway.standards.fhir import r4

ACT_REASON = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
PURPOSE_CODES = {"TREAT": "TREAT", "PAY": "HPAYMT", "OPS": "HOPERAT"}
STATUS = {"draft": "proposed", "signed": "active", "declined": "rejected", "revoked": "inactive", "expired": "inactive"}
_SCOPE = r4.CodeableConcept(
    coding=(r4.Coding(system="http://terminology.hl7.org/CodeSystem/consentscope", code="patient-privacy"),)
)
_LOINC_CONSENT = r4.Coding(system="http://loinc.org", code="59284-0")
_KIND_SYSTEM = "urn:hallway:consent-kind"
_CLASS_SYSTEM = "urn:hallway:data-class"


@dataclass(frozen=True, slots=True)
class ConsentView:
    """What the mapping needs of a form; references are ``Type/id`` of ours, the recipient empty for a class."""

    resource_id: str
    kind: str
    state: str
    patient: str
    discloser: str
    recipient: str
    recipient_practitioner: str
    classes: int
    kinds: tuple[str, ...]
    purposes: tuple[str, ...]
    citation: str
    decided_at: datetime
    ends_at: datetime | None


def instant(at: datetime) -> str:
    """An aware instant as FHIR writes it, to the second, in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def consent_resource(view: ConsentView) -> r4.Consent:
    """The FHIR Consent of a form in its present state."""
    return r4.Consent(
        id=view.resource_id,
        status=STATUS[view.state],
        scope=_SCOPE,
        category=(r4.CodeableConcept(coding=(_LOINC_CONSENT, r4.Coding(system=_KIND_SYSTEM, code=view.kind))),),
        patient=r4.Reference(reference=view.patient),
        date_time=instant(view.decided_at),
        organization=(r4.Reference(reference=view.discloser),),
        policy_rule=r4.CodeableConcept(text=view.citation),
        provision=_provision(view),
    )


def _provision(view: ConsentView) -> r4.ConsentProvision:
    ends = instant(view.ends_at) if view.ends_at else None
    return r4.ConsentProvision(
        type="deny" if view.state == "declined" else "permit",
        period=r4.Period(start=instant(view.decided_at), end=ends),
        actor=tuple(_actors(view)),
        purpose=tuple(r4.Coding(system=ACT_REASON, code=PURPOSE_CODES[purpose]) for purpose in view.purposes),
        security_label=tuple(r4.Coding(system=_CLASS_SYSTEM, code=one.name) for one in DataClass if view.classes & one),
        class_=tuple(r4.Coding(system="http://hl7.org/fhir/resource-types", code=kind) for kind in view.kinds),
    )


def _actors(view: ConsentView) -> list[r4.ConsentProvisionActor]:
    named = [reference for reference in (view.recipient, view.recipient_practitioner) if reference]
    receiver = r4.CodeableConcept(
        coding=(r4.Coding(system="http://terminology.hl7.org/CodeSystem/v3-ParticipationType", code="IRCP"),)
    )
    if not named:
        return [r4.ConsentProvisionActor(role=receiver, reference=r4.Reference(display="My treating providers"))]
    return [r4.ConsentProvisionActor(role=receiver, reference=r4.Reference(reference=one)) for one in named]
