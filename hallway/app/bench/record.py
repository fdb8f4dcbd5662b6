"""Bench ``record``: what the gate and the ledger cost a whole-record read over HTTP, and how fast it is.

- ``consent_tax``: a gated, ledgered read against the same ledgered read with the gate open: no plan is compiled for it
  and the plan it has allows everything. ``value`` is the ratio with nothing withheld, ``ratio`` the one with 28 %
  withheld. The open side exists in this bench's server only.
- ``record_rate``: gated records a second against a plain read of one row a resource: no gate, no ledger, bodies ready.
- ``label_calls``: gated records a second against the shape of the published consent services, stubs on loopback
  (``record_shape``).
- ``line_cost`` and ``line_bytes``: what a line adds to a read, and to the disk (``record_line``).

Both sides run in the same server process on the same data, request by request in turn; medians of rounds.
"""

import argparse
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from statistics import median

import msgspec
from django.db import connections

from hallway import clock
from hallway.app.bench import record_line, record_shape, scratch
from hallway.app.bench.figure import Figure
from hallway.app.bench.record_client import Server, serving, wrong
from hallway.app.prove import facts, network
from hallway.app.prove.cast import Cast, people, sign_in
from hallway.consent import actions as consent
from hallway.exchange.intake import crew, taking
from hallway.identity.requester import system
from hallway.ids import ChartId, ResourceId
from hallway.record.classes import DataClass
from hallway.storage.connection import cursor

NAME = "record"
SIZE = 300
WORDS = "Measured at the visit and read out to the patient, who asked what it means. " * 9
"""Brings a resource to about 1.1 kB, as an Observation of US Core has."""
WITHHELD = 0.28
Sample = dict[str, list[float]]


@dataclass(frozen=True, slots=True)
class Subject:
    """A chart to read: its patient, how many resources it has, and how many of them the reader may not have."""

    patient: ResourceId
    chart: ChartId
    resources: int
    withheld: int


def run(options: argparse.Namespace) -> Iterator[Figure]:
    """The three figures, on a chart of 300 resources and, where the data are there, on the synthetic lives."""
    rounds, reads = (1, 20) if options.quick else (options.rounds, 60)
    with scratch.database("record"):
        cast = people(clock.today())
        token = sign_in(cast, "pcp")
        clear, partly = chart_of(cast, "clear", 0.0), chart_of(cast, "partly", WITHHELD)
        _keep_plain([clear])
        connections.close_all()
        dataset = f"charts of {SIZE} resources"
        with record_shape.services() as port, serving(token, shape=port) as server:
            yield _tax(server, [clear], [partly], rounds=rounds, reads=reads, dataset=dataset)
            yield _rate(server, clear, rounds=rounds, reads=reads)
            yield _label_calls(server, clear, rounds=rounds, reads=reads)
        yield from record_line.figures(
            cast, clear.patient, lines=200 if options.quick else options.lines, rounds=rounds
        )
    lives = sorted((options.data / "synthea-massachusetts").glob("*.json.gz"))
    if lives and not options.quick:
        yield from _on_lives(lives[:5], rounds)


def _on_lives(paths: list["os.PathLike[str]"], rounds: int) -> Iterator[Figure]:
    """The tax on whole synthetic lives, of which 28 % are then relabelled by lot."""
    with scratch.database("lives"):
        cast = people(clock.today())
        token = sign_in(cast, "pcp")
        list(crew.load(paths, taking.feed_of("")))  # type: ignore[arg-type]
        clear = _treated(cast)
        connections.close_all()
        with serving(token) as server:
            _relabel(clear, share=0)
            whole = _ratio(server, clear, rounds=rounds, reads=8)
            _check(server, clear)
            partly = _relabel(clear, share=28)
            fewer = _ratio(server, partly, rounds=rounds, reads=8)
            checked = _check(server, partly)
    size = sum(one.resources for one in clear) // len(clear)
    yield Figure(
        "consent_tax",
        whole,
        "gated : open",
        1.0,
        fewer,
        f"{len(clear)} synthetic lives, {size} resources each",
        checked,
    )


