"""A database of its own for a bench or a proof, on the server in force: made, migrated, used, dropped."""

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from hallway.errors import HallwayError, Kind
from hallway.storage import database_url


def sibling(name: str) -> str:
    """The address of another database on the server in force."""
    return urlunsplit(urlsplit(database_url.current())._replace(path=f"/{name}"))


def administer(statement: str, *names: str) -> None:
    """One statement outside any transaction, on the server in force, with quoted names in place of ``{}``."""
    quoted = sql.SQL(statement).format(*(sql.Identifier(name) for name in names))  # pyright: ignore[reportArgumentType]
    with psycopg.connect(sibling("postgres"), autocommit=True) as connection:
        connection.execute(quoted)


def point_django_at(url: str) -> None:
    """Make Django's connections, and whoever asks for the address in force, use ``url``."""
    from django.db import connections

    os.environ["HALLWAY_DATABASE_URL"] = url
    for alias in connections:
        connections[alias].close()
        fresh = database_url.django_settings(role=None)
        connections[alias].settings_dict.update(
            {key: fresh[key] for key in ("NAME", "HOST", "PORT", "USER", "PASSWORD")}
        )


@contextmanager
def database(purpose: str) -> Generator[str]:
    """An empty, migrated database for as long as the context lasts; its name. Django stands on it.

    Raises HallwayError H-APP-020 when it could not be made.
    """
    name, before = f"hallway_{purpose}_{uuid4().hex[:8]}", database_url.current()
    administer("CREATE DATABASE {}", name)
    try:
        os.environ["HALLWAY_DATABASE_URL"] = sibling(name)
        done = subprocess.run([sys.executable, "-m", "hallway.app.cli", "migrate"], check=False)
        if done.returncode:
            raise HallwayError(
                Kind.FAULT,
                "H-APP-020",
                what="A scratch database could not be made.",
                undone="Nothing was measured and nothing was proven.",
                to_do="Its reason stands above.",
            )
        point_django_at(os.environ["HALLWAY_DATABASE_URL"])
        yield name
    finally:
        os.environ["HALLWAY_DATABASE_URL"] = before
        point_django_at(before)
        administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
