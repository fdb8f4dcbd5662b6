"""A code system as somebody loaded it: its codes, their words, and which of them lies under which. Pure.

FHIR R4 4.0.1, CodeSystem. What is read here is the loader's, licence and all; nothing of it ships with Hallway.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import msgspec

from hallway.errors import HallwayError, Kind

MOST_CONCEPTS = 100_000
"""Concepts of one code system."""
PARENTS = frozenset({"parent", "subsumedBy"})
"""Properties that name what a concept lies under, beside nesting (R4, 4.8.12)."""

Step = Callable[[str], Sequence[str]]
"""From a code to its neighbours."""


class Designation(NamedTuple):
    """Another word for a concept. ``use`` is the code of what it is for, or empty."""

    value: str
    language: str = ""
    use: str = ""


class Concept(NamedTuple):
    """One code. ``parents`` are the codes it lies directly under; ``properties`` are (name, value as text)."""

    code: str
    display: str = ""
    definition: str = ""
    parents: tuple[str, ...] = ()
    properties: tuple[tuple[str, str], ...] = ()
    designations: tuple[Designation, ...] = ()

    @property
    def is_abstract(self) -> bool:
        """Whether it stands for a group and is never chosen itself."""
        return ("notSelectable", "true") in self.properties or ("abstract", "true") in self.properties

    @property
    def is_inactive(self) -> bool:
        """Whether it is no longer to be used."""
        told = self.properties
        return ("inactive", "true") in told or ("status", "retired") in told or ("status", "inactive") in told


class System:
    """A code system. ``complete``: all its codes are here. ``ordered``: one code under another means "is a"."""

    def __init__(
        self,
        url: str,
        version: str,
        concepts: Mapping[str, Concept],
        *,
        name: str = "",
        complete: bool = True,
        ordered: bool = True,
    ) -> None:
        """Keep what was read."""
        self.url = url
        self.version = version
        self.concepts = concepts
        self.name = name
        self.complete = complete
        self.ordered = ordered

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in self.concepts.values():
            for parent in one.parents:
                found.setdefault(parent, []).append(one.code)
        return found

    def children(self, code: str) -> Sequence[str]:
        """The codes directly under one."""
        return self._children.get(code, ())

    def below(self, code: str) -> frozenset[str]:
        """Every code under one, itself left out. Circles end where they began."""
        return self._reached(code, lambda one: self._children.get(one, ()))

    def above(self, code: str) -> frozenset[str]:
        """Every code that one lies under, itself left out."""
        return self._reached(code, lambda one: held.parents if (held := self.concepts.get(one)) else ())

    @staticmethod
    def _reached(code: str, step: Step) -> frozenset[str]:
        found: set[str] = set()
        waiting = list(step(code))
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                waiting += step(one)
        return frozenset(found - {code})


# Reading ------------------------------------------------------------------------------------------------------------


class _Coding(msgspec.Struct, frozen=True):
    code: str = ""


class _Designation(msgspec.Struct):
    value: str = ""
    language: str = ""
    use: _Coding = _Coding()


class _Property(msgspec.Struct, rename="camel"):
    code: str = ""
    value_code: str | None = None
    value_coding: _Coding | None = None
    value_string: str | None = None
    value_integer: int | None = None
    value_boolean: bool | None = None
    value_date_time: str | None = None
    value_decimal: float | None = None

    def text(self) -> str:
        """The value as text, as a filter writes it."""
        if self.value_coding is not None:
            return self.value_coding.code
        if self.value_boolean is not None:
            return "true" if self.value_boolean else "false"
        plain = (self.value_code, self.value_string, self.value_integer, self.value_date_time, self.value_decimal)
        return next((str(one) for one in plain if one is not None), "")


class _Concept(msgspec.Struct):
    code: str = ""
    display: str = ""
    definition: str = ""
    designation: list[_Designation] = []
    property: list[_Property] = []
    concept: list["_Concept"] = []


class _Defined(msgspec.Struct):
    code: str = ""
    uri: str = ""


class _System(msgspec.Struct, rename="camel"):
    url: str = ""
    version: str = ""
    name: str = ""
    content: str = ""
    hierarchy_meaning: str = ""
    property: list[_Defined] = []
    concept: list[_Concept] = []


_decoder = msgspec.json.Decoder(_System)
_UNDER = ("#parent", "#subsumedBy")


def read(body: bytes) -> System:
    """The code system of a CodeSystem resource. Raises HallwayError for one that is no such, or too large."""
    try:
        sent = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise _unreadable() from None
    under = PARENTS | {one.code for one in sent.property if one.uri.endswith(_UNDER)}
    concepts: dict[str, Concept] = {}
    for one, parent in _each(sent.concept):
        if len(concepts) >= MOST_CONCEPTS:
            raise _too_large()
        concepts[one.code] = _concept(one, parent, under)
    ordered = sent.hierarchy_meaning in {"", "is-a"}
    return System(
        sent.url, sent.version, concepts, name=sent.name, complete=sent.content == "complete", ordered=ordered
    )


def _each(roots: Sequence[_Concept]) -> Iterator[tuple[_Concept, str]]:
    """Every concept in the order it stands, with the code that it is nested in."""
    waiting = [(one, "") for one in reversed(roots)]
    while waiting:
        one, parent = waiting.pop()
        yield one, parent
        waiting += [(child, one.code) for child in reversed(one.concept)]


def _concept(one: _Concept, parent: str, under: frozenset[str]) -> Concept:
    told = tuple((each.code, each.text()) for each in one.property)
    named = [value for name, value in told if name in under]
    parents = tuple(dict.fromkeys(each for each in (parent, *named) if each))
    words = tuple(Designation(each.value, each.language, each.use.code) for each in one.designation)
    return Concept(one.code, one.display, one.definition, parents, told, words)


def _unreadable() -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-TRM-001",
        what="The code system that is loaded cannot be read.",
        undone="Nothing was looked up.",
        to_do="Load it again, as R4 defines a CodeSystem.",
    )


def _too_large() -> HallwayError:
    return HallwayError(
        Kind.TOO_LARGE,
        "H-TRM-002",
        what=f"A code system here has at most {MOST_CONCEPTS} concepts.",
        undone="Nothing was looked up.",
        to_do="Load the part that is used, or ask a terminology server.",
    )
