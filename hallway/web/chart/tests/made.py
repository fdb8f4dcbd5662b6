"""Facts made by hand for the presenters' tests: two practices, a few people, one invented patient."""

import base64
import json
from datetime import UTC, date, datetime

from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.record.classes import DataClass
from hallway.record.stored import PatientHeader, Stored
from hallway.web.chart.facts import Facts
from hallway.web.chart.people import Person, Place, Roster

MILLBROOK, NORTHGATE = OrganizationId(1), OrganizationId(2)
CAREWELL, HEARWELL, MINDHAM = PractitionerId(11), PractitionerId(12), PractitionerId(13)
ROSTER = Roster(
    {
        MILLBROOK: Place(MILLBROOK, "Millbrook Family Medicine", "pc"),
        NORTHGATE: Place(NORTHGATE, "Northgate Behavioral Health", "bh"),
    },
    {
        CAREWELL: Person(CAREWELL, "Dr. Priya Carewell", "Dr. Carewell"),
        HEARWELL: Person(HEARWELL, "Tess Hearwell, LICSW", "Tess Hearwell"),
        MINDHAM: Person(MINDHAM, "Dr. Simon Mindham", "Dr. Mindham"),
    },
)
PCP = Requester(AccountId(1), CAREWELL, MILLBROOK, Role.PCP)
TODAY = date(2026, 6, 9)
NOW = datetime(2026, 6, 9, 14, 0, tzinfo=UTC)
HEADER = PatientHeader(ChartId(5), "Marisol Ejemplo", date(1955, 3, 14), "female", "she/her", "MB-10833", False)

_count = 0


def stored(kind, on, body, *, org=MILLBROOK, author=CAREWELL, mask=DataClass.GENERAL):
    """One row as the record would give it."""
    global _count
    _count += 1
    at = datetime.fromisoformat(on + "T14:00:00+00:00") if on else None
    return Stored(
        kind,
        ResourceId(f"id-{_count}"),
        1,
        at or NOW,
        at,
        org,
        author,
        int(mask),
        b"",
        json.dumps({"resourceType": kind, **body}, separators=(",", ":")).encode(),
    )


def concept(code="", text="", system="http://hl7.org/fhir/sid/icd-10-cm"):
    coding = {"coding": [{"system": system, "code": code}]} if code else {}
    return coding | ({"text": text} if text else {})


def score(on, loinc, total, **more):
    body = {"status": "final", "code": concept(loinc, system="http://loinc.org"), "effectiveDateTime": on}
    return stored("Observation", on, body | ({"valueInteger": total} if total is not None else {}), **more)


def medicine(on, text, how="mornings", status="active", **more):
    body = {"status": status, "intent": "order", "medicationCodeableConcept": {"text": text}, "authoredOn": on}
    return stored("MedicationRequest", on, body | {"dosageInstruction": [{"text": how}]}, **more)


def visit(on, reason="", status="finished", **more):
    body = {"status": status, "class": {"code": "AMB"}, "period": {"start": on}}
    return stored("Encounter", on, body | ({"reasonCode": [{"text": reason}]} if reason else {}), **more)


def problem(on, code, text, **more):
    active = concept("active", system="http://terminology.hl7.org/CodeSystem/condition-clinical")
    body = {"clinicalStatus": active, "code": concept(code, text), "onsetDateTime": on}
    return stored("Condition", on, body, **more)


def note(on, text, *, title="Progress note", loinc="11506-3", **more):
    attachment = {"contentType": "text/plain", "data": base64.b64encode(text.encode()).decode()}
    body = {"status": "current", "type": concept(loinc, title, "http://loinc.org")}
    return stored("DocumentReference", on, body | {"content": [{"attachment": attachment}]}, **more)


def facts(*rows):
    return Facts(rows)
