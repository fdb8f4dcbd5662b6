"""What others understand of talking: Communication, Task, ServiceRequest, Provenance. Pure: values in, FHIR R4 out.

A request has two Tasks because a resource has one source: the asker's says what is wanted and how it ended for them,
the answerer's (of one ``groupIdentifier`` with it) what became of it there. It refers to the asker's neither by
``basedOn`` nor ``partOf``: it would take the label of what the other side wrote.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hallway.standards.fhir import r4

TASK = "urn:hallway:task"
"""System of our Tasks' codes: ``information-request``, ``information-answer``."""
WANTED = "urn:hallway:wanted"
TREATMENT = "urn:hallway:treatment"
REASON = "urn:hallway:decline-reason"
ASKED, ANSWER = "information-request", "information-answer"
CATEGORY = "http://terminology.hl7.org/CodeSystem/communication-category"


@dataclass(frozen=True, slots=True)
class Refs:
    """References ``Type/id`` of the patient, who acts, and whom it is for (the practice where nobody is named)."""

    patient: str
    sender: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Named:
    """References ``Type/id`` of the facts that words are about, and of those that are the reason for them."""

    about: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


NOTHING_NAMED = Named()


@dataclass(frozen=True, slots=True)
class Said:
    """What a Communication says: words, resources that go along as ``(kind, id)``, and what the words name.

    It takes the label of all that it refers to.
    """

    words: str
    attached: tuple[tuple[str, str], ...] = ()
    named: Named = NOTHING_NAMED


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request's Task says. ``treatment`` is the key of what waits for it, ``held`` that ServiceRequest's id."""

    words: str
    wanted: tuple[str, ...]
    treatment: str = ""
    held: str = ""


def stamp(at: datetime) -> str:
    """An instant as FHIR writes it."""
    return at.isoformat(timespec="seconds")


def ref(reference: str) -> r4.Reference:
    """A literal reference."""
    return r4.Reference(reference=reference)


def concept(text: str, system: str = "", code: str = "") -> r4.CodeableConcept:
    """A concept with our text and, where given, a code."""
    return r4.CodeableConcept(coding=(r4.Coding(system=system, code=code),) if code else (), text=text)


def group(request_id: UUID) -> r4.Identifier:
    """What the resources of one request have in common."""
    return r4.Identifier(system="urn:ietf:rfc:3986", value=f"urn:uuid:{request_id}")


def message(
    resource_id: str, refs: Refs, said: Said, *, at: datetime, topic: str, medium: str = "", of: UUID | None = None
) -> r4.Communication:
    """Words that one side says to the other; ``of`` names the request that they answer."""
    payload = [r4.CommunicationPayload(content_string=said.words)] if said.words else []
    payload += [r4.CommunicationPayload(content_reference=ref(f"{kind}/{one}")) for kind, one in said.attached]
    return r4.Communication(
        id=resource_id,
        identifier=(group(of),) if of else (),
        status="completed",
        category=(concept("Coordination of care", CATEGORY, "notification"),),
        medium=(concept(medium),) if medium else (),
        topic=concept(topic),
        about=tuple(map(ref, said.named.about)),
        reason_reference=tuple(map(ref, said.named.reasons)),
        subject=ref(refs.patient),
        sent=stamp(at),
        sender=ref(refs.sender),
        recipient=(ref(refs.recipient),),
        payload=tuple(payload),
    )


def said_in(sent: r4.Communication) -> Said:
    """The words back from a Communication, and what it names."""
    texts = [part.content_string for part in sent.payload if part.content_string]
    named = [part.content_reference.reference or "" for part in sent.payload if part.content_reference]
    pairs = [(kind, one) for text in named for kind, _, one in [text.partition("/")] if one]
    return Said("\n".join(texts), tuple(pairs))


def request_task(
    resource_id: str,
    request_id: UUID,
    refs: Refs,
    asked: Asked,
    *,
    status: str,
    asked_at: datetime,
    due_at: datetime,
    at: datetime,
) -> r4.Task:
    """The asker's side: what is wanted, by when, and whether it still is."""
    return r4.Task(
        id=resource_id,
        group_identifier=group(request_id),
        based_on=(ref(f"ServiceRequest/{asked.held}"),) if asked.held else (),
        status=status,
        intent="order",
        code=concept("Information request", TASK, ASKED),
        description=asked.words or None,
        reason_code=concept("", TREATMENT, asked.treatment) if asked.treatment else None,
        for_=ref(refs.patient),
        authored_on=stamp(asked_at),
        last_modified=stamp(at),
        requester=ref(refs.sender),
        owner=ref(refs.recipient),
        restriction=r4.TaskRestriction(period=r4.Period(end=stamp(due_at))),
        input=tuple(r4.TaskInput(type=concept("wanted", WANTED, key), value_code=key) for key in asked.wanted),
    )


