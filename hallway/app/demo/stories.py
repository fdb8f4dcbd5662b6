"""The stories of the demo: what becomes of one patient's referral, from the need to the answer or to where it stuck."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby
from random import Random

from hallway import clock
from hallway.app.demo import cast
from hallway.app.demo.patients import DemoPatient, behavioral_health_facts
from hallway.app.demo.teller import SPECIALISTS, Teller, request, way_back
from hallway.app.demo.walk import Story, office_hours
from hallway.consent.actions import (
    revoke_consent,
)
from hallway.consultation import actions as consultation
from hallway.errors import HallwayError
from hallway.referral import actions as referral
from hallway.referral.models import Referral

UNFINISHED = {
    "unread": 10, "awaiting_report": 14, "overdue": 6, "scheduled": 18, "accepted": 9, "sent": 12, "no_show": 7,
    "declined": 5, "waitlisted": 6, "unreachable": 4, "patient_declined": 3, "reluctant": 4, "draft": 2,
    "rerouted": 3, "cancel_requested": 2, "visit_cancelled": 2, "interim": 3,
}  # fmt: skip
"""Where a referral of the last weeks may stand, by weight."""
DECK = [*UNFINISHED, *reversed(UNFINISHED), *(ending for ending, weight in UNFINISHED.items() for _ in range(weight))]
"""Dealt to the referrals of the last weeks in turn, so that every state is there, twice if a story is cut short."""
WALKABLE = {"unread", "awaiting_report", "overdue", "scheduled", "no_show", "closed", "missed_then_kept", "interim",
            "never_reported"}  # fmt: skip
"""Endings of a referral that may have begun with a walk down the hall: the first visit was booked there."""
LOST = {"never_reported": 10, "declined_ended": 3, "gave_up": 4, "withdrawn": 3, "reluctant": 1}
"""How an older referral ended without a report."""
REPORT_BACK = {"therapist": 0.56, "psychiatrist": 0.5, "sud_program": 0.5, "primary_care": 0.7}
"""Share of older referrals that came back with a report; medical specialists do better, as in the sources."""
_SPECIALIST_REPORT_BACK = 0.88
_UNREPORTED = {"awaiting_report", "overdue", "never_reported", "interim"}
_NOT_TAKEN = {"pcp_elsewhere", "declined", "declined_ended", "rerouted"}
RECENT = timedelta(days=45)


_THERAPISTS = {
    cast.NORTHGATE: ("hearwell", "listenfield", "thoughtley"),
    cast.STONEBRIDGE: ("talkwell", "hopely", "kinfold"),
}
_PSYCHIATRISTS = {cast.NORTHGATE: "mindham", cast.STONEBRIDGE: "quietly", cast.HARBOR: "methodson"}


_BEGAN_DAYS_AGO = {
    "sent": (0.1, 2.5), "accepted": (1, 5), "waitlisted": (1, 6), "declined": (0.5, 3), "unreachable": (2, 7),
    "patient_declined": (2, 7), "scheduled": (2, 20), "no_show": (7, 17), "visit_cancelled": (6, 17),
    "awaiting_report": (11, 24), "interim": (12, 24), "unread": (12, 26), "cancel_requested": (5, 15),
}  # fmt: skip
"""How long ago a referral began that stands here and is on time, in days from and to."""
_ON_TIME = 0.75
"""Share of the last weeks' referrals that are on time; the others began whenever they began, and are mostly late."""


def fresh(patient: DemoPatient, rank: int | None, until: datetime) -> DemoPatient:
    """The patient whose referral of the last weeks began when most of its kind do: a clinic day is not all late."""
    dice = Random(f"fresh/{patient.key}")  # noqa: S311
    days = _BEGAN_DAYS_AGO.get(DECK[rank % len(DECK)]) if rank is not None and patient.number else None
    if days is None or dice.random() > _ON_TIME:
        return patient
    began = office_hours(dice, until - timedelta(days=dice.uniform(*days)))
    return replace(patient, started_at=min(began, until - timedelta(hours=2)))


