"""What ``serve`` and ``demo`` share: checks before the start, the parts, and the wait until the pages answer."""

import hashlib
import http.client
import importlib.metadata
import ipaddress
import logging.config
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from hallway.app import logs
from hallway.app.supervisor import Part, Stop, Supervisor, stop_on_signals
from hallway.errors import HallwayError, Kind
from hallway.storage import home, processes
from hallway.storage.embedded import LOOPBACK, EmbeddedServer, free_port

_LOG_LIMIT = 8 * 1024 * 1024
_THREADS = 4
_AFTER_UNCLEAN_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where the pages will be. Loopback only: the wheel's database has no TLS and neither has this server."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """As a person types it."""
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}/"


def checked_address(host: str, port: int) -> Address:
    """The address, once it is known to be loopback and free.

    Raises HallwayError H-APP-001 for another host, H-APP-002 for a taken port.
    """
    try:
        is_loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_loopback = False
    if not is_loopback:
        raise HallwayError(
            Kind.INCORRECT,
            "H-APP-001",
            what="Hallway answers on this machine only, and that host is not this machine.",
            undone="Nothing was started.",
            to_do="Use 127.0.0.1 and put a server with TLS in front of it.",
        )
    # After an unclean end the former web server may still be closing the port.
    patience = _AFTER_UNCLEAN_SECONDS if (home.home() / "database.port").exists() else 0.0
    if not processes.wait_until(lambda: _is_free(host, port), patience):
        raise HallwayError(
            Kind.CONFLICT,
            "H-APP-002",
            what=f"Port {port} on {host} is taken, or is not a port that may be used.",
            undone="Nothing was started.",
            to_do="Stop what uses it, or give another with --port (make demo PORT=8001).",
        )
    return Address(host, port)


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        # The web server shares its port between workers, so it would not notice a neighbour: we do.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError):
            return False
    return True


@contextmanager
def database(base: Path, tell: Callable[[str], None]) -> Generator[EmbeddedServer | None]:
    """The database for as long as we serve: None when ``HALLWAY_DATABASE_URL`` names a server of the operator's."""
    if not os.environ.get("HALLWAY_SECRET_KEY"):
        os.environ["HALLWAY_SECRET_KEY"] = home.secret_key(base)
    if os.environ.get("HALLWAY_DATABASE_URL"):
        yield None
        return
    server = EmbeddedServer(base)
    os.environ["HALLWAY_DATABASE_URL"] = server.start()
    if server.account_name:
        tell(f"Started as root: the database runs as the unprivileged user {server.account_name}.")
    try:
        yield server
    finally:
        os.environ.pop("HALLWAY_DATABASE_URL", None)
        server.stop()


def run_verb(*words: str) -> None:
    """Run another verb to its end in a process of its own, so that this one stays small and single-threaded.

    Raises HallwayError H-APP-003 when it failed; it has said why itself.
    """
    done = subprocess.run([sys.executable, "-m", "hallway.app.cli", *words], check=False)  # noqa: S603 - our own
    if done.returncode:
        raise HallwayError(
            Kind.FAULT,
            "H-APP-003",
            what=f"The step '{words[0]}' before the start failed.",
            undone="The pages were not started.",
            to_do="Its reason stands above.",
        )


def bring_up_to_date(base: Path) -> None:
    """Migrate the database in force, unless the same files were applied to the same database before.

    A second process that loads everything to find nothing to do would cost half of a start.
    """
    stamp = base / "schema.stamp"
    state = _schema_state()
    if state and stamp.exists() and stamp.read_text() == state:
        return
    run_verb("migrate")
    stamp.write_text(_schema_state())


def _schema_state() -> str:
    """Which migrations this program has and which the database has had; empty for an empty database."""
    package = Path(__file__).resolve().parents[1]
    seen = hashlib.sha256()
    for path in sorted(package.glob("*/migrations/*.py")):
        seen.update(path.name.encode() + path.read_bytes())
    for name in ("django", "procrastinate"):
        seen.update(importlib.metadata.version(name).encode())
    try:
        with psycopg.connect(os.environ["HALLWAY_DATABASE_URL"]) as connection:
            row = connection.execute("SELECT count(*), max(id), max(applied) FROM django_migrations").fetchone()
    except psycopg.Error:
        return ""
    return f"{seen.hexdigest()} {row}"


def _socket_port() -> int:
    """The loopback port of subscribers' websockets: the one that is named, which must be free, or any free one.

    Raises HallwayError H-APP-004.
    """
    named = os.environ.get("HALLWAY_SOCKET_PORT", "")
    if not named:
        return free_port()
    if not (named.isdecimal() and int(named) and _is_free(LOOPBACK, int(named))):
        raise HallwayError(
            Kind.UNAVAILABLE,
            "H-APP-004",
            what="The port named by HALLWAY_SOCKET_PORT is taken or is no port.",
            undone="Nothing was started.",
            to_do="Free it, name another, or unset it: Hallway then takes a free one.",
        )
    return int(named)


def _parts(address: Address) -> list[Part]:
    web = [
        *(sys.executable, "-m", "granian", "hallway.app.wsgi:application", "--interface", "wsgi"),
        *("--host", address.host, "--port", str(address.port), "--workers", "2", "--no-ws", "--http", "1"),
        *("--blocking-threads", str(_THREADS), "--blocking-threads-idle-timeout", "600"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "3", "--no-log"),
    ]
    ours = (sys.executable, "-m", "hallway.app.cli")
    # The pages tell subscribers where it is.
    port = os.environ["HALLWAY_SOCKET_PORT"] = str(_socket_port())
    sockets = [*ours, "sockets", "--host", address.host, "--port", port]
    return [Part("web", web), Part("worker", [*ours, "worker"]), Part("sockets", sockets)]


def is_ready(address: Address) -> bool:
    """Does ``/healthz`` say 200?"""
    connection = http.client.HTTPConnection(address.host, address.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def serve_until_stopped(
    base: Path, server: EmbeddedServer | None, address: Address, welcome: Callable[[], None]
) -> None:
    """Start the parts, call ``welcome`` once the pages answer, and look after everything until told to stop."""
    logging.config.dictConfig(logs.CONFIG)
    log = base / "hallway.log"
    if log.exists() and log.stat().st_size > _LOG_LIMIT:
        shutil.move(log, log.with_suffix(".log.1"))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _counts(base)
    waiting = [welcome]

    def look() -> None:
        if waiting and is_ready(address):
            waiting.pop()()

    supervisor = Supervisor(base, server, _parts(address))
    stop_on_signals()
    try:
        supervisor.run(look)
    except Stop:
        pass
    finally:
        supervisor.stop()


def _counts(base: Path) -> str:
    """An empty folder in which the web processes keep their counts together: each start counts from nothing."""
    folder = base / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    return str(folder)


def ready_base() -> Path:
    """The data folder, made, with the children's modules on their path."""
    package = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH", "")
    if package not in known.split(os.pathsep):
        os.environ["PYTHONPATH"] = os.pathsep.join(part for part in (package, known) if part)
    os.environ["DJANGO_SETTINGS_MODULE"] = "hallway.app.settings"
    base = home.ensure(home.home())
    os.environ["HALLWAY_HOME"] = str(base)
    return base
