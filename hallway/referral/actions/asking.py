"""The sender's use cases: draft, send, choose again, take back."""

from datetime import UTC, date, datetime, time

from django.db import IntegrityError

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.consent.explaining.preview import preview
from hallway.directory.models import CareTeamMember, Organization
from hallway.directory.queries import works_at
from hallway.identity.requester import Requester
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId, ReferralId
from hallway.loops import actions as loops
from hallway.loops.refusing import WithheldError, of_preview, recording
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.record.evidence import Release
from hallway.referral import refusals, rules
from hallway.referral.actions import handing_off
from hallway.referral.checking import check_code, check_day, check_receiver, check_request
from hallway.referral.judging import read_words
from hallway.referral.models import Direction, Referral
from hallway.referral.moves import Move, new_id, refs_of
from hallway.referral.resources import Words, communication
from hallway.referral.states import TERMINAL, Step
from hallway.referral.stepping import first_step, stepping
from hallway.referral.tables import codes
from hallway.referral.views import ReferralRequest
from hallway.storage.connection import transaction

ATTACHABLE = ("Condition", "MedicationRequest", "AllergyIntolerance", "Observation", "QuestionnaireResponse")
"""FHIR types that may be named as going with a referral."""
_MORNING = time(14, 0, tzinfo=UTC)
_OTHER_SIDE = {"pc": Direction.TO_BEHAVIORAL, "bh": Direction.TO_PRIMARY}


def draft_referral(by: Requester, request: ReferralRequest) -> Referral:
    """Write a referral that nobody else sees yet. Raises CONFLICT H-REF-002 when the same one is already open."""
    place = check_request(by, request)
    release = gate.release(by, request.chart_id)
    try:
        with transaction():
            referral = _new_row(by, request, place)
            _refuse_duplicate(referral)
            first_step(referral, by, _words(request, release))
    except IntegrityError as error:
        raise _as_refusal(error) from error
    return referral


def revise_draft(
    by: Requester, referral_id: ReferralId, *, expected_version: int, request: ReferralRequest
) -> Referral:
    """Write a draft anew as the form now stands: question, recipient, what goes with it, consent. Before sending only.

    The form is saved before a hand-off is asked or a signature taken, and again when it is sent.
    """
    place = check_request(by, request)
    try:
        with stepping(by, referral_id, Step.REVISE, expected_version=expected_version) as move:
            fresh = _new_row(by, request, place)
            for field in ("direction", "recipient_type", "expected_role", "urgency", "consent_id"):
                setattr(move.referral, field, getattr(fresh, field))
            move.referral.receiver_org_id = fresh.receiver_org_id
            move.referral.receiver_practitioner_id = fresh.receiver_practitioner_id
            move.referral.asked_practitioner_id = fresh.asked_practitioner_id
            _refuse_duplicate(move.referral)
            move.refs = refs_of(move.referral, by)
            move.words = _words(request, move.sight.release)
    except IntegrityError as error:
        raise _as_refusal(error) from error
    return move.referral


def send_referral(by: Requester, referral_id: ReferralId, *, expected_version: int) -> Referral:
    """Send: the receiver's practice begins to treat, its clock to accept starts; custody does not move.

    Raises CONFLICT H-REF-012 when the request itself may not leave without a signature.
    """
    with recording(by), stepping(by, referral_id, Step.SEND, expected_version=expected_version) as move:
        words = read_words(move.sight)
        if words is None or not words.question.strip():
            raise refusals.missing("question", "The question is missing.")
        _may_leave(move.referral)
        move.referral.sent_at = move.at
        move.words = words
        _say_sent(move)
        move.after.append(lambda: _join_receiver(move))
        move.after.append(lambda: _meet_wish(move, "sent"))
        move.after.append(lambda: handing_off.after_sending(move))
    return move.referral


def open_self_referral(by: Requester, request: ReferralRequest) -> Referral:
    """The patient was advised to phone (R58): a tracked loop opens all the same, in one step."""
    with transaction():
        referral = draft_referral(by, request)
        referral.is_self_referral = True
        referral.save(update_fields=["is_self_referral"])
        return send_referral(by, ReferralId(referral.id), expected_version=1)


