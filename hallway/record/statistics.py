"""How many rows a search would meet, by the planner's own statistics: only costs are read off it, never an answer.

What is learnt is kept for a minute, by database: a wrong number makes a search slow and changes nothing it finds.
"""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import cast

from hallway import clock
from hallway.record import crossing
from hallway.record.criteria import Criterion, Query
from hallway.record.finding import Bound
from hallway.storage import database_url
from hallway.storage.connection import Cursor

KEPT_FOR = timedelta(minutes=1)
_MOST_KEPT, _MOST_COUNTED = 5_000, 20_000
_kept: dict[tuple[str, object], tuple[datetime, float]] = {}


def estimated(opened: Cursor, query: Query, one: Criterion | None = None) -> float:
    """Rows of the type that a plain criterion finds; without one, rows of the type."""
    bound = Bound()
    text = crossing.candidates(query, bound, one)
    return _known(opened, (query.kind, one), f"EXPLAIN (FORMAT JSON) {text}", {**bound.values, "kind": query.kind})


def charts(opened: Cursor) -> float:
    """How many charts there are."""
    return max(_known(opened, "charts", "SELECT reltuples FROM pg_class WHERE relname = 'record_chart'", {}), 1)


def counted(opened: Cursor, statement: str, parameters: Mapping[str, object]) -> float:
    """Rows of a statement, counted up to twenty thousand."""
    bounded = f"SELECT count(*) FROM ({statement} LIMIT {_MOST_COUNTED}) AS k"  # noqa: S608 - the gate's own text
    key = (
        statement,
        tuple(sorted((name, repr(parameters[name])) for name in ("gate_org", "gate_purposes", "gate_chart"))),
    )
    return _known(opened, key, bounded, parameters)


def _known(opened: Cursor, key: object, statement: str, parameters: Mapping[str, object]) -> float:
    """The number that a statement gives, asked at most once a minute."""
    now, held = clock.now(), (database_url.current(), key)
    kept = _kept.get(held)
    if kept is not None and abs(now - kept[0]) < KEPT_FOR:
        return kept[1]
    row = opened.execute(statement.encode(), parameters, prepare=False).fetchone()
    number = _number(row[0]) if row else 0.0
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[held] = (now, number)
    return number


def _number(found: object) -> float:
    if isinstance(found, str):
        found = json.loads(found)
    if isinstance(found, list):
        plan = cast("list[dict[str, dict[str, float]]]", found)
        return float(plan[0]["Plan"]["Plan Rows"])
    return float(cast("float", found))
