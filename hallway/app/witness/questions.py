"""A question of disclosure in words, and a form shown for it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A signed form as it lies before us. ``fits``: it names this discloser and this recipient."""

    kind: str
    words: frozenset[str]
    aims: frozenset[str]
    classes: frozenset[str]
    state: str
    circumstances: frozenset[str]
    signed_on: date | None
    expires_on: date | None
    expires_event: str
    event_occurred: bool
    revoked: bool
    known_false: bool
    fits: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Who would let what go to whom, for which aim, on which day; what was recorded, which forms are shown."""

    on: date
    aim: str
    classes: frozenset[str]
    discloser_state: str
    discloser_licence: str
    discloser_is_program: bool
    discloser_holder: str
    discloser_covered: bool
    received_under_notice: bool
    recipient: str
    recipient_state: str
    tie: str
    recipient_covered: bool
    responsible_for_care: bool
    sud_duty: bool
    is_author: bool
    age: int
    emancipated: bool
    deceased: bool
    has_capacity: bool
    minor_consented: bool
    facts: frozenset[str]
    forms: tuple[Shown, ...] = ()
    kind: str = ""
    """FHIR type of what would go, where it is known."""
