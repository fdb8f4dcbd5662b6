"""A call of a hook, parsed at the edge: who it is about, who looks, and the draft orders. All else is passed over.

``fhirServer`` and ``fhirAuthorization`` are never followed: Hallway calls nobody in order to answer.
"""

from dataclasses import dataclass
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from hallway.exchange.decisions import asked
from hallway.exchange.decisions.asked import not_understood

MOST_DEPTH = 60
"""Draft orders are whole resources in a Bundle; deeper than this nothing is read."""
MOST_IDENTIFIERS = 20
_Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9\-.]+$")]
_Reference = Annotated[str, Meta(max_length=200)]
_Word = Annotated[str, Meta(max_length=200)]


class Identifier(Struct, frozen=True):
    """A business identifier as an EHR sends it. Without a system it names nobody."""

    value: _Word = ""
    system: _Word = ""


class _Context(Struct, frozen=True, rename="camel"):
    patient_id: _Id
    user_id: _Reference = ""
    draft_orders: msgspec.Raw = msgspec.Raw(b"")
    selections: tuple[_Word, ...] = ()


class _Call(Struct, frozen=True, rename="camel"):
    hook: str
    hook_instance: Annotated[str, Meta(min_length=1, max_length=64)]
    context: _Context
    prefetch: dict[str, msgspec.Raw] = {}


class _Kind(Struct, frozen=True, rename="camel"):
    resource_type: str = ""


class _Person(Struct, frozen=True, rename="camel"):
    """As much of a Patient or Practitioner as is read."""

    id: str = ""
    identifier: Annotated[tuple[Identifier, ...], Meta(max_length=MOST_IDENTIFIERS)] = ()
    birth_date: str = ""


class _Entry(Struct, frozen=True):
    resource: msgspec.Raw = msgspec.Raw(b"")


class _Orders(Struct, frozen=True):
    entry: tuple[_Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """A call of one service. ``patient_id`` is as the caller names the patient, ours or theirs."""

    patient_id: str
    identifiers: tuple[Identifier, ...]
    birth_date: str
    user: str
    user_identifiers: tuple[Identifier, ...]
    orders: tuple[bytes, ...] = ()
    """Each draft order as it was sent: a FHIR resource."""


def parse(body: bytes, *, service: str) -> Call:
    """The call. Raises INCORRECT by the name of the element, TOO_LARGE beyond the limits; repeats nothing sent."""
    if len(body) > asked.MOST_BYTES:
        raise asked.too_large()
    if asked.depth(body) > MOST_DEPTH or asked.has_nul(body):
        raise asked.no_json()
    call = _decoded(body, _Call, "")
    if call.hook != service:
        raise not_understood("hook")
    patient = _person(call.prefetch, "patient", "Patient")
    user = _person(call.prefetch, "user", "Practitioner")
    return Call(
        patient_id=call.context.patient_id,
        identifiers=patient.identifier,
        birth_date=patient.birth_date,
        user=call.context.user_id,
        user_identifiers=user.identifier,
        orders=_orders(call.context.draft_orders),
    )


Shape = TypeVar("Shape", bound=Struct)


def _decoded(sent: bytes, shape: type[Shape], within: str) -> Shape:
    try:
        return msgspec.json.decode(sent, type=shape)
    except msgspec.ValidationError as error:
        raise not_understood(".".join(one for one in (within, asked.element_of(str(error))) if one)) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise asked.no_json() from error


def _person(prefetch: dict[str, msgspec.Raw], key: str, kind: str) -> _Person:
    """The prefetched person; what is missing, null or an OperationOutcome is nobody."""
    sent = bytes(prefetch.get(key, msgspec.Raw(b"")))
    if not sent.lstrip().startswith(b"{") or _decoded(sent, _Kind, f"prefetch.{key}").resource_type != kind:
        return _Person()
    return _decoded(sent, _Person, f"prefetch.{key}")


def _orders(sent: msgspec.Raw) -> tuple[bytes, ...]:
    if not bytes(sent).lstrip().startswith(b"{"):
        return ()
    return tuple(bytes(one.resource) for one in _decoded(bytes(sent), _Orders, "context.draftOrders").entry)
