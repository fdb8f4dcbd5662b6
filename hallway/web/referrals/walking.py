"""The walk down the hall as the asking side sees it: asked, accepted, met, booked. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hallway.referral.views import HandOffView, Party
from hallway.web.referrals import when
from hallway.web.referrals.parts import Option

MODES = (Option("in_person", "In person", is_on=True), Option("video", "By video"), Option("phone", "By phone"))
FOOT = "No hand-off today? Send anyway: they phone within 2 business days, and both ways are measured."


@dataclass(frozen=True, slots=True)
class FreePerson:
    """Somebody next door who switched on that they are free now."""

    value: int
    name: str
    detail: str


@dataclass(frozen=True, slots=True)
class WalkStep:
    """One step of the walk; ``tone`` is did, now or empty."""

    name: str
    detail: str = ""
    tone: str = ""
    asks_meeting: bool = False
    asks_visit: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """The panel "Walk down the hall"."""

    heading: str
    side: str
    practice: str
    steps: tuple[WalkStep, ...]
    sentence: str
    free: tuple[FreePerson, ...]
    foot: str
    agreed_label: str
    modes: tuple[Option, ...] = MODES
    is_meeting: bool = False
    poll_url: str = ""
    act_url: str = ""
    hand_off: str = ""
    seconds_left: int = 0


def free_people(parties: Sequence[Party]) -> tuple[FreePerson, ...]:
    """Who is free next door now, with their practice."""
    return tuple(FreePerson(one.practitioner_id, one.name, one.organization_name) for one in parties)


def walk(
    view: HandOffView | None,
    parties: Sequence[Party],
    *,
    them: str,
    now: datetime,
    act_url: str = "",
    poll_url: str = "",
) -> Walk:
    """The panel for a walk under way, or the doors one may knock at."""
    agreed = f"{them[:1].upper()}{them[1:]} agrees to meet now"
    if view is None:
        free = free_people(parties)
        sentence = (
            "Ask, and they have 90 seconds to answer." if free else "Nobody has said that they are free right now."
        )
        return Walk(f"Walk {them} down the hall", "other", "", (), sentence, free, FOOT, agreed, act_url=act_url)
    asked = view.accepted or view.asked
    is_open = view.state == "asked"
    return Walk(
        heading=f"Walk {them} down the hall",
        side=asked.side if asked else "other",
        practice=asked.organization_name if asked else "",
        steps=_steps(view, now=now),
        sentence="",
        free=() if view.state in ("asked", "accepted", "met") else free_people(parties),
        foot=FOOT if view.state != "met" else "The meeting is written down for both sides.",
        agreed_label=agreed,
        is_meeting=view.started_at is not None and view.state != "met",
        poll_url=poll_url if is_open else "",
        act_url=act_url,
        hand_off=str(view.id),
        seconds_left=view.seconds_left,
    )


def _steps(view: HandOffView, *, now: datetime) -> tuple[WalkStep, ...]:
    passed = f"{', '.join(view.passed)} could not. " if view.passed else ""
    if view.state == "fallback":
        return (
            WalkStep("Asked", f"{passed}Nobody was free in time.", "did"),
            WalkStep("They phone within 2 business days", "The call is on their list, with its clock.", "now"),
        )
    if view.state == "ended":
        return (WalkStep("Ended without meeting", "Both ways are measured.", "did"),)
    name = view.asked.name if view.asked else "the next person free"
    asked_at = f"{when.clock(view.asked_at)}. " if view.asked_at else ""
    if view.accepted is None:
        return (
            WalkStep(f"Asked {name}", f"{asked_at}{passed}{view.seconds_left} seconds left to answer.", "now"),
            WalkStep("Meet"),
            WalkStep("Book the first visit before leaving"),
        )
    wait = f" In {view.in_minutes} minutes." if view.in_minutes else ""
    return (
        WalkStep(f"Asked {view.accepted.name}", f"{asked_at}{passed}".strip(), "did"),
        WalkStep("Accepted", f"{view.accepted.organization_name}.{wait}", "did"),
        _meeting(view),
        _booking(view, now=now),
    )


def _meeting(view: HandOffView) -> WalkStep:
    if view.state == "met":
        return WalkStep("Met", f"{when.plural(view.minutes, 'minute')}, with the patient in the room.", "did")
    if view.started_at is not None:
        return WalkStep("Meeting", f"Since {when.clock(view.started_at)}.", "did")
    return WalkStep("Meet", "Say the reason out loud with the patient in the room.", "now", asks_meeting=True)


def _booking(view: HandOffView, *, now: datetime) -> WalkStep:
    if view.visit is not None:
        return WalkStep("First visit booked", when.day_and_clock(view.visit.starts_at, now=now), "did")
    if view.state == "met":
        return WalkStep("First visit", "Not booked here: their practice offers one.", "")
    is_now = view.started_at is not None
    return WalkStep("Book the first visit before leaving", "", "now" if is_now else "", asks_visit=is_now)
