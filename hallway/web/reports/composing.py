"""The report composer from a view of the draft: their question, my answer, lines with sources, what leaves. Pure."""

from dataclasses import dataclass
from datetime import datetime

from hallway.consultation.tables.sections import TITLES
from hallway.consultation.views import Leaving, ReportLineView, ReportSection, ReportView
from hallway.errors import HallwayError
from hallway.web.referrals import person, when
from hallway.web.referrals.parts import Gate, Mistake, Note, Pair, Patient, Slip

STAYS = Gate(
    "shut",
    "Stays:",
    "your psychotherapy notes, if you keep any. Only you can open them; the draft is not made from them and cannot "
    "quote them: 45 CFR 164.508(a)(2).",
)
"""The same words whether or not there are any: the page must not tell an onlooker."""
GATE_ICONS = {"open": "open", "pen_before": "pen", "pen_signed": "open", "shut": "shut"}
LABELS = ("Answer", "Plan", "Asks you to")


@dataclass(frozen=True, slots=True)
class ComposedLine:
    """A line of the sheet: its words, where they come from, and whether the author may leave it out."""

    id: int
    field: str
    lead: str
    text: str
    source: str
    url: str
    is_added: bool
    is_changed: bool
    is_kept: bool


@dataclass(frozen=True, slots=True)
class ComposedSection:
    """A section of the sheet; ``field`` names the input for a line of one's own."""

    name: str
    lines: tuple[ComposedLine, ...]
    field: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Composer:
    """Everything the composer prints."""

    patient: Patient
    chart_url: str
    url: str
    version: int
    reader: str
    reader_short: str
    sentence: str
    due: str
    tone: str
    question: str
    answer: str
    sections: tuple[ComposedSection, ...]
    slip: Slip
    gates: tuple[Gate, ...]
    missing_heading: str
    missing: tuple[str, ...]
    after_sending: str
    notices: tuple[Note, ...]
    errors: tuple[Mistake, ...] = ()


@dataclass(frozen=True, slots=True)
class ComposerUrls:
    """Where the composer posts, whose chart it stands on, and where a missing signature is asked for."""

    here: str
    chart: str
    sign: str


def composer(
    view: ReportView, *, now: datetime, urls: ComposerUrls, answer: str | None, errors: tuple[Mistake, ...]
) -> Composer:
    """The page of one draft; ``answer`` is what was posted when it could not be saved."""
    reader = view.recipient.name or view.recipient.organization_name
    due = when.left(view.due_at, now=now) if view.due_at else when.NO_DUE
    said = view.answer if answer is None else answer
    missing = tuple(TITLES.get(code, code) for code in view.missing)
    return Composer(
        patient=person.crumb(view.header, now=now, more=f"Referral {view.number}"),
        chart_url=urls.chart,
        url=urls.here,
        version=view.version,
        reader=reader,
        reader_short=view.recipient.short_name or reader,
        sentence=f"Drafted from your chart {when.day_and_clock(view.drafted_at, now=now)}. "
        "Read it, add your line, send. Nothing leaves before you press Send.",
        due=due.text,
        tone=due.tone,
        question=view.question,
        answer=said,
        sections=tuple(_section(section) for section in view.sections),
        slip=slip(view),
        gates=(*_leaves(view.leaving, urls.sign), STAYS),
        missing_heading=f"{when.number_word(len(missing))} still open" if missing else "Nothing missing",
        missing=missing,
        after_sending=f"Goes to {reader} in Hallway at once. If it is not read in 2 business days, they and their "
        "practice hear first, then you.",
        notices=_notices(view),
        errors=errors,
    )


def _section(section: ReportSection) -> ComposedSection:
    lines = tuple(_line(line) for line in section.lines)
    return ComposedSection(section.title, lines, field="" if lines else f"add-{section.code}", code=section.code)


def _line(line: ReportLineView) -> ComposedLine:
    return ComposedLine(
        line.id,
        str(line.id),
        line.lead,
        line.text,
        line.source,
        "",
        line.is_authors,
        line.is_changed,
        line.is_kept,
    )


def read_sections(view: ReportView) -> tuple[ComposedSection, ...]:
    """The sections as sent: kept lines only. A line of the author's own is named after them for any other reader."""
    found: list[ComposedSection] = []
    for section in view.sections:
        lines = tuple(_sent_line(line, view) for line in section.lines if line.is_kept)
        found.append(ComposedSection(section.title, lines))
    return tuple(section for section in found if section.lines)


def _sent_line(line: ReportLineView, view: ReportView) -> ComposedLine:
    source = f"Added by {view.author.short_name}" if line.is_authors and not view.is_author else line.source
    return ComposedLine(line.id, "", line.lead, line.text, source, "", line.is_authors, is_changed=False, is_kept=True)


def slip(view: ReportView) -> Slip:
    """What the reader sees first, in three lines."""
    answer, plan, asks = view.summary
    pairs = (Pair("Plan", plan), Pair("Asks you to", asks, is_strong=True))
    return Slip("", answer or "Your answer will stand here.", tuple(pair for pair in pairs if pair.text))


def _leaves(leaving: Leaving | None, sign_url: str) -> tuple[Gate, ...]:
    if leaving is None:
        return ()
    reason = leaving.reason.rstrip(". ")
    cited = f"{reason}: {leaving.citation}." if leaving.citation and leaving.citation not in reason else f"{reason}."
    url, link = (sign_url, "Prepare exactly that form") if leaving.verdict == "pen_before" else ("", "")
    return (Gate(GATE_ICONS.get(leaving.verdict, "shut"), leaving.headline, cited, leaving.verified, url, link),)


def _notices(view: ReportView) -> tuple[Note, ...]:
    found: list[Note] = []
    if view.edition:
        found.append(
            Note(
                "act", "pen", "You amend a report that was sent. The reader is told, and the first one stays readable."
            )
        )
    if view.changed_since:
        count = when.plural(len(view.changed_since), "line")
        found.append(
            Note("soon", "clock", f"The chart has moved on since this was drafted: {count} marked below, none altered.")
        )
    return tuple(found)


def mistakes(error: HallwayError) -> tuple[Mistake, ...]:
    """The sentence of an error beside its field."""
    return (Mistake(error.field or "answer", f"{error.what} {error.undone} {error.to_do}"),)
