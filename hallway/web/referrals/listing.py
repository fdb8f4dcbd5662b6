"""The list of referrals: the reader's turn first, then whom one waits for, then what has ended. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hallway.ids import ReferralId
from hallway.referral.states import State
from hallway.referral.tables.codes import RECIPIENT_TYPES
from hallway.referral.views import ReferralRow
from hallway.web.referrals import when
from hallway.web.referrals.parts import Group, Row, Tab
from hallway.web.referrals.timeline import SIDE_NAMES
from hallway.web.referrals.words import STATE_WORDS

SHOWS = {"open": "Open", "sent": "Sent by us", "received": "Sent to us", "closed": "Closed"}
_TONES = {
    State.SEEN_NO_REPORT: ("late", "late"),
    State.NO_SHOW: ("soon", "clock"),
    State.DECLINED: ("soon", "clock"),
    State.CLOSED: ("done", "done"),
}


@dataclass(frozen=True, slots=True)
class Listing:
    """Everything the list prints."""

    heading: str
    sentence: str
    tabs: tuple[Tab, ...]
    groups: tuple[Group, ...]
    empty: str
    empty_more: str


def listing(
    rows: Sequence[ReferralRow], *, show: str, now: datetime, url: Callable[[ReferralId], str], list_url: str
) -> Listing:
    """The page for one filter."""
    mine = [row for row in rows if row.is_readers_turn]
    others = [row for row in rows if not row.is_readers_turn and row.turn is not None]
    ended = [row for row in rows if not row.is_readers_turn and row.turn is None]
    named = (("Your turn", mine), ("Waiting on others", others), ("Ended", ended))
    groups = tuple(Group(name, tuple(_row(row, now=now, url=url) for row in some)) for name, some in named if some)
    tabs = tuple(Tab(f"{list_url}?show={key}", label, key == show) for key, label in SHOWS.items())
    return Listing(_heading(len(mine), len(rows)), _sentence(show), tabs, groups, "None listed here", _empty(show))


def _heading(mine: int, total: int) -> str:
    if mine:
        verb = "referral waits" if mine == 1 else "referrals wait"
        return f"{when.number_word(mine)} {verb} for you"
    return "No referral waits for you" if total else "Referrals"


def _sentence(show: str) -> str:
    return {
        "sent": "What your practice asked of others.",
        "received": "What others asked of your practice.",
        "closed": "Read, acknowledged, or ended with a reason.",
    }.get(show, "Both directions, the newest first. A referral stays open until its report is read.")


def _empty(show: str) -> str:
    return (
        "Closed referrals stay here."
        if show == "closed"
        else "A referral begins in a patient’s chart: press Refer there."
    )


def _row(row: ReferralRow, *, now: datetime, url: Callable[[ReferralId], str]) -> Row:
    tone, icon = _TONES.get(row.state, ("", "clock" if row.turn else "done"))
    age = when.age(row.header.birth_date, now=now)
    sent = f"sent {when.day_of(row.sent_at, now=now)}".replace("Today", "today") if row.sent_at else "not sent"
    return Row(
        url=url(row.id),
        due=STATE_WORDS[row.state],
        tone=tone,
        icon=icon,
        patient=row.header.name,
        patient_small=", ".join(part for part in (age, sent) if part),
        what=f"{row.from_name} asked {row.to_name}",
        small=f"{RECIPIENT_TYPES.get(row.recipient_type, 'Other')}. {row.number}",
        practice=SIDE_NAMES.get(row.other_side, "Specialty"),
        side=row.other_side,
    )
