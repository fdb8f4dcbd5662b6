"""What practices of an invented network chart, as resources, and how it arrives: late, twice, corrected, in error."""

import random
import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
OWN_CODES = "urn:hallway:invented"
DAY = timedelta(days=1)
Body = dict[str, Any]
PC, NEXT_PC, BH, PROGRAM, CLINIC, HOSPITAL = "Millbrook", "Lakeside", "Harbor", "Steadman", "Fielding", "Crossing"


@dataclass(frozen=True)
class Sent:
    """One version of a resource as it arrives, or a deed (``verb``) that Hallway keeps itself."""

    patient: int
    place: str
    arrives_at: datetime
    rid: str = ""
    body: Body = field(default_factory=dict)
    verb: str = ""
    more: dict[str, Any] = field(default_factory=dict)
    how: str = ""


@dataclass
class Pen:
    """Writes one patient's life. ``mischief``: how much of it comes late, twice, corrected or as an error.

    Of ``places`` alone: what a story tells of a practice that does not treat the patient is not charted.
    """

    patient: int
    dice: random.Random
    places: tuple[str, ...] = ()
    mischief: float = 0.0
    sent: list[Sent] = field(default_factory=list)

    def put(self, place: str, body: Body, at: datetime, *, arrives_at: datetime | None = None) -> str:
        """Chart something; how others name it."""
        rid = str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
        late = self.dice.random() < self.mischief
        arrives = arrives_at or at + (DAY * self.dice.randrange(1, 70) if late else timedelta(hours=1))
        one = Sent(self.patient, place, arrives, rid, body, how="late" if late else "")
        if place in self.places:
            self.sent.append(one)
        if place in self.places and self.dice.random() < self.mischief:
            self._again(one)
        return f"{body['resourceType']}/{rid}"

    def _again(self, one: Sent) -> None:
        """The same twice, the same under another name, corrected, or taken back."""
        later = one.arrives_at + DAY * self.dice.randrange(1, 50)
        roll = self.dice.randrange(4)
        if roll == 0:
            self.sent.append(replace(one, arrives_at=later, how="twice"))
        elif roll == 1 and one.body["resourceType"] == "Observation":
            rid = str(uuid.UUID(int=self.dice.getrandbits(128), version=4))
            self.sent.append(replace(one, rid=rid, arrives_at=later, how="twice"))
        elif roll == 2:
            self.sent.append(replace(one, body=in_error(one.body), arrives_at=later, how="in error"))
        else:
            self.change(one.rid, corrected(one.body, self.dice), later)

    def change(self, ref: str, body: Body, at: datetime) -> None:
        """A further version of what was charted."""
        first = next((one for one in self.sent if one.rid == ref.rpartition("/")[2]), None)
        if first is not None:
            self.sent.append(replace(first, body=body, arrives_at=at, how="corrected"))

    def do(self, verb: str, place: str, at: datetime, **more: Any) -> None:
        """Something that Hallway keeps beside the record."""
        if place in self.places:
            self.sent.append(Sent(self.patient, place, at, verb=verb, more=more))


def in_error(body: Body) -> Body:
    if body["resourceType"] == "Condition":
        return body | {"verificationStatus": coded("", "entered-in-error")}
    return body | {"status": "entered-in-error"}


def corrected(body: Body, dice: random.Random) -> Body:
    kind = body["resourceType"]
    if kind == "Condition":
        return body | {"clinicalStatus": coded("", "resolved")}
    if kind == "MedicationRequest":
        return body | {"status": "stopped"}
    if kind == "Encounter":
        return body | {"status": "cancelled"}
    if "valueQuantity" in body:
        return body | {"valueQuantity": {"value": max(0, body["valueQuantity"]["value"] + dice.choice((-6, 6)))}}
    return body


# What is charted ------------------------------------------------------------------------------------------------------


