"""Reads of the ledger: for verification and for export."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from hallway.ledger import chain, heads
from hallway.ledger.chain import Head, Link
from hallway.ledger.verify import Finding, Verified, against_published, check
from hallway.storage.connection import cursor, transaction

_LINKS = """
SELECT c.chart_id, c.seq, c.answer_id, c.prev, c.hash, a.id::text, a.xid::text,
    (extract(epoch FROM a.at) * 1000000)::bigint::text, a.account_id::text, a.practitioner_id::text,
    a.organization_id::text, a.role, a.act, a.purpose, a.route, array_to_string(a.charts, ','),
    a.plan, a.position, a.detail
FROM ledger_chain c LEFT JOIN ledger_answer a ON a.id = c.answer_id
WHERE c.head_number = %s ORDER BY a.xid, c.answer_id, c.chart_id
"""

_ADDED = """
SELECT a.id FROM ledger_answer a
WHERE (a.id <= %s OR a.xid < %s::text::xid8)
    AND NOT EXISTS (SELECT FROM ledger_chain c WHERE c.answer_id = a.id)
ORDER BY a.id LIMIT 100
"""

_OUTSIDE = """
SELECT c.head_number, c.chart_id, c.seq, c.answer_id FROM ledger_chain c
WHERE NOT EXISTS (SELECT FROM ledger_head h WHERE h.number = c.head_number) LIMIT 100
"""


def links_of(head: Head) -> Iterator[Link]:
    """The links of one head with their lines, in sealing order. At most one batch is in memory."""
    with cursor() as opened:
        opened.execute(_LINKS, [head.number])
        for chart_id, seq, answer_id, prev, link, *fields in opened.fetchall():
            yield Link(chart_id, seq, answer_id, prev, link, tuple(fields) if fields[0] is not None else None)


def verify_database(verified: Verified, *, published: Path | None = None) -> Iterator[Finding]:
    """Verify what is stored, and that it agrees with the published heads.

    Lines newer than the last head are not covered: they are sealed within a second.
    """
    with transaction():
        stored = heads.stored()
        yield from against_published(
            {head.number: head.hash for head in stored}, heads.read(published or heads.default_path())
        )
        yield from check(stored, links_of, verified)
        yield from _unlinked(stored)


def _unlinked(stored: Iterable[Head]) -> Iterator[Finding]:
    """Lines that should be linked and are not, and links under no head."""
    last = max(stored, key=lambda head: head.number, default=None)
    with cursor() as opened:
        opened.execute(_ADDED, [last.above_id if last else 0, str(last.until_xid if last else 0)])
        for (answer_id,) in opened.fetchall():
            yield Finding("this line was added behind the seal, or its links were dropped", answer_id=answer_id)
        opened.execute(_OUTSIDE)
        for head_number, chart_id, seq, answer_id in opened.fetchall():
            yield Finding("this link belongs to no head", head_number, chart_id, seq, answer_id)


def length_of(chart_id: int) -> int:
    """How many links the chain of a chart has."""
    with cursor() as opened:
        opened.execute("SELECT seq FROM ledger_tip WHERE chart_id = %s", [chart_id])
        row = opened.fetchone()
    return int(row[0]) if row else 0


NO_CHART = chain.NO_CHART
