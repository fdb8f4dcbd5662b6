"""The ``Prefer`` header: what the answer to a write holds, and how strictly it is taken."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class Return(StrEnum):
    """What the answer holds."""

    MINIMAL = "minimal"
    REPRESENTATION = "representation"
    OUTCOME = "OperationOutcome"


class Prefer(NamedTuple):
    """``strict``: a profile that the resource claims and breaks is an error, not a warning."""

    wanted: Return
    strict: bool


def of(headers: Mapping[str, str], *, usual: Return) -> Prefer:
    """What the header asks for; ``usual`` where it says nothing. Unknown words are passed over (RFC 7240)."""
    words = {
        name.strip().lower(): value.strip().strip('"')
        for part in headers.get("prefer", "").replace(";", ",").split(",")
        for name, _, value in [part.partition("=")]
    }
    known = {one.value.lower(): one for one in Return}
    return Prefer(known.get(words.get("return", "").lower(), usual), words.get("handling") == "strict")
