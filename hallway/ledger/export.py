"""The ledger as a file that a stranger can check: each head, then the links sealed under it, one JSON object a line.

``chain.py`` and ``verify.py`` are all that is needed to check it; neither touches a database.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from hallway.errors import HallwayError, Kind
from hallway.ledger import heads, queries
from hallway.ledger.chain import FIELDS, Head, Link
from hallway.ledger.verify import Finding, Verified, against_published, check
from hallway.storage.connection import transaction


def write(file: IO[str]) -> int:
    """Write every sealed line; how many links were written. One snapshot: what is sealed meanwhile is not in it."""
    links = 0
    with transaction():
        for head in heads.stored():
            file.write(f"{heads.to_json(head)}\n")
            for link in queries.links_of(head):
                file.write(f"{_to_json(link)}\n")
                links += 1
    return links


def verify_file(file: IO[str], verified: Verified, *, published: Path | None) -> Iterator[Finding]:
    """Verify an export, and against published heads where they are given.

    Raises HallwayError H-LED-004 when the file is no export of a ledger.
    """
    stored: dict[int, bytes] = {}
    rest = _Reader(file)
    yield from check(rest.heads(stored), rest.links, verified)
    if published is not None:
        yield from against_published(stored, heads.read(published))


class _Reader:
    """Reads an export once, front to back, in bounded memory."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self._next = self._read()

    def heads(self, stored: dict[int, bytes]) -> Iterator[Head]:
        """Each head when its turn comes; notes its hash in ``stored``."""
        while self._next:
            if "number" not in self._next:
                raise _no_export()
            head = heads.from_json(json.dumps(self._next))
            stored[head.number] = head.hash
            self._next = self._read()
            yield head

    def links(self, head: Head) -> Iterable[Link]:
        """The links up to the next head."""
        while self._next and "number" not in self._next:
            yield _from_json(self._next)
            self._next = self._read()

    def _read(self) -> dict[str, object]:
        line = self._file.readline()
        if not line:
            return {}
        try:
            read: object = json.loads(line)
        except ValueError as error:
            raise _no_export() from error
        if not isinstance(read, dict):
            raise _no_export()
        return read


def _to_json(link: Link) -> str:
    """A link as one line of JSON."""
    return json.dumps(
        {
            "chart": link.chart_id,
            "seq": link.seq,
            "answer": link.answer_id,
            "prev": link.prev.hex(),
            "hash": link.hash.hex(),
            "line": dict(zip(FIELDS, link.fields, strict=True)) if link.fields else None,
        },
        ensure_ascii=False,
    )


def _from_json(read: dict[str, object]) -> Link:
    """A link from its line."""
    try:
        line = read["line"]
        fields = tuple(str(line[name]) for name in FIELDS) if isinstance(line, dict) else None
        numbers = (int(str(read["chart"])), int(str(read["seq"])), int(str(read["answer"])))
        return Link(*numbers, bytes.fromhex(str(read["prev"])), bytes.fromhex(str(read["hash"])), fields)
    except (KeyError, ValueError) as error:
        raise _no_export() from error


def _no_export() -> HallwayError:
    return HallwayError(
        Kind.INCORRECT,
        "H-LED-004",
        what="The file is no export of a ledger.",
        undone="It was not verified to its end.",
        to_do="Give a file that hallway ledger export wrote.",
    )
