"""A Task of a referral moves by its status: which step that is depends on the side, whether it may be on the table.

One that asks for information is ``requests``'.
"""

from collections.abc import Callable

from django.db.models import Q

from hallway.exchange.workflow import people, refusals, requests
from hallway.identity.requester import Requester
from hallway.ids import ReferralId
from hallway.record.stored import Stored
from hallway.referral import actions
from hallway.referral.models import Referral
from hallway.referral.sight import Sight, look
from hallway.referral.states import Side, State, Step, transition
from hallway.referral.tables import codes
from hallway.standards.fhir import codec, r4

_REASON = "Task.statusReason"
_MAY_CHANGE = frozenset({"status", "statusReason", "businessStatus", "note", "lastModified", "meta", "text", "id"})
_UNREACHABLE = {"unreachable": "The patient did not answer"} | codes.PATIENT_DECLINE_REASONS
_HOW = "Accept, decline or waitlist by its status; book visits by Appointment, report by the page of the report."
Moved = Callable[[Requester, Sight, r4.Task], object]


def wants(by: Requester, raw: bytes, current: Stored | None) -> bool:
    """Every Task: those that stand are a referral's or a request's, and no others are kept."""
    return True


def do(by: Requester, raw: bytes, current: Stored | None) -> None:
    """Take the step that the new status means for this side."""
    sent = r4.decode(raw, r4.Task)
    if current is None and requests.is_one(sent):
        requests.ask(by, sent)
        return
    held, asked = _referral(current), requests.of_current(current)
    if current is None or (held is None and asked is None):
        raise refusals.no_step("A referral makes its own Tasks: create its ServiceRequest.", field="Task")
    before = r4.decode(current.json_bytes(), r4.Task)
    if _beyond_status(raw, current):
        raise refusals.no_step("Only status, its reason and notes of a Task change from outside.", field="Task")
    if sent.status == before.status:
        return
    if asked is not None:
        requests.step(by, asked, sent)
        return
    assert held is not None
    sight = look(by, held.id)
    move = _STEPS.get((sight.side, sent.status or ""))
    if move is None:
        raise refusals.no_step(_HOW, field="Task.status")
    move(by, sight, sent)


def _referral(current: Stored | None) -> Referral | None:
    if current is None:
        return None
    return Referral.objects.filter(Q(request_task_id=current.id) | Q(answer_task_id=current.id)).first()


def _beyond_status(raw: bytes, current: Stored) -> bool:
    """Whether anything else differs from what stands."""
    new, old = codec.decode(raw), codec.decode(current.json_bytes())
    return any(new.get(name) != old.get(name) for name in new.keys() | old.keys() if name not in _MAY_CHANGE)


def _accept(by: Requester, sight: Sight, sent: r4.Task) -> None:
    actions.accept_referral(by, ReferralId(sight.referral.id), expected_version=sight.version)


def _decline(by: Requester, sight: Sight, sent: r4.Task) -> None:
    reason = people.reason_code(sent.status_reason, codes.DECLINE_REASONS, _REASON)
    actions.decline_referral(by, ReferralId(sight.referral.id), expected_version=sight.version, reason_code=reason)


def _waitlist(by: Requester, sight: Sight, sent: r4.Task) -> None:
    actions.waitlist_referral(by, ReferralId(sight.referral.id), expected_version=sight.version)


def _failed(by: Requester, sight: Sight, sent: r4.Task) -> None:
    reason = people.reason_code(sent.status_reason, _UNREACHABLE, _REASON)
    referral_id = ReferralId(sight.referral.id)
    if reason == "unreachable":
        actions.record_unreachable(by, referral_id, expected_version=sight.version)
    else:
        actions.record_patient_declined(by, referral_id, expected_version=sight.version, reason_code=reason)


def _confirm(by: Requester, sight: Sight, sent: r4.Task) -> None:
    actions.confirm_cancellation(by, ReferralId(sight.referral.id), expected_version=sight.version)


def _end(by: Requester, sight: Sight, sent: r4.Task) -> None:
    """The sender ends it: at once where nobody has taken it up, else by asking the other side to stop."""
    reason = people.reason_code(sent.status_reason, codes.ENDING_REASONS, _REASON)
    referral_id = ReferralId(sight.referral.id)
    if transition(sight.state, Step.WITHDRAW, Side.SENDER) is not None:
        actions.withdraw_referral(by, referral_id, expected_version=sight.version, reason_code=reason)
    else:
        actions.request_cancellation(by, referral_id, expected_version=sight.version, reason_code=reason)


def _request(by: Requester, sight: Sight, sent: r4.Task) -> None:
    """The sender asks: a draft is sent, what had ended is opened again."""
    referral_id = ReferralId(sight.referral.id)
    if sight.state in {State.DRAFT, State.RELUCTANT}:
        actions.send_referral(by, referral_id, expected_version=sight.version)
    else:
        reason = people.reason_code(sent.status_reason, codes.REOPENING_REASONS, _REASON)
        actions.reopen_referral(by, referral_id, expected_version=sight.version, reason_code=reason)


_STEPS: dict[tuple[Side, str], Moved] = {
    (Side.RECEIVER, "accepted"): _accept,
    (Side.RECEIVER, "rejected"): _decline,
    (Side.RECEIVER, "on-hold"): _waitlist,
    (Side.RECEIVER, "failed"): _failed,
    (Side.RECEIVER, "cancelled"): _confirm,
    (Side.SENDER, "cancelled"): _end,
    (Side.SENDER, "requested"): _request,
}
