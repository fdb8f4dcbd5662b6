"""FHIR JSON of the demo's facts. Plain dictionaries on purpose: they enter through the loader, like any sender's."""

import base64
import json
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hallway.app.demo.patients import DemoPatient

_NAMESPACE = uuid.UUID("6f0d6b1e-1b7a-5d7e-9a53-7b6a6d1f0c11")
RECORD_NUMBER = "urn:hallway:demo:record-number"
_SCORES = {"PHQ-9": ("44261-6", "PHQ-9 total"), "GAD-7": ("70274-6", "GAD-7 total")}
_NOTES = {
    "progress": ("11506-3", "Progress note"),
    "psychotherapy": ("11506-3", "Psychotherapy note"),
    "sud_counseling": ("11506-3", "SUD counseling note"),
}


@dataclass(frozen=True, slots=True)
class Fact:
    """One resource with where it comes from: organization and author by their demo keys, and the kind of note."""

    id: str
    resource: dict[str, Any]
    organization: str
    author: str
    at: datetime | None = None
    note_kind: str = ""

    def encoded(self) -> bytes:
        """The resource as a sender's bytes."""
        return json.dumps(self.resource, ensure_ascii=False, separators=(",", ":")).encode()


class FactWriter:
    """Writes facts of one patient, from one practice and author. Ids are derived, so the same demo comes out twice."""

    def __init__(self, patient_key: str, organization: str, author: str) -> None:
        """Keep whose facts these are."""
        self.patient_key = patient_key
        self.organization = organization
        self.author = author
        self.patient_id = str(uuid.uuid5(_NAMESPACE, patient_key))
        self._count = 0

    def _fact(self, body: dict[str, Any], at: datetime | None, note_kind: str = "") -> Fact:
        self._count += 1
        name = f"{self.patient_key}/{self.organization}/{self.author}/{self._count}"
        resource_id = self.patient_id if body["resourceType"] == "Patient" else str(uuid.uuid5(_NAMESPACE, name))
        return Fact(resource_id, body | {"id": resource_id}, self.organization, self.author, at, note_kind)

    def _subject(self) -> dict[str, str]:
        return {"reference": f"Patient/{self.patient_id}"}

    def patient(self, patient: "DemoPatient") -> Fact:
        """Who the patient is."""
        return self._fact(
            {
                "resourceType": "Patient",
                "identifier": [{"system": RECORD_NUMBER, "value": patient.record_number}],
                "name": [{"use": "official", "family": patient.family, "given": [patient.given]}],
                "gender": patient.gender,
                "birthDate": patient.born_on.isoformat(),
                "telecom": [{"system": "phone", "value": f"555-01{patient.number % 100:02d}", "use": "mobile"}],
                "communication": [{"language": {"text": patient.language}, "preferred": True}],
            },
            None,
        )

    def coverage(self, plan: str) -> Fact:
        """Which plan pays."""
        return self._fact(
            {
                "resourceType": "Coverage",
                "status": "active",
                "beneficiary": self._subject(),
                "payor": [{"display": plan}],
            },
            None,
        )

    def condition(self, code: str, text: str, at: datetime) -> Fact:
        """A problem on the list."""
        return self._fact(
            {
                "resourceType": "Condition",
                "clinicalStatus": _coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
                "verificationStatus": _coded("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
                "category": [_coded("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item")],
                "code": _coded("http://hl7.org/fhir/sid/icd-10-cm", code) | {"text": text},
                "subject": self._subject(),
                "onsetDateTime": at.date().isoformat(),
                "recordedDate": at.isoformat(),
            },
            at,
        )

    def medicine(self, rxcui: str, text: str, dosage: str, at: datetime) -> Fact:
        """A medicine somebody prescribes."""
        return self._fact(
            {
                "resourceType": "MedicationRequest",
                "status": "active",
                "intent": "order",
                "medicationCodeableConcept": _coded("http://www.nlm.nih.gov/research/umls/rxnorm", rxcui)
                | {"text": text},
                "subject": self._subject(),
                "authoredOn": at.isoformat(),
                "dosageInstruction": [{"text": dosage}],
            },
            at,
        )

    def planned(self, at: datetime, cpt: str, text: str) -> Fact:
        """A treatment that is planned and has not begun; the code alone is CPT's, the words are ours."""
        return self._fact(
            {
                "resourceType": "ServiceRequest",
                "status": "active",
                "intent": "plan",
                "code": _coded("http://www.ama-assn.org/go/cpt", cpt) | {"text": text},
                "subject": self._subject(),
                "authoredOn": at.isoformat(),
            },
            at,
        )

    def missed(self, at: datetime) -> Fact:
        """A visit to which the person did not come."""
        return self._fact(
            {
                "resourceType": "Appointment",
                "status": "noshow",
                "start": at.isoformat(),
                "end": (at + timedelta(minutes=50)).isoformat(),
                "participant": [{"actor": self._subject(), "status": "accepted"}],
            },
            at,
        )

    def booked(self, at: datetime, minutes: int = 30) -> Fact:
        """A visit that is to come."""
        return self._fact(
            {
                "resourceType": "Appointment",
                "status": "booked",
                "start": at.isoformat(),
                "end": (at + timedelta(minutes=minutes)).isoformat(),
                "participant": [{"actor": self._subject(), "status": "accepted"}],
            },
            at,
        )

    def allergy(self, text: str, reaction: str) -> Fact:
        """An allergy with its reaction."""
        return self._fact(
            {
                "resourceType": "AllergyIntolerance",
                "clinicalStatus": _coded("http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active"),
                "code": {"text": text},
                "patient": self._subject(),
                "reaction": [{"manifestation": [{"text": reaction}]}],
            },
            None,
        )

    def encounter(self, at: datetime, reason: str) -> Fact:
        """A visit that was kept."""
        return self._fact(
            {
                "resourceType": "Encounter",
                "status": "finished",
                "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
                "subject": self._subject(),
                "period": {"start": at.isoformat(), "end": at.isoformat()},
                "reasonCode": [{"text": reason}],
            },
            at,
        )

    def quantity(self, at: datetime, loinc: str, text: str, value: float, *, unit: str) -> Fact:
        """A measurement or laboratory result."""
        return self._observation(at, loinc, text, {"valueQuantity": {"value": value, "unit": unit}})

    def blood_pressure(self, at: datetime, systolic: int, diastolic: int) -> Fact:
        """A blood pressure, both numbers in mm[Hg]."""
        parts = [("8480-6", "Systolic", systolic), ("8462-4", "Diastolic", diastolic)]
        return self._observation(
            at,
            "85354-9",
            "Blood pressure",
            {
                "component": [
                    {
                        "code": _coded("http://loinc.org", code) | {"text": text},
                        "valueQuantity": {"value": value, "unit": "mm[Hg]"},
                    }
                    for code, text, value in parts
                ]
            },
        )

    def score(self, at: datetime, instrument: str, total: int) -> Fact:
        """The total of a screening instrument; items stay with whoever asked them."""
        code, text = _SCORES[instrument]
        return self._observation(at, code, text, {"valueInteger": total})

    def note(self, at: datetime, kind: str, text: str, encounter_id: str) -> Fact:
        """A note: "progress", "psychotherapy" or "sud_counseling"."""
        code, title = _NOTES[kind]
        return self._fact(
            {
                "resourceType": "DocumentReference",
                "status": "current",
                "type": _coded("http://loinc.org", code) | {"text": title},
                "subject": self._subject(),
                "date": at.isoformat(),
                "content": [
                    {"attachment": {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}}
                ],
                "context": {"encounter": [{"reference": f"Encounter/{encounter_id}"}]},
            },
            at,
            kind,
        )

    def paper(self, at: datetime, title: str, text: str = "") -> Fact:
        """A paper of a kind that nobody named: words, or without ``text`` a scan. It waits to be judged."""
        kind, held = ("text/plain", text.encode()) if text else ("application/pdf", _scan(title))
        attachment = {"contentType": kind, "title": title, "data": base64.b64encode(held).decode()}
        return self._fact(
            {
                "resourceType": "DocumentReference",
                "status": "current",
                "type": _coded("http://loinc.org", "34133-9") | {"text": title},
                "description": title,
                "subject": self._subject(),
                "date": at.isoformat(),
                "content": [{"attachment": attachment}],
            },
            at,
        )

    def _observation(self, at: datetime, loinc: str, text: str, value: dict[str, Any]) -> Fact:
        body = {
            "resourceType": "Observation",
            "status": "final",
            "code": _coded("http://loinc.org", loinc) | {"text": text},
            "subject": self._subject(),
            "effectiveDateTime": at.isoformat(),
        }
        return self._fact(body | value, at)


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _scan(title: str) -> bytes:
    """A page with one line, as a scanner would send it."""
    line = f"BT /F1 14 Tf 72 720 Td ({title}) Tj ET"
    parts = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(line)}>>stream\n{line}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    text, places = "%PDF-1.4\n", list[int]()
    for number, part in enumerate(parts, 1):
        places.append(len(text))
        text += f"{number} 0 obj\n{part}\nendobj\n"
    rows = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"xref\n0 6\n0000000000 65535 f \n{rows}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{len(text)}\n%%EOF\n"
    return (text + end).encode()
