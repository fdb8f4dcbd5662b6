"""Every read of referrals. Each is gated: what may not be known is not counted, not clocked and not there."""

from collections.abc import Sequence
from typing import Any, LiteralString, cast

from hallway import clock
from hallway.consent import gate
from hallway.consent.queries import grant_lateral, grant_parameters, headers, own_desk
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, ReferralId, ResourceId
from hallway.ledger import lines
from hallway.loops.queries import loops_of_referral
from hallway.record import queries as record
from hallway.record.evidence import Release
from hallway.record.stored import PatientHeader
from hallway.referral import describing, presenting
from hallway.referral.handoff_queries import free_next_door, hand_off_for, hand_off_of, knocks_for
from hallway.referral.models import Referral, Visit
from hallway.referral.presenting import Names
from hallway.referral.resources import Words, words_of
from hallway.referral.sight import Sight, look, side_of
from hallway.referral.states import BUSINESS_STATUS, TERMINAL, TURN, Side, State, Step
from hallway.referral.views import Attached, Party, ReferralDraft, ReferralRow, ReferralView, StepView, VisitView
from hallway.standards.fhir import r4
from hallway.storage.connection import cursor, transaction

__all__ = [
    "free_next_door",
    "hand_off_for",
    "knocks_for",
    "party",
    "prefill",
    "referral_for",
    "referral_list",
    "referrals_of_chart",
    "steps_of",
]


def referral_for(requester: Requester, referral_id: ReferralId) -> ReferralView:
    """One referral for one reader. Raises HallwayError NOT_FOUND when unknown or not theirs to know: one answer."""
    with transaction():
        sight = look(requester, referral_id)
        header = headers(requester, [ChartId(sight.referral.chart_id)]).get(ChartId(sight.referral.chart_id))
        words = _words(sight)
        if header is None or words is None:
            raise gate.not_found()
        return _view(sight, header, words)


def _view(sight: Sight, header: PatientHeader, words: Words) -> ReferralView:
    referral, requester = sight.referral, sight.release.requester
    names = _names(sight)
    visits = _visits(sight, names)
    later = Referral.objects.filter(previous=referral).first() if sight.side is Side.SENDER else None
    report = next((s.subject_id for s in reversed(sight.steps) if s.step == Step.REPORT.value), None)
    return ReferralView(
        id=ReferralId(referral.id),
        number=referral.number,
        version=sight.version,
        header=header,
        direction=referral.direction,
        recipient_type=referral.recipient_type,
        sender=names.party(referral.sender_org_id, referral.sender_practitioner_id),
        receiver=names.party(referral.receiver_org_id, _receiver(sight)),
        reader_side=sight.side,
        question=words.question,
        reason=words.reason,
        presenting_problem=words.presenting_problem,
        chief_concern=words.chief_concern,
        attached=_attached(sight.release, words),
        expected_role=referral.expected_role,
        urgency=referral.urgency,
        state=sight.state,
        business_status=BUSINESS_STATUS.get(sight.state, ""),
        turn=TURN[sight.state],
        turn_text=presenting.turn_text(sight, names),
        custody=_custody(sight),
        consent_id=referral.consent_id,
        interval=referral.interval,
        previous_id=_previous(sight),
        later_id=ReferralId(later.id) if later else None,
        report_id=report,
        next_steps=presenting.next_steps(sight, has_visit=any(v.status == "booked" for v in visits)),
        track=presenting.track(sight),
        steps=presenting.step_views(sight, names),
        clocks=presenting.clock_views(loops_of_referral(requester, ReferralId(referral.id)), clock.now()),
        visits=visits,
        handoff=hand_off_of(requester, referral),
    )


def _words(sight: Sight) -> Words | None:
    stored = record.read_one(
        sight.release, "ServiceRequest", ResourceId(sight.referral.service_request_id), route="referral"
    )
    return words_of(stored.view(r4.ServiceRequest)) if stored else None


def _names(sight: Sight) -> Names:
    referral = sight.referral
    people = {referral.sender_practitioner_id, referral.receiver_practitioner_id, referral.asked_practitioner_id}
    places = {referral.sender_org_id, referral.receiver_org_id}
    people |= {step.by_practitioner_id for step in sight.steps}
    places |= {step.by_org_id for step in sight.steps}
    return Names.fetch(people, places)


def _visits(sight: Sight, names: Names) -> tuple[VisitView, ...]:
    """Visits this reader may know; one they booked themselves stays as booked when they may not know the rest."""
    rows = Visit.objects.filter(referral=sight.referral).order_by("-starts_at")
    found: list[VisitView] = []
    for visit in rows:
        if sight.knows(visit.source_org_id, visit.mask):
            found.append(presenting.visit_view(visit, names))
        elif visit.booked_at_handoff:
            found.append(presenting.visit_view(visit, names, as_booked=True))
    return tuple(found)


def _custody(sight: Sight) -> str:
    """Custody as far as this reader may know: it moves by acceptance, so it is the sender's until that is known."""
    accepted = any(step.step == Step.ACCEPT.value for step in sight.steps)
    return sight.referral.custody if accepted else "sender"


def _receiver(sight: Sight) -> int:
    """Who receives it: for a sender who does not know of an acceptance, whom they asked."""
    accepted = any(step.step == Step.ACCEPT.value for step in sight.steps)
    known = accepted or sight.side is Side.RECEIVER
    return sight.referral.receiver_practitioner_id if known else sight.referral.asked_practitioner_id


