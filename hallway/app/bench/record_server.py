"""The server of the bench ``record``: the product's own door, and beside it the sides that it is measured against.

Which side answers is said by the header ``X-Bench``, which no other server of Hallway reads. Loopback and a scratch
database only; nothing here can be switched on in the product.
"""

import os
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from typing import LiteralString

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallway.app.settings")
django.setup()

from hallway.app.bench import record_shape  # noqa: E402
from hallway.fhirapi import application as door  # noqa: E402
from hallway.fhirapi import plans  # noqa: E402
from hallway.fhirapi.answers import Answer  # noqa: E402
from hallway.fhirapi.application import Environ, Start  # noqa: E402
from hallway.fhirapi.asked import Asked  # noqa: E402
from hallway.identity.requester import Requester  # noqa: E402
from hallway.ids import ChartId, OrganizationId  # noqa: E402
from hallway.ledger.lines import Line  # noqa: E402
from hallway.record import queries, store  # noqa: E402
from hallway.record.evidence import Clause, Release  # noqa: E402
from hallway.storage.connection import cursor  # noqa: E402

_side: ContextVar[str] = ContextVar("bench_side", default="gated")
_gated = plans.release_for
_released = store.released
_open_plans: dict[ChartId, Release] = {}
EVERYTHING = (1 << 62) - 1


def _release(requester: Requester, chart_id: ChartId, *, fresh: bool) -> Release:
    """The gate; on the open side a plan made once that allows everything from every source."""
    if _side.get() != "open":
        return _gated(requester, chart_id, fresh=fresh)
    if fresh or chart_id not in _open_plans:
        given = _gated(requester, chart_id, fresh=fresh)
        every = tuple(Clause(OrganizationId(source), EVERYTHING) for source in queries.sources_of(chart_id))
        _open_plans[chart_id] = replace(given, clauses=every, until=None)
    return _open_plans[chart_id]


def _without_line(statement: LiteralString, parameters: Mapping[str, object], line: Line) -> list[tuple[object, ...]]:
    """The same statement; on the silent side without the ledger line."""
    if _side.get() != "silent":
        return _released(statement, dict(parameters), line)
    bare = statement.replace(f"{store.LINE} RETURNING 1", "SELECT 1 FROM gate")
    if bare == statement:
        raise RuntimeError("the silent side would leave a line")
    with cursor() as opened:
        return opened.execute(bare, parameters).fetchall()


def _plain(asked: Asked) -> Answer:
    """A record as a plain server reads it: one row a resource, put between brackets."""
    chart_id = queries.chart_of(asked.resource_id())
    with cursor() as opened:
        rows = opened.execute(
            "SELECT resource_id::text, body FROM bench_plain WHERE chart_id = %s::bigint", [chart_id]
        ).fetchall()
    entries = b",".join(
        b'{"fullUrl":"%b/%b","resource":{"id":"%b",%b}' % (asked.base.encode(), rid.encode(), rid.encode(), body[1:])
        for rid, body in rows
    )
    return Answer(200, b'{"resourceType":"Bundle","type":"searchset","entry":[%b]}' % entries)


def _shape(asked: Asked) -> Answer:
    """A record behind a filter of three services; the fetch of the whole is spared it."""
    return Answer(200, record_shape.filtered(_plain(asked).body, int(os.environ["BENCH_SHAPE"])))


def _install() -> None:
    plans.release_for = _release
    store.released = _without_line
    routes = door.routes.ROUTES
    everything = next(route for route in routes if "$everything" in route.name)

    def answer(asked: Asked) -> Answer:
        return SIDES.get(_side.get(), everything.answer)(asked)

    door.routes.ROUTES = tuple(replace(route, answer=answer) if route is everything else route for route in routes)


def application(environ: Environ, start: Start) -> Iterable[bytes]:
    """Answer on the side that the header names."""
    token = _side.set(environ.get("HTTP_X_BENCH", "gated"))
    try:
        return door.fhir(environ, start)
    finally:
        _side.reset(token)


SIDES = {"plain": _plain, "shape": _shape}
"""Sides that do not pass the product's own door to a record."""
_install()
