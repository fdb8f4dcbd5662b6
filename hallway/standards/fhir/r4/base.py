"""What every typed view is, and how it is read and written."""

import threading
from decimal import Decimal
from typing import TypeVar, cast

import msgspec

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoders: dict[type, "msgspec.json.Decoder[Part]"] = {}
_building = threading.Lock()
"""Held while a decoder is made: until then other threads would see half of what msgspec knows of a type, and crash."""


class Part(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True, kw_only=True):
    """An element or resource of FHIR R4. Elements that were not sent are ``None`` or ``()``, and are not written."""


P = TypeVar("P", bound=Part)


def encode(part: Part) -> bytes:
    """The JSON of a view, without empty elements; decimals as they were read.

    Raises ValueError for a number that JSON cannot carry (NaN, infinity).
    """
    return _encoder.encode(part)


def decode(body: bytes, kind: type[P]) -> P:
    """Read ``body`` as ``kind``; elements the view does not know are passed over.

    Raises msgspec.ValidationError (a ValueError) when an element has the wrong JSON type.
    """
    decoder = _decoders.get(kind)
    if decoder is None:
        with _building:
            decoder = _decoders[kind] = msgspec.json.Decoder(kind)
    return cast("P", decoder.decode(body))


def decimal(text: str) -> Decimal:
    """A decimal of FHIR: the digits as sent, so 1.50 stays 1.50."""
    return Decimal(text)
