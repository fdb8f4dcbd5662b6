"""A running Hallway: ready, refused where it must be, alive after any part is killed, gone when it is told to go."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from hallway.storage import processes
from tests.running.kit import PATIENCE, Running, running_hallway


@pytest.fixture
def running() -> Iterator[Running]:
    with running_hallway() as it:
        yield it


def eventually(holds: Callable[[], bool]) -> bool:
    return processes.wait_until(holds, PATIENCE, 0.1)


def test_it_serves_heals_and_leaves_nothing_behind(running: Running):
    running.start()
    for mark in ("postgres -D", "granian", "cli worker", "cli sockets"):
        (victim,) = running.children(mark)
        os.kill(victim, signal.SIGKILL)
        assert eventually(lambda mark=mark, victim=victim: running.children(mark) not in ([], [victim])), mark
        assert eventually(running.is_ready), f"not ready again after the death of {mark}"
    said = running.stop()
    assert running.process is not None
    assert running.process.returncode == 0
    assert "Ready at http://127.0.0.1" in said
    assert "Stopped." in said
    assert eventually(lambda: running.everything() == [])


def test_nothing_lives_on_when_it_is_killed_and_the_next_start_succeeds(running: Running):
    running.start()
    assert running.process is not None
    running.process.kill()
    running.process.wait()
    assert eventually(lambda: running.everything() == [])
    running.start()
    assert running.get("/healthz") == 200


def test_its_log_is_one_json_object_a_line(running: Running):
    running.start()
    for _ in range(12):
        running.get("/no-such-page-Marisol")
    (victim,) = running.children("granian")
    os.kill(victim, signal.SIGKILL)
    assert eventually(lambda: running.children("granian") not in ([], [victim]))
    assert eventually(running.is_ready)
    figures = running.figures()
    assert 'hallway_requests_total{method="GET",route="nowhere",status="4xx"} 12.0' in figures, "of all its processes"
    assert "Marisol" not in figures
    running.stop()
    lines = (running.base / "hallway.log").read_text().splitlines()
    assert all("at" in json.loads(line) for line in lines)
    assert "Marisol" not in "".join(lines)


def test_the_demo_cannot_be_switched_on_by_the_environment(running: Running, monkeypatch: pytest.MonkeyPatch):
    switched_on = running.environment() | {"HALLWAY_DEMO": "1"}
    monkeypatch.setattr(Running, "environment", lambda _: switched_on)
    running.start()
    (web,) = running.children("granian")
    assert b"HALLWAY_DEMO" not in Path(f"/proc/{web}/environ").read_bytes()


def refusal(running: Running, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "hallway.app.cli", "serve", *words],
        env=running.environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not (running.base / "database").exists()
    return done.stderr


def test_a_taken_port_is_named_before_anything_is_started(running: Running):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "H-APP-002" in refusal(running, "--port", str(taken.getsockname()[1]))


def test_another_host_than_loopback_is_refused(running: Running):
    assert "H-APP-001" in refusal(running, "--host", "0.0.0.0")


def test_a_schema_of_a_newer_hallway_is_left_alone(running: Running):
    running.start()
    running.stop()
    running.start()
    with psycopg.connect(running.url(), autocommit=True) as connection:
        connection.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('loops', '9999_later', now())")
    running.stop()
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "hallway.app.cli", "serve", "--port", str(running.port)],
        env=running.environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert "H-STO-050" in done.stderr
    assert time.monotonic() - begun < PATIENCE
