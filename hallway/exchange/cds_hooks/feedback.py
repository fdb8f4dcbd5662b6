"""What an EHR tells of its cards, parsed at the edge. Words that a person typed are read past and kept nowhere."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from hallway.exchange.cds_hooks.actions import Feedback
from hallway.exchange.cds_hooks.tables.services import OTHER_REASON, REASONS
from hallway.exchange.decisions import asked
from hallway.exchange.decisions.asked import not_understood

MOST_FEEDBACK = 100


class _Suggestion(Struct, frozen=True):
    id: Annotated[str, Meta(max_length=64)] = ""


class _Coded(Struct, frozen=True):
    code: Annotated[str, Meta(max_length=200)] = ""


class _Override(Struct, frozen=True):
    reason: _Coded = _Coded()


class _One(Struct, frozen=True, rename="camel"):
    card: Annotated[str, Meta(max_length=64)]
    outcome: Literal["accepted", "overridden"]
    accepted_suggestions: Annotated[tuple[_Suggestion, ...], Meta(max_length=MOST_FEEDBACK)] = ()
    override_reason: _Override = _Override()


class _Sent(Struct, frozen=True):
    feedback: Annotated[tuple[_One, ...], Meta(min_length=1, max_length=MOST_FEEDBACK)]


def parse(body: bytes) -> list[Feedback]:
    """Each card's outcome in codes. Raises INCORRECT by the name of the element, TOO_LARGE beyond the limits."""
    return [_read(one, number) for number, one in enumerate(asked.decoded(body, _Sent).feedback)]


def _read(one: _One, number: int) -> Feedback:
    try:
        card = UUID(one.card)
    except ValueError:
        raise not_understood(f"feedback[{number}].card") from None
    overridden = one.outcome == "overridden"
    code = one.override_reason.reason.code
    reason = (code if code in REASONS else OTHER_REASON) if overridden and code else ""
    return Feedback(card, one.outcome, reason, 0 if overridden else len(one.accepted_suggestions))
