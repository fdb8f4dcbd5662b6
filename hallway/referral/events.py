"""What others may hear about referrals. Frozen, references only; listeners are wired in ``app``."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ReferralStepped:
    """A referral took a step. ``event`` is the name in the transition table, like ``referral_accepted``."""

    referral_id: UUID
    chart_id: int
    event: str
    position: int


@dataclass(frozen=True, slots=True)
class HandOffChanged:
    """A hand-off was asked, answered, met or fell back."""

    handoff_id: UUID
    referral_id: UUID
    state: str
