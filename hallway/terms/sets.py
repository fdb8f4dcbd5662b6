"""A value set as its definition says: what it takes in, what it leaves out. Pure. FHIR R4 4.0.1, ValueSet.compose."""

from typing import NamedTuple

import msgspec

from hallway.errors import HallwayError, Kind


class Filter(NamedTuple):
    """A condition on the concepts of a system: property, operator, value."""

    property: str
    op: str
    value: str


class Part(NamedTuple):
    """One include or exclude. Of a system: the listed codes, those that meet every filter, or all.

    ``sets`` are canonical addresses of value sets in which a code must be too. ``listed`` are (code, display).
    """

    system: str = ""
    version: str = ""
    listed: tuple[tuple[str, str], ...] = ()
    filters: tuple[Filter, ...] = ()
    sets: tuple[str, ...] = ()


class ValueSet(NamedTuple):
    """``takes_inactive`` is false where the definition leaves out what is no longer used."""

    url: str
    version: str = ""
    includes: tuple[Part, ...] = ()
    excludes: tuple[Part, ...] = ()
    takes_inactive: bool = True


class _Listed(msgspec.Struct):
    code: str = ""
    display: str = ""


class _Filter(msgspec.Struct):
    property: str = ""
    op: str = ""
    value: str = ""


class _Part(msgspec.Struct, rename="camel"):
    system: str = ""
    version: str = ""
    concept: list[_Listed] = []
    filter: list[_Filter] = []
    value_set: list[str] = []


class _Compose(msgspec.Struct):
    include: list[_Part] = []
    exclude: list[_Part] = []
    inactive: bool = True


class _Contained(msgspec.Struct):
    system: str = ""
    version: str = ""
    code: str = ""
    display: str = ""
    abstract: bool = False
    contains: list["_Contained"] = []


class _Expansion(msgspec.Struct):
    total: int | None = None
    contains: list[_Contained] = []


class _ValueSet(msgspec.Struct, rename="camel"):
    resource_type: str = ""
    url: str = ""
    version: str = ""
    compose: _Compose | None = None
    expansion: _Expansion | None = None


_decoder = msgspec.json.Decoder(_ValueSet)


def read(body: bytes) -> ValueSet:
    """The value set of a ValueSet resource: by its definition, or where it has none by the expansion it carries.

    Raises HallwayError for one that is no such, and for an expansion that is a page of a longer one.
    """
    try:
        sent = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _unreadable() from None
    if sent.resource_type != "ValueSet":
        raise _unreadable()
    if sent.compose is None:
        return ValueSet(sent.url, sent.version, _expanded(sent.expansion or _Expansion()))
    compose = sent.compose
    includes, excludes = (tuple(map(_part, one)) for one in (compose.include, compose.exclude))
    return ValueSet(sent.url, sent.version, includes, excludes, compose.inactive)


def _part(one: _Part) -> Part:
    return Part(
        one.system,
        one.version,
        tuple((each.code, each.display) for each in one.concept),
        tuple(Filter(each.property, each.op, each.value) for each in one.filter),
        tuple(one.value_set),
    )


def _expanded(expansion: _Expansion) -> tuple[Part, ...]:
    """The codes of an expansion, as parts that list them."""
    by_system: dict[tuple[str, str], list[tuple[str, str]]] = {}
    waiting = list(reversed(expansion.contains))
    while waiting:
        one = waiting.pop()
        if one.code and not one.abstract:
            by_system.setdefault((one.system, one.version), []).append((one.code, one.display))
        waiting += reversed(one.contains)
    if (expansion.total or 0) > sum(map(len, by_system.values())):
        raise _unreadable()
    return tuple(Part(system, version, tuple(codes)) for (system, version), codes in by_system.items())


def _unreadable() -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-TRM-003",
        what="The value set cannot be read, or holds a part of its codes only.",
        undone="Nothing was looked up.",
        to_do="Send or load one with a definition (compose), or with its whole expansion.",
    )
