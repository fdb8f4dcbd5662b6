"""From a value set's definition to its codes. What is not held here is refused with its place, never guessed. Pure."""

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol

from hallway.errors import HallwayError, Kind
from hallway.terms.sets import Filter, Part, ValueSet
from hallway.terms.systems import Concept, Designation, System

MOST_CODES = 100_000
"""Codes looked at for one expansion, those of nested value sets too."""
MOST_STEPS = 2_000_000
"""Codes compared for one expansion: by filters, and between value sets that name one another."""
DEEPEST = 10
"""Value sets within value sets."""


class Library(Protocol):
    """Where value sets and code systems are looked up; ``version`` empty for the one in use."""

    def system(self, url: str, version: str) -> System | None:
        """A code system, or None when it is not held."""
        ...

    def valueset(self, url: str, version: str) -> ValueSet | None:
        """A value set, or None when it is not held."""
        ...


class Member(NamedTuple):
    """One code of an expansion."""

    system: str
    version: str
    code: str
    display: str = ""
    is_abstract: bool = False
    is_inactive: bool = False
    designations: tuple[Designation, ...] = ()


Members = dict[tuple[str, str], Member]
"""By system and code, in the order of the definition."""


def expand(wanted: ValueSet, library: Library, *, only: frozenset[str] | None = None) -> Members:
    """The codes of a value set. ``only``: of these systems alone, so that others need not be held.

    Raises HallwayError UNPROCESSABLE, with the place, for a system or value set that is not held, a filter that is not
    understood, or a circle; TOO_LARGE for too many codes.
    """
    return _Expanding(library, only).whole(wanted, ())


class _Expanding:
    """One expansion on its way, and what it may still look at."""

    def __init__(self, library: Library, only: frozenset[str] | None) -> None:
        self.library = library
        self.only = only
        self.left = MOST_CODES
        self.steps = MOST_STEPS
        self.done: dict[str, Members] = {}

    def whole(self, wanted: ValueSet, within: tuple[str, ...]) -> Members:
        if len(within) > DEEPEST or (wanted.url and wanted.url in within):
            raise _refused("H-TRM-010", "Value sets name one another in a circle, or too deep.", "")
        within = (*within, wanted.url)
        found: Members = {}
        for number, part in enumerate(wanted.includes):
            place = f"ValueSet.compose.include[{number}]"
            for key, one in self.part(part, place, within).items():
                found.setdefault(key, one)
        for number, part in enumerate(wanted.excludes):
            for key in self.part(part, f"ValueSet.compose.exclude[{number}]", within):
                found.pop(key, None)
        return found if wanted.takes_inactive else {key: one for key, one in found.items() if not one.is_inactive}

    def part(self, part: Part, place: str, within: tuple[str, ...]) -> Members:
        if part.system and self.only is not None and part.system not in self.only:
            return {}
        sets = [self.nested(one, f"{place}.valueSet[{n}]", within) for n, one in enumerate(part.sets)]
        if part.system:
            found = self.of_system(part, place)
        elif sets:
            found = sets.pop(0)
        else:
            raise _refused("H-TRM-011", "A part of the value set names neither a system nor a value set.", place)
        self.spend(len(found) * (1 + len(sets)))
        return {key: one for key, one in found.items() if all(key in other for other in sets)}

    def nested(self, canonical: str, place: str, within: tuple[str, ...]) -> Members:
        if canonical not in self.done:
            url, _, version = canonical.partition("|")
            held = self.library.valueset(url, version)
            if held is None:
                raise _refused("H-TRM-012", "A value set that this one names is not held here.", place)
            try:
                self.done[canonical] = self.whole(held, within)
            except HallwayError as error:
                # The place within the nested one says little to whoever asked about the outer one.
                error.field = place
                raise
        return self.done[canonical]

    def of_system(self, part: Part, place: str) -> Members:
        held = self.library.system(part.system, part.version)
        if part.listed:
            if part.filters:
                raise _refused("H-TRM-013", "A part of the value set lists codes and filters them too.", place)
            return self.kept(_listed(part, held))
        if held is None:
            raise _refused("H-TRM-014", "The code system is not held here.", f"{place}.system")
        if not held.complete:
            raise _refused("H-TRM-015", "The code system is held here in part only.", f"{place}.system")
        codes = held.concepts.values()
        for number, one in enumerate(part.filters):
            self.spend(len(held.concepts))
            passes = _test(one, held, f"{place}.filter[{number}]")
            codes = [each for each in codes if passes(each)]
        return self.kept({(held.url, one.code): _member(held, one) for one in codes})

    def kept(self, found: Members) -> Members:
        self.left -= len(found)
        if self.left < 0:
            raise _too_large()
        return found

    def spend(self, steps: int) -> None:
        """Count work that gives no new code. Raises TOO_LARGE when too much was done."""
        self.steps -= steps
        if self.steps < 0:
            raise _too_large()


