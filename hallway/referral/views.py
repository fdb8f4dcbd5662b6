"""What pages show of a referral: frozen values, computed after the gate. Nothing here depends on what was withheld."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId, ReferralId
from hallway.record.stored import PatientHeader
from hallway.referral.states import Side, State, Step


@dataclass(frozen=True, slots=True)
class Party:
    """One side: an organization and, where named, a person. ``side`` is the directory's: pc, bh or other."""

    organization_id: OrganizationId
    organization_name: str
    side: str
    practitioner_id: PractitionerId
    name: str
    short_name: str
    licence: str
    phone: str
    is_part2: bool
    on_hallway: bool
    timezone: str
    best_time: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A resource that may go with the referral (R35): its text, where it stands, whether it is ticked at first."""

    kind: str
    resource_id: str
    version: int
    text: str
    dated_on: date | None
    is_ticked: bool = True


@dataclass(frozen=True, slots=True)
class ReferralDraft:
    """What the form knows before a person writes: R35 from the chart, only what the gate let through."""

    presenting_problem: str
    diagnoses: tuple[Attached, ...]
    conditions: tuple[Attached, ...]
    medicines: tuple[Attached, ...]
    allergies: tuple[Attached, ...]
    scores: tuple[Attached, ...]
    labs: tuple[Attached, ...]

    @property
    def everything(self) -> tuple[Attached, ...]:
        """All that may be ticked."""
        return (*self.diagnoses, *self.conditions, *self.medicines, *self.allergies, *self.scores, *self.labs)


@dataclass(frozen=True, slots=True)
class ReferralRequest:
    """What a person asks for. ``attached`` are (kind, id) pairs of the draft that stayed ticked."""

    chart_id: ChartId
    receiver_org: OrganizationId
    question: str
    recipient_type: str
    expected_role: str = "comanage"
    urgency: str = "routine"
    receiver_practitioner: PractitionerId = NOBODY
    reason: str = ""
    presenting_problem: str = ""
    chief_concern: str = ""
    attached: tuple[tuple[str, str], ...] = ()
    consent_id: UUID | None = None
    talked: str = ""
    """What the patient said about working together: "agrees", "rather_not", "not_yet" or empty."""


@dataclass(frozen=True, slots=True)
class StepView:
    """One line of the history, released to this reader."""

    position: int
    step: Step
    text: str
    side: Side
    at: datetime
    who: str
    who_org: str
    state: State
    reason: str
    interval: int
    is_readers: bool


@dataclass(frozen=True, slots=True)
class NextStep:
    """A legal step for this reader. ``is_main`` marks the one that moves the referral on."""

    step: Step
    label: str
    is_main: bool


@dataclass(frozen=True, slots=True)
class TrackStop:
    """One of the five stops: ``is_done``, ``is_now`` or neither."""

    label: str
    note: str
    at: datetime | None
    is_done: bool
    is_now: bool


@dataclass(frozen=True, slots=True)
class ClockView:
    """A running clock: what, whose, until when. ``share`` is the elapsed part, 0 to 100."""

    label: str
    owner: str
    is_readers: bool
    opened_at: datetime
    due_at: datetime
    is_late: bool
    share: int


@dataclass(frozen=True, slots=True)
class VisitView:
    """A booked, kept or missed visit, where it may be told."""

    id: UUID
    starts_at: datetime
    minutes: int
    mode: str
    status: str
    with_name: str


@dataclass(frozen=True, slots=True)
class HandOffView:
    """The walk down the hall. ``seconds_left`` of the knock now open; ``question`` only after it was accepted."""

    id: UUID
    referral_id: ReferralId
    state: str
    by: Party
    asked: Party | None
    asked_at: datetime | None
    expires_at: datetime | None
    seconds_left: int
    place: str
    language: str
    accepted: Party | None
    in_minutes: int
    mode: str
    started_at: datetime | None
    stopped_at: datetime | None
    minutes: int
    visit: VisitView | None
    passed: tuple[str, ...]
    is_mine_to_answer: bool
    question: str = ""


@dataclass(frozen=True, slots=True)
class ReferralView:
    """Where a referral stands for one reader. ``version`` is what a form sends back as ``expected_version``."""

    id: ReferralId
    number: str
    version: int
    header: PatientHeader
    direction: str
    recipient_type: str
    sender: Party
    receiver: Party
    reader_side: Side
    question: str
    reason: str
    presenting_problem: str
    chief_concern: str
    attached: tuple[Attached, ...]
    expected_role: str
    urgency: str
    state: State
    business_status: str
    turn: Side | None
    turn_text: str
    custody: str
    consent_id: UUID | None
    interval: int
    previous_id: ReferralId | None
    later_id: ReferralId | None
    report_id: UUID | None
    next_steps: tuple[NextStep, ...]
    track: tuple[TrackStop, ...]
    steps: tuple[StepView, ...]
    clocks: tuple[ClockView, ...]
    visits: tuple[VisitView, ...]
    handoff: HandOffView | None


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """One line of a list of referrals."""

    id: ReferralId
    number: str
    header: PatientHeader
    from_name: str
    to_name: str
    other_side: str
    recipient_type: str
    state: State
    turn: Side | None
    is_readers_turn: bool
    sent_at: datetime | None
    updated_at: datetime
