"""Rows in PostgreSQL's binary COPY format, packed by hand: the adapter's general way costs more than the database does.

The order of fields is that of the COPY commands below; PostgreSQL checks each field's length against its type.
"""

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import LiteralString, cast

from hallway.record.evidence import Labelled
from hallway.standards.fhir.ranges import Range
from hallway.storage.connection import Cursor

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TEXT = 25
_FLOAT8 = 701
_UNDATED = struct.pack(">iq", 8, -(2**63))
"""What has no clinical date is older than anything: minus infinity."""
_PARCEL = 1 << 18

_length = struct.Struct(">i").pack
_chart = struct.Struct(">hiq").pack
_when = struct.Struct(">iq").pack
_version = struct.Struct(">ii").pack
_source = struct.Struct(">iiiiiqi?").pack
_array_head = struct.Struct(">iiiii").pack
_float = struct.Struct(">id").pack
_number = struct.Struct(">ii").pack
_chart_last = struct.Struct(">iq").pack

RESOURCE = (
    "chart_id, kind, resource_id, version, updated_at, dated_at, source_org, author, mask, several, basis, meta, body"
)
TOKENS = (
    "chart_id, kind, resource_id, tokens, updated_at, dated_at, source_org, author, mask, several,"
    " range_codes, lows, highs, units"
)


def _timed(at: datetime | None) -> bytes:
    return _NULL if at is None else _when(8, (at - _EPOCH) // _MICROSECOND)


def _uuid(text: str) -> bytes:
    return b"\0\0\0\x10" + bytes.fromhex(text.replace("-", ""))


@lru_cache(maxsize=1024)
def _text(text: str) -> bytes:
    encoded = text.encode()
    return _length(len(encoded)) + encoded


_LENGTHS = tuple(_length(size) for size in range(4096))


def _texts(texts: Sequence[str]) -> bytes:
    """A one-dimensional ``text[]``."""
    if not texts:
        return b"\0\0\0\x0c" + bytes(8) + _length(_TEXT)
    parts = [_array_head(1, 0, _TEXT, len(texts), 1)]
    for encoded in map(str.encode, texts):
        size = len(encoded)
        parts += (_LENGTHS[size] if size < 4096 else _length(size), encoded)
    whole = b"".join(parts)
    return _length(len(whole)) + whole


@lru_cache(maxsize=4096)
def _basis(basis: tuple[str, ...]) -> bytes:
    return _texts(basis)


def resource_row(one: Labelled, version: int, at: bytes) -> bytes:
    """One row of ``record_resource``; ``at`` is the packed instant of writing."""
    return b"".join(
        (
            _chart(13, 8, one.charts[0]),
            _text(one.resource_type),
            _uuid(one.resource_id),
            _version(4, version),
            at,
            _timed(one.dated_at),
            _source(4, one.source_org, 4, one.author, 8, int(one.mask), 1, len(one.charts) > 1),
            _basis(one.basis),
            _length(len(one.meta)),
            one.meta,
            _length(len(one.body)),
            one.body,
        )
    )


def token_row(one: Labelled, at: bytes) -> bytes:
    """One row of ``record_token``: what it is found by, and copies of what its gate and its order look at."""
    return b"".join(
        (
            _chart(14, 8, one.charts[0]),
            _text(one.resource_type),
            _uuid(one.resource_id),
            _texts(one.tokens),
            at,
            _UNDATED if one.dated_at is None else _timed(one.dated_at),
            _source(4, one.source_org, 4, one.author, 8, int(one.mask), 1, len(one.charts) > 1),
            _ranges(one.ranges) if one.ranges else _NO_RANGES,
        )
    )


_NO_RANGES = 4 * _NULL


def _ranges(held: Sequence[Range]) -> bytes:
    """Four parallel arrays; no units where none has one."""
    codes, lows, highs, units = zip(*held, strict=True)
    return b"".join((_codes(codes), _floats(lows), _floats(highs), _codes(units) if any(units) else _NULL))


@lru_cache(maxsize=8192)
def _codes(texts: tuple[str, ...]) -> bytes:
    """Few combinations of codes occur, over and over."""
    return _texts(texts)


def _floats(values: Sequence[float]) -> bytes:
    """A one-dimensional ``float8[]``."""
    return b"".join(
        (
            _length(20 + 12 * len(values)),
            _array_head(1, 0, _FLOAT8, len(values), 1),
            *(_float(8, one) for one in values),
        )
    )


def id_row(one: Labelled) -> bytes:
    """One row of ``record_id``."""
    return b"".join((b"\0\x03", _uuid(one.resource_id), _text(one.resource_type), _chart_last(8, one.charts[0])))


def origin_row(feed: int, kind: str, origin: str, *, resource_id: str, chart_id: int, digest: bytes) -> bytes:
    """One row of ``record_origin``."""
    name = origin.encode()
    return b"".join(
        (
            b"\0\x06",
            _number(4, feed),
            _text(kind),
            _length(len(name)),
            name,
            _uuid(resource_id),
            _chart_last(8, chart_id),
            _length(len(digest)),
            digest,
        )
    )


def packed(at: datetime) -> bytes:
    """An instant as a field."""
    return _timed(at)


def copy(opened: Cursor, target: str, rows: Iterable[bytes]) -> None:
    """COPY packed rows into ``target`` (table and columns), in parcels that keep the socket busy."""
    command = f"COPY {target} FROM STDIN (FORMAT BINARY)"
    with opened.copy(cast("LiteralString", command)) as sink:
        waiting = [_HEADER]
        size = 0
        for row in rows:
            waiting.append(row)
            size += len(row)
            if size > _PARCEL:
                sink.write(b"".join(waiting))
                waiting.clear()
                size = 0
        sink.write(b"".join((*waiting, _TRAILER)))