def ending_of(patient: DemoPatient, recipient_type: str, random: Random, *, rank: int | None) -> str:
    """What becomes of the referral: the last weeks are in every state, what is older has ended one way or another.

    ``rank`` is the patient's place among those referred in the last weeks, None for an older one.
    """
    if patient.number == 0:
        return "unread"
    if rank is not None:
        if recipient_type == "primary_care" and rank % 3 == 0:
            return "pcp_elsewhere"
        return DECK[rank % len(DECK)]
    if random.random() < REPORT_BACK.get(recipient_type, _SPECIALIST_REPORT_BACK):
        return "missed_then_kept" if random.random() < 0.12 else "closed"
    return random.choices(list(LOST), list(LOST.values()))[0]


def receiver_of(patient: DemoPatient, random: Random) -> tuple[str, str]:
    """Who is asked (by login) and as which recipient type."""
    wanted = patient.archetype.goes_to
    if wanted in SPECIALISTS:
        return SPECIALISTS[wanted], wanted
    if wanted == "sud":
        return "steadman", "sud_program"
    if wanted == "psychiatrist" or random.random() < 0.15:
        return _PSYCHIATRISTS[patient.bh], "psychiatrist"
    return random.choice(_THERAPISTS[patient.bh]), "therapist"


def tell(teller: Teller, recipient_type: str) -> Story:
    """One referral from primary care, to wherever its ending leaves it."""
    yield teller.patient.started_at
    consent_id = way_back(teller)
    yield clock.now() + timedelta(minutes=4)
    teller.row = referral.draft_referral(teller.asks, request(teller, recipient_type, consent_id))
    if teller.ending == "draft":
        return
    if teller.ending == "reluctant":
        yield clock.now() + timedelta(minutes=2)
        referral.record_reluctance(
            teller.asks,
            teller.id,
            expected_version=teller.version(teller.asks),
            reason_code="not_now",
            re_offer_on=(clock.now() + timedelta(days=60)).date(),
        )
        return
    yield clock.now() + timedelta(minutes=3)
    teller.row = referral.send_referral(teller.asks, teller.id, expected_version=teller.version(teller.asks))
    yield from (_walked(teller) if teller.walks else _answered(teller))


def _walked(teller: Teller) -> Story:
    """Down the hall: knock, open, meet, book."""
    referral.offer_presence(teller.answers, is_free=True)
    handoff = referral.ask_handoff(teller.asks, teller.id, asked=[teller.answers.practitioner_id], place="Room 4")
    yield clock.now() + timedelta(seconds=40)
    referral.answer_handoff(teller.answers, handoff.id, answer="accept")
    yield clock.now() + timedelta(minutes=5)
    referral.start_meeting(teller.asks, handoff.id, mode="in_person", patient_agreed=True)
    yield clock.now() + timedelta(minutes=teller.random.randint(5, 14))
    starts_at = _first_visit_at(teller)
    referral.meet_handoff(teller.asks, handoff.id, first_visit_at=starts_at)
    referral.offer_presence(teller.answers, is_free=False)
    teller.row = Referral.objects.get(id=teller.id)
    yield from _came(teller, starts_at)


def _first_visit_at(teller: Teller) -> datetime:
    starts_at = teller.later(2, 9) if teller.walks else teller.later(4, 24)
    if teller.ending == "scheduled":
        soon = office_hours(teller.random, teller.until + timedelta(days=teller.random.randint(1, 9)))
        return max(starts_at, soon) if soon - clock.now() < timedelta(days=360) else starts_at
    if teller.ending == "no_show":
        missed = office_hours(teller.random, teller.until - timedelta(days=teller.random.randint(2, 5)))
        return max(min(starts_at, missed), clock.now() + timedelta(hours=2))
    return starts_at


