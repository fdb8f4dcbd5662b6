"""Is there a drawing in this picture? A blank sheet is nobody's signature."""

import struct
import zlib

_HEADER = b"\x89PNG\r\n\x1a\n"
_MOST_BYTES = 16_000_000
"""Of pixels unpacked: a canvas of 2,000 by 2,000. More is refused, never unpacked."""
_LEAST_STROKES = 60
"""Bytes of pixels that differ from the paper; a dot is fewer, a name is thousands."""


def has_ink(png: bytes) -> bool:
    """Whether a PNG can be read and holds more than paper. False for anything broken, too large or blank."""
    try:
        pixels = zlib.decompressobj().decompress(_packed_pixels(png), _MOST_BYTES)
    except (ValueError, struct.error, zlib.error):
        return False
    if not pixels:
        return False
    paper = max(range(256), key=pixels.count)
    return len(pixels) - pixels.count(paper) >= _LEAST_STROKES


def _packed_pixels(png: bytes) -> bytes:
    """The compressed pixels of every IDAT chunk. Raises ValueError or struct.error for what is no PNG."""
    if not png.startswith(_HEADER):
        raise ValueError("no PNG")
    at, found, kind = len(_HEADER), [], b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", png, at)
        body = png[at + 8 : at + 8 + length]
        if struct.unpack_from(">I", png, at + 8 + length)[0] != zlib.crc32(kind + body):
            raise ValueError("broken chunk")
        if kind == b"IDAT":
            found.append(body)
        at += 12 + length
    return b"".join(found)


def a_stroke() -> bytes:
    """A line drawn across a small sheet, as a PNG: for proofs, which have no hand to sign with."""
    rows = [b"\x00" + bytes(255 if abs(x - 3 * y) > 3 else 0 for x in range(120)) for y in range(40)]
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", 120, 40, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"".join(rows))),
        (b"IEND", b""),
    )
    return _HEADER + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
