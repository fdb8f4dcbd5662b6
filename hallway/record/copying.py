"""Rows in PostgreSQL's binary COPY format, packed by hand: the adapter's general way costs more than the database does.

The order of fields is that of the COPY commands below; PostgreSQL checks each field's length against its type.
"""

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import LiteralString, cast

from hallway.record.evidence import Labelled
from hallway.storage.connection import Cursor

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TEXT = 25
_PARCEL = 1 << 18

_length = struct.Struct(">i").pack
_chart = struct.Struct(">hiq").pack
_when = struct.Struct(">iq").pack
_version = struct.Struct(">ii").pack
_source = struct.Struct(">iiiiiqi?").pack
_array_head = struct.Struct(">iiiii").pack
_number = struct.Struct(">ii").pack
_chart_last = struct.Struct(">iq").pack

RESOURCE = (
    "chart_id, kind, resource_id, version, updated_at, dated_at, source_org, author, mask, several, basis, meta, body"
)
TOKENS = "chart_id, kind, resource_id, tokens"


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


def token_row(one: Labelled) -> bytes:
    """One row of ``record_token``."""
    return b"".join((_chart(4, 8, one.charts[0]), _text(one.resource_type), _uuid(one.resource_id), _texts(one.tokens)))


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
