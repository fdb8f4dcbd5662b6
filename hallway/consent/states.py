"""The life of a form as a transition table. A step that is not here does not exist."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Transition:
    """``before`` and ``after`` are ConsentState values; ``event`` is the ledger's act."""

    step: str
    before: str
    after: str
    event: str


TRANSITIONS = (
    Transition("sign", "draft", "signed", "consent.signed"),
    Transition("wait", "draft", "witnessing", "consent.witnessing"),
    Transition("witness", "witnessing", "signed", "consent.signed"),
    Transition("dispute", "witnessing", "declined", "consent.declined"),
    Transition("decline", "witnessing", "declined", "consent.declined"),
    Transition("decline", "draft", "declined", "consent.declined"),
    Transition("revoke", "signed", "revoked", "consent.revoked"),
    Transition("expire", "signed", "expired", "consent.expired"),
)


def transition(step: str, before: str) -> Transition | None:
    """The transition of that step from that state, or None: then the step is not legal there."""
    return next((row for row in TRANSITIONS if row.step == step and row.before == before), None)
