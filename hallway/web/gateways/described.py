"""What gateways and calling systems may send and are answered, for the OpenAPI document."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from hallway.exchange.cds_hooks import resources as consult
from hallway.exchange.decisions import asked
from hallway.standards.openapi import Answered, Example, Json, Operation, OperationOutcome, Parameter, Shows

DECISIONS, HOOKS = "Decisions", "CDS Hooks"
_NOT_READ = "The body is no JSON, or an element is missing, unknown or of another shape; it is named."
_NOBODY = "No registered client shows that credential, or the token is not what it must be."


class Obligation(Struct, frozen=True):
    """What must be done with it: a notice by its id, a copy of the consent, only what is needed."""

    code: str
    value: str = ""


class Decision(Struct, frozen=True, rename="camel"):
    """The decision on one item, by its id."""

    id: str
    decision: Literal["CONSENT_PERMIT", "NO_CONSENT", "CONSENT_DENY"]
    outcome: str
    sentence: str
    rule_ids: list[str]
    citations: list[str]
    needs: list[str]
    forms: list[str]
    defects: list[str]
    obligations: list[Obligation]


class Decisions(Struct, frozen=True, rename="camel"):
    """Every item's decision. The order means nothing."""

    decided_at: str
    decisions: list[Decision]


class Source(Struct, frozen=True):
    """Who says so."""

    label: str


class Card(Struct, frozen=True):
    """A card of CDS Hooks 2.0; what else it carries depends on its service."""

    summary: str
    indicator: Literal["info", "warning", "critical"]
    source: Source


class Cards(Struct, frozen=True):
    """What is told at a hook; none is an answer too."""

    cards: list[Card]


class Service(Struct, frozen=True):
    """One service, as CDS Hooks lists it."""

    id: str
    hook: str
    description: str
    title: str = ""


class Services(Struct, frozen=True):
    """Every service that is offered."""

    services: list[Service]


class Nothing(Struct, frozen=True):
    """An empty object."""


class HookContext(Struct, frozen=True, rename="camel"):
    """Whom it is about, as the caller names them, and who looks. The rest depends on the hook."""

    patient_id: Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9\-.]+$")]
    user_id: Annotated[str, Meta(max_length=200)] = ""
    selections: Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=20)] = []


class HookCall(Struct, frozen=True, rename="camel"):
    """A call of a service. ``prefetch`` holds what its template asks for, as FHIR resources."""

    hook: str
    hook_instance: Annotated[str, Meta(min_length=1, max_length=64)]
    context: HookContext
    prefetch: dict[str, object] = {}


class Outcome(Struct, frozen=True, rename="camel"):
    """What became of one card, by its uuid."""

    card: Annotated[str, Meta(extra_json_schema={"format": "uuid"})]
    outcome: Literal["accepted", "overridden"]


class Feedback(Struct, frozen=True):
    """What became of several cards."""

    feedback: Annotated[list[Outcome], Meta(min_length=1, max_length=100)]


PATIENT: Json = {"identifier": [{"system": "urn:mrn", "value": "M-1"}]}
PRESSURE: Json = {"id": "bp-1", "type": "Observation", "codes": [{"system": "http://loinc.org", "code": "8480-6"}]}
_RECIPIENT: Json = {"kind": "provider", "state": "MA", "relation": "treating", "coveredEntity": True}
_ASK: Json = {"patient": PATIENT, "recipient": _RECIPIENT, "purpose": "TREAT", "items": [PRESSURE]}
_CONSULT: Json = {
    "hook": "patient-consent-consult",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context": {
        "patientId": PATIENT["identifier"],
        "purposeOfUse": "TREAT",
        "actor": [{"system": "urn:hallway", "value": "Organization/org-northgate"}],
        "content": [PRESSURE],
    },
}
_VIEW: Json = {
    "hook": "patient-view",
    "hookInstance": "7d5b1f3e-0a77-4d0c-9a53-7a3f2f6d2a10",
    "context": {"userId": "Practitioner/example", "patientId": "example"},
}
_TOLD: Json = {"feedback": [{"card": "4e0a3a1e-3883-44c5-b9a7-9d8a1e9c1f11", "outcome": "accepted"}]}