def coded(system: str, code: str, text: str = "") -> Body:
    return {"coding": [{"system": system, "code": code}]} | ({"text": text} if text else {})


def ref(to: str) -> Body:
    return {"reference": to}


def org(name: str) -> str:
    return f"Organization/org-{name.lower()}"


def visit(at: datetime, *, status: str = "finished", cls: str = "AMB", hours: float = 1, **more: Any) -> Body:
    period = {"start": at.isoformat()}
    if status == "finished":
        period["end"] = (at + timedelta(hours=hours)).isoformat()
    return {"resourceType": "Encounter", "status": status, "class": {"code": cls}, "period": period, **more}


def problem(at: datetime, code: str, *, status: str = "active", **more: Any) -> Body:
    return {
        "resourceType": "Condition",
        "clinicalStatus": coded("", status),
        "code": coded(ICD, code),
        "recordedDate": at.isoformat(),
        **more,
    }


def order(at: datetime, drug: str, *, mg: float = 0, days: int = 0, status: str = "active") -> Body:
    body: Body = {
        "resourceType": "MedicationRequest",
        "status": status,
        "intent": "order",
        "medicationCodeableConcept": {"text": drug},
        "authoredOn": at.isoformat(),
    }
    if mg:
        repeat = {"frequency": 1, "period": 1, "periodUnit": "d"}
        rate = {"doseQuantity": {"value": mg, "unit": "mg", "code": "mg"}}
        body["dosageInstruction"] = [{"timing": {"repeat": repeat}, "doseAndRate": [rate]}]
    if days:
        body["dispenseRequest"] = {"validityPeriod": {"end": (at + days * DAY).isoformat()}}
    return body


def result(at: datetime, code: str, value: float, **more: Any) -> Body:
    return observed(at, code=coded(LOINC, code), valueQuantity={"value": value}, **more)


def observed(at: datetime, **more: Any) -> Body:
    return {"resourceType": "Observation", "status": "final", "effectiveDateTime": at.isoformat(), **more}


def pressure(at: datetime, upper: float, lower: float) -> Body:
    parts = (("8480-6", upper), ("8462-4", lower))
    component = [{"code": coded(LOINC, code), "valueQuantity": {"value": value}} for code, value in parts]
    return observed(at, code=coded(LOINC, "85354-9"), component=component)


def message(at: datetime, to: str, *about: str, code: str = "") -> Body:
    body: Body = {"resourceType": "Communication", "status": "completed", "sent": at.isoformat()}
    body |= {"recipient": [ref(to)], "about": [ref(one) for one in about]}
    return body | ({"topic": coded(OWN_CODES, code)} if code else {})


def report(at: datetime) -> Body:
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "date": at.isoformat(),
        "type": coded(LOINC, "11488-4"),
    }


def request(at: datetime, system: str, code: str, **more: Any) -> Body:
    body = {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "authoredOn": at.isoformat()}
    return body | {"code": coded(system, code), **more}


def task(at: datetime, code: str, to: str, *, status: str = "requested", **more: Any) -> Body:
    body = {"resourceType": "Task", "status": status, "intent": "order", "authoredOn": at.isoformat()}
    return body | {"code": coded(OWN_CODES, code), "owner": ref(to), **more}


def appointment(at: datetime, status: str = "booked") -> Body:
    return {"resourceType": "Appointment", "status": status, "start": at.isoformat(), "participant": []}


def consent(at: datetime, *, days: int = 365, status: str = "active") -> Body:
    period = {"start": at.isoformat(), "end": (at + days * DAY).isoformat()}
    return {"resourceType": "Consent", "status": status, "dateTime": at.isoformat(), "provision": {"period": period}}


def episode(at: datetime, *, days: int = 0) -> Body:
    period = {"start": at.isoformat()} | ({"end": (at + days * DAY).isoformat()} if days else {})
    return {"resourceType": "EpisodeOfCare", "status": "finished" if days else "active", "period": period}
