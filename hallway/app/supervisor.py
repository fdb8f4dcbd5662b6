"""Keeps the parts of a running Hallway alive: database, web, worker. One process, one thread, nothing clever.

A part that dies is started again; SIGTERM or Ctrl-C stops all of them, the database last; when this process itself is
killed the kernel stops the parts (see ``storage.processes``).
"""

import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

from hallway.errors import HallwayError
from hallway.storage import processes
from hallway.storage.embedded import EmbeddedServer

_log = logging.getLogger("hallway.supervisor")
_LOOK_SECONDS = 0.2
_SOON_SECONDS = 3.0
_LONGEST_PAUSE_SECONDS = 15.0
# Warnings of libraries are not lines of JSON, and they are for those who test, not for those who run.
_FOR_PARTS = {"HALLWAY_SUPERVISED": "1", "PYTHONWARNINGS": "ignore"}


class Stop(BaseException):
    """Somebody asked us to stop."""


def stop_on_signals() -> None:
    """Turn the first SIGTERM, SIGINT or SIGHUP into ``Stop``; later ones are ignored, we are stopping already."""
    signals = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def heard(number: int, frame: FrameType | None) -> None:
        for each in signals:
            signal.signal(each, signal.SIG_IGN)
        raise Stop

    for each in signals:
        signal.signal(each, heard)


class Part:
    """One child that must always run. ``command`` starts it; the pause between starts grows while it dies young."""

    def __init__(self, name: str, command: list[str]) -> None:
        """Nothing is started yet."""
        self.name = name
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = 0.0

    def look(self, environment: Mapping[str, str], log: Path) -> None:
        """Start it when it does not run, and its pause is over."""
        if self.process is not None and self.process.poll() is None:
            return
        if self.process is not None:
            _log.error("a part ended and is started again", extra={"fields": {"part": self.name}})
            young = time.monotonic() - self._started < _SOON_SECONDS
            self._pause = min(_LONGEST_PAUSE_SECONDS, self._pause * 2 or 0.5) if young else 0.0
            self.process = None
        if time.monotonic() - self._started < self._pause:
            return
        self._started = time.monotonic()
        with log.open("ab") as stream:
            self.process = processes.spawn(
                self.command, account=None, stop=signal.SIGKILL, environment=environment, log=stream.fileno()
            )

    def stop(self) -> None:
        """Ask it to end; kill it after ten seconds."""
        if self.process is not None:
            processes.stop_child(self.process, signal.SIGTERM, 10)
            self.process = None


class Supervisor:
    """Holds the parts and the embedded server, when there is one."""

    def __init__(self, base: Path, server: EmbeddedServer | None, parts: list[Part]) -> None:
        """``base`` is the data folder, where the log goes."""
        self.server = server
        self.parts = parts
        self.log = base / "hallway.log"
        self._database_due = 0.0

    def run(self, on_look: Callable[[], None]) -> None:
        """Look after everything until ``Stop`` is raised; ``on_look`` is called each time round."""
        while True:
            self._look_after_database()
            for part in self.parts:
                part.look(os.environ | _FOR_PARTS, self.log)
            on_look()
            time.sleep(_LOOK_SECONDS)

    def _look_after_database(self) -> None:
        if self.server is None or self.server.is_running() or time.monotonic() < self._database_due:
            return
        _log.error("the database ended and is started again")
        try:
            self.server.revive()
            _log.warning("the database answers again")
        except HallwayError as error:
            # Full disk, most likely: keep what there is, say so, try again.
            _log.exception("the database does not start")
            sys.stderr.write(f"hallway: {error}\n")
            self._database_due = time.monotonic() + 10

    def stop(self) -> None:
        """Stop the parts, then leave the database to its owner."""
        for part in self.parts:
            part.stop()
