"""From a posted form to the one action it stands for. Parses at the edge; the actions decide."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.ids import OrganizationId, PractitionerId, ReferralId
from hallway.referral import actions
from hallway.referral.models import Referral
from hallway.referral.states import Step
from hallway.web import typed
from hallway.web.referrals.when import ZONE

Post = Mapping[str, str]
Act = Callable[[Requester, ReferralId, int, Post], Referral]


def take(by: Requester, referral_id: ReferralId, step: Step, post: Post) -> Referral:
    """Take one step as posted. Raises HallwayError as the action does, and H-WEB-101 for a step without a form."""
    act = _ACTS.get(step)
    if act is None:
        raise _no_such_step()
    return act(by, referral_id, version_of(post), post)


def known(step: str) -> Step:
    """The step named in an address, or NOT_FOUND (H-WEB-101)."""
    try:
        return Step(step)
    except ValueError:
        raise _no_such_step() from None


def version_of(post: Post) -> int:
    """The version that the reader saw; a form without one is stale by definition."""
    found = typed.number(post.get("expected_version", ""))
    return -1 if found is None else found


def recipient_of(post: Post, name: str = "to") -> tuple[OrganizationId, PractitionerId]:
    """ "12" or "12-34": an organization, and a person in it. Raises UNPROCESSABLE H-WEB-102."""
    parts = post.get(name, "").split("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts) or len(parts) > 2:
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-WEB-102",
            what="No practice is chosen.",
            undone="Nothing was sent.",
            to_do="Choose whom you ask.",
            field=name,
        )
    numbers = [int(part) for part in parts]
    return OrganizationId(numbers[0]), PractitionerId(numbers[1] if len(numbers) == 2 else 0)


def instant_of(post: Post, name: str) -> datetime:
    """A day and time typed on the practice's wall clock. Raises UNPROCESSABLE H-WEB-103."""
    try:
        return datetime.fromisoformat(post.get(name, "")).replace(tzinfo=ZONE)
    except ValueError:
        raise _wrong_day(name) from None


def day_of(post: Post, name: str) -> date:
    """A day. Raises UNPROCESSABLE H-WEB-103."""
    try:
        return date.fromisoformat(post.get(name, ""))
    except ValueError:
        raise _wrong_day(name) from None


def _wrong_day(name: str) -> HallwayError:
    today = clock.today()
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-WEB-103",
        what="That day does not exist.",
        undone="Nothing was changed.",
        to_do=f"Use a day from {today:%B} {today.day} on.",
        field=name,
    )


def _no_such_step() -> HallwayError:
    return HallwayError(
        Kind.NOT_FOUND,
        "H-WEB-101",
        what="There is no such step on this page.",
        undone="Nothing was changed.",
        to_do="Open the referral and choose one of its steps.",
    )


def _reason(post: Post) -> str:
    return post.get("reason", "")


def _reroute(by: Requester, referral_id: ReferralId, version: int, post: Post) -> Referral:
    organization, practitioner = recipient_of(post)
    return actions.reroute_referral(
        by, referral_id, expected_version=version, receiver_org=organization, receiver_practitioner=practitioner
    )


def _book(by: Requester, referral_id: ReferralId, version: int, post: Post) -> Referral:
    return actions.book_visit(
        by,
        referral_id,
        expected_version=version,
        starts_at=instant_of(post, "starts_at"),
        mode=post.get("mode", "in_person"),
    )


def _move(by: Requester, referral_id: ReferralId, version: int, post: Post) -> Referral:
    return actions.reschedule_visit(
        by,
        referral_id,
        expected_version=version,
        starts_at=instant_of(post, "starts_at"),
        mode=post.get("mode", "in_person"),
    )


def _reluctance(by: Requester, referral_id: ReferralId, version: int, post: Post) -> Referral:
    return actions.record_reluctance(
        by,
        referral_id,
        expected_version=version,
        reason_code=_reason(post),
        re_offer_on=day_of(post, "re_offer_on"),
    )


def _elsewhere(by: Requester, referral_id: ReferralId, version: int, post: Post) -> Referral:
    return actions.record_pcp_elsewhere(
        by, referral_id, expected_version=version, name=post.get("name", ""), phone=post.get("phone", "")
    )


def _send_and_return(by: Requester, referral_id: ReferralId, version: int, post: Post) -> Referral:
    return actions.send_referral(by, referral_id, expected_version=version)


_ACTS: dict[Step, Act] = {
    Step.SEND: _send_and_return,
    Step.ACCEPT: lambda by, rid, v, post: actions.accept_referral(by, rid, expected_version=v),
    Step.DECLINE: lambda by, rid, v, p: actions.decline_referral(by, rid, expected_version=v, reason_code=_reason(p)),
    Step.WAITLIST: lambda by, rid, v, post: actions.waitlist_referral(by, rid, expected_version=v),
    Step.BOOK: _book,
    Step.RESCHEDULE: _move,
    Step.CANCEL_VISIT: lambda by, rid, v, post: actions.cancel_visit(by, rid, expected_version=v),
    Step.NO_SHOW: lambda by, rid, v, post: actions.record_no_show(by, rid, expected_version=v),
    Step.VISIT_KEPT: lambda by, rid, v, post: actions.record_visit_kept(by, rid, expected_version=v),
    Step.UNREACHABLE: lambda by, rid, v, post: actions.record_unreachable(by, rid, expected_version=v),
    Step.PATIENT_DECLINED: lambda by, rid, v, p: actions.record_patient_declined(
        by, rid, expected_version=v, reason_code=_reason(p)
    ),
    Step.INTERIM_NOTE: lambda by, rid, v, p: actions.send_interim_note(
        by, rid, expected_version=v, text=p.get("words", "")
    ),
    Step.REQUEST_CANCELLATION: lambda by, rid, v, p: actions.request_cancellation(
        by, rid, expected_version=v, reason_code=_reason(p)
    ),
    Step.CONFIRM_CANCELLATION: lambda by, rid, v, post: actions.confirm_cancellation(by, rid, expected_version=v),
    Step.REROUTE: _reroute,
    Step.WITHDRAW: lambda by, rid, v, p: actions.withdraw_referral(by, rid, expected_version=v, reason_code=_reason(p)),
    Step.REOPEN: lambda by, rid, v, p: actions.reopen_referral(by, rid, expected_version=v, reason_code=_reason(p)),
    Step.RECORD_RELUCTANCE: _reluctance,
    Step.PCP_ELSEWHERE: _elsewhere,
}
