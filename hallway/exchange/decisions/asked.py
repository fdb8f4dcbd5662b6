"""What a gateway asks, parsed at the edge: typed, bounded in size and depth, and refused by the name of the element."""

import re
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta, Struct

from hallway.consent.law.asking import Aim, RecipientKind, Tie
from hallway.consent.law.conditions import CONDITIONS
from hallway.consent.tables.disclosures import words
from hallway.errors import HallwayError, Kind

MOST_BYTES = 512 * 1024
MOST_ITEMS = 500
MOST_DEPTH = 12
_Word = Annotated[str, Meta(min_length=1, max_length=200)]
_Id = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9\-._~:/#]+$")]
_Short = Annotated[str, Meta(max_length=40)]
_State = Annotated[str, Meta(pattern=r"^([A-Z]{2})?$")]


class Identifier(Struct, frozen=True, forbid_unknown_fields=True):
    """A business identifier; without ``system`` it is a number of the asker's own."""

    value: _Word
    system: Annotated[str, Meta(max_length=200)] = ""


class Coding(Struct, frozen=True, forbid_unknown_fields=True):
    """A code of an item."""

    code: _Word
    system: Annotated[str, Meta(max_length=200)] = ""
    display: Annotated[str, Meta(max_length=200)] = ""


class Patient(Struct, frozen=True, forbid_unknown_fields=True):
    """About whom: any one of the identifiers may be known."""

    identifier: Annotated[tuple[Identifier, ...], Meta(min_length=1, max_length=10)]


class Party(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """To whom: by NPI or FHIR reference where Hallway's directory has them, else described.

    What is described is the gateway's word. What is left out counts as the answer that permits least.
    """

    npi: Annotated[str, Meta(pattern=r"^([0-9]{10})?$")] = ""
    reference: Annotated[str, Meta(max_length=100)] = ""
    kind: RecipientKind = RecipientKind.PROVIDER
    state: _State = ""
    relation: Tie = Tie.NAMED
    covered_entity: bool = False
    responsible_for_care: bool = False
    sud_duty: bool = False


class Item(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """One thing that the gateway holds, as far as the law asks. ``id`` is the gateway's own and comes back with it.

    ``security`` are codes of its security labels; ``licence`` is its author's, where the directory does not have the
    author. Where nobody says, the licence of any clinician of the asker may bind it. Without a label and a code nothing
    says what it is, and it is not permitted.
    """

    id: _Id
    type: Annotated[str, Meta(pattern=r"^[A-Za-z]{1,40}$")]
    security: Annotated[tuple[_Short, ...], Meta(max_length=20)] = ()
    codes: Annotated[tuple[Coding, ...], Meta(max_length=50)] = ()
    note_kind: _Short = ""
    licence: _Short = ""
    received_under_notice: bool = False
    author_npi: Annotated[str, Meta(pattern=r"^([0-9]{10})?$")] = ""


class DecisionRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """``circumstances`` are facts that the gateway has on record, by the words of the rules."""

    patient: Patient
    recipient: Party
    purpose: Aim
    items: Annotated[tuple[Item, ...], Meta(min_length=1, max_length=MOST_ITEMS)]
    circumstances: Annotated[tuple[_Short, ...], Meta(max_length=20)] = ()


def parse(body: bytes) -> DecisionRequest:
    """The request. Raises INCORRECT, TOO_LARGE or UNPROCESSABLE; ``field`` names the element, and nothing is echoed."""
    asked = decoded(body, DecisionRequest)
    refuse_doubles(asked.items)
    for number, word in enumerate(asked.circumstances):
        if word not in words()["fact"] or word in CONDITIONS:
            raise not_understood(f"circumstances[{number}]")
    return asked


Shape = TypeVar("Shape", bound=Struct)


def decoded(body: bytes, shape: type[Shape]) -> Shape:
    """JSON as a typed value, within the limits of size and depth."""
    refuse_size(body)
    try:
        return msgspec.json.decode(body, type=shape)
    except msgspec.ValidationError as error:
        raise not_understood(element_of(str(error))) from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise no_json() from error


def refuse_size(body: bytes) -> None:
    """Refuse more than is taken at once, more nesting than any request has, and the one letter no row can hold."""
    if len(body) > MOST_BYTES:
        raise too_large()
    if depth(body) > MOST_DEPTH or has_nul(body):
        raise no_json()


_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def has_nul(body: bytes) -> bool:
    """Whether the JSON spells the character U+0000, which PostgreSQL's text refuses."""
    return _NUL.search(body) is not None


def too_large() -> HallwayError:
    """More bytes than are taken at once."""
    return HallwayError(
        Kind.TOO_LARGE,
        "H-XCH-001",
        what=f"The request is larger than {MOST_BYTES} bytes.",
        undone="Nothing was decided.",
        to_do=f"Send at most {MOST_ITEMS} items at a time.",
    )


_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]')


def depth(body: bytes) -> int:
    """How deep the JSON is nested; strings do not count."""
    deepest = level = 0
    for found in _BRACKETS.finditer(body):
        if found[0] in (b"[", b"{"):
            level += 1
            deepest = max(deepest, level)
        elif found[0] in (b"]", b"}"):
            level -= 1
    return deepest


_PATH = re.compile(r"`(\$[A-Za-z0-9.\[\]]*)`$")


def element_of(message: str) -> str:
    """The element that a validation error is about, as a FHIRPath of our own names; never a sent word."""
    found = _PATH.search(message)
    path = found[1].removeprefix("$").removeprefix(".") if found else ""
    return path or "the request"


def refuse_doubles(items: tuple[Item, ...]) -> None:
    """Decisions come back by id, so an id stands for one item."""
    seen: set[str] = set()
    for number, item in enumerate(items):
        if item.id in seen:
            raise HallwayError(
                Kind.UNPROCESSABLE,
                "H-XCH-002",
                what="Two items have the same id.",
                undone="Nothing was decided.",
                to_do="Give each item an id of its own: decisions are matched by it.",
                field=f"items[{number}].id",
            )
        seen.add(item.id)


def not_understood(element: str) -> HallwayError:
    """An element is missing, of another shape, or unknown."""
    return HallwayError(
        Kind.INCORRECT,
        "H-XCH-003",
        what="An element is missing, unknown, or not of the shape that is taken here.",
        undone="Nothing was decided.",
        to_do="Compare it with the examples of the documentation.",
        field=element,
    )


def no_json() -> HallwayError:
    """The body is no JSON that can be read."""
    return HallwayError(
        Kind.INCORRECT,
        "H-XCH-004",
        what="The body is not JSON that can be read here.",
        undone="Nothing was decided.",
        to_do=f"Send UTF-8 JSON, nested at most {MOST_DEPTH} deep.",
        field="the request",
    )