def _answered(teller: Teller) -> Story:
    if teller.ending == "sent":
        return
    yield teller.later(0.1, 3.5)
    if teller.ending in _NOT_TAKEN:
        yield from _not_taken(teller)
        return
    if teller.ending == "waitlisted":
        referral.waitlist_referral(teller.answers, teller.id, expected_version=teller.version(teller.answers))
        return
    teller.row = referral.accept_referral(
        teller.answers,
        teller.id,
        expected_version=teller.version(teller.answers),
        practitioner_id=teller.answers.practitioner_id,
    )
    if teller.ending == "cancel_requested":
        # A cancellation nobody answers stands after five working days: asked lately, it is still open.
        lately = office_hours(teller.random, teller.until - timedelta(days=3))
        yield max(teller.later(0.2, 1), lately)
        referral.request_cancellation(
            teller.asks, teller.id, expected_version=teller.version(teller.asks), reason_code="patient_asked"
        )
        return
    if teller.ending != "accepted":
        yield from _followed_up(teller)


def _not_taken(teller: Teller) -> Story:
    if teller.ending == "pcp_elsewhere":
        referral.record_pcp_elsewhere(
            teller.answers,
            teller.id,
            expected_version=teller.version(teller.answers),
            name="Dr. Pretend Elsewhere",
            phone="555-0199",
        )
        return
    if teller.ending in {"declined", "declined_ended", "rerouted"}:
        referral.decline_referral(
            teller.answers, teller.id, expected_version=teller.version(teller.answers), reason_code="no_capacity"
        )
        if teller.ending == "declined_ended":
            yield teller.later(2, 6)
            _withdraw(teller, "declined")
        if teller.ending == "rerouted":
            yield teller.later(0.1, 2)
            _choose_another(teller)


def _choose_another(teller: Teller) -> None:
    """Another clinician of the same practice is asked in place of the one who had no room."""
    others = [login for login in _THERAPISTS.get(teller.patient.bh, ()) if login != teller.receiver]
    if not others or teller.receiver not in _THERAPISTS.get(teller.patient.bh, ()):
        return
    other = teller.network.requester(teller.random.choice(others))
    teller.row = referral.reroute_referral(
        teller.asks,
        teller.id,
        expected_version=teller.version(teller.asks),
        receiver_org=other.organization_id,
        receiver_practitioner=other.practitioner_id,
    )
    teller.row = referral.send_referral(teller.asks, teller.id, expected_version=teller.version(teller.asks))


def _followed_up(teller: Teller) -> Story:
    yield teller.later(0.5, 3)
    if teller.ending in {"unreachable", "gave_up"}:
        referral.record_unreachable(teller.answers, teller.id, expected_version=teller.version(teller.answers))
        if teller.ending == "gave_up":
            yield teller.later(12, 30)
            _withdraw(teller, "no_answer_30_days")
        return
    if teller.ending in {"patient_declined", "withdrawn"}:
        referral.record_patient_declined(
            teller.answers, teller.id, expected_version=teller.version(teller.answers), reason_code="not_now"
        )
        if teller.ending == "withdrawn":
            yield teller.later(1, 9)
            _withdraw(teller, "patient_asked")
        return
    yield from _seen(teller)


def _withdraw(teller: Teller, reason_code: str) -> None:
    """End it, or ask to stop where the sender may not know that there is something to withdraw."""
    try:
        referral.withdraw_referral(
            teller.asks, teller.id, expected_version=teller.version(teller.asks), reason_code=reason_code
        )
    except HallwayError:
        referral.request_cancellation(
            teller.asks, teller.id, expected_version=teller.version(teller.asks), reason_code=reason_code
        )
        referral.confirm_cancellation(teller.answers, teller.id, expected_version=teller.version(teller.answers))


def _given_up(teller: Teller) -> Story:
    """No report came; after some weeks the sender asks to stop, unless the story has not come to that yet."""
    yield teller.later(38, 60)
    _withdraw(teller, "no_answer_30_days")


