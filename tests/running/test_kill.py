"""kill -9 at random moments of a load and of a walk: every Bundle wholly in or out, no step half-done, ledger whole.

A few rounds run always; HALLWAY_KILL_ROUNDS=50 asks for as many as a release wants.
"""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from random import Random

import psycopg
import pytest

from hallway.referral.states import State
from hallway.referral.tables.owed import OWED
from tests.running.kit import PATIENCE, ROOT, Running, running_hallway

pytestmark = pytest.mark.slow
ROUNDS = int(os.environ.get("HALLWAY_KILL_ROUNDS", "3"))
SEED = int(os.environ.get("HALLWAY_KILL_SEED", "20260"))
BUNDLES = 12
OBSERVATIONS = 60


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with running_hallway() as it:
        it.start()
        yield it


def write_bundles(folder: Path, round_: int) -> list[str]:
    """Small transaction Bundles, each a patient of its own whose record number names the Bundle."""
    folder.mkdir()
    numbers = []
    for n in range(BUNDLES):
        number = f"KILL-{round_}-{n}"
        patient = str(uuid.uuid5(uuid.NAMESPACE_OID, number))
        patient_entry = {
            "resourceType": "Patient",
            "identifier": [{"system": "urn:kill", "type": {"coding": [{"code": "MR"}]}, "value": number}],
            "name": [{"family": "Invented", "given": [number]}],
            "birthDate": "1980-01-01",
        }
        entries = [entry(patient, patient_entry)]
        for k in range(OBSERVATIONS):
            observation = {
                "resourceType": "Observation",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
                "subject": {"reference": f"urn:uuid:{patient}"},
                "effectiveDateTime": "2026-01-02T10:00:00Z",
                "valueQuantity": {"value": 60 + k, "unit": "kg"},
            }
            entries.append(entry(str(uuid.uuid5(uuid.NAMESPACE_OID, f"{number}/{k}")), observation))
        bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
        (folder / f"{number}.json").write_text(json.dumps(bundle))
        numbers.append(number)
    return numbers


def entry(own: str, resource: dict[str, object]) -> dict[str, object]:
    request = {"method": "POST", "url": resource["resourceType"]}
    return {"fullUrl": f"urn:uuid:{own}", "resource": resource, "request": request}


def kill_supervisor(running: Running, worker: "subprocess.Popen[str]", *, is_load: bool) -> None:
    assert running.process is not None
    running.process.kill()
    running.process.wait()
    # A load that only now looks for the database brings one up itself, and keeps the folder until it is done.
    if is_load:
        worker.communicate(timeout=PATIENCE)
    else:
        worker.kill()
    running.start()


def kill_something(running: Running, random: Random, worker: "subprocess.Popen[str]", *, is_load: bool) -> str:
    """Kill one of the processes that take part, and have Hallway whole again."""
    victim = random.choice(["database", "worker", "web", "supervisor", "database and worker"])
    if "database" in victim:
        for pid in running.children("postgres -D"):
            os.kill(pid, signal.SIGKILL)
    if "worker" in victim:
        worker.kill()
    if victim == "web":
        for pid in running.children("granian"):
            os.kill(pid, signal.SIGKILL)
    if victim == "supervisor":
        kill_supervisor(running, worker, is_load=is_load)
    until = time.monotonic() + PATIENCE
    while not running.is_whole():
        assert time.monotonic() < until, f"not ready again after the death of {victim}"
        time.sleep(0.1)
    return victim


ROWS_OF_BUNDLE = """
SELECT (SELECT count(*) FROM record_resource r WHERE r.chart_id = h.chart_id),
       (SELECT count(*) FROM record_token t WHERE t.chart_id = h.chart_id),
       (SELECT count(*) FROM record_id i WHERE i.chart_id = h.chart_id),
       (SELECT count(*) FROM record_origin o WHERE o.chart_id = h.chart_id),
       (SELECT count(*) FROM ledger_answer a WHERE h.chart_id = ANY (a.charts)),
       (SELECT count(*) FROM consent_grant g WHERE g.chart_id = h.chart_id)
FROM record_header h WHERE h.given = %s
"""
WITHOUT_HEADER = """
SELECT count(*) FROM record_chart c WHERE chart_id <> 0
AND NOT EXISTS (SELECT FROM record_header h WHERE h.chart_id = c.chart_id)
"""


