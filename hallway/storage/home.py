"""Hallway's data folder: what lies in it, and the lock that only one Hallway at a time may hold.

``HALLWAY_HOME`` names it; ``~/.hallway`` otherwise. Secrets in it are readable by their owner alone.
"""

import errno
import fcntl
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from hallway.errors import HallwayError, Kind

LOCK_NAME = "hallway.lock"
SPACE_TO_START = 32 * 1024 * 1024
"""Bytes that must be free before a start: recovery writes before it frees."""
SPACE_TO_CREATE = 200 * 1024 * 1024
"""Bytes that must be free before a database is made: an empty one takes about 90 MB."""


def home() -> Path:
    """The data folder in force, absolute; it may not exist yet."""
    return Path(os.environ.get("HALLWAY_HOME") or "~/.hallway").expanduser().absolute()


def ensure(folder: Path) -> Path:
    """Make the folder where it is missing. Others may pass through it but not list it.

    Raises HallwayError H-STO-001 when it cannot be made or written.
    """
    try:
        folder.mkdir(mode=0o711, parents=True, exist_ok=True)
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise disk_full() from error
    raise HallwayError(
        Kind.UNAVAILABLE,
        "H-STO-001",
        what=f"The data folder {folder} cannot be written.",
        undone="Nothing was started.",
        to_do="Set HALLWAY_HOME to a folder that this user may write.",
    )


def disk_full() -> HallwayError:
    """The one sentence for a disk without room."""
    return HallwayError(
        Kind.UNAVAILABLE,
        "H-STO-002",
        what="The disk that holds the data folder is full.",
        undone="Nothing was written; what was committed before is safe.",
        to_do="Free some space and start again.",
    )


def require_space(folder: Path, wanted: int) -> None:
    """Refuse to go on (H-STO-002) when fewer than ``wanted`` bytes are free on the folder's disk."""
    if hasattr(os, "statvfs"):
        disk = os.statvfs(folder)
        if disk.f_bavail * disk.f_frsize < wanted:
            raise disk_full()


def write_secret(path: Path, text: str) -> None:
    """Replace a file whole, readable by its owner alone, and only after it is on the disk."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(path)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise (disk_full() if error.errno == errno.ENOSPC else error) from error


def read_record(path: Path) -> Mapping[str, str]:
    """The text values of a small JSON file; empty when the file is absent or is not ours."""
    try:
        read: object = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in read.items()} if isinstance(read, dict) else {}


def secret_key(folder: Path) -> str:
    """The key that signs cookies, made once and kept beside the database."""
    path = ensure(folder) / "secret.key"
    if not path.exists():
        write_secret(path, os.urandom(32).hex())
    return path.read_text().strip()


class HomeLock:
    """Held by the Hallway that runs on a folder, for as long as it lives: the kernel drops it with the process."""

    def __init__(self, folder: Path) -> None:
        """``folder`` must exist."""
        self.path = folder / LOCK_NAME
        self._handle: int | None = None

    def take(self) -> bool:
        """True when the lock is now ours; False when another process has it."""
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        os.ftruncate(handle, 0)
        os.write(handle, f"{os.getpid()}\n".encode())
        self._handle = handle
        return True

    def holder(self) -> str:
        """The process id that the holder wrote, or "?"."""
        try:
            return self.path.read_text().strip() or "?"
        except OSError:
            return "?"

    def release(self) -> None:
        """Let another process have it. Safe to call twice."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def already_running(lock: HomeLock) -> HallwayError:
    """The sentence for a second start on one folder."""
    return HallwayError(
        Kind.CONFLICT,
        "H-STO-003",
        what=f"Another Hallway (process {lock.holder()}) is running on the data folder {lock.path.parent}.",
        undone="Nothing was started and nothing was touched.",
        to_do="Use that one, stop it first, or set HALLWAY_HOME to another folder.",
    )
