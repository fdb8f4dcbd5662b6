"""What FHIR R4 4.0.1 says of each type, read from one compact file that ``tools/build_fhir_definitions.py`` wrote.

The file holds facts of HL7's definitions (CC0): names, cardinality, types, targets, required codes and invariants. It
is read at the first question and kept; nothing here changes afterwards.
"""

import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

import msgspec

from hallway.errors import HallwayError, Kind

VERSION = "4.0.1"
"""The version of FHIR that is told of here."""
_FILE = Path(__file__).with_name("tables") / "definitions.bin"


class Invariant(NamedTuple):
    """A rule that a type or element must keep: ``expression`` is FHIRPath, true or empty when kept."""

    key: str
    severity: str
    expression: str


class ValueSet(NamedTuple):
    """Codes that an element may take. ``systems`` is None where HL7 alone does not define the codes."""

    url: str
    systems: Mapping[str, frozenset[str]] | None
    codes: frozenset[str]


class Target(NamedTuple):
    """One type of an element; the types that a reference may name; the profiles that a value must keep."""

    kind: str
    targets: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()


class Element(NamedTuple):
    """One element of a type. ``most`` is -1 without a limit; ``strength`` is r, m (largest set), e, or empty."""

    name: str
    choice: bool
    least: int
    most: int
    types: tuple[Target, ...]
    strength: str = ""
    valueset: ValueSet | None = None
    invariants: tuple[Invariant, ...] = ()
    fixed: tuple[str, object] | None = None


class Definition(NamedTuple):
    """A resource, data type or backbone element (``Patient.contact``)."""

    name: str
    kind: str
    """``r`` resource, ``c`` data type, ``b`` backbone element, ``p`` primitive; ``a`` behind it: abstract."""
    base: str
    invariants: tuple[Invariant, ...]
    elements: tuple[Element, ...]
    regex: str


class Member(NamedTuple):
    """An element as it stands in JSON: ``valueQuantity`` of the element ``value``."""

    key: str
    sibling: str
    """The key of its id and extensions when it is a primitive: ``_birthDate``."""
    kind: str
    primitive: bool
    element: Element
    target: Target


class _File(msgspec.Struct, frozen=True):
    version: str
    invariants: list[tuple[str, str, str]]
    valuesets: list[tuple[str, dict[str, list[str]] | None]]
    types: dict[str, tuple[str, str, list[int], str | list[list[object]]]]


class NoSuchTypeError(HallwayError):
    """R4 has no type of this name."""


@cache
def _file() -> _File:
    return msgspec.json.decode(zlib.decompress(_FILE.read_bytes()), type=_File)


@cache
def _valueset(row: int) -> ValueSet:
    url, systems = _file().valuesets[row]
    if systems is None:
        return ValueSet(url, None, frozenset())
    by_system = {system: frozenset(codes) for system, codes in systems.items()}
    return ValueSet(url, by_system, frozenset[str]().union(*by_system.values()))


@cache
def valuesets() -> Mapping[str, int]:
    """Row of each value set by its canonical address."""
    return {url: row for row, (url, _) in enumerate(_file().valuesets)}


def valueset(url: str) -> ValueSet | None:
    """A value set that R4's own elements are bound to, by its canonical address without version; None if unknown."""
    row = valuesets().get(url)
    return None if row is None else _valueset(row)


@cache
def _invariant(row: int) -> Invariant:
    return Invariant(*_file().invariants[row])


def invariants() -> tuple[Invariant, ...]:
    """Every invariant of R4's types and elements."""
    return tuple(_invariant(row) for row in range(len(_file().invariants)))


def _target(one: object) -> Target:
    if isinstance(one, str):
        return Target(one)
    parts = cast("list[object]", one)
    lists = [tuple(cast("list[str]", part)) for part in parts[1:]]
    return Target(cast("str", parts[0]), *lists)


def _element(row: list[object]) -> Element:
    whole = [*row, *(None,) * (9 - len(row))]
    name, choice, least, most, kinds, strength, codes, invariants, fixed = whole
    held = cast("list[object] | None", fixed)
    return Element(
        cast("str", name),
        bool(choice),
        cast("int", least),
        cast("int", most),
        tuple(_target(one) for one in cast("list[object]", kinds)),
        cast("str", strength or ""),
        _valueset(cast("int", codes)) if codes not in {None, -1} else None,
        tuple(_invariant(one) for one in cast("list[int]", invariants or [])),
        (cast("str", held[0]), held[1]) if held else None,
    )


def is_known(name: str) -> bool:
    """Whether R4 has a type of this name."""
    return name in _file().types


@cache
def definition(name: str) -> Definition:
    """The definition of a type. Raises NoSuchTypeError for a name that R4 does not know."""
    if name not in _file().types:
        raise NoSuchTypeError(
            Kind.INCORRECT, "H-DEF-001", what="FHIR R4 has no such type.", undone="", to_do="Check the name."
        )
    kind, base, rules, rest = _file().types[name]
    elements = () if isinstance(rest, str) else tuple(_element(row) for row in rest)
    regex = rest if isinstance(rest, str) else ""
    return Definition(name, kind, base, tuple(_invariant(one) for one in rules), elements, regex)


@cache
def ancestors(name: str) -> frozenset[str]:
    """A type and all that it specializes."""
    found: set[str] = set()
    while name:
        found.add(name)
        name = _file().types[name][1] if name in _file().types else ""
    return frozenset(found)


def is_primitive(name: str) -> bool:
    """Whether values of the type stand in JSON as a string, number or boolean."""
    return name in _file().types and _file().types[name][0] == "p"


def key_of(element: Element, kind: str) -> str:
    """The JSON key of an element taken as ``kind``."""
    return element.name + kind[0].upper() + kind[1:] if element.choice else element.name


@cache
def members(name: str) -> Mapping[str, tuple[Member, ...]]:
    """The elements of a type by name, each with every key it may stand under."""
    return {
        element.name: tuple(
            Member(
                key_of(element, target.kind), "_" + key_of(element, target.kind), target.kind,
                is_primitive(target.kind), element, target,
            )
            for target in element.types
        )
        for element in definition(name).elements
    }  # fmt: skip


@cache
def keys(name: str) -> Mapping[str, Member]:
    """The elements of a type by JSON key."""
    return {member.key: member for found in members(name).values() for member in found}


@cache
def resource_names() -> frozenset[str]:
    """Every resource that can be sent."""
    return frozenset(name for name, row in _file().types.items() if row[0] == "r")
