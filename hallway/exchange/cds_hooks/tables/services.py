"""Which hooks are answered, what each asks to be sent along, and which things owed it tells. Rows.

Hooks and their contexts: the CDS Hooks hook library (patient-view 1.0, appointment-book 1.0, encounter-start 1.0,
encounter-discharge 1.0, order-select 1.0, order-sign 1.1) and SHARES (patient-consent-consult).
"""

from dataclasses import dataclass

from hallway.loops.tables.clocks import LoopKind

CONSULT = "patient-consent-consult"


@dataclass(frozen=True, slots=True)
class Service:
    """One service; its ``id`` is the hook's name.

    ``kinds`` are what of the things owed it tells, None for all; ``is_waiting_told`` adds what others owe the asker.
    ``checks`` says that the draft orders go through the registered checks.
    """

    id: str
    title: str
    description: str
    kinds: frozenset[LoopKind] | None = frozenset()
    is_waiting_told: bool = False
    checks: bool = False
    prefetch: tuple[tuple[str, str], ...] = (
        ("patient", "Patient/{{context.patientId}}"),
        ("user", "{{context.userId}}"),
    )


_K = LoopKind
_BOOKING = frozenset({_K.OFFER_VISIT, _K.RESCHEDULE, _K.SEE_PATIENT, _K.CALL_PATIENT, _K.RE_OFFER})
_IN_THE_ROOM = frozenset(
    {_K.ACKNOWLEDGE, _K.ANSWER_INTERIM, _K.RENEW_CONSENT, _K.SEND_FORM, _K.TELL_PATIENT, _K.PATIENT_ASK}
    | {_K.SEE_PATIENT, _K.TALK}
)
_AFTERWARDS = frozenset(
    {_K.REPORT, _K.OFFER_VISIT, _K.RESCHEDULE, _K.CHOOSE_AGAIN, _K.CLOSE_OR_REROUTE, _K.CALL_PATIENT, _K.ACCEPT}
)
QUIET = frozenset({_K.CLOSE_OR_REROUTE, _K.RE_OFFER})
"""Clocks that run behind the others: they are told once they have run out, and before that only on worklists."""

SERVICES: dict[str, Service] = {
    one.id: one
    for one in (
        Service(
            "patient-view",
            "What is owed about this patient",
            "Open loops between your practice and others: what the other side needs from you, and what you wait for.",
            kinds=None,
            is_waiting_told=True,
        ),
        Service(
            "appointment-book",
            "Is a visit owed?",
            "Whether a referral waits for a visit to be booked, booked again or kept.",
            kinds=_BOOKING,
        ),
        Service(
            "encounter-start",
            "To settle while the patient is here",
            "Reports and notes to read first, forms to sign, and what the patient is to be told.",
            kinds=_IN_THE_ROOM,
        ),
        Service(
            "encounter-discharge",
            "To send on after this visit",
            "The report, booking or answer that the other side waits for after this visit.",
            kinds=_AFTERWARDS,
            is_waiting_told=True,
        ),
        Service(
            "order-select",
            "Medication safety, while an order is chosen",
            "Runs the registered safety checks on the chosen orders. No check is registered yet: it answers no card.",
            checks=True,
        ),
        Service(
            "order-sign",
            "Medication safety, before an order is signed",
            "Runs the registered safety checks on the orders to sign. No check is registered yet: it answers no card.",
            checks=True,
        ),
        Service(
            CONSULT,
            "May this be shared?",
            "Consent and law for what a gateway holds: permit, deny or no consent, with obligations.",
            prefetch=(),
        ),
    )
}

REASONS: dict[str, str] = {
    "done": "It is done already",
    "later": "Not now, later in this visit",
    "by-phone": "Settled by phone or in person",
    "somebody-else": "Somebody else of the practice does it",
    "wrong-patient": "This is not about my patient",
}
"""Why a card may be put aside. The code is kept, and nothing that is typed beside it."""
REASON_SYSTEM = "urn:hallway:override-reason"
OTHER_REASON = "other"


def discovery() -> dict[str, object]:
    """The answer at ``/cds-services``: the same for everybody."""
    return {"services": [_discovered(one) for one in SERVICES.values()]}


def _discovered(one: Service) -> dict[str, object]:
    found: dict[str, object] = {"hook": one.id, "id": one.id, "title": one.title, "description": one.description}
    if one.prefetch:
        found["prefetch"] = dict(one.prefetch)
    return found
