"""The warm hand-off: who is free, the knock with its 90 seconds, the meeting, the first visit."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.directory.models import Practitioner, PractitionerRole
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import PractitionerId, ReferralId
from hallway.ledger import lines
from hallway.loops import actions as loops
from hallway.loops.tables.clocks import LoopKind
from hallway.referral import refusals
from hallway.referral.actions.answering import take_on
from hallway.referral.actions.visiting import add_visit, check_visit
from hallway.referral.checking import check_code
from hallway.referral.events import HandOffChanged
from hallway.referral.handoff_queries import PRESENCE
from hallway.referral.judging import sender_source
from hallway.referral.models import HandOff, HandOffAsk, Referral, Visit
from hallway.referral.moves import Move, new_id, refs_of
from hallway.referral.resources import communication
from hallway.referral.sight import look
from hallway.referral.states import Side, State, Step, Tells
from hallway.referral.stepping import owed, stepping_at_the_door
from hallway.referral.tables.owed import Duty
from hallway.storage import outbox
from hallway.storage.connection import transaction

KNOCK = timedelta(seconds=90)
"""How long a knock waits before the next door."""
LATER_MINUTES = 15
_CALL = Duty(LoopKind.CALL_PATIENT, Side.RECEIVER, Tells.ATTENDANCE)


def offer_presence(by: Requester, *, is_free: bool) -> None:
    """Switch "free next door now" on or off, for oneself only."""
    if by.role not in CLINICIANS:
        raise refusals.not_your_step()
    own = PractitionerRole.objects.filter(practitioner_id=by.practitioner_id, organization_id=by.organization_id)
    own.update(free_since=clock.now() if is_free else None)


def ask_handoff(
    by: Requester,
    referral_id: ReferralId,
    *,
    asked: Sequence[PractitionerId],
    place: str = "",
    language: str = "",
    together: bool = False,
) -> HandOff:
    """Knock: one after another, each 90 seconds, or at all doors ``together``; the first to accept wins.

    Raises UNPROCESSABLE H-REF-020 when nobody asked is free, CONFLICT H-REF-024 while another knock is open.
    """
    with transaction():
        sight = look(by, referral_id, lock=True)
        referral = sight.referral
        if sight.side is not Side.SENDER or by.role not in CLINICIANS:
            raise refusals.not_your_step()
        if HandOff.objects.filter(referral=referral, state__in=["asked", "accepted"]).exists():
            raise refusals.handoff_not_now()
        doors = _free_doors(referral, asked)
        handoff = HandOff.objects.create(
            id=ids.new_uuid(clock.now()),
            referral=referral,
            chart_id=referral.chart_id,
            by_org_id=by.organization_id,
            by_practitioner_id=by.practitioner_id,
            place=place[:80],
            language=language[:20],
            created_at=clock.now(),
        )
        for position, door in enumerate(doors):
            _add_ask(handoff, door, position, is_open=together or position == 0)
        _say(by, handoff)
    return handoff


def _free_doors(referral: Referral, asked: Sequence[PractitionerId]) -> list[PractitionerRole]:
    free = PractitionerRole.objects.filter(
        practitioner_id__in=list(asked), free_since__gt=clock.now() - PRESENCE, role__in=[str(r) for r in CLINICIANS]
    )
    if referral.sent_at is not None:
        free = free.filter(organization_id=referral.receiver_org_id)
    by_person = {role.practitioner_id: role for role in free.order_by("id")}
    doors = [by_person[person] for person in dict.fromkeys(asked) if person in by_person]
    if not doors:
        raise refusals.nobody_asked()
    return doors


def _add_ask(handoff: HandOff, door: PractitionerRole, position: int, *, is_open: bool) -> None:
    now = clock.now()
    HandOffAsk.objects.create(
        id=ids.new_uuid(now),
        handoff=handoff,
        position=position,
        org_id=door.organization_id,
        practitioner_id=door.practitioner_id,
        asked_at=now if is_open else None,
        expires_at=now + KNOCK if is_open else None,
    )


def answer_handoff(by: Requester, handoff_id: UUID, *, answer: str) -> HandOff:
    """``accept``, ``later`` (in 15 minutes) or ``pass``. Raises CONFLICT H-REF-021 naming who was first."""
    check_code("answer", answer, {"accept": "", "later": "", "pass": ""})
    with transaction():
        handoff = _locked(handoff_id)
        ask = HandOffAsk.objects.filter(handoff=handoff, practitioner_id=by.practitioner_id).first()
        if ask is None or ask.asked_at is None or ask.org_id != by.organization_id:
            raise gate.not_found()
        _still_open(handoff, ask)
        ask.answer = answer
        ask.answered_at = clock.now()
        ask.answered_account_id = by.account_id
        ask.answered_role = str(by.role)
        ask.save()
        if answer == "pass":
            _next_door(handoff)
        else:
            _opened(by, handoff, ask)
        _say(by, handoff)
    return handoff


def _still_open(handoff: HandOff, ask: HandOffAsk) -> None:
    if handoff.accepted_practitioner_id and handoff.accepted_practitioner_id != ask.practitioner_id:
        raise refusals.taken(Practitioner.objects.get(id=handoff.accepted_practitioner_id).short_name)
    if ask.answer or ask.expires_at is None or ask.expires_at <= clock.now() or handoff.state != "asked":
        raise refusals.knock_over()


def _opened(by: Requester, handoff: HandOff, ask: HandOffAsk) -> None:
    handoff.state = "accepted"
    handoff.accepted_org_id = ask.org_id
    handoff.accepted_practitioner_id = ask.practitioner_id
    handoff.in_minutes = LATER_MINUTES if ask.answer == "later" else 0
    handoff.save()
    HandOffAsk.objects.filter(handoff=handoff, answer="").update(answer="taken", answered_at=ask.answered_at)
    referral = handoff.referral
    if referral.sent_at is None:
        Referral.objects.filter(id=referral.id).update(
            receiver_org_id=ask.org_id,
            receiver_practitioner_id=ask.practitioner_id,
            asked_practitioner_id=ask.practitioner_id,
        )
    elif State(referral.state) in {State.SENT, State.WAITLISTED}:
        _accept_at_the_door(by, handoff)


def _next_door(handoff: HandOff) -> None:
    """Ask the next one, or fall back to a call when every door was tried."""
    asks = list(HandOffAsk.objects.filter(handoff=handoff, answer="").order_by("position"))
    if any(ask.asked_at for ask in asks):
        return
    if asks:
        asks[0].asked_at = clock.now()
        asks[0].expires_at = clock.now() + KNOCK
        asks[0].save()
        return
    handoff.state = "fallback"
    handoff.save(update_fields=["state"])
    if handoff.referral.sent_at is not None:
        loops.open_loop(owed(handoff.referral, _CALL))


def start_meeting(by: Requester, handoff_id: UUID, *, mode: str, patient_agreed: bool) -> HandOff:
    """They meet now. Raises UNPROCESSABLE H-REF-023 unless the patient agreed."""
    check_code("mode", mode, dict(Visit.Mode.choices))
    if not patient_agreed:
        raise refusals.patient_must_agree()
    with transaction():
        handoff = _locked_for(by, handoff_id)
        if handoff.state != "accepted" or handoff.started_at is not None:
            raise refusals.handoff_not_now()
        handoff.mode = mode
        handoff.patient_agreed = True
        handoff.started_at = clock.now()
        handoff.save()
        _say(by, handoff)
    return handoff


def meet_handoff(
    by: Requester, handoff_id: UUID, *, first_visit_at: datetime | None = None, visit_mode: str = "in_person"
) -> HandOff:
    """They have met: minutes are from start to now; the first visit may be booked before the patient leaves.

    Booking asks that the referral was sent; the answer at the door counts as the acceptance.
    """
    with transaction():
        handoff = _locked_for(by, handoff_id)
        if handoff.state != "accepted" or handoff.started_at is None:
            raise refusals.handoff_not_now()
        handoff.state = "met"
        handoff.stopped_at = clock.now()
        if first_visit_at is not None:
            handoff.visit = _book_at_the_door(by, handoff, first_visit_at, visit_mode)
        handoff.save()
        _chart_meeting(by, handoff)
        _say(by, handoff)
    return handoff


def _author(handoff: HandOff) -> tuple[int, int, int, str]:
    """Who answered at the door, as the history names them."""
    ask = HandOffAsk.objects.get(handoff=handoff, answer__in=["accept", "later"])
    return ask.answered_account_id, ask.practitioner_id, ask.org_id, ask.answered_role


def _accept_at_the_door(by: Requester, handoff: HandOff) -> None:
    """The answer at the door is the acceptance, in the name of the person who gave it. Both sides were there."""
    with stepping_at_the_door(by, handoff.referral_id, Step.ACCEPT, _author(handoff)) as move:  # type: ignore[attr-defined]
        take_on(move, PractitionerId(handoff.accepted_practitioner_id))


def _book_at_the_door(by: Requester, handoff: HandOff, starts_at: datetime, mode: str) -> Visit:
    check_visit(starts_at, mode)
    if starts_at < clock.now():
        raise refusals.bad_time("That time is past.")
    with stepping_at_the_door(by, handoff.referral_id, Step.BOOK, _author(handoff)) as move:  # type: ignore[attr-defined]
        return add_visit(move, starts_at=starts_at, mode=mode, at_handoff=True)


def after_sending(move: Move) -> None:
    """What a hand-off asked before sending now means: an acceptance given at the door, or a call owed."""
    handoff = HandOff.objects.filter(referral=move.referral).order_by("-created_at", "-id").first()
    if handoff is None:
        return
    if handoff.accepted_org_id == move.referral.receiver_org_id:
        _accept_at_the_door(move.by, handoff)
        move.referral.refresh_from_db()
    elif handoff.state == "fallback":
        loops.open_loop(owed(move.referral, _CALL))


def _chart_meeting(by: Requester, handoff: HandOff) -> None:
    """The meeting as a Communication of the sender's: how long, by what means."""
    referral = handoff.referral
    referral.refresh_from_db()
    refs = refs_of(referral, by)
    met = communication(
        new_id(),
        refs,
        clock.now(),
        text=f"Met {Visit.Mode(handoff.mode).label.lower()}, {handoff.minutes} minutes, with the patient.",
        topic="Warm hand-off",
        about=(f"ServiceRequest/{referral.service_request_id}",),
        to=refs.receiver,
    )
    consent.store([met], by=by, source=sender_source(referral))


