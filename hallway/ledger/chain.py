"""The arithmetic of the chain, as the sealer does it. ``standalone`` does it again on its own, to check it.

- A line's digest is SHA-256 over its fields, in the order of ``FIELDS``, joined by the unit separator.
- A chart's first link stands on ``genesis(chart)``; each link is SHA-256 over the link before, its number and the
  digest. The newest link of a chart is its tip.
- A head is SHA-256 over the head before, over the digests of its lines in order, and over the tips of the charts that
  they name. It is published where the database cannot reach it, so a history rewritten before the last published head
  contradicts that head.
"""

import hashlib
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hallway.clock import microseconds

FIELDS = (
    "id", "at", "account_id", "practitioner_id", "organization_id", "role", "act", "purpose", "route",
    "charts", "plan", "epoch", "position", "detail",
)  # fmt: skip
"""``at`` counts microseconds since 1970 in UTC; ``charts`` are joined by commas; the rest are as text."""

NO_CHART = 0
"""Lines that concern nobody in particular are linked here."""
MARK = 4
"""Bytes of a line's digest that its head keeps, to name a changed line; the head's own digest proves the change."""

_PAIR = struct.Struct(">qq")
_ONE = struct.Struct(">q")
FIRST_HEAD = hashlib.sha256(b"hallway ledger head 2").digest()


@dataclass(frozen=True, slots=True)
class Head:
    """What is published: ``lines`` were sealed in this round, ``digest`` is over them, ``tips`` over their charts.

    ``top_id`` is the highest id sealed so far. ``ids`` and ``marks`` stay in the database and in exports: which lines
    stand under this head, and the first bytes of the digest of each.
    """

    number: int
    published_at: datetime
    top_id: int
    lines: int
    digest: bytes
    tips: bytes
    prev: bytes
    hash: bytes
    ids: bytes = b""
    marks: bytes = b""


def digest_of(fields: Sequence[str]) -> bytes:
    """The digest of a line from its fields as text."""
    return hashlib.sha256("\x1f".join(fields).encode()).digest()


def genesis(chart_id: int) -> bytes:
    """What the first link of a chart stands on."""
    return hashlib.sha256(b"hallway ledger chart %d" % chart_id).digest()


def link_hash(prev: bytes, seq: int, digest: bytes) -> bytes:
    """The hash of link number ``seq`` that stands on ``prev``."""
    return hashlib.sha256(prev + _ONE.pack(seq) + digest).digest()


def charts_of(charts: Iterable[int]) -> list[int]:
    """The chains a line goes into: each chart once, in order; chart 0 when it names none."""
    return sorted(set(charts)) or [NO_CHART]


def line_part(line_id: int, digest: bytes) -> bytes:
    """What a line adds to the digest of its head."""
    return _ONE.pack(line_id) + digest


def tip_part(chart_id: int, seq: int, tip: bytes) -> bytes:
    """What a chart's tip adds to the head's digest of tips, charts ascending."""
    return _PAIR.pack(chart_id, seq) + tip


def head_hash(head: Head) -> bytes:
    """What the head's own hash must be."""
    text = (
        f"{head.number} {microseconds(head.published_at)} {head.top_id} {head.lines} "
        f"{head.digest.hex()} {head.tips.hex()} {head.prev.hex()}"
    )
    return hashlib.sha256(text.encode()).digest()


def pack_ids(ids: Iterable[int]) -> bytes:
    """Ascending ids as the steps between them, seven bits a byte, the lowest first: about one byte a line."""
    packed = bytearray()
    before = 0
    for one in ids:
        step = one - before
        while step > 127:
            packed.append(step & 127 | 128)
            step >>= 7
        packed.append(step)
        before = one
    return bytes(packed)


def unpack_ids(packed: bytes) -> list[int]:
    """The ids of ``pack_ids``."""
    ids: list[int] = []
    one = step = shift = 0
    for byte in packed:
        step |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            one += step
            ids.append(one)
            step = shift = 0
    return ids
