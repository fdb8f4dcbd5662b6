"""Sets of problems by ICD-10-CM prefix, else by name. Pure; rows in ``tables/``, none reviewed by a clinician.

No list of SNOMED codes ships: such a code is known by the words that came with it, or not at all.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import NamedTuple

from hallway.terms.medicines import rows


class ProblemSet(NamedTuple):
    """Prefixes of ICD-10-CM codes with their dot, and those left out again."""

    key: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


@cache
def all_sets() -> tuple[ProblemSet, ...]:
    """Every set that goes by code."""
    return tuple(ProblemSet(row["set"], _split(row["include"]), _split(row["exclude"])) for row in rows("problems"))


@cache
def _unions() -> tuple[tuple[str, frozenset[str]], ...]:
    # Twice: a union may name another one.
    return tuple((row["set"], frozenset(_split(row["of"]))) for row in rows("set_unions")) * 2


@cache
def set_names() -> frozenset[str]:
    """The name of every set, whether of codes or of other sets."""
    return frozenset(
        {one.key for one in all_sets()} | {name for name, _ in _unions()} | set(_names().values()) | {"MEDICAL"}
    )


@cache
def _names() -> dict[str, str]:
    return {word: row["set"] for row in rows("problem_names") for word in _split(row["words"])}


@lru_cache(maxsize=8192)
def of_code(code: str) -> frozenset[str]:
    """The sets of one ICD-10-CM code."""
    found = {
        one.key
        for one in all_sets()
        if code.startswith(one.include) and not (one.exclude and code.startswith(one.exclude))
    }
    if code[:1] not in {"F", "Z", "V", "W", "X", "Y", "R"}:
        found.add("MEDICAL")
    return _joined(found)


@lru_cache(maxsize=8192)
def of_name(name: str) -> frozenset[str]:
    """The sets of a problem's name, where the list knows exactly this one; what stands in brackets is left out."""
    found = _names().get(name.partition("(")[0].strip().lower())
    if not found:
        return frozenset()
    sets = _joined({found})
    return sets | {"MEDICAL"} if "SERIOUS_MEDICAL" in sets else sets


def _joined(found: set[str]) -> frozenset[str]:
    for union, parts in _unions():
        if found & parts:
            found.add(union)
    return frozenset(found)


def sets_of(icd10: Iterable[str], names: Iterable[str] = ()) -> frozenset[str]:
    """The sets of a problem: by its ICD-10-CM codes, else by its names."""
    coded = frozenset[str]().union(*(of_code(code) for code in icd10))
    return coded or frozenset[str]().union(*(of_name(name) for name in names))
