"""The embedded PostgreSQL: started on loopback with passwords, watched, restarted, and stopped with its parent.

``EmbeddedServer`` is held by the process that serves; ``session`` is for a command that only needs the database for a
while and joins a server that runs already.
"""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from hallway.errors import HallwayError, Kind
from hallway.storage import cluster, home, processes
from hallway.storage.cluster import ADMIN, DATABASE, OWNER, Cluster

LOOPBACK = "127.0.0.1"
_POLL_SECONDS = 0.05
_RETRY_SECONDS = 0.3
_LOG_LIMIT = 8 * 1024 * 1024

# Given on the command line, where neither the folder's own files nor ALTER SYSTEM can override them.
_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "data_sync_retry": "off",
    # No statement, no row and no value of one reaches the log: they are patients' words.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "wal_compression": "on",
    "jit": "off",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
}


def start_limit() -> float:
    """Seconds a start may take; recovery of a long log after a crash is slow. ``HALLWAY_DATABASE_START_SECONDS``."""
    return float(os.environ.get("HALLWAY_DATABASE_START_SECONDS") or 300)


def free_port() -> int:
    """A loopback port that nobody has now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _wanted_port() -> int:
    """The port named by ``HALLWAY_DATABASE_PORT``, which must be free, or any free one."""
    named = os.environ.get("HALLWAY_DATABASE_PORT")
    if not named:
        return free_port()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, int(named)))
        except (OSError, ValueError, OverflowError) as error:
            raise HallwayError(
                Kind.UNAVAILABLE,
                "H-STO-040",
                what="The port named by HALLWAY_DATABASE_PORT is taken or is no port.",
                undone="Nothing was started.",
                to_do="Free it, name another, or unset it: Hallway then takes a free one.",
            ) from error
    return int(named)


class EmbeddedServer:
    """One running server on one data folder. Make it and use it on the main thread (see ``processes.spawn``)."""

    def __init__(self, base: Path) -> None:
        """``base`` is the data folder; nothing is touched yet."""
        self.base = base
        self.port = 0
        self.lock: home.HomeLock | None = None
        self.process: subprocess.Popen[bytes] | None = None
        self._cluster: Cluster | None = None

    @property
    def log_path(self) -> Path:
        """Where the server's own log goes: starts, stops and faults, never a statement or a value."""
        return self.base / "postgresql.log"

    @property
    def cluster(self) -> Cluster:
        """The prepared cluster; only after ``start``."""
        if self._cluster is None:
            raise RuntimeError("The embedded server was not started. Nothing was done. Call start() first.")
        return self._cluster

    @property
    def account_name(self) -> str:
        """The account the database runs under when it is not our own, else an empty string."""
        return self.cluster.account.name if self.cluster.account else ""

    @property
    def url(self) -> str:
        """The owner's address: migrations use it as it is, the application takes its own role on top."""
        return self._address(OWNER, self.cluster.owner_password, DATABASE)

    def _address(self, user: str, password: str, database: str) -> str:
        return f"postgresql://{user}:{quote(password)}@{LOOPBACK}:{self.port}/{database}"

    def start(self) -> str:
        """Take the folder, start, wait until it answers, and return the address.

        Raises HallwayError: H-STO-003 when another Hallway has the folder, those of ``cluster.prepare``, 040 port
        taken, 041 when the server does not come up. Nothing runs and the lock is free after any of them.
        """
        lock = home.HomeLock(home.ensure(self.base))
        if not lock.take():
            raise home.already_running(lock)
        self.lock = lock
        try:
            self._cluster = cluster.prepare(self.base)
            self.port = _wanted_port()
            self._clear_remains()
            self.revive()
            self._make_owner()
            home.write_secret(self.base / "database.port", f"{self.port}\n")
        except BaseException:
            self.stop()
            raise
        return self.url

    def _clear_remains(self) -> None:
        """Wait for a server that an earlier Hallway left, end it if it stays, and drop its lock file if it is dead."""
        folder = self.cluster.folder
        for how, seconds in ((signal.SIGINT, 20.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            left = processes.living_in(folder)
            if not left:
                break
            for pid in left:
                _signal(pid, how)
            processes.wait_until(lambda: not processes.living_in(folder), seconds)
        lock_file = folder / "postmaster.pid"
        try:
            pid = int(lock_file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return
        # A zombie that nobody reaps would make PostgreSQL refuse for ever.
        if not processes.is_alive(pid) and not processes.living_in(folder):
            lock_file.unlink(missing_ok=True)

    def revive(self) -> None:
        """Start the server process until it answers; used at start and after it died.

        Raises HallwayError H-STO-002 or 041 when it does not within ``start_limit()`` seconds.
        """
        self._rotate_log()
        end = time.monotonic() + start_limit()
        while True:
            self._launch()
            if self._answers(end):
                return
            if time.monotonic() > end or self._disk_is_full():
                raise self._did_not_start()
            self._reap()
            self._clear_remains()
            time.sleep(_RETRY_SECONDS)

    def _launch(self) -> None:
        ready = self.cluster
        settings = [f"--{name}={value}" for name, value in (_SETTINGS | {"port": str(self.port)}).items()]
        with self.log_path.open("ab") as log:
            self.process = processes.spawn(
                [ready.programs.path("postgres"), "-D", str(ready.folder), *settings],
                account=ready.account,
                stop=signal.SIGINT,
                environment=ready.programs.environment(),
                log=log,
            )

    def _answers(self, end: float) -> bool:
        """True once the server takes a connection; False when its process ended or time is up."""
        while self.process is not None and self.process.poll() is None and time.monotonic() < end:
            try:
                with psycopg.connect(self._admin_url(), connect_timeout=5, autocommit=True) as connection:
                    connection.execute("SELECT 1")
                return True
            except psycopg.OperationalError:
                time.sleep(_POLL_SECONDS)
        return False

    def _admin_url(self) -> str:
        return self._address(ADMIN, self.cluster.admin_password, "postgres")

    def _make_owner(self) -> None:
        """Make the owner's role and database where they are missing. The owner is no superuser."""
        with psycopg.connect(self._admin_url(), autocommit=True) as connection:
            if connection.execute("SHOW listen_addresses").fetchone() != (LOOPBACK,):
                raise self._did_not_start()
            known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OWNER]).fetchone()
            verb = sql.SQL("ALTER" if known else "CREATE")
            connection.execute(
                sql.SQL("{} ROLE {} LOGIN CREATEROLE CREATEDB NOSUPERUSER PASSWORD {}").format(
                    verb, sql.Identifier(OWNER), sql.Literal(self.cluster.owner_password)
                )
            )
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(
                    sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER))
                )

    def _reap(self) -> None:
        if self.process is not None and self.process.poll() is None:
            processes.stop_child(self.process, signal.SIGINT, 30)

    def is_running(self) -> bool:
        """Does the server process run?"""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Stop cleanly (fast shutdown), by force after a minute, and give the folder free. Safe to call twice."""
        if self.process is not None:
            processes.stop_child(self.process, signal.SIGINT, 60)
            self.process = None
        if self.lock is not None:
            # Only whoever holds the folder may say that nobody serves it any more.
            (self.base / "database.port").unlink(missing_ok=True)
            self.lock.release()
            self.lock = None

    def _rotate_log(self) -> None:
        if self.log_path.exists() and self.log_path.stat().st_size > _LOG_LIMIT:
            self.log_path.replace(self.log_path.with_suffix(".log.1"))

    def _log_tail(self) -> str:
        try:
            return self.log_path.read_bytes()[-2000:].decode(errors="replace")
        except OSError:
            return ""

    def _disk_is_full(self) -> bool:
        return "No space left on device" in self._log_tail() and shutil.disk_usage(self.cluster.folder).free < (
            home.SPACE_TO_START
        )

    def _did_not_start(self) -> HallwayError:
        if self._disk_is_full():
            return home.disk_full()
        return HallwayError(
            Kind.UNAVAILABLE,
            "H-STO-041",
            what="The embedded database did not start.",
            undone="Its folder was left as it is.",
            to_do=f"Read the end of {self.log_path}; HALLWAY_DATABASE_START_SECONDS gives it more time.",
        )


def _signal(pid: int, how: signal.Signals) -> None:
    try:
        os.kill(pid, how)
    except (ProcessLookupError, PermissionError):
        return


def _join(base: Path) -> str:
    """The address of the server that another process keeps on this folder."""
    record = home.read_record(base / "database.json")

    def port() -> str:
        try:
            return (base / "database.port").read_text().strip()
        except OSError:
            return ""

    if not processes.wait_until(lambda: bool(port()), 60, 0.1) or "owner_password" not in record:
        raise home.already_running(home.HomeLock(base))
    return f"postgresql://{OWNER}:{quote(record['owner_password'])}@{LOOPBACK}:{port()}/{DATABASE}"


@contextmanager
def session() -> Generator[str]:
    """The database in force for one command, with ``HALLWAY_DATABASE_URL`` and ``HALLWAY_SECRET_KEY`` set.

    A URL that is set already wins. Else the embedded server of the data folder: joined if another Hallway runs it,
    started for this command and stopped after it if not.
    """
    base = home.home()
    if not os.environ.get("HALLWAY_SECRET_KEY"):
        os.environ["HALLWAY_SECRET_KEY"] = home.secret_key(base)
    if os.environ.get("HALLWAY_DATABASE_URL"):
        yield os.environ["HALLWAY_DATABASE_URL"]
        return
    server = EmbeddedServer(base)
    url = _start_or_join(server)
    os.environ["HALLWAY_DATABASE_URL"] = url
    try:
        yield url
    finally:
        del os.environ["HALLWAY_DATABASE_URL"]
        server.stop()


def _start_or_join(server: EmbeddedServer) -> str:
    try:
        return server.start()
    except HallwayError as error:
        if error.code != "H-STO-003":
            raise
        return _join(server.base)
