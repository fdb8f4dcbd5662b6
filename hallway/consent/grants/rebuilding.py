"""Recompiles the grants of charts from their facts. Called inside every transaction that changes a fact."""

import logging
from collections.abc import Sequence
from datetime import datetime

from hallway import clock
from hallway.consent.grants import compiler, plans, soundness
from hallway.consent.grants.compiler import GrantRow
from hallway.consent.grants.telling import tell_changed
from hallway.consent.law.facts import ChartFacts
from hallway.ids import ChartId
from hallway.record import actions as record
from hallway.record import linking
from hallway.storage.connection import transaction

BATCH = 200
_log = logging.getLogger("hallway.consent")


def rebuild_grants(chart_ids: Sequence[ChartId], *, is_told: bool = True) -> list[ChartId]:
    """Compile the grants of these charts from their facts; raise the epoch of those whose grants changed.

    What shuts one chart of a merged patient shuts the others, so these are compiled too. Takes the charts' locks first,
    so that two changes at once see one another. Batches are transactions of their own unless the caller has one open.
    All of them are told of as changed (a team may have changed without its grants), unless the caller tells of more
    (``is_told`` false). The charts that were compiled.
    """
    asked = {ChartId(int(chart_id)) for chart_id in chart_ids if int(chart_id) > 0}
    linked = linking.linked(sorted(asked)) if asked else {}
    ordered = sorted(asked.union(*linked.values()))
    for start in range(0, len(ordered), BATCH):
        _rebuild(ordered[start : start + BATCH], set(ordered), is_told=is_told)
    return ordered


def _rebuild(chart_ids: list[ChartId], known: set[ChartId], *, is_told: bool) -> None:
    """Compile these; ``known`` are all that the caller compiles."""
    now = clock.now()
    with transaction():
        plans.lock(chart_ids)
        compiled = {ChartId(facts.chart_id): _compiled(facts, now) for facts in plans.load_facts(chart_ids)}
        changed = plans.replace_grants(compiled, now)
        if changed:
            record.bump_epoch(changed)
        # A merge that was committed while the locks were waited for has not seen the fact that changes here.
        late = sorted(set[ChartId]().union(*linking.linked(chart_ids).values()) - known)
        if late:
            _rebuild(late, known.union(late), is_told=True)
        if is_told:
            tell_changed(chart_ids)


def _compiled(facts: ChartFacts, now: datetime) -> list[GrantRow]:
    """The grants of a chart; where a rule fails, none but the mark that it did.

    The fact that changed is kept and the chart is shut: were the change undone instead, a form taken back would go on
    opening what it opened.
    """
    try:
        return compiler.compile_grants(facts, now)
    except Exception as error:
        _log.error("a rule failed; the chart is shut", extra={"fields": {"kind": type(error).__name__}})
        return [GrantRow(0, soundness.FAULT_PURPOSE, "fault", 0, 0)]
