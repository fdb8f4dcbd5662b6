"""The arithmetic of the chain, pure, so that anybody can check an export without a database and without trusting us.

- A line's digest is SHA-256 over its fields, in the order of ``FIELDS``, joined by the unit separator.
- A chart's first link stands on ``genesis(chart)``; each link is SHA-256 over the link before, its number and
  the digest.
- A head is SHA-256 over the head before and over every link sealed since. It is published where the database cannot
  reach it, so a history rewritten before the last published head contradicts that head.
"""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SEPARATOR = "\x1f"
FIELDS = (
    "id", "xid", "at", "account_id", "practitioner_id", "organization_id",
    "role", "act", "purpose", "route", "charts", "plan", "position", "detail",
)  # fmt: skip
"""``at`` counts microseconds since 1970 in UTC; ``charts`` are joined by commas; the rest are as text."""

NO_CHART = 0
"""Lines that concern nobody in particular are linked here."""

_LINK = struct.Struct(">q")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_HEAD = hashlib.sha256(b"hallway ledger head 1").digest()


@dataclass(frozen=True, slots=True)
class Link:
    """A sealed line in the chain of one chart; ``fields`` is None when the line itself is gone."""

    chart_id: int
    seq: int
    answer_id: int
    prev: bytes
    hash: bytes
    fields: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Head:
    """What is published: ``links`` of them were sealed in this round, ``digest`` is over all of them in order."""

    number: int
    published_at: datetime
    from_xid: int
    until_xid: int
    above_id: int
    links: int
    digest: bytes
    prev: bytes
    hash: bytes


def microseconds(at: datetime) -> int:
    """Microseconds since 1970, exact."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def digest_of(fields: Sequence[str]) -> bytes:
    """The digest of a line from its fields as text."""
    return hashlib.sha256(SEPARATOR.join(fields).encode()).digest()


def genesis(chart_id: int) -> bytes:
    """What the first link of a chart stands on."""
    return hashlib.sha256(b"hallway ledger chart %d" % chart_id).digest()


def link_hash(prev: bytes, seq: int, digest: bytes) -> bytes:
    """The hash of link number ``seq`` that stands on ``prev``."""
    return hashlib.sha256(prev + _LINK.pack(seq) + digest).digest()


def charts_of(charts: Iterable[int]) -> list[int]:
    """The chains a line goes into: each chart once, in order; chart 0 when it names none."""
    return sorted(set(charts)) or [NO_CHART]


def head_hash(head: Head) -> bytes:
    """What the head's own hash must be."""
    text = (
        f"{head.number} {microseconds(head.published_at)} {head.from_xid} {head.until_xid} "
        f"{head.above_id} {head.links} {head.digest.hex()} {head.prev.hex()}"
    )
    return hashlib.sha256(text.encode()).digest()


def link_part(chart_id: int, seq: int, link: bytes) -> bytes:
    """What a link adds to the digest of its head."""
    return _LINK.pack(chart_id) + _LINK.pack(seq) + link
