"""Every read of referrals. Each is gated: what may not be known is not counted, not clocked and not there."""

from collections.abc import Sequence
from uuid import UUID

from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, ReferralId
from hallway.record.evidence import Release
from hallway.referral.views import HandOffView, Party, ReferralDraft, ReferralRow, ReferralView, StepView


def referral_for(requester: Requester, referral_id: ReferralId) -> ReferralView:
    """One referral for one reader. Raises HallwayError NOT_FOUND when unknown or not theirs to know: one answer."""
    raise NotImplementedError


def referrals_of_chart(requester: Requester, chart_id: ChartId) -> list[ReferralRow]:
    """Referrals of one chart that this reader's side sent or received, newest first."""
    raise NotImplementedError


def referral_list(requester: Requester, show: str = "open", *, limit: int = 50) -> list[ReferralRow]:
    """Referrals of this practice: ``open``, ``sent``, ``received`` or ``closed``; gated in the query."""
    raise NotImplementedError


def steps_of(requester: Requester, referral_id: ReferralId) -> tuple[StepView, ...]:
    """The history, released."""
    raise NotImplementedError


def prefill(release: Release) -> ReferralDraft:
    """R35 from the chart: diagnoses, conditions, medicines, allergies, scores, labs of six months."""
    raise NotImplementedError


def free_next_door(requester: Requester, *, specialty: str = "", language: str = "") -> Sequence[Party]:
    """Clinicians on the other side who switched on that they are free now, longest free first."""
    raise NotImplementedError


def hand_off_for(requester: Requester, handoff_id: UUID) -> HandOffView:
    """One hand-off for the asking or an asked person. Raises HallwayError NOT_FOUND for everybody else."""
    raise NotImplementedError


def knocks_for(requester: Requester) -> list[HandOffView]:
    """Doors at which somebody knocks for this person now."""
    raise NotImplementedError


def party(organization_id: OrganizationId, practitioner_id: int = 0) -> Party:
    """One side as pages show it."""
    raise NotImplementedError
