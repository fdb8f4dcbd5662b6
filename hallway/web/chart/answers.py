"""The four answers above the chart: seen? plan? medicines? what do they need from me? Pure.

They are about the other side of the hall, as the reader's side sees it, and only of what was released: with nothing
shared every answer reads the same as with nothing known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hallway.standards.fhir import r4
from hallway.web.chart import board, medicines, notes, problems, words
from hallway.web.chart.facts import Facts
from hallway.web.chart.people import SIDE_WORDS, Place, Roster

NOTHING = "Nothing shared with you here"
LISTED = 4
"""Problems named in the strip; the table below has them all."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An open referral of the reader's practice, as the referral itself may be seen."""

    on: date
    to: str
    words: str
    tone: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """Something the reader owes about this patient: the words, the button, where it leads."""

    words: str
    button: str
    url: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One box: the answer in bold, what stands under it, and a line with a tone where a clock runs."""

    bold: str
    small: str = ""
    status: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """The strip."""

    about: str
    seen: Answer
    plan: Answer
    medicines: Answer
    needs: tuple[Need, ...]


def other_side(reader_side: str) -> str:
    """Whom the strip is about: behavioral health for primary care and specialists, primary care for the others."""
    return "pc" if reader_side == "bh" else "bh"


def answers(
    facts: Facts,
    roster: Roster,
    *,
    reader_side: str,
    asked: Sequence[Asked],
    needs: Sequence[Need],
    lines: Sequence[medicines.Medicine],
    at: datetime,
) -> Answers:
    """The four answers for a reader of ``reader_side``; ``lines`` are the medicines already made for the page."""
    side = other_side(reader_side)
    return Answers(
        about=SIDE_WORDS[side],
        seen=_seen(facts, roster, side, asked, at=at),
        plan=_plan(facts, roster, side, asked, today=at.date()),
        medicines=_medicines(lines, side),
        needs=tuple(needs),
    )


def _day(on: date) -> str:
    return on.strftime("%B %-d")


def _seen(facts: Facts, roster: Roster, side: str, asked: Sequence[Asked], *, at: datetime) -> Answer:
    visits = [fact for fact in facts.encounters if _on_side(roster.place(fact.stored.source_org), side) and fact.on]
    upcoming = [one for one in board.coming(facts, roster, at=at) if one.place.side == side]
    following = f"Next visit {_day(upcoming[0].at.date())}." if upcoming else ""
    if visits and visits[0].on:
        who = roster.full_name(visits[0].stored.author) or roster.place(visits[0].stored.source_org).short
        year = "" if visits[0].on.year == at.year else f", {visits[0].on.year}"
        return Answer(f"Yes, {_day(visits[0].on)}{year}", f"{who}. {following}".strip())
    if upcoming:
        return Answer(f"Booked, {_day(upcoming[0].at.date())}", f"{upcoming[0].who}.")
    if asked:
        return Answer(f"Asked {_day(asked[0].on)}", f"{asked[0].to}.", asked[0].words, asked[0].tone)
    return Answer(NOTHING)


def _plan(facts: Facts, roster: Roster, side: str, asked: Sequence[Asked], *, today: date) -> Answer:
    noted = [row for row in problems.active(problems.problems(facts, roster, today=today)) if row.place.side == side]
    report = next((note for note in notes.notes(facts, roster) if note.is_report and note.place.side == side), None)
    small = _care_plan(facts, roster, side) or (report.first_words if report else "")
    bold = noted[0].words if noted else ""
    if len(noted) > 1 and not small:
        bold, small = f"{len(noted)} problems", ", ".join(row.words for row in noted[:LISTED])
    waiting = next((one for one in asked if one.tone), None)
    status, tone = (waiting.words, waiting.tone) if waiting and not report else ("", "")
    if bold or small:
        return Answer(bold or "Plan", small, status, tone)
    return Answer(NOTHING, "", status, tone)


def _care_plan(facts: Facts, roster: Roster, side: str) -> str:
    for fact in facts.of(r4.CarePlan):
        if fact.view.status == "active" and _on_side(roster.place(fact.stored.source_org), side):
            doing = [
                words.concept_words(one.detail.code) or (one.detail.description or "")
                for one in fact.view.activity
                if one.detail
            ]
            return fact.view.description or ", ".join(filter(None, doing)) or fact.view.title or ""
    return ""


def _medicines(lines: Sequence[medicines.Medicine], side: str) -> Answer:
    theirs = [line for line in lines if line.current and line.place.side == side]
    if not theirs:
        return Answer(NOTHING)
    first = theirs[0]
    since = f", since {_day(first.since)}" if first.since and first.recent else ""
    more = f" And {len(theirs) - 1} more." if len(theirs) > 1 else ""
    who = first.prescriber or first.place.short
    how = f", {first.how}" if first.how else ""
    return Answer(f"{first.full}{since}", f"{who}{how}.{more}")


def _on_side(place: Place, side: str) -> bool:
    return place.side == side
