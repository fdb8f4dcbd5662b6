"""One resource as the second computation sees it, read from plain JSON. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hallway.app.witness.coding import ICD, LOINC, RXNORM, groups, ingredients, problem

DAY = timedelta(days=1)
PAST = ("resolved", "inactive", "remission")
ENDED = ("stopped", "completed", "cancelled", "ended")
DRUGS = ("MedicationRequest", "MedicationStatement", "MedicationDispense")
ASKED = frozenset({
    *DRUGS, "Condition", "Encounter", "EpisodeOfCare", "Observation", "QuestionnaireResponse", "ServiceRequest", "Task",
    "Appointment", "Consent", "CarePlan", "CareTeam", "Procedure", "Flag", "Communication", "DocumentReference",
})  # fmt: skip
"""Kinds that a sentence of the rules speaks of."""
ANSWERS = {"LA6568-5": 0, "LA6569-3": 1, "LA6570-1": 2, "LA6571-9": 3, "LA33-6": 1, "LA32-8": 0}
"""Points of not at all, several days, more than half the days, nearly every day; of yes and no."""


@dataclass(frozen=True, eq=False)
class Thing:
    """One resource as it stands: of whom, when, and what of it a rule may ask. ``numbers`` by LOINC code.

    ``code`` is a problem's ICD code or a visit's class; ``codes`` are all others by themselves, ``loincs`` those of a
    measurement. ``doses``: milligrams a day of each version in turn, with the instant at which it was stored.
    """

    kind: str
    id: str
    source: int
    at: datetime
    status: str
    code: str = ""
    name: str = ""
    names: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    loincs: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()
    numbers: dict[str, float] = field(default_factory=dict[str, float])
    drugs: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    doses: tuple[tuple[float | None, datetime], ...] = ()
    until: datetime | None = None
    about: frozenset[str] = frozenset()
    to: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    rests_on: frozenset[str] = frozenset()
    visit: str = ""
    group: str = ""
    own_id: str = ""
    author: int = 0
    intent: str = ""
    said_at: datetime | None = None
    has_output: bool = False
    version: int = 1
    stored_at: datetime | None = None

    def is_past(self, at: datetime, states: tuple[str, ...]) -> bool:
        """Whether a problem was over at an instant: one that ended later was not."""
        return self.status in states and (self.until is None or self.until <= at)

    def is_taken(self, at: datetime) -> bool:
        """Whether a drug is taken at an instant."""
        return self.at <= at and (self.until is None or at < self.until)

    def is_named(self, *starts: str) -> bool:
        """Whether one of its names begins so."""
        return any(name.startswith(starts) for name in self.names)

    @property
    def dose(self) -> float | None:
        """Milligrams a day, as it stands."""
        return self.doses[-1][0] if self.doses else None

    @property
    def ref(self) -> str:
        """Its name."""
        return f"{self.kind}/{self.id}"

    @property
    def last_said(self) -> datetime:
        """A task speaks each time it is changed."""
        return max(self.at, self.said_at or self.at)


@dataclass(frozen=True)
class Version:
    """What was stored, and when; ``author`` is the practitioner who signed it."""

    body: dict[str, Any]
    stored_at: datetime
    author: int = 0


def thing(
    body: dict[str, Any], rid: str, source: int, stored_at: datetime, *, author: int = 0, past: tuple[Version, ...] = ()
) -> Thing | None:
    """A resource as it stands, after what stood before; None for one in error, or that no sentence speaks of."""
    kind = body["resourceType"]
    if kind not in ASKED:
        return None
    verified = first_code(body.get("verificationStatus"))
    if {"entered-in-error", "refuted"} & {body.get("status"), verified}:
        return None
    at = _at(body, stored_at)
    version = len(past) + 1
    coded = list(_codings(body))
    return Thing(
        kind=kind,
        id=rid,
        source=source,
        at=at,
        status=first_code(body.get("clinicalStatus")) or body.get("status", ""),
        name=min(_names(body)[:1], default="").lower().strip(),
        names=frozenset(name.lower().strip() for name in _names(body)),
        codes=frozenset(one.get("code", "") for one in coded if one.get("system") not in (ICD, LOINC, RXNORM)),
        loincs=frozenset(one.get("code", "") for one in coded if one.get("system") == LOINC),
        numbers=_numbers(body),
        until=_until(body, at, stored_at if version > 1 else None),
        about=_refs(body, "about", "reasonReference") | _attached(body),
        to=_refs(body, "recipient", "owner", "performer"),
        signs=frozenset(first_code(one) for one in body.get("interpretation", [])),
        categories=frozenset(one.get("code", "").lower() for held in _list(body, "category") for one in _coding(held)),
        rests_on=_refs(body, "basedOn", "partOf", "focus"),
        visit=next(iter(_refs(body, "encounter")), "") if isinstance(body.get("encounter"), dict) else "",
        group=(body.get("groupIdentifier") or {}).get("value", ""),
        own_id=_own_id(body),
        author=author,
        intent=body.get("intent", ""),
        said_at=when(body.get("lastModified")),
        has_output=bool(body.get("output")),
        version=version,
        stored_at=stored_at,
        **_meaning(body, past, stored_at),
    )


def _meaning(body: dict[str, Any], past: tuple[Version, ...], stored_at: datetime) -> dict[str, Any]:
    """What our tables make of a problem, a visit's reasons or a drug."""
    kind, names = body["resourceType"], _names(body)
    coded = {one.get("system"): one.get("code", "") for one in _codings(body)}
    if kind == "Condition":
        return {"code": coded.get(ICD, ""), "sets": problem(coded.get(ICD, ""), tuple(names))}
    if kind == "Encounter":
        reasons = [problem(_icd(one), tuple(_of_concept(one))) for one in _list(body, "reasonCode")]
        return {"code": _class(body), "reasons": frozenset[str]().union(*reasons)}
    if kind in DRUGS:
        drugs = ingredients([coded[RXNORM]] if RXNORM in coded else [], names)
        versions = (*past, Version(body, stored_at))
        doses = tuple((daily_mg(one.body) if len(drugs) == 1 else None, one.stored_at) for one in versions)
        return {"drugs": drugs, "groups": groups(drugs) | _injected(names), "doses": doses}
    return {}


