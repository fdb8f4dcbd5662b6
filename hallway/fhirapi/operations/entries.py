"""Entries of a Bundle with what a search does not give: scores, and resources that were composed for this answer."""

from collections.abc import Iterable, Sequence

import msgspec

from hallway.record.stored import Stored


def scored(found: Iterable[tuple[Stored, float, str]], base: str) -> bytes:
    """A searchset of matches with score and grade, best first."""
    entries = b",".join(
        b'{"fullUrl":"%b/%b/%b","resource":%b,"search":%b}'
        % (base.encode(), one.kind.encode(), one.id.encode(), one.json_bytes(), _search(score, grade))
        for one, score, grade in found
    )
    return bundle("searchset", [entries] if entries else [])


_GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"


def _search(score: float, grade: str) -> bytes:
    extension = [{"url": _GRADE, "valueCode": grade}]
    return msgspec.json.encode({"extension": extension, "mode": "match", "score": score})


def bundle(kind: str, entries: Sequence[bytes], *, total: int | None = None) -> bytes:
    """A Bundle of entries that are bytes already."""
    count = b"" if total is None else b',"total":%d' % total
    listed = b',"entry":[%b]' % b",".join(entries) if entries else b""
    return b'{"resourceType":"Bundle","type":"%b"%b%b}' % (kind.encode(), count, listed)
