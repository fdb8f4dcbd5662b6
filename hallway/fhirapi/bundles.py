"""Bundles spliced from stored bytes; nothing is parsed on the way out."""

import hashlib
from collections.abc import Callable, Sequence
from uuid import UUID

import msgspec

from hallway import clock
from hallway.consent.grants.notices import NOTHING, Owed
from hallway.record.stored import Stored, instant


def searchset(
    found: Sequence[Stored],
    base: str,
    *,
    total: int | None,
    links: Sequence[tuple[str, str]],
    owed: Owed = NOTHING,
    along: Sequence[Stored] = (),
    shape: Callable[[Stored], bytes] = Stored.json_bytes,
) -> bytes:
    """A searchset. ``total`` is the number that may flow, or None where it was not counted.

    ``along`` came by inclusion; ``shape`` writes each resource. Notices that law makes travel with it stand in an
    outcome entry at the end. No total counts either.
    """
    count = b"" if total is None else b',"total":%d' % total
    entries = [_found(one, base, b"match", shape) for one in found]
    entries += [_found(one, base, b"include", shape) for one in along]
    if owed:
        entries.append(_outcome(owed))
    return _bundle(b"searchset", count, links, b",".join(entries))


def _found(one: Stored, base: str, mode: bytes, shape: Callable[[Stored], bytes]) -> bytes:
    url = b"%b/%b/%b" % (base.encode(), one.kind.encode(), one.id.encode())
    return b'{"fullUrl":"%b","resource":%b,"search":{"mode":"%b"}}' % (url, shape(one), mode)


def _outcome(owed: Owed, beside: bytes = b'"search":{"mode":"outcome"}') -> bytes:
    """The notices as an entry of a searchset, or of a history."""
    return b'{"resource":%b,%b}' % (_told(owed), beside)


def _told(owed: Owed) -> bytes:
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


def with_notices(entries: Sequence[bytes], owed: Owed) -> bytes:
    """A document Bundle; the notices that law makes travel with it stand in an outcome at its end."""
    whole = [*entries, *([b'{"resource":' + _told(owed) + b"}"] if owed else [])]
    identifier = hashlib.sha256(b"|".join(whole)).hexdigest()[:32]
    head = b'{"resourceType":"Bundle","identifier":{"system":"urn:ietf:rfc:3986","value":"urn:uuid:%b"}' % (
        str(UUID(identifier)).encode()
    )
    at = instant(clock.now())
    return head + b',"type":"document","timestamp":"%b","entry":[%b]}' % (at, b",".join(whole))


def history(
    found: Sequence[Stored], base: str, *, links: Sequence[tuple[str, str]], total: int | None, owed: Owed = NOTHING
) -> bytes:
    """A history: versions that may flow, newest first; a version without a body is a deletion.

    ``total`` None where it was not counted. Notices stand in an entry of their own at the end.
    """
    entries = [_version(one, base) for one in found]
    if owed:
        entries.append(_outcome(owed, b'"request":{"method":"GET","url":"metadata"}'))
    return _bundle(b"history", b"" if total is None else b',"total":%d' % total, links, b",".join(entries))


def _version(one: Stored, base: str) -> bytes:
    """One entry of a history."""
    url = f"{base}/{one.kind}/{one.id}".encode()
    short = f"{one.kind}/{one.id}".encode()
    if not one.body:
        return b'{"fullUrl":"%b","request":{"method":"DELETE","url":"%b"}}' % (url, short)
    return b'{"fullUrl":"%b","resource":%b,"request":{"method":"PUT","url":"%b"}}' % (url, one.json_bytes(), short)


def _bundle(kind: bytes, count: bytes, links: Sequence[tuple[str, str]], entries: bytes) -> bytes:
    named = b",".join(
        b'{"relation":"%b","url":%b}' % (relation.encode(), msgspec.json.encode(url)) for relation, url in links
    )
    listed = b',"entry":[%b]' % entries if entries else b""
    return b'{"resourceType":"Bundle","type":"%b"%b,"link":[%b]%b}' % (kind, count, named, listed)
