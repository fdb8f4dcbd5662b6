"""Entries of a Bundle that post a search or an operation, in place of a resource."""

from collections.abc import Sequence
from urllib.parse import urlencode

import msgspec

from hallway.errors import HallwayError
from hallway.fhirapi.sent import LARGEST_FORM, MOST_PARAMETERS
from hallway.fhirapi.writing.accepting import incorrect
from hallway.fhirapi.writing.entries import Entry, too_many
from hallway.fhirapi.writing.keeping import at_entry

ALONE = ("Patient/$merge", "Patient/$unmerge")
"""Operations that change who may open what: whatever else a transaction does would stand on the rights of before."""


class _Parameter(msgspec.Struct, rename="camel"):
    name: str = ""
    value_string: str = ""


class _Parameters(msgspec.Struct, rename="camel"):
    resource_type: str = ""
    parameter: list[_Parameter] = []


_decoder = msgspec.json.Decoder(_Parameters)


def form_of(raw: bytes) -> bytes:
    """The form of a posted search: an entry carries it as Parameters of texts, or has all in its address.

    Raises INCORRECT for anything else, TOO_LARGE for more than a form may hold.
    """
    if not raw:
        return b""
    try:
        sent = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise no_form() from None
    if sent.resource_type != "Parameters" or not all(one.name and one.value_string for one in sent.parameter):
        raise no_form()
    if len(raw) > LARGEST_FORM or len(sent.parameter) > MOST_PARAMETERS:
        raise too_many("H-WRT-071", "The form of a search in an entry is too large.")
    return urlencode([(one.name, one.value_string) for one in sent.parameter]).encode()


def no_form() -> HallwayError:
    """What an entry sends along with a posted search is none."""
    return incorrect("H-WRT-070", "A search that an entry posts carries Parameters with a valueString each.")


def refuse_in_transaction(entries: Sequence[Entry]) -> None:
    """Refuse what a transaction cannot hold, before anything is looked at."""
    for one in entries:
        if one.calls and one.path in ALONE:
            with at_entry(one.number):
                raise incorrect("H-WRT-072", "A merge changes rights, so it stands in a batch or alone.")
