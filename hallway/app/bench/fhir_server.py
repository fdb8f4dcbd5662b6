"""The server of the bench ``fhir``: the product's own door, and the same without token check, gate and ledger.

Which side answers is said by the header ``X-Bench``, which no other server of Hallway reads. Loopback and a scratch
database only; nothing here can be switched on in the product.

The bare side is the same process, the same pool and the same reading functions of the database. It takes every caller
for one and the same without looking, holds a plan made once that allows everything, leaves gate and line out of the
statement, and attaches no notices.
"""

import os
import sys
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from typing import Any, LiteralString

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallway.app.settings")
django.setup()

from hallway.consent.grants import notices  # noqa: E402
from hallway.fhirapi import application as door  # noqa: E402
from hallway.fhirapi import plans  # noqa: E402
from hallway.fhirapi.application import Environ, Start  # noqa: E402
from hallway.fhirapi.sign_in import Caller  # noqa: E402
from hallway.identity.requester import Requester  # noqa: E402
from hallway.ids import ChartId, OrganizationId  # noqa: E402
from hallway.ledger.lines import Line  # noqa: E402
from hallway.record import queries, store  # noqa: E402
from hallway.record.evidence import Clause, Release  # noqa: E402
from hallway.storage.connection import cursor  # noqa: E402

_side: ContextVar[str] = ContextVar("bench_side", default="gated")
_caller_of = door.caller_of
_gated = plans.release_for
_released = store.released
_BEFORE = f"{store.GATE}{store.LINE} RETURNING 1)"
_callers: list[Caller] = []
_open_plans: dict[ChartId, Release] = {}
_bare: dict[str, LiteralString] = {}
EVERYTHING = (1 << 62) - 1


def _caller(cookie: str, authorization: str) -> Caller | None:
    """The product's way of knowing a caller; on the bare side whoever came first."""
    if _side.get() != "bare":
        found = _caller_of(cookie, authorization)
        if found is not None and not _callers:
            _callers.append(found)
        return found
    return _callers[0]


def _release(requester: Requester, chart_id: ChartId, *, fresh: bool) -> Release:
    """The gate; on the bare side a plan made once that allows everything from every source."""
    if _side.get() != "bare":
        return _gated(requester, chart_id, fresh=fresh)
    if chart_id not in _open_plans:
        given = _gated(requester, chart_id, fresh=True)
        every = tuple(Clause(OrganizationId(source), EVERYTHING) for source in queries.sources_of(chart_id))
        _open_plans[chart_id] = replace(given, clauses=every, until=None)
    return _open_plans[chart_id]


def _rows(statement: LiteralString, parameters: Mapping[str, object], line: Line | None) -> list[tuple[object, ...]]:
    """The reading statement; on the bare side without gate and line."""
    if line is not None:
        return _released(statement, dict(parameters), line)
    if statement not in _bare:
        if _BEFORE not in statement:
            raise RuntimeError("the bare side would not be bare")
        _bare[statement] = statement.replace(_BEFORE, "WITH line AS (SELECT 1)")
    with cursor() as opened:
        opened.execute(_bare[statement], parameters)
        return opened.fetchall()


def _switched(given: Callable[..., Any], instead: object) -> Callable[..., Any]:
    """``given``; on the bare side ``instead`` without a call."""
    return lambda *some, **named: instead if _side.get() == "bare" else given(*some, **named)


def _install() -> None:
    """Put the switches where the product's modules look, whatever they called their own."""
    door.caller_of = _caller
    plans.release_for = _release
    store.released = _rows
    notices.owed = _switched(notices.owed, notices.NOTHING)
    for name, module in list(sys.modules.items()):
        if name.startswith(("hallway.record", "hallway.consent")) and hasattr(module, "line_for"):
            module.line_for = _switched(module.line_for, None)  # type: ignore[attr-defined]


def application(environ: Environ, start: Start) -> Iterable[bytes]:
    """Answer on the side that the header names."""
    token = _side.set(environ.get("HTTP_X_BENCH", "gated"))
    try:
        return door.fhir(environ, start)
    finally:
        _side.reset(token)


_install()