def _member(system: System, one: Concept, display: str = "") -> Member:
    words = display or one.display
    return Member(
        system.url, system.version, one.code, words, one.is_abstract, one.is_inactive, designations=one.designations
    )


def _listed(part: Part, held: System | None) -> Members:
    """The codes that a definition lists, with its words or the system's."""
    found: Members = {}
    for code, display in part.listed:
        known = held.concepts.get(code) if held is not None else None
        if held is not None and known is not None:
            found[part.system, code] = _member(held, known, display)
        else:
            found[part.system, code] = Member(part.system, part.version, code, display)
    return found


# Filters ------------------------------------------------------------------------------------------------------------

Test = Callable[[Concept], bool]
_SELF = frozenset({"concept", "code"})


def _test(one: Filter, held: System, place: str) -> Test:
    """The condition that a filter is. Raises UNPROCESSABLE for one that is not understood."""
    if one.property in _SELF and one.op in _OF_HIERARCHY:
        if not held.ordered:
            raise _refused(
                "H-TRM-017", "In this code system one code under another does not mean that it is one.", place
            )
        return _within(_OF_HIERARCHY[one.op](held, one.value), inside=one.op != "is-not-a")
    make = _OF_VALUE.get(one.op)
    if make is None:
        raise _refused("H-TRM-018", "A filter of the value set is not one that is understood here.", place)
    return make(one)


def _within(codes: frozenset[str], *, inside: bool) -> Test:
    return lambda each: (each.code in codes) is inside


_OF_HIERARCHY: Mapping[str, Callable[[System, str], frozenset[str]]] = {
    "is-a": lambda held, code: held.below(code) | {code},
    "descendent-of": lambda held, code: held.below(code),
    "is-not-a": lambda held, code: held.below(code) | {code},
    "generalizes": lambda held, code: held.above(code) | {code},
}


def _values(each: Concept, name: str) -> tuple[str, ...]:
    """The values of a property: the code itself, what it lies under, or what the system says of it."""
    if name in _SELF:
        return (each.code,)
    if name == "parent":
        return each.parents
    if name == "display":
        return (each.display,)
    return tuple(value for told, value in each.properties if told == name)


def _equals(one: Filter) -> Test:
    return lambda each: one.value in _values(each, one.property)


def _among(one: Filter) -> Test:
    words = {word.strip() for word in one.value.split(",")}
    inside = one.op == "in"
    return lambda each: bool(words & set(_values(each, one.property))) is inside


def _exists(one: Filter) -> Test:
    wanted = one.value == "true"
    return lambda each: bool(_values(each, one.property)) is wanted


_OF_VALUE: Mapping[str, Callable[[Filter], Test]] = {"=": _equals, "in": _among, "not-in": _among, "exists": _exists}
"""``regex`` is not among them: a pattern of somebody else's is work without a bound."""


def _too_large() -> HallwayError:
    return HallwayError(
        Kind.TOO_LARGE,
        "H-TRM-016",
        what=f"The value set goes through more than {MOST_CODES} codes, or through fewer too often.",
        undone="Nothing was looked up.",
        to_do="Ask for a smaller one, or ask a terminology server.",
    )


def _refused(code: str, what: str, place: str) -> HallwayError:
    """What cannot be told here. The place says which part of the definition; nothing of it is repeated."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        code,
        what=what,
        undone="Nothing was looked up.",
        to_do="Load what is missing, or ask a terminology server.",
        field=place or None,
    )
