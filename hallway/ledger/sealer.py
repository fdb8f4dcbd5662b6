"""Chains the committed lines, per chart, within a second, and publishes a head over all of them.

A line's id is drawn before its transaction commits, so a line with a lower id may appear later. The sealer remembers
the ids below its highest that it has not seen (``gaps``) and seals a late line in the round in which it appears. A gap
is closed for good once every transaction is over that had begun when it was noticed: none can fill it any more. No
long transaction holds up the lines of others. One sealer works at a time (advisory lock); a second one goes home.

A restored copy counts transactions anew: gaps whose transaction number lies ahead of the present are of a former life
and are closed.
"""

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from hallway import clock
from hallway.ledger import chain
from hallway.ledger.chain import Head
from hallway.storage.connection import Cursor, cursor, transaction

BATCH = 50_000
"""Lines sealed in one transaction at most."""

_LOCK = 0x48414C4C5345414C  # "HALLSEAL"

_LAST_HEAD = """
SELECT number, published_at, top_id, lines, digest, tips, prev, hash, gaps FROM ledger_head ORDER BY number DESC LIMIT 1
"""

_OLDEST_RUNNING = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_PRESENT = "SELECT pg_current_xact_id()::text::bigint"

TEXTS = """l.id::text, (extract(epoch FROM l.at) * 1000000)::bigint::text, l.account_id::text, l.practitioner_id::text,
    l.organization_id::text, l.role, l.act, l.purpose, l.route, array_to_string(l.charts, ','), l.plan,
    l.epoch::text, l.position::text, l.detail"""
"""The columns of ``ledger_answer l`` as ``chain.FIELDS`` takes them."""

_DUE = f"""
SELECT l.id, l.charts, sha256(convert_to(concat_ws(chr(31), {TEXTS}), 'UTF8')) FROM ledger_answer l
WHERE l.id IN (
    SELECT late.id FROM unnest(%(from)s::bigint[], %(to)s::bigint[]) AS gap (low, high)
        JOIN ledger_line late ON late.id BETWEEN gap.low AND gap.high
    UNION ALL SELECT fresh.id FROM ledger_line fresh WHERE fresh.id > %(top)s::bigint
    ORDER BY 1 LIMIT %(batch)s::bigint)
ORDER BY l.id
"""  # noqa: S608 - our own words

_TIPS = "SELECT chart_id, seq, hash FROM ledger_tip WHERE chart_id = ANY(%s::bigint[])"

_KEEP_TIPS = """
INSERT INTO ledger_tip (chart_id, seq, hash) SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])
ON CONFLICT (chart_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash
"""

_KEEP_HEAD = """
INSERT INTO ledger_head (number, published_at, top_id, lines, digest, tips, prev, hash, ids, marks, gaps)
VALUES (%s::bigint, %s::timestamptz, %s::bigint, %s::bigint, %s::bytea, %s::bytea, %s::bytea, %s::bytea, %s::bytea,
    %s::bytea, %s::bigint[])
"""

Due = Sequence[tuple[int, list[int], bytes]]
"""Lines to seal, by id: id, charts, digest."""


class Gap(NamedTuple):
    """Ids that nobody has seen yet, from ``low`` to ``high``; a transaction from ``noticed`` on cannot fill it."""

    low: int
    high: int
    noticed: int


@dataclass(slots=True)
class _Last:
    """Where the round before left off."""

    head: Head
    gaps: list[Gap] = field(default_factory=list[Gap])


def seal() -> list[Head]:
    """Seal every committed line that is due; the heads that were made, oldest first.

    Returns nothing when there is nothing to seal or when another sealer is at work. The caller publishes the heads
    (``heads.publish``), after the commit, because a head of a transaction that failed must never be seen.
    """
    made: list[Head] = []
    while True:
        with transaction():
            head = _seal_once()
        if head is None:
            return made
        made.append(head)


def _seal_once() -> Head | None:
    """One batch in the transaction of the caller."""
    with cursor() as opened:
        opened.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if opened.fetchone() != (True,):
            return None
        last = _last(opened)
        running = _number(opened, _OLDEST_RUNNING)
        due = _due(opened, last)
        if not due:
            return None
        # Drawn after the lines were looked at: whoever may still bring a line below the top has a lower number.
        present = _number(opened, _PRESENT)
        gaps = _gaps(last, [line_id for line_id, _, _ in due], running=running, present=present)
        return _keep(opened, due, last.head, gaps)


