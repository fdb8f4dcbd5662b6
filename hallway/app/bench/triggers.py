"""Bench ``triggers``: what all triggers cost over an import, the outbox included, against the import itself.

Synthetic lives are loaded one after another by one process, half of them by a primary care practice and half by a
behavioral health practice; both treat everybody. Then the jobs that the load left in the outbox are run by one process,
as the worker runs them: each chart is read by both practices through the gate, every rule is asked, and what fires is
kept. ``triggers`` is the second time over the first. ``triggers_look`` is milliseconds for each thousand resources.
``triggers_lag`` is the longest time from a commit to its firing. Whole lives are compared with the witness's own scan.
"""

import argparse
import contextvars
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from django.db import connections

from hallway import clock
from hallway.app import wiring
from hallway.app.bench import importing, scratch
from hallway.app.bench.figure import Figure
from hallway.app.witness import moments
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.directory.models import CareTeamMember, Organization, OrganizationKind
from hallway.exchange.intake import crew, taking
from hallway.identity.requester import system
from hallway.ids import ChartId, OrganizationId
from hallway.labels.source import Source
from hallway.record import queries as record
from hallway.record.stored import Stored
from hallway.storage.connection import cursor
from hallway.triggers import gathering, principal, rules
from hallway.triggers.models import Firing, Watch
from hallway.triggers.tables.rows import ROWS
from hallway.worker.running import run_jobs

NAME = "triggers"
SIDES = ("pc", "bh")
KINDS = {"pc": OrganizationKind.PRIMARY_CARE, "bh": OrganizationKind.BEHAVIORAL_HEALTH}


def run(options: argparse.Namespace) -> Iterator[Figure]:
    """Share, and time for a thousand resources: medians of the rounds."""
    paths = importing.files_of(options)[: 2 if options.quick else None]
    rounds = 1 if options.quick else options.rounds
    shares: list[float] = []
    looks: list[float] = []
    loads: list[float] = []
    said = ""
    for _ in range(rounds):
        with scratch.database("triggers"):
            practices = _practices()
            loaded, resources = _load(paths, practices)
            _treat(practices)
            begun = time.perf_counter()
            work_off()
            spent = time.perf_counter() - begun
            said = _check(len(paths))
            connections.close_all()
        loads.append(loaded)
        shares.append(spent / loaded)
        looks.append(1e6 * spent / resources)
    lives = f"{len(paths)} synthetic lives, two practices look at each"
    share = median(shares)
    yield Figure("triggers", share, "of the import's time", median(loads), share, lives, said)
    with scratch.database("lag"):
        lags = _lags(paths[0], 3 if options.quick else 7)
        connections.close_all()
    checked = f"{len(lags)} orders, each fired T1 or T2 or was merged into one"
    yield Figure(
        "triggers_lag", max(lags), "s, longest, from commit to firing", None, None, "one life, worker beside", checked
    )
    yield Figure("triggers_look", median(looks), "ms a thousand resources", None, None, lives, said)


def _practices() -> list[Organization]:
    return [
        Organization.objects.create(
            fhir_id=f"bench-{side}", name=f"Bench {side}", side=side, state="MA", kind=KINDS[side]
        )
        for side in SIDES
    ]


def _load(paths: Sequence[Path], practices: Sequence[Organization]) -> tuple[float, int]:
    """Seconds and resources; the lives by turns from each practice."""
    begun = time.perf_counter()
    entries = 0
    for number, path in enumerate(paths):
        feed = taking.feed_of(practices[number % len(practices)].name)
        taken = crew.load_file(path, feed, is_checked=False).taken
        if taken is None:
            raise importing.wrong("A life was refused.")
        entries += taken.entries
    return time.perf_counter() - begun, entries


def _treat(practices: Sequence[Organization]) -> None:
    """Both treat everybody; nobody is told of it, so that what is run is what the import left."""
    with cursor() as opened:
        charts = [row[0] for row in opened.execute("SELECT chart_id FROM record_chart WHERE chart_id > 0").fetchall()]
    CareTeamMember.objects.bulk_create(
        CareTeamMember(chart_id=chart, organization=one, basis="encounter", from_at=clock.now())
        for chart in charts
        for one in practices
    )
    consent.rebuild_grants([ChartId(chart) for chart in charts], is_told=False)


