"""The entries of a batch or transaction, parsed and bounded; what each asks for, not yet done."""

from email.utils import format_datetime
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

from hallway.errors import HallwayError, Kind
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.writing.accepting import incorrect
from hallway.fhirapi.writing.keeping import at_entry
from hallway.fhirapi.writing.limits import (
    LONGEST_CRITERION,
    MOST_ALONE,
    MOST_ENTRIES,
    MOST_READS,
    MOST_SEARCHES,
)
from hallway.standards.fhir import codec, dates

WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_CONDITIONS = {"if_match": "if-match", "if_none_match": "if-none-match", "if_none_exist": "if-none-exist"}


class _Request(msgspec.Struct, rename="camel"):
    method: str = ""
    url: str = ""
    if_match: str = ""
    if_none_match: str = ""
    if_none_exist: str = ""
    if_modified_since: str = ""


class _Entry(msgspec.Struct, rename="camel"):
    full_url: str = ""
    resource: msgspec.Raw = msgspec.Raw()
    request: _Request | None = None


class _Bundle(msgspec.Struct, rename="camel"):
    resource_type: str = ""
    type: str = ""
    entry: list[_Entry] = []


_decoder = msgspec.json.Decoder(_Bundle)


class Entry(NamedTuple):
    """One request of a Bundle. ``path`` and ``query`` are those of its url, relative to our address."""

    number: int
    full_url: str
    method: str
    path: str
    query: str
    raw: bytes
    headers: dict[str, str]

    @property
    def kind(self) -> str:
        """The resource type in the url."""
        return self.path.partition("/")[0]

    @property
    def id(self) -> str:
        """The id in the url, or empty."""
        return self.path.partition("/")[2]

    @property
    def calls(self) -> bool:
        """Whether it posts a search or an operation: what it writes to, if anything, stands in no address."""
        return self.method == "POST" and _is_call(self.path)

    @property
    def reads(self) -> bool:
        """Whether it is a read or a call, in place of a write to a resource of its own."""
        return self.method not in WRITES or self.calls


def _is_call(path: str) -> bool:
    last = path.rpartition("/")[2]
    return last == "_search" or last.startswith("$")


def parse(asked: Asked) -> tuple[str, list[Entry]]:
    """The Bundle's type and its entries. Raises INCORRECT naming the entry, TOO_LARGE for too many."""
    codec.check_depth(asked.body)
    try:
        bundle = _decoder.decode(asked.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise incorrect("H-WRT-036", "This is no JSON Bundle of requests.") from None
    if bundle.resource_type != "Bundle" or bundle.type not in {"batch", "transaction"}:
        raise incorrect("H-WRT-037", "Only a Bundle of type batch or transaction is taken here.", "Bundle.type")
    most = MOST_ENTRIES if bundle.type == "transaction" else MOST_ALONE
    if len(bundle.entry) > most:
        raise too_many("H-WRT-042", f"A {bundle.type} holds at most {most} entries.")
    entries = [_entry(number, one, asked.base) for number, one in enumerate(bundle.entry)]
    _refuse_searches(entries)
    _refuse_doubles(entries)
    return bundle.type, entries


def _entry(number: int, one: _Entry, base: str) -> Entry:
    request, raw = one.request, bytes(one.resource)
    with at_entry(number):
        if request is None or request.method not in {*WRITES, "GET", "HEAD"}:
            raise incorrect("H-WRT-038", "An entry names no method that is taken here.")
        path, _, query = request.url.removeprefix(f"{base}/").partition("?")
        if not path or len(request.url) > 2 * LONGEST_CRITERION or "\x00" in request.url + one.full_url:
            raise no_address()
        if request.method in {"POST", "PUT", "PATCH"} and not raw and not _is_call(unquote(path)):
            raise incorrect("H-WRT-039", "The resource of an entry is missing.")
        return Entry(number, one.full_url, request.method, unquote(path), query, raw, _headers(request))


def _headers(request: _Request) -> dict[str, str]:
    """What would come in header fields had the entry come alone; its instant as HTTP writes one."""
    found = {name: str(getattr(request, own)) for own, name in _CONDITIONS.items() if getattr(request, own)}
    if request.if_modified_since:
        since = dates.instant(request.if_modified_since)
        if since is None:
            raise incorrect("H-WRT-066", "The ifModifiedSince of an entry is no instant.")
        found["if-modified-since"] = format_datetime(since, usegmt=True)
    return found


def _refuse_searches(entries: list[Entry]) -> None:
    """What a Bundle asks to be looked for is bounded: it would hold a place at the door for minutes."""
    if sum(one.reads for one in entries) > MOST_READS:
        raise too_many("H-WRT-047", f"A Bundle reads at most {MOST_READS} times.")
    if sum(bool(one.query or "if-none-exist" in one.headers) for one in entries if not one.reads) > MOST_SEARCHES:
        raise too_many("H-WRT-048", f"A Bundle searches for at most {MOST_SEARCHES} of its resources.")


def _refuse_doubles(entries: list[Entry]) -> None:
    """One name stands for one entry, and one resource is written once."""
    names: set[str] = set()
    written: set[str] = set()
    for one in entries:
        with at_entry(one.number):
            if one.full_url and one.full_url in names:
                raise incorrect("H-WRT-040", "The same fullUrl stands twice.")
            names.add(one.full_url)
            if one.id and not one.reads:
                if one.path in written:
                    raise incorrect("H-WRT-041", "The same resource is written twice.")
                written.add(one.path)


def no_address() -> HallwayError:
    """The address of an entry is none that takes such a request."""
    return incorrect("H-WRT-043", "The address of an entry is not one that an entry may have.")


def too_many(code: str, what: str) -> HallwayError:
    """More than one Bundle may ask for."""
    return HallwayError(
        Kind.TOO_LARGE,
        code,
        what=what,
        undone="Nothing was saved.",
        to_do="Cut it into smaller ones.",
    )
