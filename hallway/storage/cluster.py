"""The embedded database's folder: made whole or not at all, and recognised before it is touched."""

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hallway.errors import HallwayError, Kind
from hallway.storage import home, processes
from hallway.storage.processes import Account
from hallway.storage.programs import NEWEST, Programs, find, reachable

ADMIN = "hallway_admin"
OWNER = "hallway"
DATABASE = "hallway"
_MARK = "hallway.id"
_FALLBACK = Path("/var/lib/hallway")
"""Where the database lies when its account cannot reach the data folder (a root home of mode 700, say)."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A database folder that is ready to be started, with all that is needed to start it."""

    folder: Path
    programs: Programs
    account: Account | None
    admin_password: str
    owner_password: str


def prepare(base: Path) -> Cluster:
    """The cluster of the data folder ``base``, made if there is none. The caller holds the home lock.

    Raises HallwayError: H-STO-002 disk full, 030 not ours, 031 other version, 032 secrets lost, 033 could not
    be made, 034 gone.
    """
    record = home.read_record(base / "database.json")
    folder = Path(record["folder"]) if "folder" in record else base / "database"
    if "folder" in record and folder.exists():
        return _existing(base, folder, record)
    if folder.exists() and any(folder.iterdir()):
        raise _stranger(folder)
    if record.get("state") == "made":
        raise _missing(folder)
    return _create(base)


def _existing(base: Path, folder: Path, record: Mapping[str, str]) -> Cluster:
    home.require_space(folder, home.SPACE_TO_START)
    major = _recognise(folder, record.get("id", ""))
    if not {"admin_password", "owner_password"} <= record.keys():
        raise _secrets_lost(base)
    account = processes.account_for_database(folder.stat().st_uid)
    programs = reachable(find(major), account, _copies(base, account))
    return Cluster(folder, programs, account, record["admin_password"], record["owner_password"])


def _recognise(folder: Path, expected: str) -> int:
    """The folder's PostgreSQL version, once it is known to be ours and of a version that can be opened."""
    try:
        mark = (folder / _MARK).read_text().strip()
        major = int((folder / "PG_VERSION").read_text())
    except (OSError, ValueError) as error:
        raise _stranger(folder) from error
    if not expected or mark != expected:
        raise _stranger(folder)
    if major > NEWEST:
        raise HallwayError(
            Kind.CONFLICT,
            "H-STO-031",
            what=f"The database in {folder} was made by PostgreSQL {major}; this Hallway knows up to {NEWEST}.",
            undone="Nothing was started and nothing was touched.",
            to_do="Use the newer Hallway that made it, or set HALLWAY_HOME to another folder.",
        )
    return major


def _stranger(folder: Path) -> HallwayError:
    return HallwayError(
        Kind.CONFLICT,
        "H-STO-030",
        what=f"The folder {folder} is not empty and is not a database that this data folder made.",
        undone="Nothing was started and nothing was touched.",
        to_do="Set HALLWAY_HOME to another folder, or move that folder away if you know what it is.",
    )


def _missing(folder: Path) -> HallwayError:
    return HallwayError(
        Kind.CONFLICT,
        "H-STO-034",
        what=f"The database folder {folder} is gone.",
        undone="Nothing was started, and no empty database was made in its place.",
        to_do="Mount or put back that folder; or remove the data folder to begin anew.",
    )


def _secrets_lost(base: Path) -> HallwayError:
    return HallwayError(
        Kind.CONFLICT,
        "H-STO-032",
        what=f"The database's passwords are missing from {base / 'database.json'}.",
        undone="Nothing was started and nothing was touched.",
        to_do="Put the file back from a backup, or restore a Hallway backup into a new data folder.",
    )


def _copies(base: Path, account: Account | None) -> Path:
    """Where copied programs go: beside the data if the account can pass there, else the system's place."""
    inside = processes.may_pass(account, base)
    target = (base if inside else _FALLBACK) / "programs"
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(0o755)
    return target


def _place(base: Path, account: Account | None, mark: str) -> Path:
    """Where the new database will lie: in the data folder, unless its account cannot pass to there."""
    if processes.may_pass(account, base):
        return base / "database"
    place = _FALLBACK / "databases"
    place.mkdir(parents=True, exist_ok=True)
    place.chmod(0o755)
    return place / mark


def _create(base: Path) -> Cluster:
    mark = secrets.token_hex(8)
    account = processes.account_for_database()
    programs = reachable(find(), account, _copies(base, account))
    folder = _place(base, account, mark)
    home.require_space(folder.parent, home.SPACE_TO_CREATE)
    made = Cluster(folder, programs, account, secrets.token_urlsafe(24), secrets.token_urlsafe(24))
    half = folder.with_name(f"{folder.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    try:
        _initdb(made, half)
        (half / _MARK).write_text(mark + "\n")
    except (OSError, subprocess.CalledProcessError) as error:
        shutil.rmtree(half, ignore_errors=True)
        raise _not_made(error) from error
    _keep_record(base, made, mark, "being made")
    # The record goes first: a folder without one would be a stranger.
    if folder.exists():
        folder.rmdir()
    half.rename(folder)
    _keep_record(base, made, mark, "made")
    return made


def _keep_record(base: Path, made: Cluster, mark: str, state: str) -> None:
    record = {
        "id": mark,
        "state": state,
        "folder": str(made.folder),
        "admin_password": made.admin_password,
        "owner_password": made.owner_password,
    }
    home.write_secret(base / "database.json", json.dumps(record, indent=1))


def _initdb(made: Cluster, half: Path) -> None:
    half.mkdir(mode=0o700)
    if made.account is not None:
        os.chown(half, made.account.uid, made.account.gid)
    password = half.with_name(f"{half.name}.password")
    home.write_secret(password, made.admin_password)
    try:
        if made.account is not None:
            os.chown(password, made.account.uid, made.account.gid)
        command = [made.programs.path("initdb"), "-D", str(half), "-U", ADMIN, "--pwfile", str(password)]
        settings = ["--auth=scram-sha-256", "--data-checksums", "-E", "UTF8", "--locale=C.UTF-8", "-T", "english"]
        processes.run_as(made.account, [*command, *settings], made.programs.environment())
    finally:
        password.unlink(missing_ok=True)


def _not_made(error: Exception) -> HallwayError:
    said = f"{error} {getattr(error, 'stderr', '') or ''}"
    if "No space left on device" in said or "File too large" in said:
        return home.disk_full()
    return HallwayError(
        Kind.FAULT,
        "H-STO-033",
        what="PostgreSQL could not make an empty database.",
        undone="Nothing was started; the half-made folder was taken away.",
        to_do="Look at the reason it gave: " + " ".join(said.split())[-300:],
    )