def work_off() -> None:
    """Run every job that waits, on a thread of its own, as the worker does."""
    wiring.connect()

    def work() -> None:
        run_jobs(threading.Event(), wait=False)
        connections.close_all()

    working = threading.Thread(target=contextvars.copy_context().run, args=(work,))
    working.start()
    working.join()


def _lags(path: Path, count: int) -> list[float]:
    """Seconds from the commit of an order to its firing, with a worker beside; the first finds it at its start."""
    practices = _practices()
    _load([path], [practices[1]])
    _treat(practices)
    work_off()
    charts = [ChartId(one) for one in Watch.objects.values_list("chart_id", flat=True)]
    (patient,) = record.patients_of(charts).values()
    worker = subprocess.Popen([sys.executable, "-m", "hallway.app.cli", "worker"])
    try:
        return [_lag(str(patient), practices[1], number) for number in range(count + 1)][1:]
    finally:
        worker.terminate()
        worker.wait(30)


def _lag(patient: str, practice: Organization, number: int) -> float:
    fired = Firing.objects.filter(rule__in=("T1", "T2"))
    before = fired.count()
    body = msgspec.json.encode(_order(patient, number))
    consent.store([body], by=system("bench"), source=Source(OrganizationId(practice.id)))
    begun = time.perf_counter()
    while fired.count() == before:
        if time.perf_counter() - begun > 60:
            raise importing.wrong("An order has not fired.")
        time.sleep(0.01)
    return time.perf_counter() - begun


def _order(patient: str, number: int) -> dict[str, Any]:
    """Another psychotropic each time: each is a moment of its own."""
    drug = ("lithium", "quetiapine", "sertraline", "lorazepam", "bupropion", "venlafaxine", "clozapine", "trazodone")
    name = drug[number % len(drug)]
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "subject": {"reference": f"Patient/{patient}"},
        "medicationCodeableConcept": {"text": name},
        "authoredOn": clock.now().isoformat(),
        "dispenseRequest": {"validityPeriod": {"end": (clock.now() + timedelta(seconds=1)).isoformat()}},
    }


def _check(lives: int) -> str:
    """What was verified. Raises HallwayError when a chart was not looked at, or a job waits or failed."""
    with cursor() as opened:
        left = opened.execute("SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'").fetchone()
    watches = Watch.objects.count()
    if watches != len(SIDES) * lives or left is None or left[0]:
        raise importing.wrong("A chart was not looked at by both practices, or a job is left.")
    fired = Counter(Firing.objects.values_list("rule", flat=True))
    words = ", ".join(f"{rule} {count}" for rule, count in sorted(fired.items())) or "none"
    return f"{watches} looks, no job left; fired: {words}; {_compare()}"


def _compare() -> str:
    """Every moment that the lives ever held, old ones too, by the rules and by the witness's own scan of the record."""
    found: Counter[str] = Counter()
    now = clock.now()
    treating = list(Organization.objects.filter(fhir_id__startswith="bench-").order_by("id"))
    for practice in treating:
        by = principal.of_practice(OrganizationId(practice.id))
        team = tuple(moments.Treats(one.id, str(one.side)) for one in treating)
        for watch in Watch.objects.filter(organization_id=practice.id).order_by("chart_id"):
            chart_id = ChartId(watch.chart_id)
            chart = gathering.see(practice, by, chart_id, now).chart
            standing = {one for one in rules.evaluate(chart, now, ROWS).standing if one[0] in moments.COVERED}
            held = [_thing(one) for one in record.read_chart(gate.release(by, chart_id), route="bench")]
            scanned = moments.Record(
                [one for one in held if one],
                moments.Practice(practice.id, str(practice.side), team, gender=chart.gender),
                now,
            )
            wanted = {
                (rule, key)
                for rule, row in moments.COVERED.items()
                if practice.side in row.sides
                for key in moments.moments(rule, scanned)
            }
            if standing != wanted:
                raise importing.wrong("The rules and the witness differ.")
            found.update(rule for rule, _ in wanted)
    words = ", ".join(f"{rule} {count}" for rule, count in sorted(found.items()))
    return (
        f"{found.total()} moments of {len(moments.COVERED)} rules over whole lives equal a second computation: {words}"
    )


def _thing(one: Stored) -> moments.Thing | None:
    return moments.thing(msgspec.json.decode(one.json_bytes()), str(one.id), int(one.source_org), one.updated_at)
