"""What others understand of a referral: ServiceRequest, two Tasks, Appointment, Encounter, Communication, Provenance.

Pure: rows and words in, FHIR R4 out. There are two Tasks because a resource has one source: the sender's says what was
asked and how it ended, the receiver's (``partOf`` it) says what became of the patient there, and flows only where that
may be told. A single Task would tell the sender through its version number alone.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hallway.referral.models import Referral, Visit
from hallway.referral.states import BUSINESS_STATUS, State
from hallway.standards.fhir import r4

ELEMENTS = "urn:hallway:referral-element"
"""System of the codes that tell the question from the reason in ``reasonCode``."""
BUSINESS = "http://hl7.org/fhir/us/bser/CodeSystem/TaskBusinessStatusCS"
LOINC = "http://loinc.org"
REFERRAL_NOTE = "57133-1"

_PRIORITY = {"today": "asap", "soon": "urgent", "routine": "routine"}
_TASK_STATUS = {"draft": "draft", "active": "requested", "completed": "completed", "revoked": "cancelled"}
_REQUEST_TASK = {
    State.ACCEPTED: "accepted",
    State.WAITLISTED: "on-hold",
    State.SCHEDULED: "in-progress",
    State.DECLINED: "rejected",
    State.CANCEL_REQUESTED: "in-progress",
}
_ENDED = {State.CANCELLED, State.WITHDRAWN, State.REROUTED, State.PCP_ELSEWHERE}
_ANSWER_STATUS = {
    State.ACCEPTED: "accepted",
    State.WAITLISTED: "on-hold",
    State.DECLINED: "rejected",
    State.REPORTED: "completed",
    State.CLOSED: "completed",
    State.UNREACHABLE: "failed",
    State.PATIENT_DECLINED: "failed",
}


@dataclass(frozen=True, slots=True)
class Refs:
    """References of everybody concerned, as ``Type/id``; ``sender`` and ``receiver`` are people where named."""

    patient: str
    sender: str
    receiver: str
    receiver_org: str
    actor: str


@dataclass(frozen=True, slots=True)
class Words:
    """The clinical words of a request. They live in the ServiceRequest and nowhere else."""

    question: str
    reason: str = ""
    presenting_problem: str = ""
    chief_concern: str = ""
    talked: str = ""
    attached: tuple[tuple[str, str], ...] = ()


def stamp(at: datetime) -> str:
    """An instant as FHIR writes it."""
    return at.isoformat(timespec="seconds")


def ref(reference: str) -> r4.Reference:
    """A literal reference."""
    return r4.Reference(reference=reference)


def concept(text: str, code: str = "", system: str = "") -> r4.CodeableConcept:
    """A concept with our text and, where given, a code."""
    return r4.CodeableConcept(coding=(r4.Coding(system=system, code=code),) if code else (), text=text)


def service_request(referral: Referral, words: Words, refs: Refs, state: State) -> r4.ServiceRequest:
    """The request. Its status moves only with facts the sender knows."""
    elements = {
        "question": words.question,
        "reason": words.reason,
        "presenting-problem": words.presenting_problem,
        "chief-concern": words.chief_concern,
    }
    return r4.ServiceRequest(
        id=referral.service_request_id,
        identifier=(r4.Identifier(system="urn:ietf:rfc:3986", value=f"urn:uuid:{referral.id}"),),
        status=request_status(state),
        intent="order",
        category=(concept("Referral", REFERRAL_NOTE, LOINC),),
        priority=_PRIORITY[referral.urgency],
        code=concept(referral.recipient_type.replace("_", " ")),
        order_detail=(concept(referral.expected_role),),
        subject=ref(refs.patient),
        authored_on=stamp(referral.created_at),
        requester=ref(refs.sender),
        performer=(ref(refs.receiver),),
        reason_code=tuple(concept(text, code, ELEMENTS) for code, text in elements.items() if text),
        supporting_info=tuple(ref(f"{kind}/{resource_id}") for kind, resource_id in words.attached),
    )


def words_of(request: r4.ServiceRequest) -> Words:
    """The words back from a stored ServiceRequest; empty where an element is absent."""
    found: dict[str, str] = {}
    for reason in request.reason_code:
        for coding in reason.coding:
            if coding.system == ELEMENTS and coding.code:
                found[coding.code] = reason.text or ""
    pairs = tuple(
        (kind, resource_id)
        for reference in request.supporting_info
        for kind, _, resource_id in [(reference.reference or "").partition("/")]
        if resource_id
    )
    return Words(
        question=found.get("question", ""),
        reason=found.get("reason", ""),
        presenting_problem=found.get("presenting-problem", ""),
        chief_concern=found.get("chief-concern", ""),
        attached=pairs,
    )


def request_status(state: State) -> str:
    """ServiceRequest.status of a state (``referral-loop.md`` 5.3)."""
    if state in {State.DRAFT, State.RELUCTANT}:
        return "draft"
    if state is State.CLOSED:
        return "completed"
    return "revoked" if state in _ENDED else "active"


def request_task(referral: Referral, refs: Refs, state: State, at: datetime) -> r4.Task:
    """The sender's side of the work: asked, answered, and how it ended. Written on steps that both sides know."""
    return r4.Task(
        id=referral.request_task_id,
        based_on=(ref(f"ServiceRequest/{referral.service_request_id}"),),
        status=_REQUEST_TASK.get(state, _TASK_STATUS[request_status(state)]),
        business_status=_business(state),
        intent="order",
        code=concept("fulfill", "fulfill", "http://hl7.org/fhir/CodeSystem/task-code"),
        focus=ref(f"ServiceRequest/{referral.service_request_id}"),
        for_=ref(refs.patient),
        authored_on=stamp(referral.created_at),
        last_modified=stamp(at),
        requester=ref(refs.sender),
        owner=ref(refs.receiver),
    )


