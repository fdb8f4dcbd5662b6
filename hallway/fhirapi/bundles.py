"""Every Bundle that goes out, spliced from bytes: stored resources are not parsed on the way."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

import msgspec

from hallway import clock
from hallway.consent.grants.notices import NOTHING, Owed
from hallway.record.stored import Stored, instant

Links = Sequence[tuple[str, str]]
MATCH = b'"search":{"mode":"match"}'
GRADE = "http://hl7.org/fhir/StructureDefinition/match-grade"


def bundle(
    kind: str, entries: Sequence[bytes], *, total: int | None = None, links: Links = (), more: bytes = b""
) -> bytes:
    """A Bundle of entries as bytes. ``total`` None where it was not counted; ``more`` are members of its own."""
    members = [b'"resourceType":"Bundle","type":"%b"' % kind.encode()]
    members += [more] if more else []
    members += [b'"total":%d' % total] if total is not None else []
    if links:
        named = [{"relation": relation, "url": url} for relation, url in links]
        members.append(b'"link":%b' % msgspec.json.encode(named))
    members += [b'"entry":[%b]' % b",".join(entries)] if entries else []
    return b"{%b}" % b",".join(members)


def entry(url: str, resource: bytes, beside: bytes = b"") -> bytes:
    """One entry; ``url`` holds nothing that JSON escapes, ``beside`` is what stands beside the resource."""
    return b'{"fullUrl":"%b","resource":%b%b}' % (url.encode(), resource, b"," + beside if beside else b"")


def entry_of(
    one: Stored, base: str, beside: bytes = b"", shape: Callable[[Stored], bytes] = Stored.json_bytes
) -> bytes:
    """The entry of a stored resource, as ``shape`` writes it."""
    return entry(f"{base}/{one.kind}/{one.id}", shape(one), beside)


def searchset(
    found: Sequence[Stored],
    base: str,
    *,
    total: int | None,
    links: Links,
    owed: Owed = NOTHING,
    along: Sequence[Stored] = (),
    shape: Callable[[Stored], bytes] = Stored.json_bytes,
) -> bytes:
    """A searchset. ``total`` is the number that may flow, or None where it was not counted.

    ``along`` came by inclusion; ``shape`` writes each resource. Notices that law makes travel with it stand in an
    outcome entry at the end. No total counts either.
    """
    entries = [entry_of(one, base, MATCH, shape) for one in found]
    entries += [entry_of(one, base, b'"search":{"mode":"include"}', shape) for one in along]
    if owed:
        entries.append(_outcome(owed, b'"search":{"mode":"outcome"}'))
    return bundle("searchset", entries, total=total, links=links)


def scored(found: Iterable[tuple[Stored, float, str]], base: str) -> bytes:
    """A searchset of matches with score and grade, best first."""
    return bundle("searchset", [entry_of(one, base, _score(score, grade)) for one, score, grade in found])


def _score(score: float, grade: str) -> bytes:
    extension = [{"url": GRADE, "valueCode": grade}]
    return b'"search":%b' % msgspec.json.encode({"extension": extension, "mode": "match", "score": score})


def _outcome(owed: Owed, beside: bytes) -> bytes:
    """The notices as an entry of a searchset, or of a history."""
    return b'{"resource":%b,%b}' % (told(owed), beside)


def told(owed: Owed) -> bytes:
    """The notices and what the consent covers, as an OperationOutcome."""
    issues = [
        {
            "severity": "information",
            "code": "informational",
            "details": {"coding": [{"system": "urn:hallway:notice", "code": notice.id}], "text": notice.text},
        }
        for notice in owed.notices
    ]
    issues += [{"severity": "information", "code": "informational", "diagnostics": words} for words in owed.scope]
    return msgspec.json.encode({"resourceType": "OperationOutcome", "id": "notices", "issue": issues})


def document(entries: Sequence[bytes], owed: Owed) -> bytes:
    """A document; the notices that law makes travel with it stand in an outcome at its end."""
    whole = [*entries, *([b'{"resource":' + told(owed) + b"}"] if owed else [])]
    identifier = UUID(hashlib.sha256(b"|".join(whole)).hexdigest()[:32])
    named = b'"identifier":{"system":"urn:ietf:rfc:3986","value":"urn:uuid:%b"}' % str(identifier).encode()
    return bundle("document", whole, more=b'%b,"timestamp":"%b"' % (named, instant(clock.now())))


def history(found: Sequence[Stored], base: str, *, links: Links, total: int | None, owed: Owed = NOTHING) -> bytes:
    """A history: versions that may flow, newest first; a version without a body is a deletion.

    ``total`` None where it was not counted. Notices stand in an entry of their own at the end.
    """
    entries = [_version(one, base) for one in found]
    if owed:
        entries.append(_outcome(owed, b'"request":{"method":"GET","url":"metadata"},"response":{"status":"200"}'))
    return bundle("history", entries, total=total, links=links)


def _version(one: Stored, base: str) -> bytes:
    """One entry of a history. The first version is told as a later one: it would tell which are withheld."""
    method, status = (b"PUT", b"200") if one.body else (b"DELETE", b"204")
    beside = b'"request":{"method":"%b","url":"%b"},"response":{"status":"%b","etag":%b,"lastModified":"%b"}' % (
        method,
        f"{one.kind}/{one.id}".encode(),
        status,
        msgspec.json.encode(f'W/"{one.version_id}"'),
        instant(one.updated_at),
    )
    if not one.body:
        return b'{"fullUrl":"%b",%b}' % (f"{base}/{one.kind}/{one.id}".encode(), beside)
    return entry_of(one, base, beside)
