"""A target as a FHIR Goal: which score, below what, for which problem, counted from which result. Pure mapping."""

from dataclasses import dataclass
from decimal import Decimal

from hallway.screening.instruments.shapes import LOINC, Instrument
from hallway.standards.fhir import codec, r4

_ACHIEVEMENT = "http://terminology.hl7.org/CodeSystem/goal-achievement"


@dataclass(frozen=True, slots=True)
class Setter:
    """Who sets a target for whom: server ids of patient and practitioner, and the practitioner's name."""

    patient_id: str
    practitioner_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is aimed at: a total below ``aim``. References are relative ("Condition/ID") or empty."""

    instrument: Instrument
    aim: int
    problem: str = ""
    baseline: str = ""
    baseline_total: int | None = None


def goal(goal_id: str, wanted: Wanted, setter: Setter, *, on: str) -> r4.Goal:
    """The Goal of a target set ``on`` a day. It names the problem and the baseline, and so takes their label."""
    words = f"{wanted.instrument.name} below {wanted.aim}"
    if wanted.baseline_total is not None:
        words += f", from {wanted.baseline_total}"
    named = (wanted.problem, wanted.baseline)
    return r4.Goal(
        id=goal_id,
        lifecycle_status="active",
        achievement_status=_coded(_ACHIEVEMENT, "in-progress"),
        description=r4.CodeableConcept(text=words),
        subject=r4.Reference(reference=f"Patient/{setter.patient_id}"),
        start_date=on,
        target=(_target(wanted),),
        expressed_by=r4.Reference(reference=f"Practitioner/{setter.practitioner_id}", display=setter.name),
        addresses=tuple(r4.Reference(reference=one) for one in named if one),
    )


def _target(wanted: Wanted) -> r4.GoalTarget:
    code = wanted.instrument.total_code
    coding = (r4.Coding(system=LOINC, code=code),) if code else ()
    return r4.GoalTarget(
        measure=r4.CodeableConcept(coding=coding, text=f"{wanted.instrument.name} total"),
        detail_quantity=r4.Quantity(value=Decimal(wanted.aim), comparator="<", unit="{score}"),
    )


def _coded(system: str, code: str) -> r4.CodeableConcept:
    return r4.CodeableConcept(coding=(r4.Coding(system=system, code=code),))


ENDINGS: dict[str, tuple[str, str]] = {
    "met": ("completed", "achieved"),
    "replaced": ("cancelled", "not-achieved"),
    "not_helpful": ("cancelled", "not-attainable"),
    "patient_choice": ("cancelled", "not-attainable"),
    "left": ("cancelled", "not-achieved"),
}
"""How a target ends: R4's lifecycle status and achievement of its Goal."""


def ended(body: bytes, ended_as: str, *, on: str) -> bytes:
    """The Goal's next version: no longer pursued, and why. What others wrote into it stays."""
    lifecycle, achievement = ENDINGS[ended_as]
    return codec.amended(
        body,
        {
            "lifecycleStatus": lifecycle,
            "achievementStatus": {"coding": [{"system": _ACHIEVEMENT, "code": achievement}]},
            "statusDate": on,
            "statusReason": ended_as,
        },
    )


def changed(body: bytes, wanted: Wanted, *, on: str) -> bytes:
    """The Goal's next version with another aim."""
    words = f"{wanted.instrument.name} below {wanted.aim}"
    if wanted.baseline_total is not None:
        words += f", from {wanted.baseline_total}"
    return codec.amended(
        body,
        {"description": {"text": words}, "target": [codec.plain(r4.encode(_target(wanted)))], "statusDate": on},
    )
