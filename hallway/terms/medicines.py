"""Drugs by what arrives (RxNorm, UNII, a name) to ingredients, groups, interacting pairs and what to watch. Pure.

Rows in ``tables/``; nothing here is reviewed by a clinician. A drug that no row knows is said to be unknown: it is
never taken for a harmless one.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

SEVERITIES = ("minor", "moderate", "major", "contraindicated")
"""From the least to the worst."""


class Interaction(NamedTuple):
    """Two groups (or ingredients) that should not meet unseen. ``effect`` in two or three words."""

    id: str
    a: str
    b: str
    severity: str
    is_interruptive: bool
    effect: str
    source: str
    verified: bool


class Watch(NamedTuple):
    """One check of one drug or group. ``codes``: results that count, any one.

    ``at_days`` after the start, then every so many days: ``phases`` are (days between, until day), the last one open.
    """

    of: str
    check: str
    codes: frozenset[str]
    at_days: tuple[int, ...]
    phases: tuple[tuple[int, int], ...]
    source: str
    verified: bool


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one table beside this module."""
    text = (files("hallway.terms.tables") / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _split(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split("|") if part)


@cache
def _by_code() -> Mapping[str, tuple[str, ...]]:
    found = {f"rxnorm:{row['rxcui']}": _split(row["ingredients"]) for row in rows("products")}
    for row in rows("medicines"):
        for system in ("rxcui", "unii"):
            if row[system]:
                found["rxnorm:" + row[system] if system == "rxcui" else "unii:" + row[system]] = (row["ingredient"],)
    return found


@cache
def _groups() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {row["ingredient"]: {row["class"]} for row in rows("medicines")}
    for row in rows("drug_groups"):
        found.setdefault(row["ingredient"], set()).add(row["group"])
    for row in rows("group_unions"):
        members = _split(row["of"])
        for ingredient, own in found.items():
            if own & set(members) or f"drug:{ingredient}" in members:
                own.add(row["group"])
    return {ingredient: frozenset(own) for ingredient, own in found.items()}


@cache
def _names() -> re.Pattern[str]:
    alone = {name for row in rows("interactions") for name in (row["a"], row["b"]) if name.islower()}
    known = {*_groups(), *alone, *(one for row in rows("products") for one in _split(row["ingredients"]))}
    words = "|".join(re.escape(name) for name in sorted(known, key=len, reverse=True))
    return re.compile(rf"(?<![a-z])(?:{words})(?![a-z])|divalproex|valproic acid")


_SAME = {"divalproex": "valproate", "valproic acid": "valproate"}


@lru_cache(maxsize=8192)
def named_in(text: str) -> tuple[str, ...]:
    """The ingredients that a text names, each once, in the order of the alphabet."""
    return tuple(sorted({_SAME.get(str(name), str(name)) for name in _names().findall(text.lower())}))


def ingredients(codes: Iterable[str], names: Iterable[str] = ()) -> tuple[str, ...]:
    """The ingredients of a drug: by ``rxnorm:`` or ``unii:`` code, else by its names; empty when no row knows it."""
    for code in sorted(codes):
        if code in _by_code():
            return _by_code()[code]
    return tuple(sorted({found for name in names for found in named_in(name)}))


def groups(ingredient: str) -> frozenset[str]:
    """The classes and groups of an ingredient."""
    return _groups().get(ingredient, frozenset())


def members(group: str) -> frozenset[str]:
    """The ingredients of a group, or the ingredient itself."""
    return frozenset({one for one, own in _groups().items() if group in own} or {group})


@cache
def interactions() -> tuple[Interaction, ...]:
    """Every row, worst first."""
    found = [
        Interaction(
            row["id"],
            row["a"],
            row["b"],
            row["severity"],
            row["is_interruptive"] == "yes",
            row["effect"],
            row["source"],
            row["verified"] == "yes",
        )
        for row in rows("interactions")
    ]
    return tuple(sorted(found, key=lambda row: (-SEVERITIES.index(row.severity), row.id)))


@lru_cache(maxsize=8192)
def interaction(one: str, other: str) -> Interaction | None:
    """The worst row that speaks of two ingredients, either way round."""
    mine, yours = groups(one) | {one}, groups(other) | {other}
    if one == other:
        return None
    for row in interactions():
        if (row.a in mine and row.b in yours) or (row.a in yours and row.b in mine):
            return row
    return None


@cache
def watches() -> tuple[Watch, ...]:
    """Every check of every drug that is watched."""
    return tuple(
        Watch(
            row["set"],
            row["check"],
            frozenset(_split(row["codes"])),
            tuple(int(day) for day in _split(row["at_days"])),
            tuple(_phase(part) for part in _split(row["every_days"])),
            row["source"],
            row["verified"] == "yes",
        )
        for row in rows("monitoring")
    )


FOREVER = 36_500
"""Days after which nobody asks any more."""


def _phase(text: str) -> tuple[int, int]:
    every, _, until = text.partition(" until ")
    return int(every), int(until) if until else FOREVER
