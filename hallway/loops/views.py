"""What worklists show, computed after the gate."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hallway.ids import ChartId, LoopId
from hallway.record.stored import PatientHeader


@dataclass(frozen=True, slots=True)
class LoopRow:
    """One thing owed: about whom, why, by when, and the one legal next step.

    ``group`` is ``now``, ``today``, ``week``, ``later`` or ``closed``. ``next_url`` names the page of the next step and
    ``next_id`` its argument. ``why_more`` says who asked what, when; it holds no clinical word.
    """

    id: LoopId
    kind: str
    header: PatientHeader
    why: str
    why_more: str
    next_label: str
    next_url: str
    next_id: UUID | ChartId | None
    opened_at: datetime
    due_at: datetime
    is_late: bool
    days_late: int
    group: str
    harm: int
    owner_name: str
    owner_org: str
    for_name: str
    for_org: str
    is_mine: bool
    hears_next: str
    escalation: int
    referral_id: UUID | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Worklist:
    """A page of rows in the order of harm, lateness, due. ``after`` is the cursor of the next page, or empty."""

    rows: tuple[LoopRow, ...]
    after: str
    counts: dict[str, int]
    """How many rows mine, waiting, practice and the list shown hold, up to 200; computed after the gate."""
