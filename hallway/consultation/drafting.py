"""A draft from charted, shareable facts: each line from one resource in one version. Pure.

It is given only types that hold single facts, never notes; what a patient has sent is no finding of whoever signs. It
passes over whatever carries a psychotherapy or substance use counseling label, whoever reads, so a draft cannot hold
what may not be quoted.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from hallway.record.classes import AUTHOR_ONLY, DataClass
from hallway.record.stored import Stored
from hallway.referral.describing import (
    ICD,
    codes_of,
    concept_text,
    day_words,
    is_active,
    is_no_score,
    medicine_text,
    score_name,
    value_text,
)
from hallway.screening import days
from hallway.screening.instruments.reading import effective
from hallway.standards.fhir import r4

KINDS = (
    "Encounter",
    "Appointment",
    "Condition",
    "Observation",
    "RiskAssessment",
    "CarePlan",
    "Goal",
    "MedicationRequest",
    "ServiceRequest",
)
"""Types a draft is made from. No note, no document, no questionnaire: those hold words that were said in private."""
_NEVER = int(AUTHOR_ONLY | DataClass.UNCLASSIFIED)
_EACH = 4
_SAFETY_ITEM = "44260-8"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a draft and the fact it comes from."""

    section: str
    text: str
    lead: str
    stored: Stored


@dataclass(frozen=True, slots=True)
class Frame:
    """Whose report it is: facts of ``author_org``, scores of both sides, since ``since``, on ``request_id``."""

    author_org: int
    recipient_org: int
    since: datetime
    now: datetime
    request_id: str


def shareable(found: Iterable[Stored]) -> list[Stored]:
    """What may stand behind a line at all, newest first."""
    kept = [
        stored
        for stored in found
        if stored.mask & _NEVER == 0 and stored.kind in KINDS and not stored.is_told_by_patient
    ]
    return sorted(kept, key=lambda s: (s.dated_at or s.updated_at, s.id), reverse=True)


def lines(found: Iterable[Stored], frame: Frame) -> list[Line]:
    """Every line of the draft in the order of its sections."""
    drafted: list[Line] = []
    for stored in shareable(found):
        if stored.source_org == frame.author_org:
            drafted += _LINES[stored.kind](stored, frame)
        elif stored.source_org == frame.recipient_org and stored.kind in {"Observation", "ServiceRequest"}:
            drafted += [line for line in _LINES[stored.kind](stored, frame) if line.section in {"scores", "together"}]
    return _at_most(drafted)


def _at_most(drafted: list[Line]) -> list[Line]:
    """The newest few of each kind of line; the same words once."""
    counts: dict[tuple[str, str], int] = {}
    seen: set[tuple[str, str, str]] = set()
    kept: list[Line] = []
    for line in drafted:
        key = (line.section, line.lead if line.section == "scores" else "")
        most = _EACH if line.section == "scores" else _EACH * 3
        if (line.section, line.lead, line.text) in seen or counts.get(key, 0) >= most:
            continue
        seen.add((line.section, line.lead, line.text))
        counts[key] = counts.get(key, 0) + 1
        kept.append(line)
    return kept


def _day(stored: Stored) -> date:
    return (stored.dated_at or stored.updated_at).date()


def _is_since(stored: Stored, frame: Frame) -> bool:
    return (stored.dated_at or stored.updated_at) >= frame.since


def _encounter(stored: Stored, frame: Frame) -> list[Line]:
    visit = stored.view(r4.Encounter)
    if visit.status != "finished" or not _is_since(stored, frame):
        return []
    how = {"AMB": "in person", "VR": "by video or phone"}.get(visit.class_.code or "" if visit.class_ else "", "")
    words = ", ".join(part for part in (day_words(_day(stored)), _minutes(visit.period), how) if part)
    return [Line("seen", f"{words}.", "", stored)]


def _minutes(period: r4.Period | None) -> str:
    if period is None or not period.start or not period.end:
        return ""
    whole = (datetime.fromisoformat(period.end) - datetime.fromisoformat(period.start)).total_seconds()
    return f"{round(whole / 60)} minutes" if whole > 0 else ""


def _appointment(stored: Stored, frame: Frame) -> list[Line]:
    booked = stored.view(r4.Appointment)
    ahead = booked.start and datetime.fromisoformat(booked.start) > frame.now
    if booked.status != "booked" or not booked.start or not ahead:
        return []
    return [Line("next", f"{day_words(datetime.fromisoformat(booked.start).date())}.", "", stored)]


