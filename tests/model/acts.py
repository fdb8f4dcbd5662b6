"""Each step of the table as the use case that takes it, for walks through the real database."""

import random
from datetime import timedelta

from hallway import clock
from hallway.consultation import actions as reports
from hallway.errors import HallwayError
from hallway.identity.requester import Requester
from hallway.ids import ReferralId, ReportId
from hallway.referral import actions
from hallway.referral.models import Referral
from hallway.referral.sight import look
from hallway.referral.states import Side, Step
from hallway.referral.tests.hall import Hall


def soon():
    return clock.now() + timedelta(days=2)


SIMPLE = {
    Step.SEND: (actions.send_referral, dict),
    Step.RECORD_RELUCTANCE: (
        actions.record_reluctance,
        lambda: {"reason_code": "not_now", "re_offer_on": clock.today() + timedelta(days=30)},
    ),
    Step.ACCEPT: (actions.accept_referral, dict),
    Step.DECLINE: (actions.decline_referral, lambda: {"reason_code": "no_capacity"}),
    Step.WAITLIST: (actions.waitlist_referral, dict),
    Step.BOOK: (actions.book_visit, lambda: {"starts_at": soon()}),
    Step.RESCHEDULE: (actions.reschedule_visit, lambda: {"starts_at": soon()}),
    Step.CANCEL_VISIT: (actions.cancel_visit, dict),
    Step.NO_SHOW: (actions.record_no_show, dict),
    Step.VISIT_KEPT: (actions.record_visit_kept, dict),
    Step.UNREACHABLE: (actions.record_unreachable, dict),
    Step.PATIENT_DECLINED: (actions.record_patient_declined, lambda: {"reason_code": "cost"}),
    Step.INTERIM_NOTE: (actions.send_interim_note, lambda: {"text": "Seen, more to come."}),
    Step.REQUEST_CANCELLATION: (actions.request_cancellation, lambda: {"reason_code": "patient_asked"}),
    Step.CONFIRM_CANCELLATION: (actions.confirm_cancellation, dict),
    Step.WITHDRAW: (actions.withdraw_referral, lambda: {"reason_code": "declined"}),
    Step.REOPEN: (actions.reopen_referral, lambda: {"reason_code": "need_returned"}),
}


def act(hall: Hall, who: Requester, referral: Referral, step: Step, *, version: int | None = None) -> None:
    """Take ``step`` as ``who``, on the page version given or the current one."""
    seen = look(who, referral.id).version if version is None else version
    if step in SIMPLE:
        action, values = SIMPLE[step]
        action(who, ReferralId(referral.id), expected_version=seen, **values())
    elif step is Step.REROUTE:
        actions.reroute_referral(
            who,
            ReferralId(referral.id),
            expected_version=seen,
            receiver_org=hall.other.organization_id,
            receiver_practitioner=hall.other.practitioner_id,
        )
    elif step is Step.REPORT:
        write_report(who, referral)
    elif step is Step.ACKNOWLEDGE:
        report = look(who, referral.id).steps[-1].subject_id
        reports.acknowledge_report(who, ReportId(report), reply="agree")
    elif step is Step.AMEND_REPORT:
        report = reports.draft_report(who, ReferralId(referral.id))
        reports.amend_report(who, ReportId(report.id), added=[("plan", "One more thing.")])
    else:
        raise AssertionError(step)


def write_report(who: Requester, referral: Referral) -> None:
    report = reports.draft_report(who, ReferralId(referral.id))
    report = reports.edit_report(who, ReportId(report.id), expected_version=report.version, answer="It is depression.")
    reports.sign_and_send_report(who, ReportId(report.id), expected_version=report.version)


def person(hall: Hall, side: Side) -> Requester:
    return hall.pcp if side is Side.SENDER else hall.therapist


def wander(hall: Hall, referral: Referral, dice: random.Random, offered, *, most: int = 25) -> int:
    """A random walk of both sides until it ends; how many steps were committed. Refusals are part of life."""
    taken = 0
    for n in range(most):
        referral.refresh_from_db()
        if referral.closed_at is not None:
            break
        side = dice.choice([Side.SENDER, Side.RECEIVER, Side.RECEIVER])
        steps = [s for s in offered(referral, side) if s is not Step.PCP_ELSEWHERE and (n > 12 or s not in ENDING)]
        if not steps:
            continue
        try:
            act(hall, person(hall, side), referral, dice.choice(steps))
            taken += 1
        except HallwayError:
            pass
    return taken


ENDING = {Step.REQUEST_CANCELLATION, Step.WITHDRAW, Step.REROUTE, Step.DECLINE}
