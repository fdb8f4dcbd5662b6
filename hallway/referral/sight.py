"""What one person may know of one referral: the steps the gate lets through, and so its state and version.

The state a reader sees is that of the last step they may know, and the version they send back counts those steps. So a
page, a conflict and a refusal are the same whether or not something happened that they may not be told.
"""

from dataclasses import dataclass
from uuid import UUID

from hallway.consent import gate
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.record.evidence import Release
from hallway.referral.models import Referral, ReferralStep
from hallway.referral.states import Side, State


@dataclass(frozen=True, slots=True)
class Sight:
    """A referral under one reader's release. ``steps`` are those they may know, oldest first, never empty."""

    referral: Referral
    release: Release
    side: Side
    steps: tuple[ReferralStep, ...]

    @property
    def state(self) -> State:
        """Where it stands as far as this reader may know."""
        return State(self.steps[-1].to_state)

    @property
    def version(self) -> int:
        """How many steps this reader knows; a form sends it back."""
        return len(self.steps)

    def knows(self, source_org: int, mask: int) -> bool:
        """May this reader know a row with this label?"""
        return gate.may_know(self.release, source_org=source_org, mask=mask)


def side_of(requester: Requester, referral: Referral) -> Side | None:
    """Which side the requester stands on, or None. Within one organization the sender is the sender, others receive."""
    sends = requester.organization_id == referral.sender_org_id
    receives = requester.organization_id == referral.receiver_org_id
    if sends and receives:
        return Side.SENDER if requester.practitioner_id == referral.sender_practitioner_id else Side.RECEIVER
    if sends:
        return Side.SENDER
    return Side.RECEIVER if receives else None


def look(requester: Requester, referral_id: UUID, *, lock: bool = False) -> Sight:
    """The referral as this person may know it; with ``lock`` nobody else moves it until the transaction ends.

    Raises HallwayError NOT_FOUND for an unknown referral and for one that is not theirs to know: one answer.
    """
    rows = Referral.objects.select_for_update() if lock else Referral.objects
    referral = rows.filter(id=referral_id).first()
    side = side_of(requester, referral) if referral else None
    if referral is None or side is None:
        raise gate.not_found()
    release = gate.release(requester, ChartId(referral.chart_id))
    steps = tuple(
        step
        for step in referral.steps.order_by("position")  # type: ignore[attr-defined]
        if gate.may_know(release, source_org=step.source_org_id, mask=step.mask)
    )
    unsent = side is Side.RECEIVER and referral.sent_at is None
    if unsent or not steps or not gate.may_know(release, source_org=referral.source_org_id, mask=referral.mask):
        raise gate.not_found()
    return Sight(referral, release, side, steps)
