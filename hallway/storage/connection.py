"""The connection of the present unit of work, and its transaction.

Pages use Django's connection; the hot path and the loader bring a connection of their own with ``using``. Both give the
same binary psycopg cursor, so ``record`` and ``ledger`` need not know which one they are on.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import psycopg
from django.db import connection as django_connection
from django.db import transaction as django_transaction

Connection = psycopg.Connection[tuple[Any, ...]]
Cursor = psycopg.Cursor[tuple[Any, ...]]

_brought: ContextVar[Connection | None] = ContextVar("hallway_connection", default=None)


@contextmanager
def using(connection: Connection) -> Generator[None]:
    """Run this context's storage work on ``connection`` instead of Django's."""
    token = _brought.set(connection)
    try:
        yield
    finally:
        _brought.reset(token)


@contextmanager
def own() -> Generator[None]:
    """Run this context on Django's connection again: a write's models and rows are one transaction, or none."""
    token = _brought.set(None)
    try:
        yield
    finally:
        _brought.reset(token)


def raw() -> Connection:
    """The psycopg connection of this context."""
    brought = _brought.get()
    if brought is not None:
        return brought
    django_connection.ensure_connection()
    return django_connection.connection


@contextmanager
def cursor() -> Generator[Cursor]:
    """A cursor that speaks binary: prepared statements, no hex for bytea."""
    with raw().cursor(binary=True) as opened:
        yield opened


@contextmanager
def transaction() -> Generator[None]:
    """One transaction. Nested use joins the outer one: there are no savepoints, so nothing is ever half-done."""
    brought = _brought.get()
    if brought is None:
        with django_transaction.atomic(savepoint=False):
            yield
    elif brought.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
        yield
    else:
        with brought.transaction():
            yield


def take_turns(name: str) -> None:
    """Let others who take turns under this name wait until the present transaction ends."""
    with cursor() as opened:
        opened.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def in_transaction() -> bool:
    """Whether a transaction is open on the connection of this context."""
    brought = _brought.get()
    if brought is None:
        return django_connection.in_atomic_block
    return brought.info.transaction_status == psycopg.pq.TransactionStatus.INTRANS
