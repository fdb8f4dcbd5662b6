"""What a clinician charts, as FHIR R4 resources. Pure: ids, dates and names come in as values."""

import base64
from dataclasses import dataclass
from datetime import date

from hallway.ids import ResourceId
from hallway.standards.fhir import r4
from hallway.web.chart.scores import ITEM_9, Instrument
from hallway.web.chart.words import ICD_10_CM, LOINC

PROGRESS_NOTE = ("11506-3", "Progress note")
PSYCHOTHERAPY_TITLE = "Psychotherapy note"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CONDITION_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes about whom: server ids of the patient, the practitioner and the practice, and the writer's name."""

    patient: ResourceId
    practitioner: str
    name: str
    organization: str
    practice: str

    @property
    def subject(self) -> r4.Reference:
        """The patient."""
        return r4.Reference(reference=f"Patient/{self.patient}")

    @property
    def author(self) -> r4.Reference:
        """The writer."""
        return r4.Reference(reference=f"Practitioner/{self.practitioner}", display=self.name)

    @property
    def custodian(self) -> r4.Reference:
        """The writer's practice."""
        return r4.Reference(reference=f"Organization/{self.organization}", display=self.practice)


def coded(system: str, code: str, text: str | None = None) -> r4.CodeableConcept:
    """One coding with its text."""
    return r4.CodeableConcept(coding=(r4.Coding(system=system, code=code),), text=text)


def note(resource_id: ResourceId, writer: Writer, *, on: str, text: str, title: str, visit: str = "") -> r4.Part:
    """A note as it was typed, in plain text; ``on`` is a dateTime, ``visit`` the Encounter it belongs to."""
    data = base64.b64encode(text.encode()).decode()
    context = r4.DocumentReferenceContext(encounter=(r4.Reference(reference=f"Encounter/{visit}"),)) if visit else None
    return r4.DocumentReference(
        id=resource_id,
        status="current",
        doc_status="final",
        type=coded(LOINC, PROGRESS_NOTE[0], title),
        description=title,
        subject=writer.subject,
        date=on,
        author=(writer.author,),
        custodian=writer.custodian,
        content=(
            r4.DocumentReferenceContent(
                attachment=r4.Attachment(content_type="text/plain; charset=utf-8", language="en", data=data)
            ),
        ),
        context=context,
    )


def visit(resource_id: ResourceId, writer: Writer, *, on: str, reason: str) -> r4.Part:
    """A visit that took place, with why in the writer's words."""
    return r4.Encounter(
        id=resource_id,
        status="finished",
        class_=r4.Coding(system=ACT_CODE, code="AMB", display="ambulatory"),
        subject=writer.subject,
        participant=(r4.EncounterParticipant(individual=writer.author),),
        period=r4.Period(start=on, end=on),
        reason_code=(r4.CodeableConcept(text=reason),) if reason else (),
        service_provider=writer.custodian,
    )


def score(resource_id: ResourceId, writer: Writer, *, on: str, instrument: Instrument, total: int) -> r4.Part:
    """A total as it was added up on paper or by another system; the answers themselves are not typed in here."""
    return _observation(resource_id, writer, on=on, code=instrument.loinc, text=f"{instrument.name} total", value=total)


def item_9(resource_id: ResourceId, writer: Writer, *, on: str, answer: int) -> r4.Part:
    """The answer to PHQ-9 item 9, 0 to 3: kept apart, because a low total never hides it."""
    return _observation(resource_id, writer, on=on, code=ITEM_9, text="PHQ-9 item 9", value=answer)


def _observation(resource_id: ResourceId, writer: Writer, *, on: str, code: str, text: str, value: int) -> r4.Part:
    return r4.Observation(
        id=resource_id,
        status="final",
        category=(coded(OBSERVATION_CATEGORY, "survey"),),
        code=coded(LOINC, code, text),
        subject=writer.subject,
        effective_date_time=on,
        performer=(writer.author,),
        value_integer=value,
    )


def problem(
    resource_id: ResourceId, writer: Writer, *, words: str, code: str, since: date | None, recorded: str
) -> r4.Part:
    """A problem for the list; without a code it is the writer's words alone."""
    said = coded(ICD_10_CM, code, words) if code else r4.CodeableConcept(text=words)
    return r4.Condition(
        id=resource_id,
        clinical_status=coded(CLINICAL, "active"),
        verification_status=coded(VERIFICATION, "confirmed"),
        category=(coded(CONDITION_CATEGORY, "problem-list-item"),),
        code=said,
        subject=writer.subject,
        onset_date_time=since.isoformat() if since else None,
        recorded_date=recorded,
        recorder=writer.author,
    )


def medicine(
    resource_id: ResourceId, writer: Writer, *, name: str, dose: str, how: str, reason: str, on: str
) -> r4.Part:
    """A medicine that the writer prescribes from this day on."""
    return r4.MedicationRequest(
        id=resource_id,
        status="active",
        intent="order",
        medication_codeable_concept=r4.CodeableConcept(text=f"{name} {dose}".strip()),
        subject=writer.subject,
        authored_on=on,
        requester=writer.author,
        reason_code=(r4.CodeableConcept(text=reason),) if reason else (),
        dosage_instruction=(r4.Dosage(text=how),) if how else (),
    )