def expire_handoffs(now: datetime) -> int:
    """Close every knock whose clock ran out: ask the next, or fall back to a call owed. How many were closed."""
    closed = 0
    with transaction():
        late = HandOffAsk.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            answer="", expires_at__lte=now, handoff__state="asked"
        )
        for ask in late:
            ask.answer = "expired"
            ask.answered_at = now
            ask.save(update_fields=["answer", "answered_at"])
            _next_door(_locked(ask.handoff_id))  # type: ignore[attr-defined]
            closed += 1
    return closed


def _locked(handoff_id: UUID) -> HandOff:
    handoff = HandOff.objects.select_for_update(of=("self",)).filter(id=handoff_id).first()
    if handoff is None:
        raise gate.not_found()
    return handoff


def _locked_for(by: Requester, handoff_id: UUID) -> HandOff:
    """The hand-off for the one who asked or the one who accepted; for everybody else it is not there."""
    handoff = _locked(handoff_id)
    asks = (handoff.by_practitioner_id, handoff.by_org_id)
    accepts = (handoff.accepted_practitioner_id, handoff.accepted_org_id)
    if (by.practitioner_id, by.organization_id) not in {asks, accepts}:
        raise gate.not_found()
    return handoff


def _say(by: Requester, handoff: HandOff) -> None:
    act = f"handoff.{handoff.state}"
    lines.write(lines.step_line(by, act, charts=[handoff.chart_id], detail=str(handoff.id)))
    outbox.announce(HandOffChanged(handoff.id, handoff.referral_id, str(handoff.state)))  # type: ignore[attr-defined]