# Data ----------------------------------------------------------------------------------------------------------------


def chart_of(cast: Cast, key: str, withheld: float) -> Subject:
    """A chart of ``SIZE`` resources of which a share was written by a Part 2 program without consent."""
    network.chart(cast, key, key.title(), "Messwert", born="1970-01-01")
    of, now, dice = cast.patients[key], clock.now(), random.Random(key)  # noqa: S311 - the same data every time
    hidden = round(SIZE * withheld)

    def some(count: int) -> list[bytes]:
        return [
            facts.observation(
                of, dice.choice(("44261-6", "8480-6", "2345-7")), dice.randrange(200), now - timedelta(n), words=WORDS
            )
            for n in range(count)
        ]

    network.store(cast, "pcp", some((SIZE - hidden) // 2))
    network.store(cast, "psychiatrist", some(SIZE - 1 - hidden - (SIZE - hidden) // 2))
    if hidden:
        network.store(cast, "counselor", some(hidden))
    return Subject(of, cast.charts[key], SIZE, hidden)


def _treated(cast: Cast) -> list[Subject]:
    """Every chart there is, with the reader's practice on its team."""
    with cursor() as opened:
        rows = opened.execute(
            "SELECT c.patient_id::text, c.chart_id, count(*) FROM record_chart c JOIN record_id i USING (chart_id)"
            " WHERE c.chart_id <> 0 GROUP BY 1, 2 ORDER BY 2"
        ).fetchall()
    for _, chart_id, _ in rows:
        organization = cast.callers["pcp"].organization_id
        consent.join_team(ChartId(chart_id), by=system("bench"), organization=organization, basis="encounter")
    return [Subject(ResourceId(patient), ChartId(chart), count, 0) for patient, chart, count in rows]


def _relabel(subjects: Sequence[Subject], *, share: int) -> list[Subject]:
    """Make every resource general, then ``share`` percent of each chart, by lot, what the reader may not have."""
    found: list[Subject] = []
    lot = "chart_id = %s AND kind <> 'Patient' AND abs(hashtext(resource_id::text)) %% 100 < %s"
    with connections["owner"].cursor() as opened:
        for one in subjects:
            opened.execute(
                "UPDATE record_resource SET mask = %s WHERE chart_id = %s", [int(DataClass.GENERAL), one.chart]
            )
            opened.execute(
                f"UPDATE record_resource SET mask = %s WHERE {lot}",  # noqa: S608 - our own words
                [int(DataClass.GENERAL | DataClass.PSYTHER_NOTE), one.chart, share],
            )
            found.append(Subject(one.patient, one.chart, one.resources, opened.rowcount))
        opened.execute("VACUUM ANALYZE record_resource")
    connections.close_all()
    return found


def _keep_plain(subjects: Sequence[Subject]) -> None:
    """The table that a plain server would keep: one row a resource, ready to send."""
    with connections["owner"].cursor() as opened:
        opened.execute(
            "CREATE TABLE bench_plain"
            " (chart_id bigint, resource_id uuid, body bytea, PRIMARY KEY (chart_id, resource_id))"
        )
        for one in subjects:
            opened.execute(
                "INSERT INTO bench_plain SELECT chart_id, resource_id, body FROM record_resource WHERE chart_id = %s",
                [one.chart],
            )
        opened.execute("ANALYZE")


# Figures -------------------------------------------------------------------------------------------------------------


def _path(one: Subject) -> str:
    return f"/fhir/Patient/{one.patient}/$everything"


def _in_turn(server: Server, paths: Sequence[str], modes: Sequence[str], reads: int) -> Sample:
    """Seconds of each request, the modes taking turns; the first of each is not counted."""
    times: Sample = {mode: [] for mode in modes}
    for number in range(reads + 1):
        for path in paths:
            for mode in modes if number % 2 else tuple(reversed(modes)):
                spent = server.timed(path, mode)
                if number:
                    times[mode].append(spent)
    return times


def _ratio(server: Server, subjects: Sequence[Subject], *, rounds: int, reads: int) -> float:
    """Gated over open: the median over rounds of the ratio of medians."""
    ratios: list[float] = []
    for _ in range(rounds):
        times = _in_turn(server, [_path(one) for one in subjects], ("gated", "open"), reads)
        ratios.append(median(times["gated"]) / median(times["open"]))
    return median(ratios)


def _tax(
    server: Server, clear: Sequence[Subject], partly: Sequence[Subject], *, rounds: int, reads: int, dataset: str
) -> Figure:
    whole = _ratio(server, clear, rounds=rounds, reads=reads)
    fewer = _ratio(server, partly, rounds=rounds, reads=reads)
    checked = _check(server, [*clear, *partly])
    return Figure("consent_tax", whole, "gated : open", 1.0, fewer, dataset, checked)


def _check(server: Server, subjects: Sequence[Subject]) -> str:
    """What was verified, in words. Raises HallwayError when an answer or the ledger is not what it must be."""
    for one in subjects:
        before = _lines()
        gated, opened = (_ids(server.get(_path(one), mode)) for mode in ("gated", "open"))
        if _lines() != before + 2:
            raise wrong("A read left no line in the ledger, or more than one.")
        if len(opened) != one.resources or len(gated) != one.resources - one.withheld or not gated <= opened:
            raise wrong(
                f"An answer holds {len(gated)} and {len(opened)} of {one.resources - one.withheld} that may flow."
            )
        if not one.withheld and server.get(_path(one), "gated") != server.get(_path(one), "open"):
            raise wrong("With nothing withheld the two sides are not the same bytes.")
    withheld = sum(one.withheld for one in subjects)
    total = sum(one.resources for one in subjects if one.withheld)
    share = f"{withheld / total:.1%} withheld" if total else "nothing withheld: same bytes"
    return f"one ledger line a read on both sides, exactly the resources that may flow ({share})"


def _ids(body: bytes) -> set[str]:
    return {entry["resource"]["id"] for entry in msgspec.json.decode(body)["entry"]}


def _lines() -> int:
    with cursor() as opened:
        row = opened.execute("SELECT count(*) FROM ledger_answer").fetchone()
    return int(row[0]) if row else 0


def _rate(server: Server, one: Subject, *, rounds: int, reads: int) -> Figure:
    gated, plain = _rates(server, one, "plain", rounds=rounds, reads=reads)
    if len(_ids(server.get(_path(one), "plain"))) != one.resources:
        raise wrong("The plain side does not hold the whole record.")
    checked = "both sides hold the same resources; the plain one has no gate and no ledger"
    dataset = f"chart of {SIZE} resources, 1 client"
    return Figure("record_rate", gated, "records/s", plain, gated / plain, dataset, checked)


def _label_calls(server: Server, one: Subject, *, rounds: int, reads: int) -> Figure:
    gated, shape = _rates(server, one, "shape", rounds=rounds, reads=reads)
    if _ids(server.get(_path(one), "shape")) != _ids(server.get(_path(one), "gated")):
        raise wrong("The filter of stubs does not give the same record.")
    checked = "both sides give the same resources; the stubs look nothing up and leave no line"
    dataset = f"chart of {SIZE} resources, 1 client"
    return Figure("label_calls", gated, "records/s", shape, gated / shape, dataset, checked)


def _rates(server: Server, one: Subject, other: str, *, rounds: int, reads: int) -> tuple[float, float]:
    """Records a second, gated and of another side, by turns."""
    rates: list[tuple[float, float]] = []
    for _ in range(rounds):
        times = _in_turn(server, [_path(one)], ("gated", other), reads)
        rates.append((1 / median(times["gated"]), 1 / median(times[other])))
    return median(rate for rate, _ in rates), median(rate for _, rate in rates)
