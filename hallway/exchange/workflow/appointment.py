"""An Appointment of a referral is a visit: booked, moved, cancelled, missed or kept by the receiver's actions."""

from datetime import timedelta

from hallway.exchange.workflow import people, refusals
from hallway.exchange.workflow.service_request import referral_of
from hallway.identity.requester import Requester
from hallway.ids import NOBODY, PractitionerId, ReferralId
from hallway.record.stored import Stored
from hallway.referral import actions
from hallway.referral.models import Visit
from hallway.referral.sight import look
from hallway.standards.fhir import r4

_USUAL_MINUTES, _MOST_MINUTES = 50, 24 * 60
_MODES = {str(label): str(value) for value, label in Visit.Mode.choices}


def wants(by: Requester, raw: bytes, current: Stored | None) -> bool:
    """Every Appointment: Hallway keeps the visits of referrals and no other calendar."""
    return True


def do(by: Requester, raw: bytes, current: Stored | None) -> None:
    """Book, move, cancel, or say what became of the visit."""
    sent = r4.decode(raw, r4.Appointment)
    if current is None:
        _book(by, sent)
    else:
        _change(by, sent, current)


def _book(by: Requester, sent: r4.Appointment) -> None:
    asked = [one for kind, one in map(people.split, sent.based_on) if kind == "ServiceRequest"]
    held = referral_of(asked[0]) if len(asked) == 1 else None
    if held is None:
        raise refusals.no_step("Name the ServiceRequest of the referral in basedOn.", field="Appointment.basedOn")
    if sent.status != "booked":
        raise refusals.no_step("A new visit has the status booked.", field="Appointment.status")
    actions.book_visit(
        by,
        ReferralId(held.id),
        expected_version=look(by, held.id).version,
        starts_at=people.instant(sent.start, "Appointment.start"),
        minutes=_minutes(sent),
        mode=_MODES.get(sent.comment or "", str(Visit.Mode.IN_PERSON)),
        practitioner_id=_clinician(sent),
    )


def _clinician(sent: r4.Appointment) -> PractitionerId:
    """Whom the patient will see, where a person is named."""
    actors = [one.actor for one in sent.participant if one.actor is not None]
    named = [one for one in actors if people.split(one)[0] in {"Practitioner", "PractitionerRole"}]
    return people.party(named, "Appointment.participant")[1] if named else NOBODY


def _minutes(sent: r4.Appointment) -> int:
    if sent.minutes_duration:
        found = sent.minutes_duration
    elif sent.end:
        length = people.instant(sent.end, "Appointment.end") - people.instant(sent.start, "Appointment.start")
        found = length // timedelta(minutes=1)
    else:
        found = _USUAL_MINUTES
    if not 0 < found <= _MOST_MINUTES:
        raise refusals.no_step("A visit lasts from a minute to a day.", field="Appointment.minutesDuration")
    return found


def _change(by: Requester, sent: r4.Appointment, current: Stored) -> None:
    visit = Visit.objects.filter(appointment_id=current.id).first()
    if visit is None or visit.status != Visit.Status.BOOKED:
        raise refusals.no_step("This visit is over. Book another.", field="Appointment.status")
    referral_id = ReferralId(visit.referral.id)
    version = look(by, referral_id).version
    if sent.status == "booked":
        starts_at = people.instant(sent.start, "Appointment.start")
        if starts_at != visit.starts_at:
            mode = _MODES.get(sent.comment or "", visit.mode)
            actions.reschedule_visit(by, referral_id, expected_version=version, starts_at=starts_at, mode=mode)
    elif sent.status == "cancelled":
        actions.cancel_visit(by, referral_id, expected_version=version)
    elif sent.status == "noshow":
        actions.record_no_show(by, referral_id, expected_version=version)
    elif sent.status == "fulfilled":
        actions.record_visit_kept(by, referral_id, expected_version=version, minutes=_minutes(sent))
    else:
        raise refusals.no_step("A visit is booked, cancelled, noshow or fulfilled.", field="Appointment.status")
