"""From a sight to what the pages show. Pure but for names already fetched; nothing here knows more than the sight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hallway.directory.models import Organization, Practitioner
from hallway.identity.requester import CLINICIANS, Role
from hallway.ids import OrganizationId, PractitionerId
from hallway.loops.tables.clocks import LoopKind
from hallway.loops.views import LoopRow
from hallway.referral import rules
from hallway.referral.models import Referral, ReferralStep, Visit
from hallway.referral.sight import Sight
from hallway.referral.states import TURN, Side, State, Step, legal_steps
from hallway.referral.stepping import DESK_STEPS
from hallway.referral.tables import codes
from hallway.referral.views import ClockView, NextStep, Party, StepView, TrackStop, VisitView
from hallway.talking.naming import Reach, reached

_NOT_OFFERED = frozenset({Step.DRAFT, Step.REVISE, Step.REPORT_OVERDUE})
_NEEDS_VISIT = frozenset({Step.RESCHEDULE, Step.CANCEL_VISIT, Step.NO_SHOW, Step.VISIT_KEPT})
_REASONS = (
    codes.DECLINE_REASONS
    | codes.RELUCTANCE_REASONS
    | codes.PATIENT_DECLINE_REASONS
    | codes.ENDING_REASONS
    | codes.REOPENING_REASONS
)


@dataclass(frozen=True, slots=True)
class Names:
    """People and practices that a referral names, by id."""

    people: Mapping[int, Practitioner]
    places: Mapping[int, Organization]
    ways: Mapping[int, Reach]

    @classmethod
    def fetch(cls, people: set[int], places: set[int]) -> "Names":
        """A few queries, however many rows."""
        found = Practitioner.objects.in_bulk(list(people))
        return cls(found, Organization.objects.in_bulk(list(places)), reached(found.values()))

    def person(self, practitioner_id: int) -> str:
        """Short name, or empty."""
        found = self.people.get(practitioner_id)
        return found.short_name if found else ""

    def place(self, organization_id: int) -> str:
        """Name of the practice, or empty."""
        found = self.places.get(organization_id)
        return found.name if found else ""

    def party(self, organization_id: int, practitioner_id: int) -> Party:
        """One side as pages show it."""
        place = self.places[organization_id]
        person = self.people.get(practitioner_id)
        return Party(
            organization_id=OrganizationId(place.id),
            organization_name=place.name,
            side=place.side,
            practitioner_id=PractitionerId(practitioner_id),
            name=person.full_name if person else place.name,
            short_name=person.short_name if person else place.name,
            licence=person.licence if person else "",
            phone=(self.ways[person.id].phone if person else "") or place.phone,
            best_time=self.ways[person.id].said if person else "",
            is_part2=place.is_part2,
            on_hallway=place.on_hallway,
            timezone=place.timezone,
        )


def step_views(sight: Sight, names: Names) -> tuple[StepView, ...]:
    """The history, newest first."""
    return tuple(_step_view(step, sight, names) for step in reversed(sight.steps))


def _step_view(step: ReferralStep, sight: Sight, names: Names) -> StepView:
    kind = Step(step.step)
    return StepView(
        position=step.position,
        step=kind,
        text=rules.title(kind),
        side=Side(step.side),
        at=step.at,
        who=names.person(step.by_practitioner_id) or names.place(step.by_org_id) or "Hallway’s clock",
        who_org=names.place(step.by_org_id),
        state=State(step.to_state),
        reason=_REASONS.get(step.reason_code, ""),
        interval=step.interval,
        is_readers=step.by_org_id == sight.release.requester.organization_id and step.side == sight.side.value,
    )


def next_steps(sight: Sight, *, has_visit: bool) -> tuple[NextStep, ...]:
    """What this reader may do now, the main one first. A leader reads; the desk does the desk's part."""
    role = sight.release.requester.role
    main = rules.main_step(sight.state)
    found = [
        step for step in legal_steps(sight.state, sight.side) if _is_offered(step, sight, role, has_visit=has_visit)
    ]
    steps = [NextStep(step, rules.label(step), step is main) for step in found]
    return tuple(sorted(steps, key=lambda step: not step.is_main))


