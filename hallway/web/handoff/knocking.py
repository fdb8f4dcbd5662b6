"""A knock at the door, as the asked person sees it. Pure. Nothing clinical stands here before the door is opened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hallway.referral.views import HandOffView
from hallway.web.referrals import when
from hallway.web.referrals.parts import Link, Pair, Row

KNOCK_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Knock:
    """Everything the knock page prints."""

    heading: str
    sentence: str
    question: str
    facts: tuple[Pair, ...]
    is_open: bool
    left: str
    tone: str
    percent: int
    seconds_left: int
    ended: str
    links: tuple[Link, ...]
    url: str
    poll_url: str


@dataclass(frozen=True, slots=True)
class Door:
    """Everything the page "At my door" prints."""

    heading: str
    sentence: str
    is_free: bool
    presence_url: str
    knocks: tuple[Row, ...]
    empty_more: str


def knock(view: HandOffView, *, now: datetime, url: str, poll_url: str, referral_url: str) -> Knock:
    """One knock: who asks, where, and 90 seconds; the question once it was accepted."""
    is_open = view.is_mine_to_answer and view.seconds_left > 0
    asker = view.by.name or view.by.organization_name
    facts = (
        Pair("From", f"{asker}, {view.by.organization_name}"),
        Pair("Where", view.place or "At their practice, or by video"),
        Pair("Language", view.language or "English"),
        Pair("Asked", when.day_and_clock(view.asked_at, now=now) if view.asked_at else ""),
    )
    is_accepted = view.accepted is not None and not is_open
    return Knock(
        heading=f"{view.by.short_name or asker} asks: can you meet a patient now?" if is_open else _after(view),
        sentence="First to accept is expected. The next person free is asked when the time is over." if is_open else "",
        question=view.question if is_accepted and view.question else "A walk down the hall",
        facts=tuple(fact for fact in facts if fact.text),
        is_open=is_open,
        left=f"{view.seconds_left} seconds left",
        tone="late" if view.seconds_left < 20 else "soon",
        percent=round(100 * (KNOCK_SECONDS - view.seconds_left) / KNOCK_SECONDS),
        seconds_left=view.seconds_left,
        ended=_ended(view),
        links=(Link(referral_url, "Open the referral", is_main=True),)
        if is_accepted and view.question and referral_url
        else (),
        url=url,
        poll_url=poll_url if is_open else "",
    )


def _after(view: HandOffView) -> str:
    return "You said yes. They are waiting." if view.accepted is not None else "This knock is over"


def _ended(view: HandOffView) -> str:
    if view.state == "met":
        return f"You met, {when.plural(view.minutes, 'minute')}."
    if view.accepted is not None:
        wait = f"They expect you in {view.in_minutes} minutes." if view.in_minutes else "They expect you now."
        more = "" if view.question else " The question opens here as soon as they send the referral."
        return f"{view.accepted.name} said yes. {wait}{more}"
    return "The time is over, and the next person free was asked. Nothing is owed by you."


def door(knocks: Sequence[HandOffView], *, is_free: bool, url: Callable[[HandOffView], str], presence_url: str) -> Door:
    """Who knocks now, and whether one is shown as free next door."""
    rows = tuple(_row(view, url(view)) for view in knocks)
    count = len(rows)
    heading = "Nobody is at your door" if not count else f"{when.number_word(count)} at your door"
    sentence = (
        "You are shown as free next door until you switch it off."
        if is_free
        else "You are not shown to anybody. Switch it on when you can meet a patient at once."
    )
    more = "When somebody next door asks, it stands here for 90 seconds." if is_free else ""
    return Door(heading, sentence, is_free, presence_url, rows, more)


def _row(view: HandOffView, url: str) -> Row:
    return Row(
        url=url,
        due=f"{view.seconds_left} s left",
        tone="late" if view.seconds_left < 20 else "soon",
        icon="clock",
        patient=view.by.name,
        patient_small=view.by.organization_name,
        what="Can you meet a patient now?",
        small=", ".join(part for part in (view.place, view.language) if part) or "At their practice, or by video",
    )
