"""Bench ``gate``: decisions with reasons, whole records, plans from the database, gated lists.

Both engines get the same compiled grants of the same charts and must give the same verdict on every item. cedarpy gets
what helps it most: policies and entities parsed beforehand, one policy a clause of the release and nothing else.
"""

import argparse
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import compress
from statistics import median

from hallway.app.bench import gate_lists
from hallway.app.bench.figure import Figure
from hallway.app.bench.gate_world import Record, records
from hallway.consent.grants.decision import Plan

NAME = "gate"
SEED = 20261121
AT_LEAST = 0.3
MISSING = "cedarpy is not installed, so there is no baseline"


def run(options: argparse.Namespace) -> Iterator[Figure]:
    """``decision``, ``filter``, ``cold_plan``, ``gated_list``."""
    made = records(random.Random(SEED), 8 if options.quick else 40)  # noqa: S311 - a workload, not a secret
    yield from _in_memory(made, 1 if options.quick else max(3, options.rounds))
    yield from gate_lists.run(quick=options.quick)


def _in_memory(made: list[Record], rounds: int) -> Iterator[Figure]:
    items = sum(len(record.items) for record in made)
    shape = f"{len(made)} charts, 3 forms and restrictions each, 500 items, seed {SEED}"
    baseline = _baseline(made)
    checked = _check(made, baseline)
    single = baseline.single if baseline else None
    batch = baseline.batch if baseline else None
    ours, theirs = _rates(lambda: _decide_all(made), single, rounds)
    rate = None if theirs is None else theirs * baseline.singles if baseline else None
    yield _figure("decision", ours * items, "decisions/s", baseline=rate, shape=shape, checked=checked)
    ours, theirs = _rates(lambda: _filter_all(made), batch, rounds)
    rate = None if theirs is None else theirs * baseline.batches if baseline else None
    yield _figure("filter", ours * len(made), "500-item records/s", baseline=rate, shape=shape, checked=checked)


def _figure(name: str, value: float, unit: str, *, baseline: float | None, shape: str, checked: str) -> Figure:
    ratio = None if baseline is None else value / baseline
    return Figure(name, value, unit, baseline, ratio, shape, checked)


def _decide_all(made: list[Record]) -> None:
    """Every item of every record by a call of its own; the plan is made anew for each record."""
    for record in made:
        decide = Plan(record.release).decide
        for item in record.items:
            decide(item.mask, item.source_org, item.author, item.kind)


def _filter_all(made: list[Record]) -> None:
    for record in made:
        Plan(record.release).filter(record.items)


def _rates(ours: Callable[[], None], theirs: Callable[[], None] | None, rounds: int) -> tuple[float, float | None]:
    """Runs a second of both, alternating; the median of the rounds."""
    mine: list[float] = []
    other: list[float] = []
    for _ in range(rounds):
        mine.append(1 / _spent(ours))
        if theirs is not None:
            other.append(1 / _spent(theirs))
    return median(mine), median(other) if other else None


def _spent(work: Callable[[], None]) -> float:
    """CPU seconds of one run, over as many runs as fill a third of a second: one of ours takes some milliseconds."""
    runs = 0
    begun = time.process_time()
    while runs == 0 or time.process_time() - begun < AT_LEAST:
        work()
        runs += 1
    return (time.process_time() - begun) / runs


@dataclass(frozen=True, slots=True)
class _Baseline:
    """cedarpy on the same records: ``single`` does ``singles`` decisions, ``batch`` does ``batches`` records."""

    single: Callable[[], None]
    batch: Callable[[], None]
    singles: int
    batches: int
    verdicts: Callable[[], list[list[bool]]]


def _baseline(made: list[Record]) -> _Baseline | None:
    try:
        from hallway.app.bench import gate_cedar
    except ImportError:
        return None
    parsed = [gate_cedar.Parsed.of(record) for record in made]
    some = parsed[:4]

    def single() -> None:
        for one in some:
            one.decide_singly()

    def batch() -> None:
        for one in some:
            one.decide_batch()

    return _Baseline(
        single,
        batch,
        sum(len(one.requests) for one in some),
        len(some),
        lambda: [one.decide_batch() for one in parsed],
    )


def _check(made: list[Record], baseline: _Baseline | None) -> str:
    """Verdicts of both engines on every item. Raises AssertionError when one differs."""
    ours = [[decision.permits for _, decision in Plan(record.release).decisions(record.items)] for record in made]
    for record, verdicts in zip(made, ours, strict=True):
        if Plan(record.release).filter(record.items) != list(compress(record.items, verdicts)):
            raise AssertionError("The filter of a record differs from its decisions. Nothing was measured.")
    share = sum(map(sum, ours)) / sum(map(len, ours))
    if baseline is None:
        return f"{MISSING}; {share:.0%} of the items flow"
    if ours != baseline.verdicts():
        raise AssertionError("The verdicts of the two engines differ. Nothing was measured.")
    return f"verdicts equal on {sum(map(len, ours))} items, {share:.0%} flow"
