"""Opens what ``hallway load`` is given and cuts it into parcels: one Bundle, or one NDJSON file, is one parcel.

Nothing is trusted: sizes are counted while unpacking, so a small file cannot become a large one unseen.
"""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from hallway.errors import HallwayError, Kind

LARGEST_FILE = 160 * 1024 * 1024
"""Bytes of one file, unpacked. One patient's whole life with scanned documents fits; a larger file must be cut."""
_SUFFIXES = (".json", ".json.gz", ".ndjson", ".ndjson.gz", ".jsonl", ".jsonl.gz")
_GZIP = b"\x1f\x8b"
_TYPES = frozenset({"transaction", "batch", "collection", "history", "searchset", "document"})


class LoadError(HallwayError):
    """A file (and entry) that cannot be loaded. Nothing of its parcel is stored."""

    def __init__(self, code: str, what: str, to_do: str, kind: Kind = Kind.UNPROCESSABLE) -> None:
        """``what`` is wrong and what ``to_do``."""
        super().__init__(kind, code, what=what, undone="Nothing of this file was stored.", to_do=to_do)


class _Request(msgspec.Struct):
    method: str = ""


class _Entry(msgspec.Struct, rename="camel"):
    full_url: str = ""
    resource: msgspec.Raw = msgspec.Raw()  # empty where the entry has none
    request: _Request | None = None


class _Bundle(msgspec.Struct, rename="camel"):
    resource_type: str = ""
    type: str = ""
    entry: list[_Entry] = []


class _Head(msgspec.Struct, rename="camel"):
    resource_type: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource as it lies in the file. ``number`` counts from 1; ``origin`` is the sender's name, ``Type/id``."""

    number: int
    raw: bytes
    kind: str
    sent_id: str
    full_url: str

    @property
    def origin(self) -> str:
        """``Type/id`` by the resource's id, else by its ``urn:uuid``, else empty."""
        name = self.sent_id or self.full_url.removeprefix("urn:uuid:").rpartition("/")[2]
        return f"{self.kind}/{name}" if name else ""


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is stored in one transaction."""

    name: str
    entries: list[Entry] = field(default_factory=list)


_bundle = msgspec.json.Decoder(_Bundle)
_head = msgspec.json.Decoder(_Head)


def find(paths: list[Path]) -> list[Path]:
    """Every file to load, folders walked, patients' NDJSON before what names them. Raises LoadError for a lost one."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.is_file() and p.name.endswith(_SUFFIXES))
        elif path.is_file():
            found.append(path)
        else:
            raise LoadError("H-LOA-001", "A path given to load is no file and no folder.", "Check the path.")
    return sorted(found, key=_turn)


def _turn(path: Path) -> tuple[int, str]:
    first = ("organization", "location", "practitioner", "patient")
    name = path.name.lower()
    turn = next((n for n, word in enumerate(first) if "ndjson" in name and name.startswith(word)), len(first))
    return turn, str(path)


def unpacked(path: Path) -> bytes:
    """The bytes of a file, unpacked when it is gzip. Raises LoadError when it is too large or its packing is broken."""
    with path.open("rb") as opened:
        packed = opened.read(2) == _GZIP
        opened.seek(0)
        try:
            content = (gzip.GzipFile(fileobj=opened) if packed else opened).read(LARGEST_FILE + 1)
        except (gzip.BadGzipFile, EOFError, zlib.error):
            raise LoadError("H-LOA-002", "The gzip packing of the file is broken.", "Fetch the file again.") from None
    if len(content) > LARGEST_FILE:
        raise LoadError(
            "H-LOA-003",
            "The file holds more than 160 MB.",
            "Cut it into smaller Bundles and load those.",
            Kind.TOO_LARGE,
        )
    return content


def parcel(path: Path) -> Parcel:
    """The entries of a file. Raises LoadError naming what is wrong."""
    content = unpacked(path).removeprefix(b"\xef\xbb\xbf")
    is_lines = ".ndjson" in path.name or ".jsonl" in path.name
    return Parcel(path.name, list(_lines(content) if is_lines else _bundle_entries(content)))


def _lines(content: bytes) -> Iterator[Entry]:
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            yield _entry(number, line, "")


def _bundle_entries(content: bytes) -> Iterator[Entry]:
    try:
        bundle = _bundle.decode(content)
    except RecursionError:
        raise LoadError("H-LOA-004", "The JSON is nested too deep.", "Send at most 100 levels.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise LoadError("H-LOA-005", "The file is not a JSON Bundle.", "Check that the file is whole.") from None
    if bundle.resource_type != "Bundle":
        yield _entry(1, content, "")
        return
    if bundle.type not in _TYPES:
        raise LoadError("H-LOA-006", "The Bundle is of no type that can be loaded.", "Send a transaction Bundle.")
    for number, entry in enumerate(bundle.entry, 1):
        raw = bytes(entry.resource)
        if not raw or (entry.request and entry.request.method not in {"", "POST", "PUT"}):
            raise EntryError(number, "H-LOA-007", "The entry holds no resource to create or update.", "Take it out.")
        yield _entry(number, raw, entry.full_url)


def _entry(number: int, raw: bytes, full_url: str) -> Entry:
    try:
        head = _head.decode(raw)
    except RecursionError:
        raise EntryError(number, "H-LOA-008", "The entry is nested too deep.", "Send at most 100 levels.") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise EntryError(number, "H-LOA-009", "The entry is not JSON, or not a resource.", "Check it.") from None
    return Entry(number, raw, head.resource_type, head.id, full_url)


class EntryError(LoadError):
    """What is wrong with one entry; ``number`` counts from 1."""

    def __init__(self, number: int, code: str, what: str, to_do: str) -> None:
        """Keep the number beside the sentences."""
        super().__init__(code, what, to_do)
        self.number = number
