import struct
import zlib

import pytest

from hallway.consent.forms import ink

BLANK_ROWS = zlib.compress(b"".join(b"\x00" + bytes(120) for _ in range(40)))


def png(*chunks):
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def test_a_drawn_line_has_ink():
    assert ink.has_ink(ink.a_stroke())


@pytest.mark.parametrize(
    "picture",
    [
        b"",
        b"<svg/>",
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n strokes of a hand",
        png((b"IEND", b"")),
        png((b"IDAT", BLANK_ROWS), (b"IEND", b"")),
        png((b"IDAT", b"not packed"), (b"IEND", b"")),
        ink.a_stroke()[:-20],
        ink.a_stroke().replace(b"IDAT", b"IDAX"),
    ],
)
def test_a_blank_or_broken_picture_is_no_signature(picture):
    assert not ink.has_ink(picture)


def test_a_picture_that_unpacks_without_end_is_read_no_further_than_the_limit():
    bomb = png((b"IDAT", zlib.compress(bytes(200_000_000))), (b"IEND", b""))
    assert len(bomb) < 250_000
    assert not ink.has_ink(bomb)