def asked_in(task: r4.Task) -> Asked:
    """What the asker's Task says."""
    treatment = next((one.code or "" for one in task.reason_code.coding), "") if task.reason_code else ""
    held = next((one for based in task.based_on for _, _, one in [(based.reference or "").partition("/")] if one), "")
    wanted = tuple(one.value_code for one in task.input if one.value_code)
    return Asked(task.description or "", wanted, treatment, held)


def answer_task(
    resource_id: str,
    request_id: UUID,
    refs: Refs,
    *,
    at: datetime,
    output: str = "",
    parts: Mapping[str, str] | None = None,
    reason: tuple[str, str] | None = None,
) -> r4.Task:
    """The answerer's side: done, with its Communication and the parts of an evaluation; or declined, with a code."""
    found = [r4.TaskOutput(type=concept(key, WANTED, key), value_string=text) for key, text in (parts or {}).items()]
    if output:
        found.insert(0, r4.TaskOutput(type=concept("Answer"), value_reference=ref(f"Communication/{output}")))
    return r4.Task(
        id=resource_id,
        group_identifier=group(request_id),
        status="rejected" if reason else "completed",
        status_reason=concept(reason[1], REASON, reason[0]) if reason else None,
        intent="order",
        code=concept("Answer to an information request", TASK, ANSWER),
        for_=ref(refs.patient),
        authored_on=stamp(at),
        last_modified=stamp(at),
        requester=ref(refs.recipient),
        owner=ref(refs.sender),
        output=tuple(found),
    )


def held_treatment(
    resource_id: str, refs: Refs, *, words: str, key: str, status: str, at: datetime
) -> r4.ServiceRequest:
    """A treatment that waits for its medical evaluation: ``on-hold`` until its start is released."""
    return r4.ServiceRequest(
        id=resource_id,
        status=status,
        intent="plan",
        code=concept(words, TREATMENT, key),
        subject=ref(refs.patient),
        authored_on=stamp(at),
        requester=ref(refs.sender),
    )


def is_held(request: r4.ServiceRequest) -> bool:
    """Whether it is a treatment that waits for its medical evaluation."""
    coded = request.code.coding if request.code else ()
    return request.status == "on-hold" and request.intent == "plan" and any(one.system == TREATMENT for one in coded)


def filed(
    resource_id: str, refs: Refs, *, note_id: str, sources: Sequence[str], at: datetime, by_practice: str
) -> r4.Provenance:
    """That a note holds what somebody else sent, and where that came from."""
    return r4.Provenance(
        id=resource_id,
        target=(ref(f"DocumentReference/{note_id}"),),
        recorded=stamp(at),
        activity=concept("Information received filed into the note"),
        agent=(r4.ProvenanceAgent(who=ref(refs.sender), on_behalf_of=ref(by_practice)),),
        entity=tuple(r4.ProvenanceEntity(role="source", what=ref(one)) for one in sources),
    )