def record_reluctance(
    by: Requester, referral_id: ReferralId, *, expected_version: int, reason_code: str, re_offer_on: date
) -> Referral:
    """The patient would rather not, now (R82): why, and when to ask again. Nothing is sent."""
    check_code("reason_code", reason_code, codes.RELUCTANCE_REASONS)
    check_day("re_offer_on", re_offer_on)
    with stepping(
        by, referral_id, Step.RECORD_RELUCTANCE, expected_version=expected_version, reason_code=reason_code
    ) as move:
        move.referral.re_offer_on = re_offer_on
        move.due_at = move.from_at = datetime.combine(re_offer_on, _MORNING)
        move.after.append(lambda: _meet_wish(move, "reluctant"))
    return move.referral


def request_cancellation(
    by: Requester, referral_id: ReferralId, *, expected_version: int, reason_code: str
) -> Referral:
    """Ask the receiver to stop. Legal from every state the sender can be in doubt about."""
    check_code("reason_code", reason_code, codes.ENDING_REASONS)
    with stepping(
        by, referral_id, Step.REQUEST_CANCELLATION, expected_version=expected_version, reason_code=reason_code
    ) as move:
        pass
    return move.referral


def reroute_referral(
    by: Requester,
    referral_id: ReferralId,
    *,
    expected_version: int,
    receiver_org: OrganizationId,
    receiver_practitioner: PractitionerId = NOBODY,
) -> Referral:
    """Choose another practice: the old row ends, a new draft with the next interval carries everything on."""
    place = check_receiver(by, receiver_org, receiver_practitioner)
    with transaction():
        with stepping(by, referral_id, Step.REROUTE, expected_version=expected_version) as move:
            words = read_words(move.sight)
            move.after.append(lambda: _leave_receiver(move))
        later = _next_row(move.referral, by, place, receiver_practitioner)
        _refuse_duplicate(later)
        first_step(later, by, words or Words(question=""))
    return later


def withdraw_referral(by: Requester, referral_id: ReferralId, *, expected_version: int, reason_code: str) -> Referral:
    """End it without a report, with a coded reason."""
    check_code("reason_code", reason_code, codes.ENDING_REASONS)
    with stepping(by, referral_id, Step.WITHDRAW, expected_version=expected_version, reason_code=reason_code) as move:
        move.after.append(lambda: _leave_receiver(move))
    return move.referral


def reopen_referral(by: Requester, referral_id: ReferralId, *, expected_version: int, reason_code: str) -> Referral:
    """Open it again: history stays, a new interval begins."""
    check_code("reason_code", reason_code, codes.REOPENING_REASONS)
    with stepping(by, referral_id, Step.REOPEN, expected_version=expected_version, reason_code=reason_code) as move:
        referral = move.referral
        _refuse_duplicate(referral)
        referral.interval += 1
        referral.sent_at = referral.sent_at or move.at
        referral.accepted_at = referral.seen_at = referral.reported_at = referral.acknowledged_at = None
        move.after.append(lambda: _join_receiver(move))
    return move.referral


def _new_row(by: Requester, request: ReferralRequest, place: Organization) -> Referral:
    now = clock.now()
    return Referral(
        id=ids.new_uuid(now),
        chart_id=request.chart_id,
        direction=rules.direction_of(place.side, request.recipient_type),
        recipient_type=request.recipient_type,
        expected_role=request.expected_role,
        urgency=request.urgency,
        sender_org_id=by.organization_id,
        sender_practitioner_id=by.practitioner_id,
        receiver_org_id=place.id,
        receiver_practitioner_id=request.receiver_practitioner,
        asked_practitioner_id=request.receiver_practitioner,
        source_org_id=by.organization_id,
        mask=0,
        consent_id=request.consent_id,
        created_at=now,
    )


def _next_row(old: Referral, by: Requester, place: Organization, practitioner_id: int) -> Referral:
    """The next interval of a referral that was not taken up: same patient, same words, another door."""
    request = ReferralRequest(
        chart_id=ChartId(old.chart_id),
        receiver_org=OrganizationId(place.id),
        receiver_practitioner=PractitionerId(practitioner_id),
        question="",
        recipient_type=old.recipient_type,
        expected_role=old.expected_role,
        urgency=old.urgency,
    )
    row = _new_row(by, request, place)
    row.sender_practitioner_id = old.sender_practitioner_id
    row.previous = old  # type: ignore[assignment]
    row.interval = old.interval + 1
    return row


