"""The manifest of an export that is ready (Bulk Data Access 2.0, 2.5.3)."""

from collections.abc import Sequence

import msgspec

from hallway.exchange.bulk.models import Export, Segment
from hallway.record.stored import instant


def manifest(row: Export, segments: Sequence[Segment], base: str) -> bytes:
    """The manifest. ``count`` is what was written; a right taken back since makes the file shorter."""
    counts: dict[tuple[str, int], int] = {}
    for one in segments:
        counts[one.kind, one.file] = counts.get((one.kind, one.file), 0) + one.lines
    assert row.as_of_at is not None
    return msgspec.json.encode(
        {
            "transactionTime": instant(row.as_of_at).decode(),
            "request": row.request,
            "requiresAccessToken": True,
            "output": [
                {"type": kind, "url": f"{base}/exports/{row.id}/{kind}-{file}.ndjson", "count": count}
                for (kind, file), count in sorted(counts.items())
            ],
            "deleted": [],
            "error": [],
        }
    )
