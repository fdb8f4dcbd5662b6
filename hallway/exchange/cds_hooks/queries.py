"""What became of cards, counted by service and kind. It names neither a patient nor a person."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q

from hallway.exchange.cds_hooks.models import CardShown
from hallway.ids import OrganizationId


@dataclass(frozen=True, slots=True)
class Counted:
    """One kind of card in one service: how many were shown, taken up and put aside."""

    service: str
    kind: str
    shown: int
    accepted: int
    overridden: int

    @property
    def silent(self) -> int:
        """Cards about which nothing was told."""
        return self.shown - self.accepted - self.overridden


def counts(organization: OrganizationId, *, since: datetime) -> list[Counted]:
    """The cards of one organization by service and kind, the most shown first."""
    rows = (
        CardShown.objects.filter(organization_id=organization, shown_at__gte=since)
        .values("service", "kind")
        .annotate(
            shown=Count("id"),
            accepted=Count("id", filter=Q(outcome=CardShown.Outcome.ACCEPTED)),
            overridden=Count("id", filter=Q(outcome=CardShown.Outcome.OVERRIDDEN)),
        )
        .order_by("-shown", "service", "kind")
    )
    return [Counted(**row) for row in rows]


def reasons(organization: OrganizationId, *, since: datetime) -> list[tuple[str, int]]:
    """Why cards were put aside, by code, the most named first; cards without a reason are left out."""
    rows = (
        CardShown.objects.filter(organization_id=organization, shown_at__gte=since)
        .exclude(reason="")
        .values_list("reason")
        .annotate(count=Count("id"))
        .order_by("-count", "reason")
    )
    return list(rows)
