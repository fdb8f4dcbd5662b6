"""What came with a request besides its address: body and header fields, counted and checked before they are read."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from hallway.errors import HallwayError, Kind
from hallway.fhirapi.asked import HEADERS, refused

LARGEST_BODY = 64 * 1024 * 1024
"""Bytes of a request body. A whole synthetic life is 2.4 MB on average; what is larger belongs into a bulk import."""
LARGEST_FORM = 64 * 1024
MOST_PARAMETERS = 50
FORM = "application/x-www-form-urlencoded"
JSON = ("application/fhir+json", "application/json")
PATCH = ("application/json-patch+json",)

Environ = Mapping[str, Any]


def body_of(environ: Environ, takes: tuple[str, ...]) -> bytes:
    """The body where the address takes one. Raises TOO_LARGE before reading, INCORRECT for another content type."""
    if not takes:
        return b""
    kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
    most = LARGEST_FORM if kind == FORM else LARGEST_BODY
    length = environ.get("CONTENT_LENGTH") or ""
    if length and not length.isdigit():
        raise refused("The length of what was sent cannot be read.")
    if length and int(length) > most:
        raise _too_large()
    found: bytes = environ["wsgi.input"].read(int(length) if length else most + 1)
    if len(found) > most:
        raise _too_large()
    if found and kind not in takes:
        raise HallwayError(
            Kind.UNSUPPORTED,
            "H-API-010",
            what="What was sent is of a type that this address does not take.",
            undone="Nothing was read and nothing was saved.",
            to_do=f"Send {' or '.join(takes)}.",
        )
    return found


def query_of(text: str) -> list[tuple[str, str]]:
    """Parameters in their order. Raises INCORRECT for too many, or for what is no UTF-8."""
    try:
        found = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_PARAMETERS, errors="strict")
    except ValueError as error:
        raise refused("The query cannot be read.") from error
    if any("\x00" in word for pair in found for word in pair):
        raise refused("The query cannot be read.")
    return found


def headers_of(environ: Environ) -> dict[str, str]:
    """The header fields that interactions look at."""
    found: dict[str, str] = {}
    for name in HEADERS:
        key = name.upper().replace("-", "_")
        value = environ.get(key if name == "content-type" else f"HTTP_{key}")
        if value:
            found[name] = str(value)
    return found


def refuse_foreign_page(environ: Environ, base: str) -> None:
    """A browser sends the session along with every page's request: a write by cookie comes from our own pages alone."""
    sent_by = environ.get("HTTP_ORIGIN")
    ours = base.removesuffix("/fhir")
    if sent_by != ours and environ.get("HTTP_SEC_FETCH_SITE") != "same-origin":
        raise HallwayError(
            Kind.FORBIDDEN,
            "H-API-011",
            what="A session of the pages writes from Hallway's own pages only.",
            undone="Nothing was saved.",
            to_do="Send an access token in the Authorization header.",
        )


def _too_large() -> HallwayError:
    return HallwayError(
        Kind.TOO_LARGE,
        "H-API-012",
        what=f"More was sent than {LARGEST_BODY // (1024 * 1024)} MB, or more than 64 kB of a form.",
        undone="Nothing was read and nothing was saved.",
        to_do="Cut it into smaller Bundles.",
    )