def _words(request: ReferralRequest, release: Release) -> Words:
    """The words, with what is attached kept only where the sender may read it."""
    attached = request.attached
    if attached:
        readable = {
            (found.kind, str(found.id)) for found in record.read_chart(release, kinds=ATTACHABLE, route="referral")
        }
        if any(pair not in readable for pair in attached):
            raise refusals.unknown_code("attached")
    return Words(
        question=request.question.strip(),
        reason=request.reason.strip(),
        presenting_problem=request.presenting_problem.strip(),
        chief_concern=request.chief_concern.strip(),
        talked=request.talked,
        attached=attached,
    )


def _refuse_duplicate(referral: Referral) -> None:
    """One open referral for one purpose to one receiver. The sender knows every terminal state: no secret here."""
    same = Referral.objects.filter(
        chart_id=referral.chart_id,
        sender_org_id=referral.sender_org_id,
        receiver_org_id=referral.receiver_org_id,
        asked_practitioner_id=referral.asked_practitioner_id,
        recipient_type=referral.recipient_type,
    )
    if same.exclude(id=referral.id).exclude(state__in=[state.value for state in TERMINAL]).exists():
        raise refusals.already_open()


def _as_refusal(error: IntegrityError) -> Exception:
    """Two people made the same referral at once: the index let the first one in."""
    return refusals.already_open() if "referral_one_open" in str(error) else error


def _may_leave(referral: Referral) -> None:
    said = preview(
        chart_id=ChartId(referral.chart_id),
        discloser_practitioner=PractitionerId(referral.sender_practitioner_id),
        discloser_org=OrganizationId(referral.sender_org_id),
        recipient_practitioner=PractitionerId(referral.receiver_practitioner_id),
        recipient_org=OrganizationId(referral.receiver_org_id),
        classes=referral.mask,
    )
    if referral.sender_org_id != referral.receiver_org_id and not said.flows:
        raise WithheldError(
            refusals.needs_consent(),
            of_preview(
                said,
                chart_id=ChartId(referral.chart_id),
                route="referral",
                discloser=(OrganizationId(referral.sender_org_id), PractitionerId(referral.sender_practitioner_id)),
                recipient=(
                    OrganizationId(referral.receiver_org_id),
                    PractitionerId(referral.receiver_practitioner_id),
                ),
            ),
        )


def _say_sent(move: Move) -> None:
    referral = move.referral
    about = (f"ServiceRequest/{referral.service_request_id}",)
    move.own.append(
        communication(new_id(), move.refs, move.at, text="", topic="Referral sent", about=about, to=move.refs.receiver)
    )


def _meet_wish(move: Move, closed_as: str) -> None:
    """What a patient wanted of the other side has gone there, or they think otherwise by now.

    A draft is owed to nobody and so meets no wish: the practice's row stands until somebody sends it.
    """
    referral = move.referral
    here = Organization.objects.get(id=referral.sender_org_id)
    if referral.direction == _OTHER_SIDE.get(str(here.side)):
        loops.close_owed(ChartId(referral.chart_id), kind=LoopKind.REFER, owner_org=here.id, closed_as=closed_as)


def _join_receiver(move: Move) -> None:
    _join_sender(move)
    referral = move.referral
    person = PractitionerId(referral.receiver_practitioner_id)
    consent.join_team(
        ChartId(referral.chart_id),
        by=move.by,
        organization=OrganizationId(referral.receiver_org_id),
        basis="referral",
        practitioner=person if person and works_at(person, referral.receiver_org_id) else NOBODY,
        referral_id=ReferralId(referral.id),
    )


def _join_sender(move: Move) -> None:
    """The practice that refers treats the patient too; else no answer could come.

    It stays on the team when the referral ends: the patient is theirs. Ending it there would also take back, in the
    moment of a decline, what the sender was told before.
    """
    referral = move.referral
    members = CareTeamMember.objects.filter(chart_id=referral.chart_id, organization_id=referral.sender_org_id)
    if not members.filter(until_at__isnull=True).exists():
        consent.join_team(
            ChartId(referral.chart_id),
            by=move.by,
            organization=OrganizationId(referral.sender_org_id),
            basis="encounter",
        )


def _leave_receiver(move: Move) -> None:
    consent.leave_team(ChartId(move.referral.chart_id), by=move.by, referral_id=ReferralId(move.referral.id))
