"""One write, one transaction, on the connection that models and rows share; tried anew when writes crossed."""

from collections.abc import Callable
from typing import TypeVar

import psycopg
from django.db import Error as DjangoError
from django.db import close_old_connections

from hallway.errors import HallwayError, Kind
from hallway.fhirapi.writing.limits import ATTEMPTS
from hallway.identity.requester import Requester
from hallway.loops.refusing import recording
from hallway.record.stored import StaleRelease
from hallway.storage import connection

T = TypeVar("T")
_CROSSED = (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure, psycopg.errors.UniqueViolation)


def whole(do: Callable[[], T], *, by: Requester) -> T:
    """``do`` in one transaction: all of it is kept, or nothing.

    It runs again from the start when another write got in its way, so it must keep nothing of a first run. Raises
    CONFLICT when that happens too often, UNAVAILABLE when the database is lost: then nobody knows what was kept. A no
    to a lawful ask is recorded once the rest is undone. Within another's transaction it is part of that one.
    """
    if connection.in_transaction():
        return do()
    with connection.own(), recording(by):
        close_old_connections()
        for _ in range(ATTEMPTS):
            try:
                with connection.transaction():
                    return do()
            except StaleRelease:
                continue
            except (psycopg.Error, DjangoError) as error:
                cause = error if isinstance(error, psycopg.Error) else error.__cause__
                if isinstance(cause, _CROSSED):
                    continue
                if isinstance(cause, psycopg.OperationalError):
                    raise _lost() from error
                raise
    raise _crossed()


def _crossed() -> HallwayError:
    return HallwayError(
        Kind.CONFLICT,
        "H-WRT-023",
        what="Others wrote at the same place at the same time.",
        undone="Nothing was saved.",
        to_do="Send it again.",
    )


def _lost() -> HallwayError:
    return HallwayError(
        Kind.UNAVAILABLE,
        "H-WRT-024",
        what="The database went away during the write.",
        undone="Whether it was saved is not known.",
        to_do="Read what stands there before you send it again.",
    )
