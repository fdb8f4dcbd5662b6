"""Recompiles the grants of charts from their facts. Called inside every transaction that changes a fact."""

from collections.abc import Sequence

from hallway import clock
from hallway.consent import compiler, plans
from hallway.ids import ChartId
from hallway.record import actions as record
from hallway.storage.connection import transaction

BATCH = 200


def rebuild_grants(chart_ids: Sequence[ChartId]) -> None:
    """Compile the grants of these charts from their facts; raise the epoch of those whose grants changed.

    Takes the charts' locks first, so that two changes at once see one another. Batches are transactions of their own
    unless the caller has one open.
    """
    ordered = sorted({ChartId(int(chart_id)) for chart_id in chart_ids if int(chart_id) > 0})
    for start in range(0, len(ordered), BATCH):
        _rebuild(ordered[start : start + BATCH])


def _rebuild(chart_ids: list[ChartId]) -> None:
    now = clock.now()
    with transaction():
        plans.lock(chart_ids)
        compiled = {
            ChartId(facts.chart_id): compiler.compile_grants(facts, now) for facts in plans.load_facts(chart_ids)
        }
        changed = plans.replace_grants(compiled, now)
        if changed:
            record.bump_epoch(changed)
