"""What must be true of every trigger before it may run: each name means something, each example too. Pure.

A name that is misspelt matches nothing, so its trigger would stay silent for good, and look like one that works.
"""

from collections.abc import Iterable, Iterator, Mapping

from hallway.identity.requester import CLINICIANS
from hallway.screening.instruments.checking import is_loinc
from hallway.talking.tables import library as talking
from hallway.terms import medicines, problems
from hallway.triggers import reading
from hallway.triggers.examples import Example
from hallway.triggers.rules.finders import FINDERS
from hallway.triggers.rules.owners import ROLES
from hallway.triggers.rules.predicates import PREDICATES
from hallway.triggers.tables.rows import Row, Seek

_SYSTEMS = frozenset(
    {*reading.SYSTEMS.values(), "category", "class", "hallway", "name", "other", "set", "drug", "group"}
)
_KINDS = frozenset(reading.KINDS)
_OWNERS = frozenset({"author", *ROLES, *CLINICIANS})
"""Whoever else owned a finding could not act on it."""
_LEAST = 5
"""Examples of each kind that a trigger must have."""


def refuse(rows: Mapping[str, Row]) -> None:
    """Raises ValueError with every fault of the rows; they are read at the start, which it stops."""
    if found := faults(rows):
        raise ValueError(f"Triggers: {'; '.join(found)}. Nothing was started. Mend the rows.")


def faults(rows: Mapping[str, Row]) -> list[str]:
    """A sentence for every name that means nothing; empty where the rows may be used."""
    return [f"{row.id}: {fault}" for row in rows.values() for fault in _of_row(row)]


def _of_row(row: Row) -> Iterator[str]:
    tests = (*row.only_if, *row.unless, *(one for when in row.when for one in (*when.only_if, *when.unless)))
    yield from _unknown("owner", row.owner.split("|"), _OWNERS)
    yield from _unknown("thing to ask for (acts)", row.acts.wanted, talking.wanted())
    yield from _unknown("find", (when.find for when in row.when), FINDERS)
    yield from _unknown("holds", (test.holds for test in tests), PREDICATES)
    named = [getattr(one, name) for one in (row, *row.when, *tests) for name in one.__struct_fields__]
    dollars = (one for one in named if isinstance(one, str) and one.startswith(("$", "-$")))
    yield from _unknown("parameter", (one.removeprefix("-")[1:] for one in dollars), row.parameters)
    for seek in (*row.when, *tests):
        yield from _of_seek(seek)


def _of_seek(seek: Seek) -> Iterator[str]:
    yield from _unknown("kind of resource", seek.kinds, _KINDS)
    for code in (*seek.codes, *seek.not_codes, *((seek.of,) if seek.of else ())):
        yield from of_code(code)


def _unknown(what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    holds = set(known)
    yield from (f"there is no {what} {name!r}" for name in dict.fromkeys(names) if name not in holds)


def of_code(code: str) -> Iterator[str]:
    """Why a code of a row or of an example can never be met; nothing where it may be. A loop's kind has no system."""
    system, colon, value = code.removeprefix("reason_").partition(":")
    if not colon:
        return
    is_known = {"set": _is_set, "group": _is_group, "drug": _is_drug, "loinc": is_loinc}.get(system)
    if system not in _SYSTEMS:
        yield f"{code!r} has no system that is known: {system!r}"
    elif is_known and "*" not in value and not is_known(value):
        yield f"{code!r} fails its check digit" if system == "loinc" else f"there is no {system} {value!r}"


def _is_set(name: str) -> bool:
    return name in problems.set_names()


def _is_group(name: str) -> bool:
    return name == "LONG_ACTING_INJECTABLE" or medicines.members(name) != {name}


def _is_drug(name: str) -> bool:
    spoken = name.replace("_", " ")
    return spoken == "?" or bool(medicines.groups(spoken)) or spoken in medicines.ingredients((), (spoken,))


def example_faults(examples: Iterable[Example], rows: Mapping[str, Row]) -> list[str]:
    """A sentence for every example that shows nothing, does not do what it shows, or is one of too few."""
    told = list(examples)
    found = [f"{one.rule}, {one.shows!r}: {fault}" for one in told for fault in _of_example(one, rows)]
    for rule in rows:
        for name, fires in (("fires", True), ("silent", False)):
            count = sum(one.rule == rule and one.fires == fires for one in told)
            if count < _LEAST:
                found.append(f"{rule}: {count} examples under {name!r}, {_LEAST} are needed")
    return found


def _of_example(example: Example, rows: Mapping[str, Row]) -> Iterator[str]:
    words = [word.partition("=")[0] for line in example.lines for word in line.split()[1:] if ":" in word]
    missed = [fault for word in words for fault in of_code(word)]
    if missed:
        yield from missed
    elif bool(example.found(rows)) != example.fires:
        yield "is silent and should fire" if example.fires else "fires and should be silent"