def answer_task(referral: Referral, refs: Refs, state: State, at: datetime, *, output: tuple[str, ...] = ()) -> r4.Task:
    """The receiver's side of the work: accepted, booked, came, reported. ``output`` refers to what came of it."""
    return r4.Task(
        id=referral.answer_task_id,
        based_on=(ref(f"ServiceRequest/{referral.service_request_id}"),),
        part_of=(ref(f"Task/{referral.request_task_id}"),),
        status=_ANSWER_STATUS.get(state, "in-progress"),
        business_status=_business(state),
        intent="order",
        code=concept("fulfill", "fulfill", "http://hl7.org/fhir/CodeSystem/task-code"),
        focus=ref(f"ServiceRequest/{referral.service_request_id}"),
        for_=ref(refs.patient),
        authored_on=stamp(referral.created_at),
        last_modified=stamp(at),
        requester=ref(refs.sender),
        owner=ref(refs.receiver),
        output=tuple(
            r4.TaskOutput(type=concept("Consultation report"), value_reference=ref(reference)) for reference in output
        ),
    )


def _business(state: State) -> r4.CodeableConcept | None:
    code = BUSINESS_STATUS.get(state)
    return concept(state.value.replace("_", " "), code, BUSINESS) if code else None


_APPOINTMENT = {
    "booked": "booked",
    "rescheduled": "cancelled",
    "cancelled": "cancelled",
    "no_show": "noshow",
    "kept": "fulfilled",
}


def appointment(visit: Visit, referral: Referral, refs: Refs) -> r4.Appointment:
    """A visit as booked, and what became of it."""
    return r4.Appointment(
        id=visit.appointment_id,
        status=_APPOINTMENT[visit.status],
        start=stamp(visit.starts_at),
        end=stamp(visit.starts_at + timedelta(minutes=visit.minutes)),
        minutes_duration=visit.minutes,
        created=stamp(visit.created_at),
        comment=Visit.Mode(visit.mode).label,
        based_on=(ref(f"ServiceRequest/{referral.service_request_id}"),),
        participant=(
            r4.AppointmentParticipant(actor=ref(refs.patient), status="accepted"),
            r4.AppointmentParticipant(actor=ref(refs.receiver), status="accepted"),
        ),
    )


def encounter(visit: Visit, referral: Referral, refs: Refs) -> r4.Encounter:
    """A visit that was kept."""
    ended = visit.starts_at + timedelta(minutes=visit.minutes)
    return r4.Encounter(
        id=visit.encounter_id,
        status="finished",
        class_=r4.Coding(
            system="http://terminology.hl7.org/CodeSystem/v3-ActCode", code="AMB" if visit.mode == "in_person" else "VR"
        ),
        type=(concept("First visit" if visit.is_first else "Follow-up visit"),),
        subject=ref(refs.patient),
        based_on=(ref(f"ServiceRequest/{referral.service_request_id}"),),
        participant=tuple(
            r4.EncounterParticipant(individual=ref(who)) for who in (refs.receiver,) if who.startswith("Practitioner/")
        ),
        appointment=(ref(f"Appointment/{visit.appointment_id}"),) if visit.appointment_id else (),
        period=r4.Period(start=stamp(visit.starts_at), end=stamp(ended)),
        service_provider=ref(refs.receiver_org),
    )


def communication(
    resource_id: str, refs: Refs, at: datetime, *, text: str, topic: str, about: tuple[str, ...], to: str
) -> r4.Communication:
    """A message of a referral: sent, an interim note, an acknowledgement. ``to`` is a reference."""
    return r4.Communication(
        id=resource_id,
        status="completed",
        topic=concept(topic),
        subject=ref(refs.patient),
        about=tuple(ref(reference) for reference in about),
        sent=stamp(at),
        sender=ref(refs.actor),
        recipient=(ref(to),),
        payload=(r4.CommunicationPayload(content_string=text),) if text else (),
    )


def care_elsewhere(resource_id: str, refs: Refs, *, name: str, phone: str) -> r4.CareTeam:
    """Primary care outside the network (R81): whom to write to, nobody to poach."""
    telecom = (r4.ContactPoint(system="phone", value=phone),) if phone else ()
    return r4.CareTeam(
        id=resource_id,
        status="active",
        name="Primary care elsewhere",
        subject=ref(refs.patient),
        participant=(r4.CareTeamParticipant(member=r4.Reference(display=name or "Not named")),),
        telecom=telecom,
    )


def provenance(resource_id: str, targets: tuple[str, ...], refs: Refs, at: datetime, *, activity: str) -> r4.Provenance:
    """Who did it and when."""
    return r4.Provenance(
        id=resource_id,
        target=tuple(ref(target) for target in targets),
        recorded=stamp(at),
        activity=concept(activity),
        agent=(r4.ProvenanceAgent(who=ref(refs.actor)),),
    )
