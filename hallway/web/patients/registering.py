"""Writing down a new patient: the resource, its chart, and the practice that wrote it as the care team."""

from dataclasses import dataclass
from datetime import date

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.consent import queries
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import NOBODY, ChartId, ResourceId
from hallway.labels.source import Source
from hallway.record.resources import fold
from hallway.record.stored import PatientHeader
from hallway.standards.fhir import r4
from hallway.storage.connection import transaction

_PRONOUNS = "http://hl7.org/fhir/StructureDefinition/individual-pronouns"
_IDENTIFIER_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"


@dataclass(frozen=True, slots=True)
class NewPatient:
    """What is known of a person on the first day."""

    family: str
    given: str
    birth_date: date
    gender: str = ""
    pronouns: str = ""
    record_number: str = ""
    phone: str = ""


def lookalikes(requester: Requester, new: NewPatient) -> list[PatientHeader]:
    """Patients one may open who may be the same person: same birth date and a shared name, or the same whole name."""
    same_day = queries.find_patients(requester, "", new.birth_date)
    same_name = queries.find_patients(requester, f"{new.family} {new.given}")
    names = set(fold(f"{new.family} {new.given}").split())
    near = [one for one in same_day if names & set(fold(one.name).split())]
    return list({one.chart_id: one for one in (*near, *same_name)}.values())


def register(new: NewPatient, *, by: Requester) -> ChartId:
    """Store the Patient and put the practice (and a clinician who wrote it) on the care team. One transaction."""
    patient_id = ids.new_resource_id(clock.now())
    with transaction():
        written = consent.store(
            [patient_resource(new, patient_id)], by=by, source=Source(by.organization_id, author=NOBODY)
        )
        chart_id = written[0].chart_id
        person = by.practitioner_id if by.role in CLINICIANS else NOBODY
        consent.join_team(
            chart_id, by=by, organization=by.organization_id, basis="assigned", practitioner=person, role=str(by.role)
        )
    return chart_id


def patient_resource(new: NewPatient, patient_id: ResourceId) -> r4.Patient:
    """The FHIR Patient of what was typed."""
    number = r4.CodeableConcept(coding=(r4.Coding(system=_IDENTIFIER_TYPES, code="MR"),))
    said = r4.Extension(url="value", value_codeable_concept=r4.CodeableConcept(text=new.pronouns))
    return r4.Patient(
        id=patient_id,
        extension=(r4.Extension(url=_PRONOUNS, extension=(said,)),) if new.pronouns else (),
        identifier=(r4.Identifier(type=number, value=new.record_number),) if new.record_number else (),
        active=True,
        name=(r4.HumanName(use="official", family=new.family, given=tuple(new.given.split())),),
        telecom=(r4.ContactPoint(system="phone", value=new.phone),) if new.phone else (),
        gender=new.gender or None,
        birth_date=new.birth_date.isoformat(),
    )
