"""Small FHIR resources about invented patients, as bytes, for proofs and benches."""

import json
from collections.abc import Mapping
from datetime import datetime

from hallway import clock, ids
from hallway.ids import ResourceId

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
NUMBERS = "urn:prove:number"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def new_id() -> ResourceId:
    """A fresh server id."""
    return ids.new_resource_id(clock.now())


def _bytes(kind: str, rid: ResourceId | None, members: Mapping[str, object]) -> bytes:
    return json.dumps({"resourceType": kind, "id": rid or new_id(), **members}, separators=(",", ":")).encode()


def _subject(patient: ResourceId) -> dict[str, str]:
    return {"reference": f"Patient/{patient}"}


def _coded(system: str, code: str) -> dict[str, object]:
    return {"coding": [{"system": system, "code": code}], "text": f"code {code}"}


def number(born: str) -> dict[str, object]:
    """The identifier of everybody born on a day: several patients share one, as in life."""
    return {"type": {"coding": [{"code": "SS"}]}, "system": NUMBERS, "value": born}


def patient(rid: ResourceId, given: str, family: str, born: str) -> bytes:
    """A Patient."""
    name = [{"use": "official", "family": family, "given": [given]}]
    found = {"identifier": [number(born)], "name": name, "birthDate": born, "gender": "unknown"}
    return _bytes("Patient", rid, found)


def condition(of: ResourceId, code: str, at: datetime, *, rid: ResourceId | None = None) -> bytes:
    """An active Condition by its ICD-10-CM code."""
    status = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
    return _bytes(
        "Condition",
        rid,
        {
            "clinicalStatus": status,
            "code": _coded(ICD, code),
            "subject": _subject(of),
            "recordedDate": at.isoformat(timespec="seconds"),
        },
    )


def observation(of: ResourceId, code: str, value: int, at: datetime, *, words: str = "") -> bytes:
    """A final Observation with a number, by its LOINC code; ``words`` become its narrative."""
    div = f'<div xmlns="http://www.w3.org/1999/xhtml">{words}</div>'
    return _bytes(
        "Observation",
        None,
        {
            "status": "final",
            "code": _coded(LOINC, code),
            "subject": _subject(of),
            "effectiveDateTime": at.isoformat(timespec="seconds"),
            "valueQuantity": {"value": value, "unit": "1"},
            **({"text": {"status": "generated", "div": div}} if words else {}),
        },
    )


def medicine(of: ResourceId, code: str, at: datetime) -> bytes:
    """An active MedicationRequest by its RxNorm code."""
    return _bytes(
        "MedicationRequest",
        None,
        {
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": _coded(RXNORM, code),
            "subject": _subject(of),
            "authoredOn": at.isoformat(timespec="seconds"),
        },
    )


def encounter(of: ResourceId, at: datetime) -> bytes:
    """A finished Encounter."""
    when = at.isoformat(timespec="seconds")
    return _bytes(
        "Encounter",
        None,
        {
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": _subject(of),
            "period": {"start": when, "end": when},
        },
    )


def report(of: ResourceId, size: int, at: datetime, *, end: str = "") -> bytes:
    """A DiagnosticReport whose conclusion has so many letters: what makes an answer large."""
    words = "Nothing new. "
    return _bytes(
        "DiagnosticReport",
        None,
        {
            "status": "final",
            "code": {"text": "Follow-up"},
            "subject": _subject(of),
            "effectiveDateTime": at.isoformat(timespec="seconds"),
            "conclusion": (words * (size // len(words) + 1))[:size] + end,
        },
    )


def note(of: ResourceId, words: str, at: datetime) -> bytes:
    """A DocumentReference that carries its text."""
    import base64

    content = {"contentType": "text/plain", "data": base64.b64encode(words.encode()).decode()}
    return _bytes(
        "DocumentReference",
        None,
        {
            "status": "current",
            "type": {"text": "Note"},
            "subject": _subject(of),
            "date": at.isoformat(timespec="seconds"),
            "content": [{"attachment": content}],
        },
    )


def group_session(of: tuple[ResourceId, ...], at: datetime) -> bytes:
    """An Appointment of several patients."""
    when = at.isoformat(timespec="seconds")
    seats = [{"actor": _subject(one), "status": "accepted"} for one in of]
    return _bytes("Appointment", None, {"status": "booked", "start": when, "end": when, "participant": seats})
