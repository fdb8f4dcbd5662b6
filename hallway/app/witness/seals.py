"""Lines as the ledger has them, and whether they stand under a head that was published."""

import hashlib
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hallway.ledger import chain, heads
from hallway.ledger.chain import FIELDS, Head
from hallway.ledger.sealer import TEXTS
from hallway.storage.connection import cursor

__all__ = ["FIELDS", "Seals"]
_LINES = f"SELECT {TEXTS} FROM ledger_answer l WHERE l.id = ANY (%s::bigint[])"  # noqa: S608 - our own words
_PART = struct.Struct(">q")


@dataclass(slots=True)
class Seals:
    """Looks up each head once: recomputed from its lines, compared with the published file where there is one."""

    published: Path | None = None
    _heads: dict[int, Head] = field(default_factory=dict[int, Head])
    _under: dict[int, frozenset[int]] = field(default_factory=dict[int, frozenset[int]])
    _sound: dict[int, str] = field(default_factory=dict[int, str])
    _file: dict[int, bytes] | None = None

    def lines(self, ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
        """The texts of lines by number, in the order of ``FIELDS``; unknown numbers are left out."""
        with cursor() as opened:
            rows = opened.execute(_LINES.encode(), [sorted(set(ids))]).fetchall()
        return {int(row[0]): tuple(text or "" for text in row) for row in rows}

    def faults(self, line_id: int, number: int, stated_hash: str) -> list[str]:
        """What is wrong with the head that a receipt names. A line that was not sealed yet names none."""
        if number == 0:
            return [] if not stated_hash else ["The receipt names a head without a number."]
        head = self._head(number)
        if head is None or head.hash.hex() != stated_hash:
            return ["The head is not one that was published."]
        if line_id not in self._under[number]:
            return ["The line does not stand under the head that is named."]
        return [self._sound[number]] if self._sound[number] else []

    def _head(self, number: int) -> Head | None:
        if number not in self._heads:
            for head in heads.stored(after=number - 1):
                if head.number not in self._heads:
                    self._heads[head.number] = head
                    self._under[head.number] = frozenset(chain.unpack_ids(head.ids))
            if number in self._heads:
                self._sound[number] = self._fault(self._heads[number])
        elif number not in self._sound:
            self._sound[number] = self._fault(self._heads[number])
        return self._heads.get(number)

    def _fault(self, head: Head) -> str:
        """The head over its lines again, and against the published file."""
        over = hashlib.sha256()
        found = self.lines(self._under[head.number])
        for line_id in sorted(found):
            over.update(_PART.pack(line_id) + hashlib.sha256("\x1f".join(found[line_id]).encode()).digest())
        if over.digest() != head.digest or chain.head_hash(head) != head.hash:
            return "The head that is named is not over the lines that stand under it."
        known = self._published().get(head.number)
        return "" if known in (None, head.hash) else "The head that is named is not the published one."

    def _published(self) -> dict[int, bytes]:
        if self._file is None:
            path = self.published or heads.default_path()
            self._file = {head.number: head.hash for head in heads.read(path)}
        return self._file