def _injected(names: list[str]) -> frozenset[str]:
    said = " ".join(names).lower()
    words = ("decanoate", "long-acting injec", "palmitate", "lauroxil", "microspheres", "extended-release injec")
    return frozenset({"INJECTED"} if any(word in said for word in words) else ())


# Codes and names ------------------------------------------------------------------------------------------------------


def first_code(concept: dict[str, Any] | None) -> str:
    """The first code of a concept."""
    return concept["coding"][0].get("code", "") if concept and concept.get("coding") else ""


def _list(body: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """Its elements there; of kinds that no rule asks of, some have a word or a number under the same name."""
    held = body.get(key) or []
    return [one for one in (held if isinstance(held, list) else [held]) if isinstance(one, dict)]


def _coding(concept: dict[str, Any]) -> list[dict[str, str]]:
    return concept.get("coding", [])


_SAYS = ("code", "type", "topic", "serviceType", "medicationCodeableConcept", "scope", "orderDetail")


def _concepts(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for key in _SAYS:
        yield from _list(body, key)
    for line in _list(body, "activity"):
        yield from _list(line.get("detail") or {}, "code")


def _codings(body: dict[str, Any]) -> Iterator[dict[str, str]]:
    parts = (part.get("code", {}) for part in body.get("component", []))
    for concept in (*_concepts(body), *parts, *_list(body, "category")):
        yield from _coding(concept)


def _of_concept(concept: dict[str, Any]) -> list[str]:
    held = [concept.get("text", ""), *(one.get("display", "") for one in _coding(concept))]
    return [name for name in held if name]


def _names(body: dict[str, Any]) -> list[str]:
    return [name for concept in _concepts(body) for name in _of_concept(concept)]


def _icd(concept: dict[str, Any]) -> str:
    return next((one.get("code", "") for one in _coding(concept) if one.get("system") == ICD), "")


def _class(body: dict[str, Any]) -> str:
    return body["class"].get("code", "") if isinstance(body.get("class"), dict) else ""


# Times and references -------------------------------------------------------------------------------------------------


def when(text: str | None) -> datetime | None:
    """A FHIR date or dateTime; a date alone at midnight."""
    if not text:
        return None
    whole = text if len(text) > 7 else f"{text}-01" if len(text) == 7 else f"{text}-01-01"
    found = datetime.fromisoformat(whole)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


_DATES = {
    "Condition": ("recordedDate", "onsetDateTime"),
    "Encounter": ("period",),
    "Task": ("authoredOn",),
    "Appointment": ("start",),
    "DocumentReference": ("date",),
    "Consent": ("dateTime",),
    "Procedure": ("performedDateTime", "performedPeriod"),
    "MedicationStatement": ("effectiveDateTime", "effectivePeriod", "dateAsserted"),
    "MedicationDispense": ("whenHandedOver",),
    "ServiceRequest": ("occurrenceDateTime", "authoredOn"),
}
_ANY = ("effectiveDateTime", "effectivePeriod", "effectiveInstant", "authoredOn", "authored", "sent", "period", "start")


def _at(body: dict[str, Any], stored_at: datetime) -> datetime:
    for key in _DATES.get(body["resourceType"], _ANY):
        held = body.get(key)
        found = when(held.get("start") if isinstance(held, dict) else held)
        if found:
            return found
    return stored_at


def _until(body: dict[str, Any], at: datetime, changed_at: datetime | None) -> datetime | None:
    """When it ended. What was stopped or resolved here ended then at the latest; a drug that was over when it was
    first seen is counted for as long as it was supplied, else for thirty days."""
    stated = when((body.get("period") or {}).get("end") or body.get("abatementDateTime") or _held_until(body))
    status = first_code(body.get("clinicalStatus")) or body.get("status", "")
    if body["resourceType"] in DRUGS:
        if status in ENDED and changed_at is not None:
            return min(stated or changed_at, max(changed_at, at))
        return stated or (at + _supply(body) * DAY if status in ENDED else None)
    if body["resourceType"] == "Condition" and status in PAST:
        return stated or changed_at
    return stated


def _held_until(body: dict[str, Any]) -> str | None:
    held = (body.get("provision") or {}).get("period") or body.get("dispenseRequest", {}).get("validityPeriod") or {}
    return held.get("end")


def _supply(body: dict[str, Any]) -> float:
    held = body.get("dispenseRequest", {}).get("expectedSupplyDuration") or body.get("daysSupply") or {}
    return float(held.get("value", 30))


def _refs(body: dict[str, Any], *keys: str) -> frozenset[str]:
    held = (one for key in keys for one in _list(body, key))
    return frozenset(one["reference"] for one in held if one.get("reference"))


def _attached(body: dict[str, Any]) -> frozenset[str]:
    held = (part["contentReference"] for part in body.get("payload", []) if "contentReference" in part)
    return frozenset(one["reference"] for one in held)


def _own_id(body: dict[str, Any]) -> str:
    values = (one.get("value", "") for one in _list(body, "identifier"))
    return next((value[9:] for value in values if value.startswith("urn:uuid:")), "")


# Numbers --------------------------------------------------------------------------------------------------------------


def _numbers(body: dict[str, Any]) -> dict[str, float]:
    if body["resourceType"] == "QuestionnaireResponse":
        return dict(_answers(body.get("item", [])))
    if body["resourceType"] != "Observation":
        return {}
    found: dict[str, float] = {}
    for part in (body, *body.get("component", [])):
        value = _value(part)
        for one in part.get("code", {}).get("coding", []):
            if one.get("system") == LOINC and value is not None:
                found[one["code"]] = value
    return found


def _value(part: dict[str, Any]) -> float | None:
    if "value" in part.get("valueQuantity", {}):
        return float(part["valueQuantity"]["value"])
    if "valueInteger" in part:
        return float(part["valueInteger"])
    return ANSWERS.get(first_code(part.get("valueCodeableConcept")))


def _answers(lines: Iterable[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    for line in lines:
        code = next((one["code"] for one in line.get("code", []) if one.get("system") == LOINC), line.get("linkId", ""))
        for one in line.get("answer", []):
            points = one.get("valueInteger", ANSWERS.get(one.get("valueCoding", {}).get("code", "")))
            if points is not None:
                yield code.lstrip("/"), float(points)
        yield from _answers(line.get("item", []))


_STRENGTH = re.compile(r"([1-9]\d{0,2}(?:,\d{3})+|\d+(?:[.,]\d+)?) ?(mg|mcg|g)\b(?! ?/ ?ml)", re.IGNORECASE)
_GROUPED = re.compile(r"[1-9]\d{0,2}(?:,\d{3})+")
_RARE = re.compile(
    r"(?:^| )(?:a|per|each|every) (?:\w+ )?(?:weeks?|months?)|weekly|monthly|every other (?:day|night)|every \w+ days"
)
"""A rhythm of more than a day, of which no words here tell how often."""
_TO_MG = {"mg": 1.0, "mcg": 0.001, "ug": 0.001, "g": 1000.0}
_DAYS = {"d": 1.0, "wk": 7.0, "h": 1 / 24, "mo": 30.0}
_OFTEN = (("four times", 4), ("three times", 3), ("twice", 2), ("daily", 1), ("once", 1), ("bedtime", 1), ("night", 1))


def daily_mg(body: dict[str, Any]) -> float | None:
    """Milligrams a day, where every line of the dosage says how much and how often."""
    strengths = [held for name in sorted(_names(body)) if (held := _STRENGTH.findall(name))]
    strength = _mg(*strengths[0][0]) if strengths and len(strengths[0]) == 1 else None
    lines = body.get("dosageInstruction") or body.get("dosage") or []
    each = [_of_line(line, strength) for line in lines] if isinstance(lines, list) else []
    return sum(one or 0 for one in each) if each and None not in each else None


def _mg(value: str, unit: str) -> float | None:
    plain = value.replace(",", "") if _GROUPED.fullmatch(value) else value.replace(",", ".")
    return float(plain) * _TO_MG[unit.lower()] if unit.lower() in _TO_MG else None


def _of_line(line: dict[str, Any], strength: float | None) -> float | None:
    repeat = (line.get("timing") or {}).get("repeat") or {}
    said = line.get("text", "").lower()
    often = None if _RARE.search(said) else next((float(times) for word, times in _OFTEN if word in said), None)
    if repeat.get("frequency") and repeat.get("period") and repeat.get("periodUnit") in _DAYS:
        often = repeat["frequency"] / (repeat["period"] * _DAYS[repeat["periodUnit"]])
    held = next((rate["doseQuantity"] for rate in line.get("doseAndRate", []) if "doseQuantity" in rate), None)
    once = strength
    if held and "value" in held:
        in_mg = _mg(str(held["value"]), held.get("code") or held.get("unit", ""))
        once = in_mg if in_mg is not None else strength * held["value"] if strength else None
    elif stated := _STRENGTH.findall(said):
        once = _mg(*stated[0])
    return None if often is None or once is None else often * once