def _seen(teller: Teller) -> Story:
    starts_at = _first_visit_at(teller)
    teller.row = referral.book_visit(
        teller.answers, teller.id, expected_version=teller.version(teller.answers), starts_at=starts_at, minutes=50
    )
    yield from _came(teller, starts_at)


def _came(teller: Teller, starts_at: datetime) -> Story:
    if teller.ending == "scheduled":
        return
    if teller.ending == "visit_cancelled":
        yield clock.now() + timedelta(hours=4)
        referral.cancel_visit(teller.answers, teller.id, expected_version=teller.version(teller.answers))
        return
    yield starts_at + timedelta(minutes=20)
    if teller.ending in {"no_show", "missed_then_kept"}:
        teller.row = referral.record_no_show(teller.answers, teller.id, expected_version=teller.version(teller.answers))
        if teller.ending == "no_show":
            return
        yield teller.later(1, 2)
        starts_at = teller.later(5, 12)
        teller.row = referral.book_visit(
            teller.answers, teller.id, expected_version=teller.version(teller.answers), starts_at=starts_at
        )
        yield starts_at + timedelta(minutes=20)
    yield clock.now() + timedelta(minutes=40)
    teller.row = referral.record_visit_kept(teller.answers, teller.id, expected_version=teller.version(teller.answers))
    if teller.ending == "interim":
        yield teller.later(0.5, 2)
        text = "First visit kept. The report follows after the second."
        referral.send_interim_note(
            teller.answers, teller.id, expected_version=teller.version(teller.answers), text=text
        )
    yield from _reported(teller)


def _reported(teller: Teller) -> Story:
    facts = list(
        behavioral_health_facts(
            teller.patient,
            teller.receiver,
            _PSYCHIATRISTS[teller.patient.bh],
            seed=teller.seed,
            from_at=clock.now(),
            until=teller.until,
        )
        if teller.patient.archetype.goes_to not in SPECIALISTS and teller.expected_role != "establish"
        else ()
    )
    report_at = teller.later(1, 12)
    if teller.ending not in _UNREPORTED:
        yield report_at
        teller.network.store([fact for fact in facts if fact.at is None or fact.at <= report_at])
        yield report_at + timedelta(minutes=15)
        try:
            yield from _report(teller)
        except HallwayError:  # the patient did not sign for the way back
            yield from _given_up(teller)
    if teller.ending == "never_reported":
        yield from _given_up(teller)
    rest = [fact for fact in facts if teller.ending in _UNREPORTED or (fact.at and fact.at > report_at)]
    now = clock.now()
    for at, own in groupby(sorted(rest, key=lambda fact: fact.at or now), key=lambda fact: fact.at or now):
        yield max(clock.now(), min(teller.until, at))
        teller.network.store(list(own))


def _report(teller: Teller) -> Story:
    report = consultation.draft_report(teller.answers, teller.id)
    yield clock.now() + timedelta(minutes=6)
    answer = "Assessed and treatment begun. See plan; please follow the labs asked for."
    report = consultation.edit_report(
        teller.answers, _report_id(report), expected_version=report.version, answer=answer
    )
    report = consultation.sign_and_send_report(teller.answers, _report_id(report), expected_version=report.version)
    if teller.ending == "unread":
        return
    yield teller.later(0.2, 3)
    consultation.acknowledge_report(
        teller.asks, _report_id(report), reply=teller.random.choice(["agree", "agree", "agree", "change"])
    )
    if teller.signed and teller.random.random() < 0.08:
        yield teller.later(3, 60)
        # By then the year may have passed: what has expired needs no word of the patient's any more.
        with suppress(HallwayError):
            revoke_consent(teller.signed, "oral", by=teller.asks, expected_version=2)


def _report_id(report: consultation.Report) -> consultation.ReportId:
    return consultation.ReportId(report.id)
