"""The offer of the other side's care as a chart shows it: whether it is time, the last answer, its date. Pure."""

from dataclasses import dataclass
from datetime import date

from hallway.referral.tables.codes import RELUCTANCE_REASONS
from hallway.triggers.offering import rules
from hallway.triggers.offering.rules import Answered
from hallway.triggers.tables.reasons import OFFER_ANSWERS
from hallway.web.chart import words
from hallway.web.chart.reading import Opened
from hallway.web.words import full_day

SEEN_IN = ("Encounter", "Appointment", "MedicationRequest", "Condition", "DocumentReference", "Composition", "CarePlan")
"""Kinds whose source tells that a side treats this person. Only what was released is looked at."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the chart and the page of the offer say."""

    side: str
    name: str
    is_due: bool
    finding: str
    last: str
    why: str
    again: str


NAMES = rules.SIDE_NAMES


def side_of(opened: Opened) -> str:
    """The side that this reader may offer; empty on neither side of the hall."""
    return rules.side_to_offer(opened.reader_place.side)


def offer_of(opened: Opened, last: Answered | None) -> Offer | None:
    """The offer for this reader's side; None on neither side, or where the other side treats as far as is told."""
    side = side_of(opened)
    if not side or opened.header.deceased or _is_seen(opened, side):
        return None
    name = rules.SIDE_NAMES[side]
    return Offer(
        side=side,
        name=name,
        is_due=rules.is_due(last, is_seen=False, today=opened.today),
        finding=f"Nothing from {name} is shared with you here.",
        last=last_words(last, today=opened.today),
        why=RELUCTANCE_REASONS.get(last.reason, "") if last else "",
        again=_again(last, today=opened.today),
    )


def _is_seen(opened: Opened, side: str) -> bool:
    stored = (one for kind in SEEN_IN for one in opened.facts.stored(kind))
    seen = ((opened.roster.place(one.source_org).side, one.dated_at.date() if one.dated_at else None) for one in stored)
    return rules.is_seen_by(side, seen, today=opened.today)


def last_words(last: Answered | None, *, today: date) -> str:
    """ "June 9: said not now, asked by Tess Hearwell." """
    if last is None:
        return "Not offered here yet."
    on = last.at.astimezone(words.ZONE).date()
    by = f", asked by {last.by}" if last.by else ""
    return f"Last answer, {full_day(on, today)}: {OFFER_ANSWERS[last.answer].said}{by}."


def _again(last: Answered | None, *, today: date) -> str:
    if last is not None and last.is_owed:
        return "The referral is still to be sent."
    if last is None or last.again_on is None or last.again_on <= today:
        return ""
    return f"To be offered again from {full_day(last.again_on, today)}."
