"""The asking side of a hand-off: ask, meet, met, book; and the panel that is asked for anew while a knock is open."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.ids import PractitionerId, ReferralId
from hallway.referral import actions
from hallway.web import typed
from hallway.web.referrals import stepping

ACTS = ("meet", "met", "book")


def ask(by: Requester, referral: ReferralId, whom: str) -> None:
    """Knock at one door."""
    asked = typed.number(whom)
    if asked is None:
        raise _nobody()
    actions.ask_handoff(by, referral, asked=[PractitionerId(asked)])


def act(by: Requester, name: str, post: Mapping[str, str]) -> None:
    """Meet now, say that you met, or book the first visit before the patient leaves."""
    hand_off = _hand_off(post)
    if name == "meet":
        agreed = post.get("patient_agreed") == "yes"
        actions.start_meeting(by, hand_off, mode=post.get("meeting_mode", "in_person"), patient_agreed=agreed)
        return
    mode = post.get("visit_mode", "in_person")
    actions.meet_handoff(by, hand_off, first_visit_at=_first_visit(post), visit_mode=mode)


def _first_visit(post: Mapping[str, str]) -> datetime | None:
    return stepping.instant_of(post, "first_visit_at") if post.get("first_visit_at") else None


def _hand_off(post: Mapping[str, str]) -> UUID:
    try:
        return UUID(post.get("hand_off", ""))
    except ValueError:
        raise _nobody() from None


def _nobody() -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-WEB-104",
        what="Nobody is chosen to be asked.",
        undone="Nobody was asked.",
        to_do="Press Ask beside a name.",
        field="hand-off",
    )