def _last(opened: Cursor) -> _Last:
    opened.execute(_LAST_HEAD)
    row = opened.fetchone()
    if row is None:
        return _Last(Head(0, clock.now(), 0, 0, b"", b"", b"", chain.FIRST_HEAD))
    *head, gaps = row
    return _Last(Head(*head), [Gap(*gaps[place : place + 3]) for place in range(0, len(gaps), 3)])


def _number(opened: Cursor, statement: str) -> int:
    opened.execute(statement.encode())
    return int((opened.fetchone() or (0,))[0])


def _due(opened: Cursor, last: _Last) -> Due:
    named = {
        "from": [gap.low for gap in last.gaps],
        "to": [gap.high for gap in last.gaps],
        "top": last.head.top_id,
        "batch": BATCH,
    }
    opened.execute(_DUE.encode(), named)
    return opened.fetchall()


def _gaps(last: _Last, sealed: Sequence[int], *, running: int, present: int) -> list[Gap]:
    """What is still open below the new top, once the ids of ``sealed`` are taken.

    A gap noticed before every transaction that runs is over was closed before the lines were looked at, unless the
    batch was full: then a line in it may be waiting for the next round.
    """
    is_full = len(sealed) >= BATCH
    still = [gap for gap in last.gaps if is_full or (gap.noticed > running and gap.noticed <= present)]
    top = max(last.head.top_id, sealed[-1])
    fresh = [Gap(last.head.top_id + 1, top, present)] if top > last.head.top_id else []
    return [left for gap in (*still, *fresh) for left in _without(gap, sealed)]


def _without(gap: Gap, sealed: Sequence[int]) -> Iterator[Gap]:
    """What is left of a gap when the ids of ``sealed``, which ascend, are taken out."""
    low = gap.low
    for one in sealed[bisect_left(sealed, gap.low) : bisect_right(sealed, gap.high)]:
        if low < one:
            yield Gap(low, one - 1, gap.noticed)
        low = one + 1
    if low <= gap.high:
        yield Gap(low, gap.high, gap.noticed)


def _keep(opened: Cursor, due: Due, last: Head, gaps: Sequence[Gap]) -> Head:
    """Link the lines, keep the tips and the head."""
    over = hashlib.sha256(b"".join(chain.line_part(line_id, digest) for line_id, _, digest in due))
    head = Head(
        number=last.number + 1,
        published_at=clock.now(),
        top_id=max(last.top_id, due[-1][0]),
        lines=len(due),
        digest=over.digest(),
        tips=_link(opened, due),
        prev=last.hash,
        hash=b"",
        ids=chain.pack_ids(line_id for line_id, _, _ in due),
        marks=b"".join(digest[: chain.MARK] for _, _, digest in due),
    )
    head = replace(head, hash=chain.head_hash(head))
    opened.execute(
        _KEEP_HEAD,
        [
            *(head.number, head.published_at, head.top_id, head.lines, head.digest, head.tips, head.prev, head.hash),
            *(head.ids, head.marks, [number for gap in gaps for number in gap]),
        ],
    )
    return head


def _link(opened: Cursor, due: Due) -> bytes:
    """Move the tips of the charts that ``due`` names; the digest over where they stand now."""
    by_line = [(chain.charts_of(charts), digest) for _, charts, digest in due]
    charts = sorted({chart for named, _ in by_line for chart in named})
    opened.execute(_TIPS, [charts])
    tips: dict[int, tuple[int, bytes]] = {chart: (seq, tip) for chart, seq, tip in opened.fetchall()}
    for named, digest in by_line:
        for chart in named:
            seq, prev = tips.get(chart) or (0, chain.genesis(chart))
            tips[chart] = (seq + 1, chain.link_hash(prev, seq + 1, digest))
    opened.execute(_KEEP_TIPS, [charts, [tips[one][0] for one in charts], [tips[one][1] for one in charts]])
    return hashlib.sha256(b"".join(chain.tip_part(one, *tips[one]) for one in charts)).digest()