def wholly_in_or_out(url: str, number: str) -> bool:
    """True when the Bundle is in, False when it is out; fails on anything between."""
    with psycopg.connect(url) as connection:
        found = connection.execute(ROWS_OF_BUNDLE, [number]).fetchall()
        assert connection.execute(WITHOUT_HEADER).fetchone() == (0,), "a chart without its patient"
    if not found:
        return False
    assert len(found) == 1, f"{number} stands twice"
    resources, tokens, ids, origins, lines, _ = found[0]
    whole = OBSERVATIONS + 1
    assert (resources, tokens, ids, origins) == (whole, whole, whole, whole), number
    assert lines >= 1, f"{number} was written without a line"
    return True


def verify_ledger(running: Running) -> None:
    done = running.cli("ledger", "verify", "--json")
    said, _ = done.communicate(timeout=PATIENCE)
    assert done.returncode == 0, said


def test_a_load_killed_at_random_moments_leaves_every_bundle_wholly_in_or_out(running: Running, tmp_path: Path):
    random = Random(SEED)
    begun = time.monotonic()
    write_bundles(tmp_path / "warm", 10_000)
    warm = running.cli("load", str(tmp_path / "warm"), "--quiet")
    said, _ = warm.communicate(timeout=PATIENCE)
    assert warm.returncode == 0, said
    takes = time.monotonic() - begun
    seen = {True: 0, False: 0}
    everything: list[str] = []
    for round_ in range(ROUNDS):
        folder = tmp_path / str(round_)
        numbers = write_bundles(folder, round_)
        loader = running.cli("load", str(folder), "--quiet")
        time.sleep(random.uniform(takes * 0.3, takes))
        kill_something(running, random, loader, is_load=True)
        if loader.returncode is None:
            loader.communicate(timeout=PATIENCE)
        for number in numbers:
            seen[wholly_in_or_out(running.url(), number)] += 1
        everything += numbers
    again = running.cli("load", *(str(tmp_path / str(round_)) for round_ in range(ROUNDS)), "--quiet")
    said, _ = again.communicate(timeout=PATIENCE + 10 * ROUNDS)
    assert again.returncode == 0, said
    assert all(wholly_in_or_out(running.url(), number) for number in everything)
    verify_ledger(running)
    print(f"load: {ROUNDS} rounds, {seen[True]} Bundles in and {seen[False]} out at the kill, seed {SEED}")


STEPS = """
SELECT r.state, r.version, r.chart_id, array_agg(s.position ORDER BY s.position),
       (array_agg(s.to_state ORDER BY s.position))[r.version],
       (SELECT array_agg(l.kind::text) FROM loops_loop l WHERE l.referral_id = r.id AND l.closed_at IS NULL),
       (SELECT count(*) FROM record_resource p WHERE p.chart_id = r.chart_id AND p.kind = 'Provenance'),
       (SELECT count(*) FROM ledger_answer a WHERE a.charts = ARRAY[r.chart_id] AND a.act LIKE 'referral.%%')
FROM referral_referral r LEFT JOIN referral_referralstep s ON s.referral_id = r.id GROUP BY r.id
"""


def whole_steps(url: str) -> int:
    """Every referral's row, history, clocks, resources and lines agree; how many steps that were."""
    with psycopg.connect(url) as connection:
        found = connection.execute(STEPS).fetchall()
    for state, version, chart_id, positions, last, running_kinds, provenances, lines in found:
        where = f"referral of chart {chart_id} in state {state}"
        assert positions == list(range(1, version + 1)), where
        assert last == state, where
        owed = {str(duty.kind) for duty in OWED[State(state)]}
        assert owed <= set(running_kinds or []), f"{where} owes {owed}, runs {running_kinds}"
        assert provenances == version, f"{where}: {version} steps, {provenances} Provenance resources"
        assert lines == version, f"{where}: {version} steps, {lines} lines"
    return sum(version for _, version, *_ in found)


def test_a_walk_killed_at_random_moments_leaves_no_step_half_done(running: Running):
    random = Random(SEED + 1)
    steps = 0
    for _ in range(ROUNDS):
        environment = running.environment() | {
            "HALLWAY_DATABASE_URL": running.url(),
            "HALLWAY_SECRET_KEY": "only-for-this-test",
            "DJANGO_SETTINGS_MODULE": "hallway.app.settings",
        }
        walker = subprocess.Popen(
            [sys.executable, "-m", "tests.running.walker"],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert walker.stdout is not None
        assert walker.stdout.readline() == "sent\n", "the walker did not set out"
        time.sleep(random.uniform(0.05, 1.5))
        kill_something(running, random, walker, is_load=False)
        walker.kill()
        walker.communicate(timeout=PATIENCE)
        steps = whole_steps(running.url())
    assert steps > ROUNDS
    verify_ledger(running)
    print(f"walk: {ROUNDS} rounds, {steps} steps whole, seed {SEED + 1}")
