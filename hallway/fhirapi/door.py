"""One pool of connections to one database, under the role that owns nothing."""

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, NamedTuple

import psycopg
from psycopg_pool import ConnectionPool

from hallway.storage import connection, database_url
from hallway.storage.roles import APPLICATION_ROLE

WIDTH = int(os.environ.get("HALLWAY_FHIR_CONNECTIONS", "8"))
"""Connections a process keeps at most; as many as it has threads is enough."""
STATEMENT_SECONDS = 60
"""A statement of the door that takes longer is ended: else a few searches would hold every connection."""

Pool = ConnectionPool[psycopg.Connection[tuple[Any, ...]]]
_pools: dict[str, Pool] = {}
_making = threading.Lock()


def _pool() -> Pool:
    """The pool of the database in force, made at first use. Another address in force means another pool."""
    url = database_url.current()
    pool = _pools.get(url)
    if pool is None:
        with _making:
            pool = _pools.get(url) or _pools.setdefault(url, _open(url))
    return pool


def _open(url: str) -> Pool:
    options = f"-c role={APPLICATION_ROLE} -c TimeZone=UTC -c statement_timeout={STATEMENT_SECONDS}s"
    kept = {"autocommit": True, "prepare_threshold": 0, "options": options}
    return ConnectionPool(url, kwargs=kept, min_size=1, max_size=WIDTH, timeout=10, open=True, name="fhir")


def close() -> None:
    """Close the pool of the database in force. For tests and for a clean stop."""
    pool = _pools.pop(database_url.current(), None)
    if pool is not None:
        pool.close()


def check() -> None:
    """Replace connections that broke, as after a restart of the database."""
    _pool().check()


class Use(NamedTuple):
    """Connections of this process's pools by use, and requests that wait for one."""

    used: int
    free: int
    waiting: int


def in_use() -> Use:
    """How the pools stand now."""
    told = [pool.get_stats() for pool in _pools.values()]
    size, free = (sum(one.get(name, 0) for one in told) for name in ("pool_size", "pool_available"))
    return Use(size - free, free, sum(one.get("requests_waiting", 0) for one in told))


@contextmanager
def opened() -> Generator[None]:
    """Everything in this context runs on a connection of the pool, each statement its own transaction."""
    with _pool().connection() as held, connection.using(held):
        yield
