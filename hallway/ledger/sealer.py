"""Chains the committed lines, per chart, within a second, and publishes a head over all of them.

PostgreSQL hands out identity values before the commit, so a line with a lower number may appear later. A line is
therefore sealed only once every transaction that could still be running is newer (``pg_snapshot_xmin``): no line can
appear behind the seal. One sealer works at a time (advisory lock); a second one goes home at once.

A restored copy counts transactions anew. The sealer sees that (the present is older than its last seal), seals what is
left of both, and from then on looks only at lines above the last one of the former life.
"""

import hashlib
import struct
from dataclasses import dataclass, replace

from hallway import clock
from hallway.ledger import chain
from hallway.ledger.chain import Head
from hallway.storage.connection import Cursor, cursor, transaction

BATCH = 50_000
"""Lines sealed in one transaction at most; a single transaction that wrote more is sealed whole."""

_LOCK = 0x48414C4C5345414C  # "HALLSEAL"

_LAST_HEAD = """
SELECT number, published_at, from_xid::text::bigint, until_xid::text::bigint, above_id, links, digest, prev, hash
FROM ledger_head ORDER BY number DESC LIMIT 1
"""

_BOUND = """
SELECT coalesce(
    (SELECT (xid::text::bigint + 1) FROM ledger_answer
     WHERE id > %(above)s AND xid >= %(since)s::text::xid8 AND xid < pg_snapshot_xmin(pg_current_snapshot())
     ORDER BY xid, id OFFSET %(batch)s LIMIT 1),
    pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
"""

_COLUMNS = """
SELECT a.id, a.charts, sha256(convert_to(concat_ws(chr(31), a.id, a.xid, (extract(epoch FROM a.at) * 1000000)::bigint,
    a.account_id, a.practitioner_id, a.organization_id, a.role, a.act, a.purpose, a.route,
    array_to_string(a.charts, ','), a.plan, a.position, a.detail), 'UTF8'))
FROM ledger_answer a
"""

_DUE = (
    _COLUMNS
    + """
WHERE a.id > %(above)s AND a.xid >= %(since)s::text::xid8 AND a.xid < %(until)s::text::xid8
ORDER BY a.xid, a.id
"""
)

_DUE_AFTER_RESTORE = (
    _COLUMNS
    + """
WHERE a.id > %(above)s AND (a.xid < %(until)s::text::xid8 OR a.xid >= %(since)s::text::xid8)
    AND NOT EXISTS (SELECT FROM ledger_chain c WHERE c.answer_id = a.id)
ORDER BY a.xid, a.id
"""
)

_FORMER_LIFE = """
SELECT greatest((SELECT max(answer_id) FROM ledger_chain),
                (SELECT max(id) FROM ledger_answer WHERE xid >= %(since)s::text::xid8 AND id > %(above)s))
"""

_TIPS = "SELECT chart_id, seq, hash FROM ledger_tip WHERE chart_id = ANY(%s)"

_KEEP_TIPS = """
INSERT INTO ledger_tip (chart_id, seq, hash) SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[])
ON CONFLICT (chart_id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash
"""

_KEEP_HEAD = """
INSERT INTO ledger_head (number, published_at, from_xid, until_xid, above_id, links, digest, prev, hash)
VALUES (%s, %s, %s::text::xid8, %s::text::xid8, %s, %s, %s, %s, %s)
"""

_COPY = "COPY ledger_chain (chart_id, seq, answer_id, head_number, prev, hash) FROM STDIN (FORMAT BINARY)"
_ROW = struct.Struct(">hiqiqiqiqi32si32s")
_COPY_HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
_COPY_TRAILER = struct.pack(">h", -1)

Due = list[tuple[int, list[int], bytes]]
"""Lines to seal, in their order: id, charts, digest."""


@dataclass(slots=True)
class _Tips:
    """The end of each chart's chain while a batch is linked."""

    seq: dict[int, int]
    hash: dict[int, bytes]


def last_head() -> Head | None:
    """The newest head, or None before the first line was sealed."""
    with cursor() as opened:
        opened.execute(_LAST_HEAD)
        row = opened.fetchone()
    return Head(*row) if row else None


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
        last = last_head() or Head(0, clock.now(), 0, 0, 0, 0, b"", b"", chain.FIRST_HEAD)
        due, draft = _due(opened, last)
        if not due:
            return None
        digest, links = _link(opened, due, draft.number)
        head = replace(draft, links=links, digest=digest, prev=last.hash)
        head = replace(head, hash=chain.head_hash(head))
        opened.execute(
            _KEEP_HEAD,
            [
                head.number,
                head.published_at,
                str(head.from_xid),
                str(head.until_xid),
                head.above_id,
                head.links,
                head.digest,
                head.prev,
                head.hash,
            ],
        )
        return head


def _due(opened: Cursor, last: Head) -> tuple[Due, Head]:
    """The lines to seal now, and a draft of their head."""
    named: dict[str, object] = {"above": last.above_id, "since": str(last.until_xid), "batch": BATCH}
    opened.execute(_BOUND, named)
    (until,) = opened.fetchone() or (0,)
    draft = Head(last.number + 1, clock.now(), last.until_xid, until, last.above_id, 0, b"", b"", b"")
    named["until"] = str(until)
    if until >= last.until_xid:
        opened.execute(_DUE, named)
        return opened.fetchall(), draft
    opened.execute(_DUE_AFTER_RESTORE, named)
    due = opened.fetchall()
    opened.execute(_FORMER_LIFE, named)
    (above,) = opened.fetchone() or (0,)
    return due, replace(draft, from_xid=0, above_id=above)


def _link(opened: Cursor, due: Due, head_number: int) -> tuple[bytes, int]:
    """Append the links of ``due`` to their chains; the digest over them and how many they are."""
    charts = {chart for _, named, _ in due for chart in chain.charts_of(named)}
    opened.execute(_TIPS, [list(charts)])
    found = opened.fetchall()
    tips = _Tips({chart: seq for chart, seq, _ in found}, {chart: tip for chart, _, tip in found})
    over = hashlib.sha256()
    links = 0
    with opened.copy(_COPY) as copy:
        copy.write(_COPY_HEADER)
        for start in range(0, len(due), 1000):
            rows, parts = _link_some(due[start : start + 1000], tips, head_number)
            copy.write(b"".join(rows))
            over.update(b"".join(parts))
            links += len(rows)
        copy.write(_COPY_TRAILER)
    chart_ids = sorted(charts)
    opened.execute(_KEEP_TIPS, [chart_ids, [tips.seq[one] for one in chart_ids], [tips.hash[one] for one in chart_ids]])
    return over.digest(), links


def _link_some(due: Due, tips: _Tips, head_number: int) -> tuple[list[bytes], list[bytes]]:
    """Binary rows of ``ledger_chain`` for some lines, and what each adds to the head. Moves ``tips`` on."""
    rows: list[bytes] = []
    parts: list[bytes] = []
    for answer_id, charts, digest in due:
        for chart in chain.charts_of(charts):
            prev = tips.hash.get(chart) or chain.genesis(chart)
            seq = tips.seq.get(chart, 0) + 1
            link = chain.link_hash(prev, seq, digest)
            tips.seq[chart], tips.hash[chart] = seq, link
            rows.append(_ROW.pack(6, 8, chart, 8, seq, 8, answer_id, 8, head_number, 32, prev, 32, link))
            parts.append(chain.link_part(chart, seq, link))
    return rows, parts
