"""Reads of the ledger: for verification, for export, and the lines of one chart."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from hallway import clock
from hallway.ledger import chain, heads
from hallway.ledger.chain import Head
from hallway.ledger.lines import BY_RULES
from hallway.ledger.sealer import TEXTS
from hallway.ledger.standalone import Finding, Lines, Sealed, Verified, against_published, check
from hallway.storage.connection import cursor, transaction

_LINES = f"SELECT {TEXTS} FROM ledger_answer l WHERE l.id = ANY (%s::bigint[]) ORDER BY l.id"  # noqa: S608
_AT_ONCE = 20_000
"""Lines fetched at once for one or several heads."""

_STRAY = """
SELECT l.id FROM unnest(%s::bigint[], %s::bigint[]) AS hole (low, high)
JOIN ledger_line l ON l.id BETWEEN hole.low AND hole.high ORDER BY 1
"""

_COLUMNS = """l.id, l.at, l.account_id, l.practitioner_id, l.organization_id, l.role, l.act, l.purpose, l.route,
    l.charts, l.plan, l.epoch, l.position, l.detail"""
NAMING_CHART = """
    SELECT id FROM ledger_line WHERE chart_id = %(chart)s::bigint
    UNION SELECT id FROM ledger_line WHERE also <> '' AND string_to_array(also, ',') @> ARRAY[%(chart)s::text]"""
"""The ids of the lines that name a chart, by their two indexes: the view's own ``charts`` has none."""
_OF_CHART = f"""
SELECT {_COLUMNS} FROM ledger_answer l WHERE l.id IN ({NAMING_CHART})
    AND (%(since)s::timestamptz IS NULL OR l.at >= %(since)s::timestamptz)
ORDER BY l.id DESC LIMIT %(limit)s::bigint
"""  # noqa: S608 - our own words
_PAGE = f"SELECT {_COLUMNS} FROM ledger_answer l WHERE l.id > %s::bigint ORDER BY l.id LIMIT 5000"  # noqa: S608
_BY_ID = f"SELECT {_COLUMNS} FROM ledger_answer l WHERE l.id = %s::bigint"  # noqa: S608

_UNSEALED = """
SELECT at FROM ledger_answer
WHERE id = (SELECT min(id) FROM ledger_line
            WHERE id > coalesce((SELECT top_id FROM ledger_head ORDER BY number DESC LIMIT 1), 0))
"""


class Written(NamedTuple):
    """A line as it stands. ``plan`` is read by ``plans.parse``; ``position`` is the record's at that read, or 0."""

    id: int
    at: datetime
    account_id: int
    practitioner_id: int
    organization_id: int
    role: str
    act: str
    purpose: str
    route: str
    charts: tuple[int, ...]
    plan: str
    epoch: int
    position: int
    detail: str

    @property
    def is_by_rules(self) -> bool:
        """Whether a practice's rules looked, and no person and no program: nothing was given out by that."""
        return self.route == BY_RULES and not self.account_id


def lines_of(chart_id: int, *, since: datetime | None = None, limit: int | None = None) -> list[Written]:
    """The lines that name a chart, newest first, sealed or not yet."""
    with cursor() as opened:
        opened.execute(_OF_CHART.encode(), {"chart": chart_id, "since": since, "limit": limit})
        return [_written(row) for row in opened.fetchall()]


def seal_lag_seconds() -> float:
    """How long the oldest line above the last head has waited for its seal; 0 when none waits."""
    with cursor() as opened:
        row = opened.execute(_UNSEALED).fetchone()
    return max(0.0, (clock.now() - row[0]).total_seconds()) if row else 0.0


def line(line_id: int) -> Written | None:
    """One line, or None."""
    with cursor() as opened:
        row = opened.execute(_BY_ID.encode(), [line_id]).fetchone()
    return None if row is None else _written(row)


def every() -> Iterator[Written]:
    """Every line, oldest first, in bounded memory."""
    last = 0
    while True:
        with cursor() as opened:
            rows = opened.execute(_PAGE.encode(), [last]).fetchall()
        if not rows:
            return
        yield from map(_written, rows)
        last = int(rows[-1][0])


def _written(row: Sequence[object]) -> Written:
    found = Written._make(row)
    return found._replace(charts=tuple(found.charts))


def sealed() -> Iterator[tuple[Sealed, Lines]]:
    """Every head with its lines, in the order of sealing, in bounded memory. Inside one transaction."""
    waiting: list[tuple[Head, list[int]]] = []
    count = 0
    for head in heads.stored():
        waiting.append((head, chain.unpack_ids(head.ids)))
        count += head.lines
        if count >= _AT_ONCE:
            yield from _with_lines(waiting)
            waiting, count = [], 0
    yield from _with_lines(waiting)


def _with_lines(waiting: Sequence[tuple[Head, list[int]]]) -> Iterator[tuple[Sealed, Lines]]:
    with cursor() as opened:
        opened.execute(_LINES.encode(), [[one for _, ids in waiting for one in ids]])
        found = {int(row[0]): tuple(text or "" for text in row) for row in opened.fetchall()}
    for head, ids in waiting:
        yield heads.exported(head), [found[one] for one in ids if one in found]


def verify_database(verified: Verified, *, published: Path | None = None) -> Iterator[Finding]:
    """Verify what is stored, and that it agrees with the published heads.

    Lines newer than the last head are not covered: they are sealed within a second.
    """
    with transaction():
        yield from check(sealed(), verified)
        yield from against_published(
            verified, ((head.number, head.hash.hex()) for head in heads.read(published or heads.default_path()))
        )
        yield from _strays()
        yield from _tips(verified)


def _strays() -> Iterator[Finding]:
    """Lines below the top that stand under no head and in no gap: they were added behind the seal."""
    known = [0]
    for head in heads.stored():
        known += chain.unpack_ids(head.ids)
    holes = [(low + 1, high - 1) for low, high in pairwise(sorted(known)) if high - low > 1]
    open_still = heads.gaps()
    with cursor() as opened:
        opened.execute(_STRAY, [[low for low, _ in holes], [high for _, high in holes]])
        for (line_id,) in opened.fetchall():
            if not any(low <= line_id <= high for low, high in open_still):
                yield Finding("this line was added behind the seal", line=line_id)


def _tips(verified: Verified) -> Iterator[Finding]:
    """The kept tip of each chain must be where its lines lead: else the next link would stand on nothing."""
    with cursor() as opened:
        kept = {chart: (seq, tip) for chart, seq, tip in opened.execute("SELECT * FROM ledger_tip").fetchall()}
    wrong = {one for one in kept.keys() | verified.tips.keys() if kept.get(one) != verified.tips.get(one)}
    if wrong - verified.doubted:
        yield Finding(f"the kept end of {len(wrong - verified.doubted)} chains is not where their lines lead")


def length_of(chart_id: int) -> int:
    """How many links the chain of a chart has."""
    with cursor() as opened:
        opened.execute("SELECT seq FROM ledger_tip WHERE chart_id = %s", [chart_id])
        row = opened.fetchone()
    return int(row[0]) if row else 0


NO_CHART = chain.NO_CHART


def last_published_at() -> datetime | None:
    """When the newest head was published, or None before the first."""
    with cursor() as opened:
        row = opened.execute("SELECT published_at FROM ledger_head ORDER BY number DESC LIMIT 1").fetchone()
    return row[0] if row else None
