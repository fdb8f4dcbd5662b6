"""Looking at charts that changed, and at those whose time has come: each practice through a release of its own.

A look that is repeated finds what it found: two workers take turns at a chart, and a moment is kept once.
"""

import gc
import logging
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta

from hallway import clock
from hallway.consent import queries as consent
from hallway.directory.models import Organization
from hallway.ids import ChartId, OrganizationId
from hallway.ledger import lines
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.record.stored import StaleRelease
from hallway.storage.connection import take_turns, transaction
from hallway.triggers import gathering, keeping, principal, rules
from hallway.triggers.models import Watch
from hallway.triggers.tables.rows import ROWS

_log = logging.getLogger("hallway.triggers")
_AGAIN = timedelta(minutes=1)
"""After a look that failed."""
_TRIES = 3
"""A right that changes between asking and reading is asked for anew."""
_BATCH = 500


def look(chart_id: ChartId, *, is_forced: bool = False) -> int:
    """Look at one chart for every practice on its team, every source and whoever looked before; how many looked.

    A practice for which it fails looks again in a minute, and the others look all the same.
    """
    standing = record.standing([chart_id]).get(chart_id)
    if standing is None:
        return 0
    looked = 0
    for practice in practices(chart_id):
        try:
            looked += look_for(practice, chart_id, is_forced=is_forced)
        except Exception as error:
            _log.exception("a look failed", extra={"fields": {"kind": type(error).__name__}})
            _again(chart_id, practice.id, clock.now() + _AGAIN)
    return looked


def look_due(now: datetime) -> int:
    """Look at the charts whose time has come, the longest waiting first; how many. A tick of the worker runs it."""
    waiting = Watch.objects.filter(next_at__lte=now).order_by("next_at", "id")[:_BATCH]
    places = Organization.objects.in_bulk({one.organization_id for one in waiting})
    looked = 0
    for one in waiting:
        try:
            looked += look_for(places[one.organization_id], ChartId(one.chart_id), is_forced=True)
        except Exception as error:
            _log.exception("a look failed", extra={"fields": {"kind": type(error).__name__}})
            _again(ChartId(one.chart_id), one.organization_id, now + _AGAIN)
    return looked


def look_again(organization: OrganizationId, chart_ids: Sequence[ChartId] | None = None) -> int:
    """Let a practice's watches of these charts (of all) be looked at by the next tick, though nothing changed there."""
    rows = Watch.objects.filter(organization_id=organization)
    if chart_ids is not None:
        rows = rows.filter(chart_id__in=list(chart_ids))
    return rows.update(next_at=clock.now())


def practices(chart_id: ChartId) -> list[Organization]:
    """Who looks at a chart: its team, its sources, and whoever looked before."""
    wanted = {int(one) for one in record.sources_of(chart_id)}
    wanted |= {one.organization_id for one in consent.team_of(chart_id)}
    wanted |= set(Watch.objects.filter(chart_id=chart_id).values_list("organization_id", flat=True))
    return list(Organization.objects.filter(id__in=wanted, on_hallway=True).order_by("id"))


def look_for(practice: Organization, chart_id: ChartId, *, is_forced: bool = False) -> int:
    """One practice looks at one chart, where there is anything new or it is forced; 1 when it looked."""
    for left in reversed(range(_TRIES)):
        try:
            return _look_once(practice, chart_id, is_forced=is_forced)
        except StaleRelease:
            if not left:
                raise
    return 0


def calm(practice: OrganizationId, chart_id: ChartId) -> int:
    """What rises as the safety steps do rises as a finding does from now, as they run; how many did not.

    Only a person closes one. A look that has not seen the steps comes first or sees them: they take turns.
    """
    with transaction():
        take_turns(_turn(chart_id, practice))
        return keeping.calm(chart_id, practice, [row.id for row in ROWS.values() if row.rises == LoopKind.SAFETY])


def _turn(chart_id: ChartId, practice: int) -> str:
    return f"triggers/{int(chart_id)}/{practice}"


def _look_once(practice: Organization, chart_id: ChartId, *, is_forced: bool) -> int:
    with transaction(), _uncollected():
        take_turns(_turn(chart_id, practice.id))
        now = clock.now()
        watch = Watch.objects.filter(chart_id=chart_id, organization_id=practice.id).first()
        # Read before the facts: what is written meanwhile makes the next look, never none.
        epoch, position = record.standing([chart_id])[chart_id]
        if watch is not None and not is_forced and _is_seen(watch, epoch, position, now):
            return 0
        by = principal.of_practice(OrganizationId(practice.id))
        seen = gathering.see(practice, by, chart_id, now)
        found = rules.evaluate(seen.chart, now, ROWS)
        kept = keeping.keep(keeping.Look(seen.chart, now, found, ROWS, gathering.tuned_at(practice.id)))
        if kept.words():
            lines.write(lines.step_line(by, "triggers.kept", charts=[chart_id], detail=kept.words()))
        row = watch or Watch(chart_id=int(chart_id), organization_id=practice.id)
        row.position, row.epoch, row.looked_at = position, epoch, now
        row.next_at = gathering.soonest((found.next_at, seen.until), after=now)
        row.save()
    return 1


@contextmanager
def _uncollected() -> Generator[None]:
    """A look makes some ten thousand small objects without cycles; to look for cycles among them took a fifth of it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _is_seen(watch: Watch, epoch: int, position: int, now: datetime) -> bool:
    return (watch.epoch, watch.position) == (epoch, position) and (watch.next_at is None or watch.next_at > now)


def _again(chart_id: ChartId, organization_id: int, at: datetime) -> None:
    with transaction():
        Watch.objects.update_or_create(
            chart_id=int(chart_id),
            organization_id=organization_id,
            defaults={"next_at": at},
            create_defaults={"next_at": at, "looked_at": clock.now()},
        )
