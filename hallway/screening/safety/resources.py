"""What the steps leave in the record, as FHIR R4: judgement, plan, means, who was told. Pure, both ways."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hallway.screening.safety.rows import LANGUAGES
from hallway.standards.fhir import r4

STEP_SYSTEM = "urn:hallway:safety-step"
PART_SYSTEM = "urn:hallway:safety-plan-part"
RISK_SYSTEM = "urn:hallway:safety-risk"
CHOICE_SYSTEM = "urn:hallway:safety-choice"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes about whom, as ``Type/id``, and when."""

    patient: str
    author: str
    organization: str
    at: datetime


def _ref(reference: str) -> r4.Reference:
    return r4.Reference(reference=reference)


def _concept(system: str, code: str, text: str) -> r4.CodeableConcept:
    return r4.CodeableConcept(coding=(r4.Coding(system=system, code=code),), text=text)


def _stamp(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def judgement(resource_id: str, writer: Writer, *, risk: str, title: str, words: str) -> r4.RiskAssessment:
    """The clinician's judgement in their own words; the level is theirs too, no score's."""
    return r4.RiskAssessment(
        id=resource_id,
        status="final",
        code=_concept(STEP_SYSTEM, "judgement", "Risk of suicide, as the clinician judges it"),
        subject=_ref(writer.patient),
        occurrence_date_time=_stamp(writer.at),
        performer=_ref(writer.author),
        prediction=(
            r4.RiskAssessmentPrediction(
                outcome=r4.CodeableConcept(text="Suicide or self-harm"),
                qualitative_risk=_concept(RISK_SYSTEM, risk, title),
            ),
        ),
        note=(r4.Annotation(text=words),),
    )


def plan(
    resource_id: str, writer: Writer, *, parts: Mapping[str, str], titles: Mapping[str, str], language: str
) -> r4.CarePlan:
    """The safety plan: six parts, each in the words that patient and clinician found together."""
    return r4.CarePlan(
        id=resource_id,
        language=language,
        status="active",
        intent="plan",
        category=(_concept(STEP_SYSTEM, "plan", "Safety plan"),),
        title="Safety plan",
        subject=_ref(writer.patient),
        period=r4.Period(start=_stamp(writer.at)),
        created=_stamp(writer.at),
        author=_ref(writer.author),
        activity=tuple(
            r4.CarePlanActivity(
                detail=r4.CarePlanActivityDetail(
                    code=_concept(PART_SYSTEM, part, titles[part]), status="in-progress", description=text
                )
            )
            for part, text in parts.items()
            if text
        ),
    )


def impression(
    resource_id: str, writer: Writer, *, step: str, title: str, choice: str, words: str
) -> r4.ClinicalImpression:
    """What was found or agreed in a step that has no resource of its own: where, means, how it ended."""
    return r4.ClinicalImpression(
        id=resource_id,
        status="completed",
        code=_concept(STEP_SYSTEM, step, title),
        description=choice,
        subject=_ref(writer.patient),
        effective_date_time=_stamp(writer.at),
        date=_stamp(writer.at),
        assessor=_ref(writer.author),
        summary=words or None,
    )


def told(
    resource_id: str, writer: Writer, *, step: str, title: str, words: str, to: str = "", language: str = ""
) -> r4.Communication:
    """Somebody was told something: the patient (988), a practice, somebody outside, or a call that was made."""
    return r4.Communication(
        id=resource_id,
        language=language or None,
        status="completed",
        category=(_concept(STEP_SYSTEM, step, title),),
        priority="stat" if step == "told" else None,
        subject=_ref(writer.patient),
        topic=r4.CodeableConcept(text=title),
        sent=_stamp(writer.at),
        sender=_ref(writer.author),
        recipient=(_ref(to),) if to else (),
        payload=(r4.CommunicationPayload(content_string=words),) if words else (),
    )


def begun(patient: str, organization: str, at: datetime) -> r4.Task:
    """A practice has begun to look after somebody: the first thing it charts where it had charted nothing."""
    return r4.Task(
        status="in-progress",
        intent="plan",
        priority="stat",
        code=_concept(STEP_SYSTEM, "open", "Safety steps"),
        for_=_ref(patient),
        authored_on=_stamp(at),
        requester=_ref(organization),
        owner=_ref(organization),
    )


def words_of(body: bytes, kind: str) -> str:
    """The words a clinician wrote in one of these; empty for any other kind."""
    if kind == "RiskAssessment":
        return "\n".join(one.text or "" for one in r4.decode(body, r4.RiskAssessment).note)
    if kind == "ClinicalImpression":
        return r4.decode(body, r4.ClinicalImpression).summary or ""
    if kind == "Communication":
        return "\n".join(one.content_string or "" for one in r4.decode(body, r4.Communication).payload)
    return ""


def parts_of(body: bytes) -> dict[str, str]:
    """The parts of a safety plan that we wrote, by id."""
    found: dict[str, str] = {}
    for activity in r4.decode(body, r4.CarePlan).activity:
        detail = activity.detail
        codes = detail.code.coding if detail and detail.code else ()
        for coding in codes:
            if coding.system == PART_SYSTEM and coding.code and detail:
                found[coding.code] = detail.description or ""
    return found


def language_of(body: bytes) -> str:
    """The language of a plan, where it is one in which its parts have titles; else English."""
    language = (r4.decode(body, r4.CarePlan).language or "").partition("-")[0].lower()
    return language if language in LANGUAGES else "en"
