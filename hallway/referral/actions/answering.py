"""The receiver's answers: accept, decline, wait, could not reach."""

from hallway.consent import actions as consent
from hallway.directory.queries import works_at
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import NOBODY, ChartId, PractitionerId, ReferralId
from hallway.loops import actions as loops
from hallway.loops.tables.clocks import LoopKind
from hallway.referral import refusals
from hallway.referral.checking import check_code, check_text
from hallway.referral.models import Referral, Visit
from hallway.referral.moves import Move, new_id, refs_of
from hallway.referral.resources import care_elsewhere, communication
from hallway.referral.sight import look
from hallway.referral.states import Side, Step, Tells
from hallway.referral.stepping import owed, stepping
from hallway.referral.tables import codes
from hallway.referral.tables.owed import Duty
from hallway.storage.connection import transaction


def accept_referral(
    by: Requester, referral_id: ReferralId, *, expected_version: int, practitioner_id: PractitionerId = NOBODY
) -> Referral:
    """Agree to see the patient; ``practitioner_id`` names who will. Custody moves here, and only as was asked."""
    with stepping(by, referral_id, Step.ACCEPT, expected_version=expected_version) as move:
        take_on(move, practitioner_id)
    return move.referral


def take_on(move: Move, practitioner_id: PractitionerId) -> None:
    """Name who will see the patient: the one chosen, else the one asked, else the clinician who accepts."""
    referral, by = move.referral, move.by
    own = by.practitioner_id if by.role in CLINICIANS and by.organization_id == referral.receiver_org_id else NOBODY
    chosen = practitioner_id or referral.receiver_practitioner_id or own
    if chosen and chosen != referral.receiver_practitioner_id:
        if not works_at(chosen, referral.receiver_org_id):
            raise refusals.unknown_receiver()
        referral.receiver_practitioner_id = chosen
        move.refs = refs_of(referral, by)
    referral.accepted_at = move.at


def decline_referral(by: Requester, referral_id: ReferralId, *, expected_version: int, reason_code: str) -> Referral:
    """Say no, with a coded reason that tells nothing of the patient."""
    check_code("reason_code", reason_code, codes.DECLINE_REASONS)
    with stepping(by, referral_id, Step.DECLINE, expected_version=expected_version, reason_code=reason_code) as move:
        _drop_visits(move)
        move.after.append(lambda: _leave(move))
    return move.referral


def waitlist_referral(by: Requester, referral_id: ReferralId, *, expected_version: int) -> Referral:
    """Yes, but not yet."""
    with stepping(by, referral_id, Step.WAITLIST, expected_version=expected_version) as move:
        pass
    return move.referral


def record_unreachable(by: Requester, referral_id: ReferralId, *, expected_version: int) -> Referral:
    """The patient did not answer; the sender chooses again, where they may know."""
    with stepping(by, referral_id, Step.UNREACHABLE, expected_version=expected_version) as move:
        pass
    return move.referral


def record_patient_declined(
    by: Requester, referral_id: ReferralId, *, expected_version: int, reason_code: str
) -> Referral:
    """The patient said no to the receiver."""
    check_code("reason_code", reason_code, codes.PATIENT_DECLINE_REASONS)
    with stepping(
        by, referral_id, Step.PATIENT_DECLINED, expected_version=expected_version, reason_code=reason_code
    ) as move:
        _drop_visits(move)
    return move.referral


def record_pcp_elsewhere(
    by: Requester, referral_id: ReferralId, *, expected_version: int, name: str = "", phone: str = ""
) -> Referral:
    """The patient already has a PCP elsewhere (R81): nobody is poached, coordination goes outside."""
    check_text("name", name)
    check_text("phone", phone)
    with stepping(by, referral_id, Step.PCP_ELSEWHERE, expected_version=expected_version) as move:
        if move.referral.direction != "to_pc":
            raise refusals.not_now("Primary care elsewhere")
        _drop_visits(move)
        move.own.append(care_elsewhere(new_id(), move.refs, name=name.strip(), phone=phone.strip()))
        if move.referral.sent_at is not None:
            move.after.append(lambda: _leave(move))
    return move.referral


def send_interim_note(by: Requester, referral_id: ReferralId, *, expected_version: int, text: str) -> Referral:
    """A short word to the sender before the report; it opens a loop until read."""
    check_text("text", text)
    if not text.strip():
        raise refusals.missing("text", "The note is empty.")
    with stepping(by, referral_id, Step.INTERIM_NOTE, expected_version=expected_version) as move:
        about = (f"ServiceRequest/{move.referral.service_request_id}",)
        move.own.append(
            communication(
                new_id(), move.refs, move.at, text=text.strip(), topic="Interim note", about=about, to=move.refs.sender
            )
        )
        duty = Duty(LoopKind.ANSWER_INTERIM, Side.SENDER, Tells.ATTENDANCE)
        move.after.append(lambda: loops.open_loop(owed(move.referral, duty)))
    return move.referral


def read_interim_note(by: Requester, referral_id: ReferralId) -> int:
    """This side has read (or called back) what waited for it; how many there were. Nothing else moves."""
    with transaction():
        sight = look(by, referral_id, lock=True)
        waiting = LoopKind.ANSWER_INTERIM if sight.side is Side.SENDER else LoopKind.TALK
        return loops.close_loops(referral_id=sight.referral.id, kinds=(waiting,), closed_as="answered")


def confirm_cancellation(by: Requester, referral_id: ReferralId, *, expected_version: int) -> Referral:
    """Agree to stop."""
    with stepping(by, referral_id, Step.CONFIRM_CANCELLATION, expected_version=expected_version) as move:
        end_by_cancelling(move)
    return move.referral


def end_by_cancelling(move: Move) -> None:
    """Booked visits fall, and the receiver no longer treats because of this referral."""
    _drop_visits(move)
    move.after.append(lambda: _leave(move))


def _drop_visits(move: Move) -> None:
    booked = Visit.objects.filter(referral_id=move.referral.id, status="booked")
    move.after.append(lambda: booked.update(status="cancelled"))


def _leave(move: Move) -> None:
    consent.leave_team(ChartId(move.referral.chart_id), by=move.by, referral_id=ReferralId(move.referral.id))
