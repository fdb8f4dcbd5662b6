"""The warm hand-off: who is free, the knock with its 90 seconds, the meeting, the first visit."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from hallway.identity.requester import Requester
from hallway.ids import PractitionerId, ReferralId
from hallway.referral.models import HandOff


def offer_presence(by: Requester, *, is_free: bool) -> None:
    """Switch "free next door now" on or off, for oneself only."""
    raise NotImplementedError


def ask_handoff(
    by: Requester,
    referral_id: ReferralId,
    *,
    asked: Sequence[PractitionerId],
    place: str = "",
    language: str = "",
    together: bool = False,
) -> HandOff:
    """Knock: one after another, each 90 seconds, or at all doors ``together``; the first to accept wins."""
    raise NotImplementedError


def answer_handoff(by: Requester, handoff_id: UUID, *, answer: str) -> HandOff:
    """``accept``, ``later`` (in 15 minutes) or ``pass``. Raises CONFLICT H-REF-021 naming who was first."""
    raise NotImplementedError


def start_meeting(by: Requester, handoff_id: UUID, *, mode: str, patient_agreed: bool) -> HandOff:
    """They meet now. Raises UNPROCESSABLE H-REF-023 unless the patient agreed."""
    raise NotImplementedError


def meet_handoff(
    by: Requester, handoff_id: UUID, *, first_visit_at: datetime | None = None, visit_mode: str = "in_person"
) -> HandOff:
    """They have met: minutes are from start to now; the first visit may be booked before the patient leaves."""
    raise NotImplementedError


def expire_handoffs(now: datetime) -> int:
    """Close every knock whose clock ran out: ask the next, or fall back to a call owed. How many were closed."""
    raise NotImplementedError
