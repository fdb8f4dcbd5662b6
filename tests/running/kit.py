"""A whole Hallway under test: `hallway serve` as a process, on a data folder of its own."""

import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from hallway.storage import home, processes
from tests.cluster import free_port

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 180.0
METRICS_TOKEN = "of-the-tests"


class Running:
    """One `hallway serve` on a data folder of its own."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("HALLWAY_")}
        ours = {"HALLWAY_HOME": str(self.base), "PYTHONPATH": str(ROOT), "HALLWAY_METRICS_TOKEN": METRICS_TOKEN}
        return kept | ours

    def start(self, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hallway.app.cli", "serve", "--port", str(self.port), *words],
            env=self.environment(),
            cwd="/",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        if not processes.wait_until(lambda: self.is_ready() or self.has_ended(), PATIENCE, 0.1) or self.has_ended():
            raise AssertionError(f"it never became ready: {self.stop()}")

    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None

    def get(self, path: str) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=3)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def figures(self) -> str:
        """What ``/metrics`` says to the operator."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {METRICS_TOKEN}"})
            return connection.getresponse().read().decode()
        finally:
            connection.close()

    def is_ready(self) -> bool:
        return self.get("/healthz") == 200

    def is_whole(self) -> bool:
        """Ready, and the database takes new guests: what a dead one still serves for a moment is not enough."""
        try:
            psycopg.connect(self.url(), connect_timeout=3).close()
        except psycopg.Error:
            return False
        return self.is_ready()

    @property
    def pid(self) -> int:
        return int((self.base / "hallway.lock").read_text())

    def children(self, mark: str) -> list[int]:
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                parent = int(stat.read_text().rpartition(")")[2].split()[1])
                words = (stat.parent / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if parent == self.pid and mark in words:
                found.append(int(stat.parent.name))
        return found

    def everything(self) -> list[int]:
        """Every living process that has this data folder in its environment or its command."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                told = (folder / "environ").read_bytes() + (folder / "cmdline").read_bytes()
            except OSError:
                continue
            ours = str(self.base).encode() in told and int(folder.name) != os.getpid()
            if ours and processes.is_alive(int(folder.name)):
                found.append(int(folder.name))
        return found

    def stop(self) -> str:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        said, _ = self.process.communicate(timeout=PATIENCE)
        return said.decode()

    def cli(self, *words: str) -> subprocess.Popen[str]:
        """Another verb beside the running server."""
        return subprocess.Popen(
            [sys.executable, "-m", "hallway.app.cli", *words],
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def url(self) -> str:
        """The owner's address of the running database."""
        record = home.read_record(self.base / "database.json")
        port = (self.base / "database.port").read_text().strip()
        return f"postgresql://hallway:{record['owner_password']}@127.0.0.1:{port}/hallway"


@contextmanager
def running_hallway() -> Iterator[Running]:
    """A Hallway, not started yet, that is stopped and taken away at the end."""
    outer = Path(tempfile.mkdtemp(prefix="hallway-serve-"))
    outer.chmod(0o711)
    it = Running(outer / "home")
    try:
        yield it
    finally:
        if it.process is not None and it.process.poll() is None:
            it.stop()
        shutil.rmtree(outer)
