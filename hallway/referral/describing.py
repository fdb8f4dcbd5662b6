"""Charted facts in one line each, for a form or a referral to show. Pure: a released resource in, words out."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from hallway.record.stored import Stored
from hallway.referral.views import Attached, ReferralDraft
from hallway.standards.fhir import r4

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
PHQ9, GAD7 = "44261-6", "70274-6"
SCORES = {PHQ9: "PHQ-9", GAD7: "GAD-7", "73831-0": "Depression screen", "75626-2": "AUDIT-C", "72172-0": "MoCA"}
"""LOINC codes of total scores and our short names for them."""
KINDS = ("Condition", "MedicationRequest", "AllergyIntolerance", "Observation", "QuestionnaireResponse")
"""FHIR types that may go with a referral."""
_LAB_AGE = timedelta(days=183)
_MOST = 20


def concept_text(concept: r4.CodeableConcept | None) -> str:
    """The words of a concept: its text, else the first display, else the first code."""
    if concept is None:
        return ""
    displays = [coding.display for coding in concept.coding if coding.display]
    codes = [coding.code for coding in concept.coding if coding.code]
    return concept.text or (displays[0] if displays else codes[0] if codes else "")


def codes_of(concept: r4.CodeableConcept | None) -> tuple[str, ...]:
    """Every code of a concept."""
    return tuple(coding.code for coding in concept.coding if coding.code) if concept else ()


def is_behavioral(condition: r4.Condition) -> bool:
    """Is it coded in the mental and behavioral chapter of ICD-10-CM?"""
    codings = condition.code.coding if condition.code else ()
    return any(coding.system == ICD and (coding.code or "").startswith("F") for coding in codings)


def is_active(condition: r4.Condition) -> bool:
    """Is a condition neither resolved nor entered in error?"""
    status = codes_of(condition.clinical_status)
    wrong = codes_of(condition.verification_status)
    return not {"inactive", "resolved", "remission"} & set(status) and "entered-in-error" not in wrong


def medicine_text(order: r4.MedicationRequest) -> str:
    """Name, then how it is taken."""
    name = concept_text(order.medication_codeable_concept)
    dose = next((dosage.text for dosage in order.dosage_instruction if dosage.text), "")
    return f"{name}, {dose}" if name and dose and dose not in name else name


def value_text(observation: r4.Observation) -> str:
    """The value with its unit, or the coded answer; empty when there is none."""
    quantity = observation.value_quantity
    if quantity is not None and quantity.value is not None:
        return f"{quantity.value} {quantity.unit or ''}".strip().removesuffix(" {score}")
    if observation.value_integer is not None:
        return str(observation.value_integer)
    return observation.value_string or concept_text(observation.value_codeable_concept)


def score_name(observation: r4.Observation) -> str:
    """Our short name of an instrument's total, or empty for anything else."""
    return next((SCORES[code] for code in codes_of(observation.code) if code in SCORES), "")


def is_no_score(observation: r4.Observation) -> bool:
    """Is it a total that is not final yet, was called off or entered in error? It says nothing."""
    return observation.status in {"registered", "preliminary", "cancelled", "entered-in-error"}


def _observation_text(observation: r4.Observation) -> str:
    name = score_name(observation)
    if name and is_no_score(observation):
        return ""
    name = name or concept_text(observation.code)
    value = value_text(observation)
    return f"{name} {value}" if value else ""


def text_of(stored: Stored) -> str:
    """One line for a resource of ``KINDS``; empty for one that says nothing in a line."""
    if stored.kind == "Condition":
        return concept_text(stored.view(r4.Condition).code)
    if stored.kind == "MedicationRequest":
        return medicine_text(stored.view(r4.MedicationRequest))
    if stored.kind == "AllergyIntolerance":
        allergy = stored.view(r4.AllergyIntolerance)
        manifestation = next((concept_text(m) for r in allergy.reaction for m in r.manifestation), "")
        name = concept_text(allergy.code)
        return f"{name}: {manifestation}" if manifestation else name
    if stored.kind == "Observation":
        text = _observation_text(stored.view(r4.Observation))
        return f"{text} (told by the patient)" if text and stored.is_told_by_patient else text
    return "Questionnaire" if stored.kind == "QuestionnaireResponse" else ""


def attached(stored: Stored, *, is_ticked: bool = True) -> Attached:
    """A resource as something that may go along."""
    day = stored.dated_at.date() if stored.dated_at else None
    return Attached(stored.kind, str(stored.id), stored.version, text_of(stored), day, is_ticked)


def draft_of(found: Iterable[Stored], now: datetime) -> ReferralDraft:
    """R35 from what was released: the newest line of each fact, in the groups of the form."""
    groups: dict[str, dict[str, Attached]] = {name: {} for name in (*_GROUPS, "")}
    newest = sorted(found, key=lambda s: (s.dated_at or s.updated_at, s.id), reverse=True)
    for stored in newest:
        name = _group(stored, now)
        line = attached(stored)
        key = line.text.split(" ")[0] if name == "labs" else line.text
        if line.text and len(groups[name]) < _MOST:
            if name == "scores":
                key = f"{line.text} {line.dated_on}"
            groups[name].setdefault(key, line)
    lists = {name: tuple(groups[name].values()) for name in _GROUPS}
    lists["scores"] = lists["scores"][:6]
    return ReferralDraft(presenting_problem=_presenting(lists), **lists)


_GROUPS = ("diagnoses", "conditions", "medicines", "allergies", "scores", "labs")


def _group(stored: Stored, now: datetime) -> str:
    if stored.kind == "Condition":
        condition = stored.view(r4.Condition)
        if not is_active(condition):
            return ""
        return "diagnoses" if is_behavioral(condition) else "conditions"
    if stored.kind == "MedicationRequest":
        return "medicines" if stored.view(r4.MedicationRequest).status in {"active", "on-hold"} else ""
    if stored.kind == "AllergyIntolerance":
        return "allergies"
    if stored.kind != "Observation" or stored.is_told_by_patient:
        return ""
    return _observation_group(stored, now)


def _observation_group(stored: Stored, now: datetime) -> str:
    observation = stored.view(r4.Observation)
    if score_name(observation):
        return "scores"
    is_lab = any("laboratory" in codes_of(category) for category in observation.category)
    is_recent = stored.dated_at is not None and stored.dated_at > now - _LAB_AGE
    return "labs" if is_lab and is_recent else ""


def _presenting(lists: dict[str, tuple[Attached, ...]]) -> str:
    """What the form proposes as the presenting problem: the first diagnosis and the newest score."""
    parts = [line.text for line in (*lists["diagnoses"][:1], *lists["scores"][:1])]
    return ". ".join(parts)


def day_words(day: date) -> str:
    """As pages write a date: "Jun 9"."""
    return f"{day:%b} {day.day}"