def _is_offered(step: Step, sight: Sight, role: Role, *, has_visit: bool) -> bool:
    if step in _NOT_OFFERED or (step is Step.PCP_ELSEWHERE and sight.referral.direction != "to_pc"):
        return False
    if step in _NEEDS_VISIT and not has_visit and sight.state is not State.NO_SHOW:
        return False
    if step is Step.BOOK and has_visit:
        return False
    return role in CLINICIANS or (role is Role.FRONT_DESK and step in DESK_STEPS)


def turn_text(sight: Sight, names: Names) -> str:
    """Whose turn it is, in a sentence."""
    turn = TURN[sight.state]
    referral = sight.referral
    if turn is None:
        return "Nothing more is owed."
    if turn is sight.side:
        main = rules.main_step(sight.state)
        return f"Your turn: {rules.label(main).lower()}." if main else "Your turn."
    knows = any(step.step == Step.ACCEPT.value for step in sight.steps) or sight.side is Side.RECEIVER
    other = _party_of(referral, turn, knows=knows)
    return f"With {names.person(other[1]) or names.place(other[0])}."


def _party_of(referral: Referral, side: Side, *, knows: bool) -> tuple[int, int]:
    if side is Side.SENDER:
        return referral.sender_org_id, referral.sender_practitioner_id
    person = referral.receiver_practitioner_id if knows else referral.asked_practitioner_id
    return referral.receiver_org_id, person


_STOPS: tuple[tuple[str, frozenset[Step]], ...] = (
    ("Sent", frozenset({Step.SEND, Step.REOPEN})),
    ("Accepted", frozenset({Step.ACCEPT})),
    ("First visit", frozenset({Step.VISIT_KEPT})),
    ("Report sent", frozenset({Step.REPORT})),
    ("Acknowledged", frozenset({Step.ACKNOWLEDGE})),
)


def track(sight: Sight) -> tuple[TrackStop, ...]:
    """Five stops of this interval, from the steps this reader knows."""
    steps = [step for step in sight.steps if step.interval == sight.referral.interval]
    done = [next((step for step in steps if Step(step.step) in marks), None) for _, marks in _STOPS]
    last = max((n for n, step in enumerate(done) if step is not None), default=-1)
    return tuple(_stop(n, label, done[n], last) for n, (label, _) in enumerate(_STOPS))


def _stop(position: int, label: str, step: ReferralStep | None, last: int) -> TrackStop:
    is_done = step is not None or position < last
    return TrackStop(label=label, note="", at=step.at if step else None, is_done=is_done, is_now=position == last + 1)


def clock_views(rows: Sequence[LoopRow], now: datetime) -> tuple[ClockView, ...]:
    """Running clocks. The 30-day one is shown once it is due: before that it only runs."""
    shown = [row for row in rows if row.kind != LoopKind.CLOSE_OR_REROUTE.value or row.is_late]
    return tuple(
        ClockView(
            label=row.why,
            owner=row.owner_name or row.owner_org,
            is_readers=row.is_mine,
            opened_at=row.opened_at,
            due_at=row.due_at,
            is_late=row.is_late,
            share=_share(row, now),
        )
        for row in shown
    )


def _share(row: LoopRow, now: datetime) -> int:
    whole = (row.due_at - row.opened_at).total_seconds()
    return min(100, max(0, round(100 * (now - row.opened_at).total_seconds() / whole))) if whole > 0 else 100


def visit_view(visit: Visit, names: Names, *, as_booked: bool = False) -> VisitView:
    """A visit; ``as_booked`` for a reader who booked it and may not know what became of it."""
    return VisitView(
        id=visit.id,
        starts_at=visit.starts_at,
        minutes=visit.minutes,
        mode=visit.mode,
        status="booked" if as_booked else visit.status,
        with_name=names.person(visit.practitioner_id),
    )
