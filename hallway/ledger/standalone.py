#!/usr/bin/env python3
"""Checks an exported ledger of Hallway. One file, the standard library only; it trusts nothing of Hallway.

    python standalone.py EXPORT [HEADS]

EXPORT is what ``hallway ledger export`` wrote, HEADS the published heads (``ledger/heads.jsonl``) as you were given
them. Finds any byte that was changed, any line dropped, added or swapped, and anything cut off before the last head
you hold. Prints what it found; exit code 0 when nothing, 1 for findings, 2 when a file cannot be read.

The export is JSON lines: a head, then the lines sealed under it, in the order of their ids. It is exact to the byte:
JSON as Python writes it with ``ensure_ascii=False``, so that a byte changed between the values is found too.

- digest of a line: SHA-256 over its fields as text, in the order of FIELDS, joined by U+001F
- link of a chart: SHA-256 over the link before, the number of this link as 8 bytes and the digest; the first stands on
  SHA-256 of ``hallway ledger chart N``. A line is linked in each chart it names, in chart 0 when it names none.
- head: SHA-256 over ``number microseconds top_id lines digest tips prev``, where ``digest`` is SHA-256 over id
  (8 bytes) and digest of each line and ``tips`` over chart (8), number of links (8) and newest link of each chart
  named, charts ascending. The first head's ``prev`` is SHA-256 of ``hallway ledger head 2``.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import IO, NamedTuple

FIELDS = (
    "id", "at", "account_id", "practitioner_id", "organization_id", "role", "act", "purpose", "route",
    "charts", "plan", "epoch", "position", "detail",
)  # fmt: skip
PUBLISHED = ("number", "published_at", "top_id", "lines", "digest", "tips", "prev", "hash")
MARK = 4
FIRST = hashlib.sha256(b"hallway ledger head 2").hexdigest()
_BEGIN = datetime(1970, 1, 1, tzinfo=timezone.utc)


class Finding(NamedTuple):
    """What is wrong and where. Numbers only: a finding is shown to people who may not see charts."""

    what: str
    head: int = 0
    line: int = 0

    def __str__(self) -> str:
        where = [f"{name} {value}" for name, value in (("head", self.head), ("line", self.line)) if value]
        return f"{self.what} ({', '.join(where)})" if where else self.what


class Sealed(NamedTuple):
    """A head as it was exported: what was published, and which lines stand under it with the mark of each."""

    number: int
    published_at: str
    top_id: int
    lines: int
    digest: str
    tips: str
    prev: str
    hash: str
    ids: str
    marks: str


Lines = Iterable[tuple[str, ...]]
"""The lines under a head, each as the texts of FIELDS."""


@dataclass
class Verified:
    """How far a verification has come: what was counted, every head's hash, and where each chain stands."""

    heads: int = 0
    lines: int = 0
    last: "Sealed | None" = None
    hashes: "dict[int, str]" = field(default_factory=dict)
    tips: "dict[int, tuple[int, bytes]]" = field(default_factory=dict)
    doubted: "set[int]" = field(default_factory=set)


def check(sealed: Iterable[tuple[Sealed, Lines]], verified: Verified) -> Iterator[Finding]:
    """Walk every head from the first and every line under it; yields what is wrong, nothing when all is well.

    After a finding it goes on from what stands there, so that one change is reported once and not as an avalanche.
    """
    before, number = FIRST, 0
    for head, lines in sealed:
        if head.number != number + 1:
            yield Finding("heads are missing before this one", head.number)
        if head.prev != before:
            yield Finding("this head does not stand on the one before it", head.number)
        if _hash_of(head) != head.hash:
            yield Finding("this head was altered", head.number)
        before, number = head.hash, head.number
        verified.hashes[head.number] = head.hash
        yield from _check_lines(head, lines, verified)
        verified.heads += 1
        verified.last = head


