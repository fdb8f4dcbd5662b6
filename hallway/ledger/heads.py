"""Published heads: one JSON object a line, appended and flushed to disk, where the database server cannot reach.

Copy the file (or its last line) to whoever should be able to check us: a regulator, a partner, a mailbox.
"""

import json
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings

from hallway.errors import HallwayError, Kind
from hallway.ledger import sealer
from hallway.ledger.chain import Head
from hallway.ledger.standalone import PUBLISHED, Sealed
from hallway.storage.connection import cursor

_HEADS = """
SELECT number, published_at, top_id, lines, digest, tips, prev, hash, ids, marks
FROM ledger_head WHERE number > %s ORDER BY number
"""
_GAPS = "SELECT gaps FROM ledger_head ORDER BY number DESC LIMIT 1"


def default_path() -> Path:
    """``ledger/heads.jsonl`` in the data folder."""
    return Path(settings.HOME) / "ledger" / "heads.jsonl"


def stored(*, after: int = 0) -> list[Head]:
    """The heads in the database above number ``after``, oldest first."""
    with cursor() as opened:
        opened.execute(_HEADS, [after])
        return [Head(*row) for row in opened.fetchall()]


def gaps() -> list[tuple[int, int]]:
    """The ids below the top, from and to, that a transaction still running may yet bring."""
    with cursor() as opened:
        row = opened.execute(_GAPS).fetchone()
    held: list[int] = row[0] if row else []
    return list(zip(held[::3], held[1::3], strict=True))


def exported(head: Head) -> Sealed:
    """The head as exports and the published file write it."""
    return Sealed(
        head.number,
        head.published_at.astimezone(UTC).isoformat(),
        head.top_id,
        head.lines,
        *(one.hex() for one in (head.digest, head.tips, head.prev, head.hash, head.ids, head.marks)),
    )


def to_json(head: Head) -> str:
    """The head as it is published, one line of JSON."""
    written = exported(head)._asdict()
    return json.dumps({name: written[name] for name in PUBLISHED})


def from_json(text: str | bytes) -> Head:
    """A head from its line. Raises HallwayError H-LED-003 when it is none."""
    try:
        read = json.loads(text)
        return Head(
            int(read["number"]),
            datetime.fromisoformat(read["published_at"]),
            int(read["top_id"]),
            int(read["lines"]),
            *(bytes.fromhex(read[name]) for name in ("digest", "tips", "prev", "hash")),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise HallwayError(
            Kind.INCORRECT,
            "H-LED-003",
            what="A line of the published heads cannot be read.",
            undone="The ledger was not verified.",
            to_do="Give the file of heads as Hallway wrote it.",
        ) from error


def read(path: Path) -> Iterator[Head]:
    """The heads of a file, oldest first; none when there is no file. A last line cut by a crash is passed over."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            if line.endswith(b"\n"):
                yield from_json(line)


def seal_and_publish(path: Path | None = None) -> int:
    """Seal what is due and append every head the file lacks; how many heads were made now. The worker's one call."""
    made = sealer.seal()
    target = path or default_path()
    if made or not target.exists():
        publish(target)
    return len(made)


def publish(path: Path) -> None:
    """Append to the file every head of the database that it lacks. Safe to run again; mends a line cut by a crash.

    Raises HallwayError H-LED-002 when the file knows a head that the database does not hold: it was put back to an
    older state. Nothing is appended then; ``set_aside`` keeps the old file as evidence and begins a new one.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    known = _last_of(path)
    if known is not None:
        present = next(iter(stored(after=known.number - 1)), None)
        if present is None or present.hash != known.hash:
            raise HallwayError(
                Kind.CONFLICT,
                "H-LED-002",
                what="The published heads of the ledger are not those of this database.",
                undone="No head was published.",
                to_do="If an older backup was restored on purpose, run: hallway ledger heads --set-aside.",
            )
    _append(path, stored(after=known.number if known else 0))


def set_aside(path: Path) -> Path:
    """Keep the file under another name and begin a new one at the next publication; the new name."""
    count = 1
    while (kept := path.with_name(f"heads-before-{count}.jsonl")).exists():
        count += 1
    path.rename(kept)
    return kept


def _last_of(path: Path) -> Head | None:
    """The last whole line of the file, reading only its end; cuts off what a crash left behind it."""
    if not path.exists():
        return None
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 4096))
        tail = file.read()
        whole = tail.rfind(b"\n") + 1
        file.truncate(size - (len(tail) - whole))
    lines = tail[:whole].splitlines()
    return from_json(lines[-1]) if lines else None


def _append(path: Path, heads: Iterable[Head]) -> None:
    """Write and flush to disk."""
    text = "".join(f"{to_json(head)}\n" for head in heads)
    if text:
        with path.open("a") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
