"""Child processes that end with us, under an account that may do little, and what the kernel says about others.

A child is asked by the kernel itself to stop when its parent dies (Linux). Elsewhere the next start cleans up.
"""

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from hallway.errors import HallwayError, Kind

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class Account:
    """A system account to run a child under."""

    name: str
    uid: int
    gid: int


def account_for_database(owner_uid: int | None = None) -> Account | None:
    """Whom the database runs as: None for ourselves; under root its folder's owner, ``postgres`` or ``nobody``.

    PostgreSQL refuses root, rightly. ``HALLWAY_DATABASE_USER`` names another account.
    Raises HallwayError H-STO-020 when no such account exists.
    """
    if os.geteuid() != 0:
        return None
    named = os.environ.get("HALLWAY_DATABASE_USER")
    for name in (named,) if named else ("postgres", "nobody"):
        try:
            found = pwd.getpwuid(owner_uid) if owner_uid else pwd.getpwnam(name)
        except KeyError:
            continue
        if found.pw_uid:
            return Account(found.pw_name, found.pw_uid, found.pw_gid)
    raise HallwayError(
        Kind.UNAVAILABLE,
        "H-STO-020",
        what="Hallway was started as root, and there is no unprivileged account for the database.",
        undone="Nothing was started.",
        to_do="Set HALLWAY_DATABASE_USER to an account without rights, or start Hallway as an ordinary user.",
    )


def die_with_parent(stop: signal.Signals, parent: int) -> None:
    """Have the kernel send ``stop`` to this process when ``parent`` dies; end at once when it is dead already."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(stop))
    if os.getppid() != parent:
        os._exit(1)


def spawn(
    command: Sequence[str],
    *,
    account: Account | None,
    stop: signal.Signals,
    environment: Mapping[str, str],
    log: IO[bytes] | int | None = None,
) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own that gets ``stop`` when we die. Call it from the main thread.

    The kernel watches the thread that forked: a child of a short-lived thread would end with that thread.
    """
    parent = os.getpid()

    def settle() -> None:
        # After the change of account: that change clears the wish.
        die_with_parent(stop, parent)

    return subprocess.Popen(  # noqa: S603 - paths of ours
        list(command),
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        cwd="/",
        start_new_session=True,
        preexec_fn=settle,  # noqa: PLW1509 - one thread, and nothing else runs after the change of account
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def run_as(account: Account | None, command: Sequence[str], environment: Mapping[str, str], cwd: str = "/") -> str:
    """Run a program to its end and return what it said; subprocess.CalledProcessError when it failed."""
    return subprocess.run(  # noqa: S603 - paths of ours
        list(command),
        env=dict(environment),
        cwd=cwd,
        check=True,
        capture_output=True,
        text=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    ).stdout


def may_run(account: Account | None, program: str, environment: Mapping[str, str] | None = None) -> bool:
    """May this account run this program? Tried, not guessed from mode bits."""
    try:
        run_as(account, [program, "--version"], environment or {"LC_ALL": "C"})
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def may_pass(account: Account | None, folder: Path) -> bool:
    """May this account reach a folder? Tried, not guessed from mode bits."""
    try:
        run_as(account, ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)], {"LC_ALL": "C"})
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def is_alive(pid: int) -> bool:
    """Does this process run? A zombie that nobody has reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        if Path("/proc/self").exists():
            return False
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
    return state not in {"Z", "X"}


def living_in(folder: Path) -> list[int]:
    """Processes whose working folder is ``folder``: a server's, also those a dead postmaster left behind."""
    found: list[int] = []
    real = str(folder.resolve())
    for entry in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if os.readlink(entry) == real and is_alive(int(entry.parent.name)):
                found.append(int(entry.parent.name))
        except OSError:
            continue
    return found


def wait_until(done: Callable[[], bool], seconds: float, step: float = 0.05) -> bool:
    """True as soon as ``done()`` holds; False when it still does not after ``seconds``."""
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            return False
        time.sleep(step)
    return True


def stop_child(child: subprocess.Popen[bytes], how: signal.Signals, seconds: float) -> bool:
    """Ask a child to stop; kill it after ``seconds``. True when it stopped by itself."""
    if child.poll() is None:
        child.send_signal(how)
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
        return False
    return True