def _hash_of(head: Sealed) -> str:
    at = datetime.fromisoformat(head.published_at)
    if at.isoformat() != head.published_at or at.tzinfo is None:
        return ""
    words = (head.number, (at - _BEGIN) // timedelta(microseconds=1), *head[2:7])
    return hashlib.sha256(" ".join(map(str, words)).encode()).hexdigest()


def _check_lines(head: Sealed, lines: Lines, verified: Verified) -> Iterator[Finding]:
    """The lines of one head, each against its mark and all against the head's digests."""
    expected = _unpacked(bytes.fromhex(head.ids))
    marks = dict(zip(expected, _cut(bytes.fromhex(head.marks)), strict=False))
    over, found, seen = hashlib.sha256(), list[Finding](), list[int]()
    touched: set[int] = set()
    for fields in lines:
        number, digest = int(fields[0]), hashlib.sha256("\x1f".join(fields).encode()).digest()
        found += _about(head, fields, marks.get(number), digest)
        over.update(_eight(number) + digest)
        seen.append(number)
        touched |= _linked(fields, digest, verified, is_doubted=marks.get(number) != digest[:MARK])
    found += _about_order(head, seen, expected)
    verified.lines += len(seen)
    if not found and over.hexdigest() != head.digest:
        found.append(Finding("the lines under this head are not those that were sealed", head.number))
    if found:
        verified.doubted |= touched
    elif not touched & verified.doubted and _over_tips(touched, verified) != head.tips:
        found.append(Finding("the chains under this head are not those that were sealed", head.number))
    yield from found


def _about(head: Sealed, fields: "tuple[str, ...]", mark: "bytes | None", digest: bytes) -> "list[Finding]":
    """What is wrong with one line by itself."""
    if mark is None:
        return [Finding("this line was not sealed under this head", head.number, int(fields[0]))]
    return [] if digest[:MARK] == mark else [Finding("this line was edited", head.number, int(fields[0]))]


def _about_order(head: Sealed, seen: "list[int]", expected: "list[int]") -> "list[Finding]":
    """What is wrong with the lines taken together."""
    here = set(seen)
    found = [Finding("this line was dropped", head.number, one) for one in expected if one not in here]
    if not len(expected) == len(head.marks) // (2 * MARK) == head.lines or seen != sorted(here):
        found.append(Finding("lines are doubled, out of order, or not as many as were sealed", head.number))
    return found


def _linked(fields: "tuple[str, ...]", digest: bytes, verified: Verified, *, is_doubted: bool) -> "set[int]":
    """Move on the chain of each chart that the line names; the charts."""
    charts = {int(chart) for chart in fields[9].split(",") if chart} or {0}
    for chart in charts:
        first = hashlib.sha256(b"hallway ledger chart %d" % chart).digest()
        count, tip = verified.tips.get(chart, (0, first))
        verified.tips[chart] = (count + 1, hashlib.sha256(tip + _eight(count + 1) + digest).digest())
    if is_doubted:
        verified.doubted |= charts
    return charts


def _over_tips(charts: "set[int]", verified: Verified) -> str:
    over = hashlib.sha256()
    for chart in sorted(charts):
        count, tip = verified.tips[chart]
        over.update(_eight(chart) + _eight(count) + tip)
    return over.hexdigest()


def _eight(number: int) -> bytes:
    return number.to_bytes(8, "big", signed=True)


def _cut(marks: bytes) -> "list[bytes]":
    return [marks[place : place + MARK] for place in range(0, len(marks), MARK)]


def _unpacked(packed: bytes) -> "list[int]":
    """Ids out of the steps between them, seven bits a byte, the lowest first, the eighth set while more follow."""
    ids: list[int] = []
    last = step = shift = 0
    for byte in packed:
        step |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            last += step
            ids.append(last)
            step = shift = 0
    return ids


def against_published(verified: Verified, published: Iterable[tuple[int, str]]) -> Iterator[Finding]:
    """Heads that were published must be the ones that are here, by number and hash."""
    for number, held in published:
        if verified.hashes.get(number) != held:
            yield Finding("this published head is not the one that is here", number)


# Files ---------------------------------------------------------------------------------------------------------------


class UnreadableError(ValueError):
    """A file is not what it should be, at this line."""

    def __init__(self, name: str, number: int) -> None:
        super().__init__(f"line {number} of the {name} is not as Hallway writes it")


def verify(export: IO[bytes], published: "IO[bytes] | None", verified: Verified) -> Iterator[Finding]:
    """Verify an export, and against published heads where they are given. Raises UnreadableError at a bad line."""
    yield from check(_Reader(export), verified)
    if published is not None:
        heads = [_published(line, number) for number, line in enumerate(published, 1)]
        yield from against_published(verified, ((int(str(one["number"])), str(one["hash"])) for one in heads))


class _Reader:
    """Reads an export once, front to back, in bounded memory: each head with the lines under it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._number = file, 0
        self._next = self._read()

    def __iter__(self) -> "Iterator[tuple[Sealed, Lines]]":
        while self._next is not None:
            if tuple(self._next) != Sealed._fields:
                raise UnreadableError("export", self._number)
            head = Sealed(**self._next)  # type: ignore[arg-type]
            if any(bytes.fromhex(text).hex() != text for text in (head.ids, head.marks)):
                raise UnreadableError("export", self._number)
            self._next = self._read()
            yield head, self._lines()

    def _lines(self) -> Lines:
        while self._next is not None and "id" in self._next:
            if tuple(self._next) != FIELDS or not all(isinstance(text, str) for text in self._next.values()):
                raise UnreadableError("export", self._number)
            yield tuple(str(text) for text in self._next.values())
            self._next = self._read()

    def _read(self) -> "dict[str, object] | None":
        line = self._file.readline()
        self._number += 1
        return _exact(line, "export", self._number) if line else None


def _published(line: bytes, number: int) -> "dict[str, object]":
    """A published head whose own hash is right."""
    read = _exact(line, "published heads", number)
    if tuple(read) != PUBLISHED:
        raise UnreadableError("published heads", number)
    head = Sealed(**read, ids="", marks="")  # type: ignore[arg-type]
    if _hash_of(head) != head.hash:
        raise UnreadableError("published heads", number)
    return read


def _exact(line: bytes, name: str, number: int) -> "dict[str, object]":
    """A JSON object that reads exactly so, to the byte."""
    try:
        read = json.loads(line)
        if isinstance(read, dict) and json.dumps(read, ensure_ascii=False).encode() + b"\n" == line:
            return read
    except ValueError:
        pass
    raise UnreadableError(name, number)


def main(words: "list[str]") -> int:
    """Verify the files named; what was found, to standard output."""
    if len(words) not in (1, 2):
        sys.stderr.write("usage: python standalone.py EXPORT [HEADS]\n")
        return 2
    verified, count = Verified(), 0
    try:
        with open(words[0], "rb") as export, open(words[-1], "rb") as heads:
            for finding in verify(export, heads if len(words) == 2 else None, verified):
                print(finding)
                count += 1
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except (UnreadableError, ValueError, TypeError, OverflowError) as error:
        print(error)
        count += 1
    told = f" The last head is {verified.last.number}, of {verified.last.published_at}." if verified.last else ""
    print(f"{verified.lines} lines under {verified.heads} heads, {len(verified.tips)} chains: {count} findings.{told}")
    if len(words) == 1:
        print("No published heads were given: only the inner agreement of the export was checked.")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
