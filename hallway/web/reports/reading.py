"""A sent report as its reader sees it, and the list of reports due. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hallway.consultation.views import ReportDue, ReportView
from hallway.web.referrals import person, when
from hallway.web.referrals.parts import Note, Patient, Row, Slip, StepForm
from hallway.web.reports.composing import ComposedSection, read_sections, slip

REPLIES = {
    "agree": "agreed and will do what is asked",
    "change": "agreed, with a change",
    "talk": "wants to talk first",
}


@dataclass(frozen=True, slots=True)
class Read:
    """Everything the report page prints."""

    patient: Patient
    chart_url: str
    referral_url: str
    pdf_url: str
    heading: str
    sentence: str
    notices: tuple[Note, ...]
    slip: Slip
    asks: tuple[str, ...]
    question: str
    answer: str
    sections: tuple[ComposedSection, ...]
    signed: str
    legal: tuple[str, ...]
    due: str
    tone: str
    acknowledge: StepForm | None
    note_url: str
    amend_url: str


@dataclass(frozen=True, slots=True)
class DueList:
    """Everything the list of reports due prints."""

    heading: str
    sentence: str
    rows: tuple[Row, ...]
    empty_more: str


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the report page's links go."""

    chart: str
    referral: str
    pdf: str
    note: str
    amend: str


def read(view: ReportView, *, now: datetime, urls: Urls, acknowledge: StepForm | None) -> Read:
    """One report for one reader: the answer, what is asked, then everything with its source."""
    author = view.author.name or view.author.organization_name
    sent = f"Sent {when.day_and_clock(view.sent_at, now=now)}. " if view.sent_at else ""
    due = when.left(view.due_at, now=now) if view.due_at and acknowledge else when.NO_DUE
    return Read(
        patient=person.crumb(view.header, now=now, more=f"Referral {view.number}"),
        chart_url=urls.chart,
        referral_url=urls.referral,
        pdf_url=urls.pdf,
        heading=f"Report from {author}" if not view.is_author else f"Your report to {view.recipient.name}",
        sentence=f"{sent}{_answered(view, now=now)}",
        notices=_notices(view),
        slip=slip(view),
        asks=view.asks if not view.is_author else (),
        question=f"“{view.question}”" if view.question else "",
        answer=view.answer,
        sections=read_sections(view),
        signed=f"{author}, {view.author.organization_name}. {sent}".strip(),
        legal=view.notices,
        due=due.text,
        tone=due.tone,
        acknowledge=acknowledge,
        note_url=urls.note if not view.is_author else "",
        amend_url=urls.amend if view.is_author and view.state in ("sent", "acknowledged") else "",
    )


def _answered(view: ReportView, *, now: datetime) -> str:
    if view.acknowledged_at is None:
        return "Reading does not close it: acknowledge when you have acted." if not view.is_author else "Not read yet."
    said = REPLIES.get(view.reply, "acknowledged")
    return f"{view.acknowledged_by} {said}, {when.day_and_clock(view.acknowledged_at, now=now)}."


def _notices(view: ReportView) -> tuple[Note, ...]:
    if view.edition > 1:
        return (Note("act", "pen", f"Amended: this is edition {view.edition}. The earlier one stays readable."),)
    return ()


def due_list(
    rows: Sequence[ReportDue], *, now: datetime, show: Callable[[ReportDue], str], write: Callable[[ReportDue], str]
) -> DueList:
    """Reports this person owes, the latest first."""
    late = sum(row.is_late for row in rows)
    heading = "No report is owed by you"
    if rows:
        noun = "report is" if len(rows) == 1 else "reports are"
        heading = f"{when.number_word(len(rows))} {noun} owed by you"
        heading += f", {when.number_word(late).lower()} late" if late else ""
    sentence = "A draft is ready in each: read it, add your line, send. Due 7 days after the first visit."
    found = tuple(_row(row, now=now, show=show(row), write=write(row)) for row in rows)
    return DueList(heading, sentence, found, "The next one comes when somebody you see for the first time has come.")


def _row(row: ReportDue, *, now: datetime, show: str, write: str) -> Row:
    due = when.due(row.due_at, now=now)
    return Row(
        url=show,
        due=due.text,
        tone=due.tone,
        icon=due.icon,
        patient=row.header.name,
        patient_small=when.age(row.header.birth_date, now=now),
        what=f"{row.to_name} waits for your answer",
        small=f"First visit {when.day_of(row.first_seen_at, now=now)}. {row.to_org}",
        write_url=write,
        label="Go on writing" if row.has_draft else "Write report",
    )