def _refusals(*more: Answered) -> tuple[Answered, ...]:
    return (
        Answered(400, _NOT_READ, OperationOutcome),
        Answered(401, _NOBODY, OperationOutcome),
        *more,
        Answered(413, "Too large.", OperationOutcome),
        Answered(429, "Too many requests; Retry-After says when.", OperationOutcome, "application/fhir+json"),
        Answered(503, "The database does not answer: take it for a no.", OperationOutcome),
    )


_DOUBLE = Answered(422, "Two items have one id.", OperationOutcome)
_UNKNOWN = Answered(404, "No such service.", OperationOutcome)
_SLUG = Annotated[str, Meta(pattern=r"^[-a-zA-Z0-9_]+$", min_length=1, max_length=60)]
_WHICH = Parameter("service", "The id of a service.", where="path", shape=_SLUG, example="patient-view")

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="decide",
        method="POST",
        path="/consent/decisions",
        group=DECISIONS,
        summary="May these items go to this recipient?",
        told="About what the asking organization holds. Unknown and hidden patients are answered alike.",
        shows=Shows.CREDENTIAL,
        takes=asked.DecisionRequest,
        answers=(Answered(200, "A decision for each item.", Decisions), *_refusals(_DOUBLE)),
        examples=(
            Example("a blood pressure to a treating clinician", 200, _ASK),
            Example("without an item", 400, _ASK | {"items": []}),
            Example("one id twice", 422, _ASK | {"items": [PRESSURE, PRESSURE]}),
        ),
    ),
    Operation(
        name="services",
        method="GET",
        path="/cds-services",
        group=HOOKS,
        summary="Which services of CDS Hooks are offered?",
        told="The same for everybody.",
        shows=Shows.NOTHING,
        answers=(Answered(200, "The services.", Services),),
        examples=(Example("all", 200),),
    ),
    Operation(
        name="consult",
        method="POST",
        path="/cds-services/patient-consent-consult",
        group=HOOKS,
        summary="May it go? As a hook",
        told="The decisions as cards. Without content the whole record is asked about, label by label.",
        shows=Shows.CREDENTIAL,
        takes=consult.Call,
        answers=(Answered(200, "A card for each item.", Cards), *_refusals(_DOUBLE)),
        examples=(Example("a blood pressure", 200, _CONSULT),),
    ),
    Operation(
        name="hook",
        method="POST",
        path="/cds-services/{service}",
        group=HOOKS,
        summary="What is owed about this patient?",
        told="In time, or an empty list. A patient nobody here knows and one who is hidden are the same empty list.",
        shows=Shows.CREDENTIAL,
        parameters=(_WHICH,),
        takes=HookCall,
        answers=(Answered(200, "Cards, perhaps none.", Cards), *_refusals(_UNKNOWN)),
        examples=(
            Example("a patient nobody here knows", 200, _VIEW, {"service": "patient-view"}),
            Example("another hook than the service's", 400, _VIEW, {"service": "order-sign"}),
            Example("no such service", 404, _VIEW, {"service": "patient-dance"}),
        ),
    ),
    Operation(
        name="feedback",
        method="POST",
        path="/cds-services/{service}/feedback",
        group=HOOKS,
        summary="What became of the cards",
        told="Outcomes and reasons by code. Words that a person typed are read past and kept nowhere.",
        shows=Shows.CREDENTIAL,
        parameters=(_WHICH,),
        takes=Feedback,
        answers=(Answered(200, "Taken.", Nothing), *_refusals(_UNKNOWN)),
        examples=(Example("an unknown card is taken without a word", 200, _TOLD, {"service": "patient-view"}),),
    ),
)
