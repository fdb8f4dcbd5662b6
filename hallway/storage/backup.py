"""One file that holds the whole database, and the way back from it. PostgreSQL's own format and programs.

A restore builds a new database beside the old one and swaps names at the end: until then nothing is lost.
"""

import os
import subprocess
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import psycopg
from psycopg import sql

from hallway.errors import HallwayError, Kind
from hallway.storage import home, programs, roles

_NEW = "hallway_restoring"
_OLD = "hallway_replaced"


def dump(url: str, target: Path) -> int:
    """Write the database at ``url`` to a new file, readable by its owner alone; its size in bytes.

    Raises HallwayError: H-STO-060 when the file exists, 061 when PostgreSQL could not write it; no half file stays.
    """
    if target.exists():
        raise HallwayError(
            Kind.CONFLICT,
            "H-STO-060",
            what="That file exists already.",
            undone="It was left as it is and no backup was made.",
            to_do="Name a new file: a backup never overwrites another.",
        )
    half = target.with_name(f".{target.name}.half")
    half.touch(mode=0o600)
    try:
        _run("pg_dump", url, "--format=custom", "--no-owner", f"--file={half}")
        with half.open("rb") as written:
            os.fsync(written.fileno())
        half.rename(target)
    except (OSError, subprocess.CalledProcessError) as error:
        half.unlink(missing_ok=True)
        raise _failed("H-STO-061", "The backup could not be written.", error) from error
    return target.stat().st_size


def restore(url: str, source: Path, *, replace: bool) -> None:
    """Put the database of a backup in the place of the one at ``url``.

    Raises HallwayError: H-STO-062 not a backup of ours, 063 the target holds data and ``replace`` is false, 064 it
    could not be read back, 065 somebody uses the database. The old database is untouched after each of them.
    """
    contents = _contents(source)
    if not replace and _holds_tables(url):
        raise HallwayError(
            Kind.CONFLICT,
            "H-STO-063",
            what="The database already holds data.",
            undone="Nothing was restored and nothing was touched.",
            to_do="Restore into a new data folder, or say --replace to give this data up.",
        )
    name = unquote(urlsplit(url).path.lstrip("/"))
    side = _named(url, _NEW)
    with psycopg.connect(_named(url, "postgres"), autocommit=True) as connection:
        _drop(connection, _NEW)
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(_NEW)))
        try:
            _fill(side, source, contents)
            _swap(connection, name)
        except (OSError, subprocess.CalledProcessError, psycopg.Error) as error:
            _drop(connection, _NEW)
            raise _failed("H-STO-064", "The backup could not be read back.", error) from error


def _fill(url: str, source: Path, contents: list[str]) -> None:
    """Load the new database. Default privileges name the old owner, so they are set anew, not restored.

    They are set last: tables made under them would let the application do what a room has revoked.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in roles.ROLE_STATEMENTS:
            connection.execute(statement)
    wanted = source.with_name(f".{source.name}.list")
    wanted.write_text("\n".join(line for line in contents if " DEFAULT ACL " not in line))
    try:
        _run("pg_restore", url, "--no-owner", "--exit-on-error", "--jobs=2", f"--use-list={wanted}", str(source))
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in roles.DEFAULT_STATEMENTS:
                connection.execute(statement)
            connection.execute("ANALYZE")
    finally:
        wanted.unlink(missing_ok=True)


def _swap(connection: psycopg.Connection, name: str) -> None:
    """Give the new database the name of the old one, which is dropped only after."""
    _drop(connection, _OLD)
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    try:
        connection.execute(rename.format(sql.Identifier(name), sql.Identifier(_OLD)))
    except psycopg.errors.ObjectInUse as error:
        _drop(connection, _NEW)
        raise HallwayError(
            Kind.CONFLICT,
            "H-STO-065",
            what="Somebody is using the database.",
            undone="It was left as it is; nothing was restored.",
            to_do="Stop every Hallway on it and restore again.",
        ) from error
    connection.execute(rename.format(sql.Identifier(_NEW), sql.Identifier(name)))
    _drop(connection, _OLD)


def _drop(connection: psycopg.Connection, name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _contents(source: Path) -> list[str]:
    """The archive's table of contents, once it is known to be a Hallway backup."""
    try:
        lines = _run("pg_restore", None, "--list", str(source)).splitlines()
    except (OSError, subprocess.CalledProcessError):
        lines = []
    if not any(f" TABLE public {name} " in line for line in lines for name in ("ledger_line", "ledger_answer")):
        raise HallwayError(
            Kind.INCORRECT,
            "H-STO-062",
            what="That file is not a whole backup made by Hallway.",
            undone="Nothing was restored and nothing was touched.",
            to_do="Name a file that `hallway backup` has written.",
        )
    return lines


def _holds_tables(url: str) -> bool:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')").fetchone()
    return bool(found and found[0])


def _named(url: str, database: str) -> str:
    return urlsplit(url)._replace(path=f"/{database}").geturl()


def _run(program: str, url: str | None, *words: str) -> str:
    """Run a client program; the password goes by the environment, never on the command line."""
    tools = _tools_for(url) if url else programs.find()
    environment = tools.environment() | (_connection(url) if url else {})
    database = [f"--dbname={environment['PGDATABASE']}"] if url else []
    return subprocess.run(  # noqa: S603 - a program of ours
        [tools.path(program), *database, *words], env=environment, check=True, capture_output=True, text=True
    ).stdout


def _tools_for(url: str) -> programs.Programs:
    """Programs of the server's own version: a newer pg_restore sends settings that an older server refuses."""
    with psycopg.connect(url) as connection:
        return programs.find(connection.info.server_version // 10000)


def _connection(url: str) -> dict[str, str]:
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    words = {
        "PGHOST": parts.hostname or "127.0.0.1",
        "PGPORT": str(parts.port or 5432),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": unquote(parts.path.lstrip("/")),
        "PGSSLMODE": options.get("sslmode", ""),
        "PGSSLROOTCERT": options.get("sslrootcert", ""),
    }
    return {name: value for name, value in words.items() if value}


def _failed(code: str, what: str, error: Exception) -> HallwayError:
    said = f"{error} {getattr(error, 'stderr', '') or ''}"
    if "No space left on device" in said:
        return home.disk_full()
    return HallwayError(
        Kind.UNAVAILABLE,
        code,
        what=what,
        undone="The database is as it was.",
        to_do="See that the database answers, that it is no newer than this Hallway's programs, and try again.",
    )
