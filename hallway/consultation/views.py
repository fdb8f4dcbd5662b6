"""What pages show of a report."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hallway.ids import ReferralId, ReportId
from hallway.record.stored import PatientHeader
from hallway.referral.views import Party


@dataclass(frozen=True, slots=True)
class ReportLineView:
    """One line. ``source`` is its origin in words ("PHQ-9, Jun 2" or "Added by you").

    ``is_changed`` marks a draft line whose source has a newer version: marked, never altered silently.
    """

    id: int
    section: str
    text: str
    lead: str
    source: str
    source_kind: str
    source_id: str
    source_version: str
    source_on: date | None
    is_authors: bool
    is_changed: bool
    is_kept: bool


@dataclass(frozen=True, slots=True)
class ReportSection:
    """A section of the report (``referral-loop.md`` 5.5) with its lines."""

    code: str
    title: str
    lines: tuple[ReportLineView, ...]


@dataclass(frozen=True, slots=True)
class Leaving:
    """The gate sentence for this report: verdict, reason, citation."""

    verdict: str
    headline: str
    reason: str
    citation: str
    verified: bool
    consent_id: UUID | None


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report for one reader: its author while it is a draft, both sides once sent.

    ``summary`` is what the PCP sees first: answer, plan, what is asked, in three lines. ``asks`` are the lines of what
    the reader is asked to do.
    """

    id: ReportId
    referral_id: ReferralId
    number: str
    header: PatientHeader
    state: str
    version: int
    edition: int
    author: Party
    recipient: Party
    is_author: bool
    question: str
    answer: str
    summary: tuple[str, str, str]
    asks: tuple[str, ...]
    sections: tuple[ReportSection, ...]
    missing: tuple[str, ...]
    due_at: datetime | None
    is_late: bool
    leaving: Leaving | None
    notices: tuple[str, ...]
    changed_since: tuple[str, ...]
    drafted_at: datetime
    sent_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_by: str
    reply: str


@dataclass(frozen=True, slots=True)
class ReportDue:
    """One line of "Reports due"."""

    referral_id: ReferralId
    report_id: ReportId | None
    header: PatientHeader
    to_name: str
    to_org: str
    first_seen_at: datetime
    due_at: datetime
    is_late: bool
    has_draft: bool
