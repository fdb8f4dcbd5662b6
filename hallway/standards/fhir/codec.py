"""Reading and writing FHIR JSON without losing a digit, and without letting in what cannot be stored or served.

Decimals keep the digits that were sent. Of two equal keys the JSON is refused, not guessed at. Control characters that
FHIR forbids, nesting over 100 levels and numbers beyond JSON are refused with a sentence that echoes nothing.
"""

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import cast

import msgspec

from hallway.errors import HallwayError, Kind
from hallway.standards.fhir.search import Json, kinds

DEEPEST = 100
"""Levels of nesting that are read. No resource seen in the wild comes near it."""
LARGEST = 16 * 1024 * 1024
"""Bytes of one resource. A larger attachment belongs outside the record."""

_CONTROL = re.compile(rb"(?<!\\)(?:\\\\)*\\u00(?:0[0-8bcefBCEF]|1)")
_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}\Z")
_REFERENCE = re.compile(rb'("(?:reference|url)"\s*:\s*")([^"\\]+)(?=")')


class FHIRError(HallwayError):
    """The bytes are not a resource that Hallway takes."""

    def __init__(self, code: str, what: str, to_do: str, kind: Kind = Kind.UNPROCESSABLE) -> None:
        """``what`` is wrong and what ``to_do``; nothing has been stored whenever this is raised."""
        super().__init__(kind, code, what=what, undone="Nothing was stored.", to_do=to_do)


def _number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise _not_json() from None
    if not -6200 < number.adjusted() < 6200:
        raise FHIRError("H-FHR-004", "A number is beyond any measurement.", "Check the value.")
    return number


_decoder = msgspec.json.Decoder(float_hook=_number)
_encoder = msgspec.json.Encoder(decimal_format="number")


def _not_json() -> FHIRError:
    return FHIRError("H-FHR-001", "This is not JSON.", "Send one FHIR R4 resource as UTF-8 JSON.", Kind.INCORRECT)


def decode(raw: bytes) -> Json:
    """The resource as JSON values, decimals as Decimal.

    Raises FHIRError when it is not JSON, not an R4 resource, too deep, too large, or holds forbidden characters.
    """
    found = plain(raw)
    if not isinstance(found, dict) or str(found.get("resourceType")) not in kinds():
        raise FHIRError("H-FHR-005", "This is no FHIR R4 resource.", "Check the resourceType.")
    return cast("Json", found)


def plain(raw: bytes) -> object:
    """Any JSON as values, by the same rules as a resource: a patch, or parameters. Raises FHIRError as ``decode``."""
    if len(raw) > LARGEST:
        raise FHIRError("H-FHR-002", "A resource is larger than 16 MB.", "Store the attachment apart.", Kind.TOO_LARGE)
    if b"\\u00" in raw and _CONTROL.search(raw):
        raise FHIRError("H-FHR-003", "A text holds a control character.", "Remove it and send again.")
    try:
        return _decoder.decode(raw)
    except RecursionError:
        raise _too_deep() from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise _not_json() from None


def encode(resource: Mapping[str, object]) -> bytes:
    """Compact JSON. Raises FHIRError when it is nested deeper than it may be."""
    try:
        return _encoder.encode(resource)
    except RecursionError:
        raise _too_deep() from None


def amended(raw: bytes, members: Mapping[str, object]) -> bytes:
    """The resource with these members in place of its own and everything else as it was sent, unknown members too.

    Server-given metadata is left out: the next version gets its own. Raises FHIRError as ``decode`` does.
    """
    resource = {**decode(raw), **members}
    meta = resource.pop("meta", None)
    if isinstance(meta, dict):
        ours = {"versionId", "lastUpdated", "security"}
        kept = {name: value for name, value in cast("Json", meta).items() if name not in ours}
        resource |= {"meta": kept} if kept else {}
    return encode(resource)


def _too_deep() -> FHIRError:
    return FHIRError("H-FHR-006", "The JSON is nested too deep.", "Send at most 100 levels.")


def check_once(raw: bytes, keys: int) -> None:
    """Refuse doubled keys: ``keys`` is how many key ends the text has when each key stands once.

    A count decides when nothing is amiss; only a difference is looked at key by key.
    """
    if raw.count(b'":') != keys:
        try:
            json.loads(raw, object_pairs_hook=_refuse_doubles)
        except RecursionError:
            raise _too_deep() from None


def _refuse_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise FHIRError("H-FHR-007", "The same key stands twice in one object.", "Send each element once.")
    return found


def check_depth(raw: bytes) -> None:
    """Refuse nesting over DEEPEST. Cheap: a look for a run of brackets cannot be fooled into passing a deep text."""
    if raw.count(b"{") + raw.count(b"[") <= DEEPEST:
        return
    depth = 0
    in_text = False
    for found in re.finditer(rb'\\.|["{}\[\]]', raw):
        mark = found.group()
        if mark == b'"':
            in_text = not in_text
        elif not in_text and mark in b"{[":
            depth += 1
            if depth > DEEPEST:
                raise _too_deep()
        elif not in_text and mark in b"}]":
            depth -= 1


def is_id(text: str) -> bool:
    """Whether a text may be a FHIR id."""
    return _ID.match(text) is not None


def rewrite_references(raw: bytes, new_for: Callable[[bytes], bytes | None]) -> bytes:
    """Put ``new_for(reference)`` in place of every ``reference`` and ``url`` value for which it is not None.

    Works on the text: inside a JSON string every quote is escaped, so the pattern meets nothing but real members.
    """

    def put(found: re.Match[bytes]) -> bytes:
        new = new_for(found.group(2))
        return found.group(0) if new is None else found.group(1) + new

    return _REFERENCE.sub(put, raw)


def references(raw: bytes) -> list[bytes]:
    """Every text that ``rewrite_references`` would ask for, in its order."""
    return [found[1] for found in _REFERENCE.findall(raw)]


def has_urn_reference(raw: bytes) -> bool:
    """Whether a ``reference`` still is a ``urn:uuid``: one that stands for an entry of a Bundle."""
    return b"urn:uuid:" in raw and any(
        found.group(1).endswith(b'"') and found.group(2).startswith(b"urn:uuid:") and b"reference" in found.group(1)
        for found in _REFERENCE.finditer(raw)
    )


def split(resource: Json) -> tuple[str, str, bytes, bytes, int]:
    """Type, sender's id, body and sender's meta of a decoded resource, and its number of key ends (``check_once``).

    The body starts with ``resourceType`` and lacks ``id`` and ``meta``, which are taken out of ``resource`` too. Of
    ``meta`` version and time are ours and go; what the sender said about security comes first, so that our own labels
    can join it at read.
    """
    kind = cast("str", resource["resourceType"])
    keys = ("id" in resource) + ("meta" in resource)
    sent_id = resource.pop("id", None)
    meta = resource.pop("meta", None)
    if next(iter(resource)) != "resourceType":
        resource = {"resourceType": kind, **resource}
    body = encode(resource)
    kept = b""
    if isinstance(meta, dict):
        members = {n: v for n, v in cast("Json", meta).items() if n not in {"versionId", "lastUpdated"}}
        keys += len(cast("Json", meta)) - len(members)
        if isinstance(members.get("security"), list):
            members = {"security": members.pop("security"), **members}
        kept = encode(members)[1:-1]
    return kind, sent_id if isinstance(sent_id, str) else "", body, kept, keys + body.count(b'":') + kept.count(b'":')
