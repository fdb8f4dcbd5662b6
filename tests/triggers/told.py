"""The examples of the triggers as resources, for those who read resources: each line as R4 would say it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from hallway.app.witness.moments import Answer, Clock, Practice, Thing, Treats, Version, thing
from hallway.standards.fhir import dates
from hallway.triggers import facts
from hallway.triggers.examples import TODAY, Example
from hallway.triggers.facts import Chart, Fact

SYSTEMS = {
    "icd10": "http://hl7.org/fhir/sid/icd-10-cm",
    "loinc": "http://loinc.org",
    "cpt": "http://www.ama-assn.org/go/cpt",
    "hallway": "urn:hallway:example",
    "class": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
}
SOURCES = {"own": 1, "other": 2, "third": 3}
KINDS = {
    "order": ("MedicationRequest", "active", "authoredOn"),
    "takes": ("MedicationStatement", "active", "effectiveDateTime"),
    "dispense": ("MedicationDispense", "completed", "whenHandedOver"),
    "problem": ("Condition", "active", "recordedDate"),
    "visit": ("Encounter", "finished", "period"),
    "stay": ("Encounter", "finished", "period"),
    "emergency": ("Encounter", "finished", "period"),
    "episode": ("EpisodeOfCare", "active", "period"),
    "result": ("Observation", "final", "effectiveDateTime"),
    "answers": ("QuestionnaireResponse", "completed", "authored"),
    "message": ("Communication", "completed", "sent"),
    "task": ("Task", "requested", "authoredOn"),
    "report": ("DocumentReference", "current", "date"),
    "referral": ("ServiceRequest", "active", "authoredOn"),
    "request": ("ServiceRequest", "active", "authoredOn"),
    "appointment": ("Appointment", "booked", "start"),
    "consent": ("Consent", "active", "dateTime"),
    "plan": ("CarePlan", "active", "period"),
    "careteam": ("CareTeam", "active", "period"),
    "procedure": ("Procedure", "completed", "performedDateTime"),
    "flag": ("Flag", "active", "period"),
}
USUAL = {"visit": "class:AMB", "stay": "class:IMP", "emergency": "class:EMER", "report": "loinc:11488-4"}
USUAL["referral"] = "loinc:57133-1"


def day(text: str) -> datetime:
    return TODAY + timedelta(days=float(text.lstrip("@")))


@dataclass
class Line:
    """One line of an example, taken apart."""

    word: str
    id: str
    at: datetime = TODAY
    source: int = 1
    is_error: bool = False
    codes: list[str] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return KINDS[self.word][0]

    @property
    def stored_at(self) -> datetime:
        return day(self.told["recorded"]) if "recorded" in self.told else self.at


def line_of(text: str, number: int) -> Line:
    word, *words = text.split()
    one = Line(word, f"f{number}")
    if word in USUAL and not any(each.startswith("class:") for each in words):
        one.codes.append(USUAL[word])
    for each in words:
        if each in SOURCES:
            one.source = SOURCES[each]
        elif each == "error":
            one.is_error = True
        elif each[0] == "@":
            one.at = day(each)
        elif each[0] == "#":
            one.id = each[1:]
        elif "=" in each:
            name, _, value = each.partition("=")
            one.told[name] = value
        else:
            one.codes.append(each.replace("_", " ") if each.startswith(("name:", "drug:")) else each)
    return one


def body_of(one: Line, kinds: Mapping[str, str]) -> dict[str, Any]:
    kind, status, dated = KINDS[one.word]
    status = "entered-in-error" if one.is_error else one.told.get("is", status)
    body: dict[str, Any] = {"resourceType": kind, "status": status, **_dated(one, dated)}
    if kind == "Condition":
        body["clinicalStatus"] = _coded("", "active" if one.is_error else status)
        if one.is_error:
            body["verificationStatus"] = _coded("", "entered-in-error")
    return body | _coded_parts(one) | _references(one, kinds) | _numbers(one)


def _coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code}]}


def _dated(one: Line, name: str) -> dict[str, Any]:
    end = day(one.told["end"]).isoformat() if "end" in one.told else ""
    if name == "period":
        return {"period": {"start": one.at.isoformat()} | ({"end": end} if end else {})}
    ended = {"Consent": {"provision": {"period": {"end": end}}}, "Condition": {"abatementDateTime": end}}
    more = ended.get(one.kind, {"dispenseRequest": {"validityPeriod": {"end": end}}}) if end else {}
    return {name: one.at.isoformat(), **more}


_WHERE = {
    "MedicationRequest": "medicationCodeableConcept",
    "MedicationStatement": "medicationCodeableConcept",
    "MedicationDispense": "medicationCodeableConcept",
    "Communication": "topic",
    "DocumentReference": "type",
    "CarePlan": "type",
    "Encounter": "type",
}


def _coded_parts(one: Line) -> dict[str, Any]:
    found: dict[str, Any] = {}
    concept: dict[str, Any] = {"coding": []}
    for code in one.codes:
        system, _, value = code.partition(":")
        if system == "class":
            found["class"] = {"system": SYSTEMS["class"], "code": value}
        elif system == "category":
            found["category"] = [_coded("", value)]
        elif system == "interpretation":
            found["interpretation"] = [_coded("", value)]
        elif system == "reason_icd10":
            found["reasonCode"] = [_coded(SYSTEMS["icd10"], value)]
        elif system in ("name", "drug"):
            concept["text"] = "Something unheard of" if value == "?" else value
        else:
            concept["coding"].append({"system": SYSTEMS[system], "code": value})
    where = _WHERE.get(one.kind, "code")
    if concept != {"coding": []}:
        found[where] = [concept] if one.kind == "Encounter" else concept
    return found


def _references(one: Line, kinds: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for word, name in (("names", "about"), ("based", "basedOn"), ("focus", "focus"), ("in", "encounter")):
        if word in one.told:
            ref = {"reference": f"{kinds.get(one.told[word], 'Encounter')}/{one.told[word]}"}
            found[name] = ref if name in ("encounter", "focus") else [ref]
    if one.kind == "Task" and "about" in found:
        found["reasonReference"] = found.pop("about")[0]
    is_sent = one.kind in ("Communication", "Task")
    to = one.told.get("for", ("other" if one.source == 1 else "own") if is_sent else "")
    if to:
        ref = {"reference": "Patient/1" if to == "patient" else f"Organization/{to}"}
        where = {"Task": "owner", "Communication": "recipient"}.get(one.kind, "performer")
        found[where] = ref if where == "owner" else [ref]
    for word, name in (("group", "groupIdentifier"), ("referral", "identifier")):
        if word in one.told:
            value = {"value": one.told[word] if word == "group" else f"urn:uuid:{one.told[word]}"}
            found[name] = [value] if word == "referral" else value
    if "changed" in one.told:
        found["lastModified"] = day(one.told["changed"]).isoformat()
    return found | ({"intent": one.told["intent"]} if "intent" in one.told else {})


def _numbers(one: Line) -> dict[str, Any]:
    numbers = {name[6:]: float(value) for name, value in one.told.items() if name.startswith("loinc:")}
    if one.kind == "QuestionnaireResponse":
        return {"item": [{"linkId": code, "answer": [{"valueInteger": int(n)}]} for code, n in numbers.items()]}
    found: dict[str, Any] = {}
    if numbers:
        parts = numbers.items()
        found["component"] = [
            {"code": _coded(SYSTEMS["loinc"], code), "valueQuantity": {"value": n}} for code, n in parts
        ]
    if "value" in one.told:
        found["valueQuantity"] = {"value": float(one.told["value"])}
    if "mg" in one.told:
        rate = {"doseQuantity": {"value": float(one.told["mg"]), "unit": "mg", "code": "mg"}}
        found["dosageInstruction"] = [
            {"timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}, "doseAndRate": [rate]}
        ]
    return found


# A whole example ------------------------------------------------------------------------------------------------------


def lines_of(example: Example) -> list[Line]:
    words = ("offer", "loop", "died", "male")
    held = enumerate(example.lines)
    return [line_of(text, number) for number, text in held if text.split()[0] not in words]


def bodies(example: Example) -> list[tuple[Line, dict[str, Any]]]:
    lines = lines_of(example)
    kinds = {one.id: one.kind for one in lines}
    return [(one, body_of(one, kinds)) for one in lines]


def things(example: Example) -> list[Thing]:
    """What the second computation is asked about."""
    stored: dict[str, list[tuple[Line, dict[str, Any]]]] = {}
    for one, body in bodies(example):
        stored.setdefault(one.id, []).append((one, body))
    found = []
    for rid, held in stored.items():
        *earlier, (last, body) = held
        past = tuple(Version(text, each.stored_at) for each, text in earlier)
        if not past and last.told.get("version", "1") != "1":
            past = (Version(body | {"status": "active"}, last.at),)
        author = int(last.told.get("by", last.source * 10))
        found.append(thing(body, rid, last.source, last.stored_at, author=author, past=past))
    return [one for one in found if one is not None]


def practice(example: Example) -> Practice:
    chart = example.chart()
    return Practice(
        1,
        example.practice,
        tuple(Treats(one.organization, one.side, one.from_at, one.until_at) for one in chart.team),
        frozenset({"Organization/own", "Practitioner/own"}),
        tuple(
            Clock(one.kind, one.subject or one.id, one.owner_org, one.opened_at, one.closed_at, one.referral)
            for one in chart.loops
        ),
        tuple(Answer(one.side, one.at, one.again_on, one.answer == "wants") for one in chart.offers),
        chart.deceased,
        chart.gender,
    )


def read_chart(example: Example) -> Chart:
    """The same example as the rules see it once its resources have been read."""
    found: dict[str, tuple[Fact, ...]] = {}
    for one, body in bodies(example):
        stored = SimpleNamespace(
            kind=one.kind,
            id=one.id,
            version=int(one.told.get("version", 1)),
            body=json.dumps(body).encode(),
            dated_at=dates.dated_at(one.kind, body),
            updated_at=one.stored_at,
            source_org=one.source,
            mask=1,
            author=int(one.told.get("by", one.source * 10)),
            is_told_by_patient=False,
        )
        fact = facts.of(stored)
        assert fact is not None
        found[one.kind] = (*found.get(one.kind, ()), fact)
    return replace(example.chart(), facts=found)
