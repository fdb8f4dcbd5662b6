"""Open, close and escalate what is owed. Called inside the transaction of the step that owes."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hallway.ids import NOBODY, ChartId, LoopId, OrganizationId, PractitionerId
from hallway.loops.tables.clocks import LoopKind


@dataclass(frozen=True, slots=True)
class Owed:
    """Who owes whom what about whom. ``mask`` and ``source_org`` label the row like any fact."""

    chart_id: ChartId
    kind: LoopKind
    owner_org: OrganizationId
    for_org: OrganizationId
    source_org: OrganizationId
    mask: int
    owner_practitioner: PractitionerId = NOBODY
    for_practitioner: PractitionerId = NOBODY
    owner_role: str = ""
    referral_id: UUID | None = None
    subject_id: UUID | None = None
    due_at: datetime | None = None
    """Empty: the clock of its kind."""
    from_at: datetime | None = None
    """When it enters the owner's list; empty: at once."""
    harm: int | None = None


def open_loop(owed: Owed) -> LoopId:
    """Start a clock."""
    raise NotImplementedError


def close_loop(loop_id: LoopId, *, closed_as: str) -> bool:
    """Stop a clock, once. False when it was already stopped."""
    raise NotImplementedError


def close_loops(*, referral_id: UUID, kinds: tuple[LoopKind, ...] = (), closed_as: str) -> int:
    """Stop the clocks of a referral, of these kinds or all. How many were running."""
    raise NotImplementedError


def escalate_due(now: datetime) -> int:
    """Raise what is past due: the owner hears first, then the practice lead, then both sides. How many were raised."""
    raise NotImplementedError
