"""What the network page shows: each figure with numerator and denominator, small cells unshown."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Rate:
    """``numerator`` of ``denominator``; both None when the cell is too small to show. ``percent`` rounds half up."""

    numerator: int | None
    denominator: int | None
    percent: int | None
    low: int | None = None
    high: int | None = None
    """Bounds of the rate when what may not be told is counted as no, and as yes; None where nothing is hidden."""
    at_least: int | None = None
    """A coarse lower bound in percent where the exact rate would give a few people away; else None."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Median and 90th percentile in days; None when too few."""

    count: int | None
    median_days: float | None
    ninth_days: float | None


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """A published figure to compare with; it counts clinicians in another network, and says so."""

    recipient_type: str
    percent: int
    bound: str
    """"about" or "over"."""
    source: str
    verified: bool


@dataclass(frozen=True, slots=True)
class AskedOf:
    """One row: what kind of clinician was asked."""

    recipient_type: str
    label: str
    is_behavioral: bool
    reports: Rate
    """Referrals with a report received and acknowledged within 30 days of the first visit, of those with a visit."""
    clinicians: Rate
    """Referring clinicians who got a report for at least half of the patients they referred."""
    days: Spread
    line: ComparisonLine | None


@dataclass(frozen=True, slots=True)
class Stuck:
    """Where reports get stuck: step, practice, how many, days of the oldest."""

    step: str
    practice: str
    referrals: int | None
    oldest_days: int | None


@dataclass(frozen=True, slots=True)
class MonthRate:
    """Report rate of referrals first seen in a month."""

    month_on: date
    behavioral: Rate
    medical: Rate


@dataclass(frozen=True, slots=True)
class HandOffRate:
    """Follow-through by kind of hand-off: ``met``, ``phoned``, ``neither``. Not a trial: patients differ."""

    kind: str
    came: Rate
    days: Spread


@dataclass(frozen=True, slots=True)
class CrossPenetration:
    """Patients with a record on both sides, of all with one on the first (R78). Part 2 programs are not counted."""

    behavioral_in_primary: Rate
    primary_in_behavioral: Rate


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything of the network page, from one query of aggregates."""

    from_on: date
    until_on: date
    practices: int
    clinicians: int
    behavioral_reports: Rate
    follow_through: Rate
    to_accept: Spread
    to_first_visit: Spread
    to_report: Spread
    asked_of: tuple[AskedOf, ...]
    stuck: tuple[Stuck, ...]
    months: tuple[MonthRate, ...]
    hand_offs: tuple[HandOffRate, ...]
    lines: tuple[ComparisonLine, ...]
