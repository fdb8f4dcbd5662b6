"""A database of a bench's own on the server in force, so that no figure is measured in, or left in, a real one."""

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit, urlunsplit

import psycopg

from hallway import clock, ids

_TRIES = 4


def _at(url: str, name: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))


def point_at(url: str) -> None:
    """Let this process work in the database of a URL from now on."""
    from django.db import connections

    from hallway.storage import database_url

    os.environ["HALLWAY_DATABASE_URL"] = url
    fresh = database_url.django_settings(role=None)
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict.update(
            {key: fresh[key] for key in ("NAME", "HOST", "PORT", "USER", "PASSWORD")}
        )


@contextmanager
def database(prefix: str) -> Generator[str]:
    """A migrated, empty database; its URL. It is dropped at the end, whatever happens."""
    from hallway.app.commands import migrate

    before = os.environ["HALLWAY_DATABASE_URL"]
    name = f"bench_{prefix}_{ids.new_uuid(clock.now()).hex[-10:]}"
    with psycopg.connect(before, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')  # type: ignore[arg-type]  # our own name
        try:
            point_at(_at(before, name))
            migrate.bring_up_to_date()
            yield os.environ["HALLWAY_DATABASE_URL"]
        finally:
            point_at(before)
            _drop(admin, name)


@contextmanager
def copy(prefix: str) -> Generator[str]:
    """A copy of the scratch database in force, as it is now; its URL. Nobody may be connected to that one meanwhile."""
    url = os.environ["HALLWAY_DATABASE_URL"]
    name = f"bench_{prefix}_{ids.new_uuid(clock.now()).hex[-10:]}"
    original = urlsplit(url).path.removeprefix("/")
    with psycopg.connect(_at(url, "postgres"), autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{original}"')  # type: ignore[arg-type]  # our own names
        try:
            yield _at(url, name)
        finally:
            _drop(admin, name)


def _drop(admin: psycopg.Connection, name: str) -> None:
    """Drop a database. An autovacuum at work in it is not ours to end by force; a plain drop asks it to go.

    Who else is still connected goes by force in the next try.
    """
    forced, plain = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', f'DROP DATABASE IF EXISTS "{name}"'
    for statement in (forced, plain) * _TRIES:
        with suppress(psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            admin.execute(statement)  # type: ignore[arg-type]  # our own name
            return
    admin.execute(forced)  # type: ignore[arg-type]  # our own name
