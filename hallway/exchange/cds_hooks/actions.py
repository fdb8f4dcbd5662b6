"""One call of a hook, one transaction: whom it is about, what is owed, the cards, one line. In time, or nothing."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hallway import clock, ids
from hallway.directory.models import Organization
from hallway.exchange.cds_hooks import cards, checks, people
from hallway.exchange.cds_hooks.budget import Budget
from hallway.exchange.cds_hooks.calls import Call
from hallway.exchange.cds_hooks.cards import Around, Made
from hallway.exchange.cds_hooks.models import CardShown
from hallway.exchange.cds_hooks.tables.services import Service
from hallway.exchange.decisions.resources import Json
from hallway.identity.requester import Requester
from hallway.ledger import lines
from hallway.loops.queries import loops_of_chart
from hallway.loops.views import LoopRow
from hallway.storage.connection import transaction

_log = logging.getLogger("hallway.hooks")


@dataclass(frozen=True, slots=True)
class Places:
    """Addresses that cards lead to, made by the room of pages."""

    home: str
    link: Callable[[LoopRow], str]
    launch: Callable[[], str] = str
    """Where the calling EHR launches Hallway, for one that does: cards then lead there, the page is their context."""


def nothing() -> Json:
    """No card: nothing is owed, nobody is known, or there was no time. One answer for all of it."""
    return {"cards": []}


def answer(service: Service, call: Call, *, by: Requester, places: Places) -> Json:
    """The cards of one call. ``by`` is the calling system; the gate decides for the person whom the call names.

    Never raises and never takes longer than the budget but for what a commit takes: an EHR must not wait for Hallway.
    """
    try:
        return _answered(service, call, by, places)
    except Exception as error:
        # Whatever it was, the transaction is undone and nothing left: the EHR goes on without us.
        _log.warning("a hook answered no card", extra={"fields": {"service": service.id, "kind": type(error).__name__}})
        return nothing()


def _answered(service: Service, call: Call, by: Requester, places: Places) -> Json:
    budget = Budget()
    with transaction():
        budget.go_on()
        named = people.reader(call, by)
        reader = named or by
        budget.go_on()
        chart_id = people.chart_of(call, reader) if named is not None else None
        made = Made()
        if chart_id is not None:
            budget.go_on()
            around = _around(call, reader, places)
            if service.checks:
                made = cards.of_checks(checks.run(reader, chart_id, call.orders), around)
            else:
                made = cards.of_loops(loops_of_chart(reader, chart_id), service, around)
        budget.go_on()
        _keep(made, service, reader, clock.now())
        detail = f"{service.id} {len(made.cards)} {by.name}".strip()
        charts = [] if chart_id is None else [chart_id]
        lines.write(lines.step_line(reader, "hook.answered", charts=charts, detail=detail))
        budget.refuse_overrun()
    return {"cards": made.cards}


def _around(call: Call, reader: Requester, places: Places) -> Around:
    practice = Organization.objects.values_list("name", flat=True).get(id=reader.organization_id)
    now = clock.now()
    return Around(
        patient_id=call.patient_id,
        practice=practice,
        home=places.home,
        link=places.link,
        launch=places.launch(),
        new_id=lambda: ids.new_uuid(now),
    )


def _keep(made: Made, service: Service, requester: Requester, at: datetime) -> None:
    rows = [
        CardShown(id=key, organization_id=requester.organization_id, service=service.id, kind=kind, shown_at=at)
        for key, kind in made.kind_by_id.items()
    ]
    if rows:
        CardShown.objects.bulk_create(rows)


@dataclass(frozen=True, slots=True)
class Feedback:
    """What became of one card, in codes; see ``feedback.parse``."""

    card: UUID
    outcome: str
    reason: str
    suggestions: int


def take_feedback(told: Sequence[Feedback], service: Service, *, by: Requester) -> None:
    """Note what became of cards. A card of somebody else, or of nobody, changes nothing and is told nothing of."""
    now = clock.now()
    with transaction():
        for one in told:
            CardShown.objects.filter(id=one.card, organization_id=by.organization_id, service=service.id).update(
                outcome=one.outcome, reason=one.reason, suggestions=one.suggestions, answered_at=now
            )
        lines.write(lines.step_line(by, "hook.feedback", charts=[], detail=f"{service.id} {by.name}".strip()))