def _condition(stored: Stored, frame: Frame) -> list[Line]:
    condition = stored.view(r4.Condition)
    if not is_active(condition):
        return []
    coding = condition.code.coding if condition.code else ()
    code = next((one.code or "" for one in coding if one.system == ICD), "")
    certainty = next(iter(codes_of(condition.verification_status)), "")
    words = concept_text(condition.code)
    return [Line("diagnosis", f"{words}. {certainty.capitalize()}." if certainty else f"{words}.", code, stored)]


def _observation(stored: Stored, frame: Frame) -> list[Line]:
    observation = stored.view(r4.Observation)
    value = value_text(observation)
    if not value or not _is_since(stored, frame) or observation.status in {"cancelled", "entered-in-error"}:
        return []
    name = score_name(observation)
    if name and is_no_score(observation):
        return []
    given = days.given(effective(observation), stored.id, stored.updated_at)
    on = days.within(given, day_words(given.on))
    if name:
        return [Line("scores", f"{value} {on}", name, stored)]
    if _SAFETY_ITEM in codes_of(observation.code):
        return [Line("safety", f"Thoughts of self-harm, item 9: {value} {on}.", "", stored)]
    categories = {code for category in observation.category for code in codes_of(category)}
    if categories & {"vital-signs", "laboratory", "survey"}:
        return []
    return [Line("findings", f"{concept_text(observation.code)}: {value}.", "", stored)]


def _risk(stored: Stored, frame: Frame) -> list[Line]:
    risk = stored.view(r4.RiskAssessment)
    found = [concept_text(one.qualitative_risk) for one in risk.prediction if one.qualitative_risk]
    words = ". ".join([*(word for word in found if word), risk.mitigation or ""]).strip(". ")
    return [Line("safety", f"{words}.", "", stored)] if words and _is_since(stored, frame) else []


def _care_plan(stored: Stored, frame: Frame) -> list[Line]:
    plan = stored.view(r4.CarePlan)
    if plan.status not in {"active", "draft", None}:
        return []
    if any("safety" in concept_text(category).lower() for category in plan.category):
        return [Line("safety", "A safety plan exists.", "", stored)]
    words = [plan.description or plan.title or ""]
    words += [a.detail.description or concept_text(a.detail.code) for a in plan.activity if a.detail is not None]
    return [Line("plan", f"{word.rstrip('.')}.", "", stored) for word in words if word]


def _goal(stored: Stored, frame: Frame) -> list[Line]:
    words = concept_text(stored.view(r4.Goal).description)
    return [Line("plan", f"Goal: {words.rstrip('.')}.", "", stored)] if words else []


_VERBS = {"active": "Started", "stopped": "Stopped", "completed": "Finished", "on-hold": "Paused"}


def _medicine(stored: Stored, frame: Frame) -> list[Line]:
    order = stored.view(r4.MedicationRequest)
    verb, words = _VERBS.get(order.status or ""), medicine_text(order)
    if verb is None or not words or not _is_since(stored, frame):
        return []
    why = next((concept_text(reason) for reason in order.reason_code), "")
    on = day_words(_day(stored))
    return [Line("medicines", f"{words}, {on}{f', for {why}' if why else ''}.", verb, stored)]


_TOGETHER = {
    "consult": "Seen once, with advice, as you asked.",
    "comanage": "We both treat, as you asked.",
    "manage": "We take over this part of the treatment, as you asked.",
    "medicines": "We reviewed the medicines, as you asked.",
    "establish": "Primary care is with us now, as you asked.",
}


def _request(stored: Stored, frame: Frame) -> list[Line]:
    request = stored.view(r4.ServiceRequest)
    if stored.id == frame.request_id:
        role = next((concept_text(detail) for detail in request.order_detail), "")
        return [Line("together", _TOGETHER[role], "", stored)] if role in _TOGETHER else []
    if request.status != "active" or not _is_since(stored, frame):
        return []
    return [Line("asks", f"{concept_text(request.code).rstrip('.')}.", "", stored)]


_LINES: dict[str, Callable[[Stored, Frame], list[Line]]] = {
    "Encounter": _encounter,
    "Appointment": _appointment,
    "Condition": _condition,
    "Observation": _observation,
    "RiskAssessment": _risk,
    "CarePlan": _care_plan,
    "Goal": _goal,
    "MedicationRequest": _medicine,
    "ServiceRequest": _request,
}
