"""A throw-away PostgreSQL for a proof: in memory where the machine has room, without fsync, gone afterwards.

A proof makes and drops thousands of databases whose content is invented. On a server that keeps its word to a disk
most of the time would go into promises that nobody needs.
"""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from hallway.storage import processes, programs
from hallway.storage.embedded import LOOPBACK, free_port

_MEMORY = Path("/dev/shm")  # noqa: S108 - not a place for a file of ours but a disk made of memory
_ROOM = 2 * 1024**3
"""Bytes that must be free in memory before the databases go there."""
_OWNER = "hallway"
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "512MB",
    "shared_buffers": "256MB",
    # The drill of a revocation asks when a commit happened.
    "track_commit_timestamp": "on",
    "max_connections": "200",
    "jit": "off",
    # A statement is seldom sent five times to one of these databases: planning it anew each time costs more.
    "plan_cache_mode": "force_generic_plan",
    "max_parallel_workers_per_gather": "0",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
    "timezone": "UTC",
}


@contextmanager
def running() -> Generator[str]:
    """The address of a server of our own, set as the one in force; it is stopped and wiped at the end.

    Raises HallwayError H-STO-010 or 011 when there are no programs to run, 020 when there is no account to run them.
    """
    account = processes.account_for_database()
    folder = Path(tempfile.mkdtemp(prefix="hallway-prove-", dir=_place()))
    folder.chmod(0o711)
    try:
        found = programs.reachable(programs.find(), account, _copies(folder))
        with _started(folder, found, account) as url:
            before = os.environ.get("HALLWAY_DATABASE_URL")
            os.environ["HALLWAY_DATABASE_URL"] = url
            try:
                yield url
            finally:
                os.environ.pop("HALLWAY_DATABASE_URL")
                if before is not None:
                    os.environ["HALLWAY_DATABASE_URL"] = before
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place() -> str | None:
    """The folder above: memory when there is enough of it, else wherever temporary files go."""
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
        return str(_MEMORY)
    return None


def _copies(folder: Path) -> Path:
    copies = folder / "programs"
    copies.mkdir(mode=0o755)
    return copies


@contextmanager
def _started(folder: Path, found: programs.Programs, account: processes.Account | None) -> Generator[str]:
    place, password, port = folder / "database", secrets.token_urlsafe(18), free_port()
    place.mkdir(mode=0o700)
    told = folder / "password"
    told.touch(mode=0o600)
    told.write_text(password)
    if account is not None:
        for one in (place, told):
            os.chown(one, account.uid, account.gid)
    command = [found.path("initdb"), "-D", str(place), "-U", _OWNER, "--pwfile", str(told), "-N"]
    settings = ["--auth=scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8"]
    processes.run_as(account, [*command, *settings], found.environment())
    given = [f"--{name}={value}" for name, value in (_SETTINGS | {"port": str(port)}).items()]
    child = processes.spawn(
        [found.path("postgres"), "-D", str(place), *given],
        account=account,
        stop=signal.SIGQUIT,
        environment=found.environment(),
        log=subprocess.DEVNULL,
    )
    url = f"postgresql://{_OWNER}:{password}@{LOOPBACK}:{port}/postgres"
    try:
        if not processes.wait_until(lambda: _answers(url), 60, 0.1):
            raise OSError("The throw-away database did not start. Nothing was proven. Look at the machine's memory.")
        yield url
    finally:
        processes.stop_child(child, signal.SIGQUIT, 20)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
