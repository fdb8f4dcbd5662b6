"""Cards shown in another system, and what people there did with them."""

from dataclasses import dataclass
from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hallway import clock
from hallway.exchange.cds_hooks import cards, queries
from hallway.exchange.cds_hooks.queries import Counted
from hallway.exchange.cds_hooks.tables.services import REASONS, SERVICES
from hallway.identity.requester import Role
from hallway.loops.tables.clocks import CLOCKS, LoopKind
from hallway.web.access import PageRequest, page

DAYS = 30
_KINDS = {cards.WAITING: "What others owe your practice", cards.MORE: "More that is owed"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    service: str
    kind: str
    counted: Counted


@page(Role.PRACTICE_LEADER)
@require_GET
def feedback(request: PageRequest) -> HttpResponse:
    """The last thirty days of the leader's own practice, by service and kind of card."""
    since, organization = clock.now() - timedelta(days=DAYS), request.requester.organization_id
    found = queries.counts(organization, since=since)
    values = {
        "rows": [Row(_service(one.service), _kind(one.kind), one) for one in found],
        "reasons": [
            (REASONS.get(code, "Another reason"), count) for code, count in queries.reasons(organization, since=since)
        ],
        "shown": sum(one.shown for one in found),
        "accepted": sum(one.accepted for one in found),
        "overridden": sum(one.overridden for one in found),
        "days": DAYS,
    }
    return render(request, "hooks/feedback.html", values)


def _service(name: str) -> str:
    return SERVICES[name].title if name in SERVICES else name


def _kind(name: str) -> str:
    return CLOCKS[LoopKind(name)].why if name in set(LoopKind) else _KINDS.get(name, name)