def _previous(sight: Sight) -> ReferralId | None:
    previous = sight.referral.previous
    return ReferralId(previous.id) if previous and sight.side is Side.SENDER else None


def _attached(release: Release, words: Words) -> tuple[Attached, ...]:
    if not words.attached:
        return ()
    kinds = sorted({kind for kind, _ in words.attached})
    wanted = set(words.attached)
    found = record.read_chart(release, kinds=kinds, route="referral")
    return tuple(describing.attached(s) for s in found if (s.kind, str(s.id)) in wanted)


def steps_of(requester: Requester, referral_id: ReferralId) -> tuple[StepView, ...]:
    """The history, released."""
    with transaction():
        sight = look(requester, referral_id)
        return presenting.step_views(sight, _names(sight))


def prefill(release: Release) -> ReferralDraft:
    """R35 from the chart: diagnoses, conditions, medicines, allergies, scores, labs of six months."""
    found = record.read_chart(release, kinds=describing.KINDS, route="referral")
    return describing.draft_of(found, clock.now())


def party(organization_id: OrganizationId, practitioner_id: int = 0) -> Party:
    """One side as pages show it. Raises KeyError for an organization that does not exist."""
    return Names.fetch({practitioner_id}, {organization_id}).party(organization_id, practitioner_id)


def _statement(which: str) -> LiteralString:
    """Referrals that this reader may know, each with the last step they may know. Parts are constants of ours."""
    text = f"""
SELECT gated.id, known.to_state, known.at, {record.header_columns()}
FROM (SELECT id, chart_id, source_org_id, sent_at, {own_desk()} FROM referral_referral
      WHERE (sender_org_id = %(org)s OR (receiver_org_id = %(org)s AND sent_at IS NOT NULL)) AND {which}) gated
JOIN record_header h ON h.chart_id = gated.chart_id
{grant_lateral("gated")}
CROSS JOIN LATERAL (
  SELECT step.to_state, step.at
  FROM (SELECT chart_id, source_org_id, position, to_state, at, {own_desk()}
        FROM referral_referralstep WHERE referral_id = gated.id) step
  {grant_lateral("step")}
  ORDER BY step.position DESC LIMIT 1
) known
ORDER BY known.at DESC, gated.id
LIMIT %(limit)s
"""  # noqa: S608 - every part is a constant of ours
    return cast("LiteralString", text)


_SHOWN = {
    "open": "state <> ALL(%(ended)s)",
    "sent": "state <> ALL(%(ended)s) AND sender_org_id = %(org)s",
    "received": "state <> ALL(%(ended)s) AND receiver_org_id = %(org)s",
    "closed": "state = ANY(%(ended)s)",
}


def referral_list(requester: Requester, show: str = "open", *, limit: int = 50) -> list[ReferralRow]:
    """Referrals of this practice: ``open``, ``sent``, ``received`` or ``closed``; gated in the query.

    Every ended state is known to both sides, so the filter tells nothing. An unknown word shows what is open.
    """
    return _list(requester, _SHOWN.get(show, _SHOWN["open"]), limit=limit)


def referrals_of_chart(requester: Requester, chart_id: ChartId) -> list[ReferralRow]:
    """Referrals of one chart that this reader's side sent or received, newest first."""
    return _list(requester, "chart_id = %(chart)s", limit=200, chart=chart_id)


def _list(requester: Requester, which: str, *, limit: int, **more: object) -> list[ReferralRow]:
    parameters: dict[str, Any] = grant_parameters(requester, "Task") | more
    ended = [state.value for state in TERMINAL]
    parameters |= {"org": requester.organization_id, "ended": ended, "limit": limit}
    with transaction():
        with cursor() as opened:
            opened.execute(_statement(which), parameters)
            found = opened.fetchall()
        rows = Referral.objects.in_bulk([row[0] for row in found])
        charts = sorted({row.chart_id for row in rows.values()})
        if charts:
            lines.write(lines.step_line(requester, "referrals.read", charts=charts, detail="list"))
    names = _names_of(list(rows.values()))
    return [_row(requester, rows[row[0]], row, names) for row in found]


def _names_of(rows: Sequence[Referral]) -> Names:
    people = {i for r in rows for i in (r.sender_practitioner_id, r.receiver_practitioner_id, r.asked_practitioner_id)}
    return Names.fetch(people, {i for r in rows for i in (r.sender_org_id, r.receiver_org_id)})


def _row(requester: Requester, referral: Referral, found: Sequence[Any], names: Names) -> ReferralRow:
    state = State(found[1])
    side = side_of(requester, referral)
    sender = names.party(referral.sender_org_id, referral.sender_practitioner_id)
    # A sender's list names whom they asked: who took it on may not be theirs to know.
    person = referral.asked_practitioner_id if side is Side.SENDER else referral.receiver_practitioner_id
    receiver = names.party(referral.receiver_org_id, person)
    return ReferralRow(
        id=ReferralId(referral.id),
        number=referral.number,
        header=record.header_from_row(found[3:]),
        from_name=sender.short_name,
        to_name=receiver.short_name,
        other_side=(receiver if side is Side.SENDER else sender).side,
        recipient_type=referral.recipient_type,
        state=state,
        turn=TURN[state],
        is_readers_turn=TURN[state] is not None and TURN[state] is side,
        sent_at=referral.sent_at,
        updated_at=found[2],
    )
