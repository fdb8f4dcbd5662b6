"""Which measurements no rule asks of: most of a chart, told by one look at their bytes. Pure.

What is passed over is worked out of the rows, so a new row needs nothing here; one that asks in a way by which bytes
cannot be told lets everything through.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from hallway.terms import medicines
from hallway.triggers.tables.rows import ROWS, Row, Seek, Test

_NEVER = frozenset({"set", "reason_set", "drug", "group", "class"})
"""Systems of codes that no measurement has: they are made of problems, drugs and visits. A loop's kind has none."""
_PLAIN = frozenset({"loinc", "snomed", "cpt", "hcpcs", "icd10", "rxnorm"})


_CODE = re.compile(rb'"code"\s*:\s*"([^"]*)"')
_INTERPRETED = b'"interpretation"'


class Wanted(NamedTuple):
    """``codes`` that rules ask of measurements, and whether one asks how a measurement was interpreted."""

    codes: frozenset[bytes]
    interpreted: bool

    def found(self, body: bytes) -> bool:
        """Whether a body has any of it."""
        return (self.interpreted and _INTERPRETED in body) or not self.codes.isdisjoint(_CODE.findall(body))


def is_asked(kind: str, body: bytes) -> bool:
    """Whether a rule may ask of a resource with this body."""
    if kind != "Observation":
        return True
    wanted = _wanted()
    return wanted is None or wanted.found(body)


@cache
def _wanted() -> Wanted | None:
    return wanted_by(ROWS, (code for watch in medicines.watches() for code in watch.codes))


def wanted_by(rows: Mapping[str, Row], also: Iterable[str]) -> Wanted | None:
    """What a measurement's bytes must hold for these rows, and for these codes; None where that cannot be said."""
    codes = {code for row in rows.values() for seek in _seeks(row) for code in _codes(seek)} | set(also)
    interpreted = any(code.startswith("interpretation:") for code in codes)
    words: set[bytes] = set()
    for code in codes:
        system, _, value = code.partition(":")
        if system in _NEVER or system == "interpretation" or not value:
            continue
        if system not in _PLAIN or "*" in value:
            return None
        words.add(value.encode())
    return Wanted(frozenset(words), interpreted)


def _seeks(row: Row) -> Iterable[Seek]:
    whens = (one for when in row.when for one in (when, *when.only_if, *when.unless))
    return (one for one in (*row.only_if, *row.unless, *whens) if not one.kinds or "Observation" in one.kinds)


def _codes(seek: Seek) -> tuple[str, ...]:
    """A seek of measurements without a code asks for all of them, and so does one of any kind."""
    asks_for_all = "Observation" in seek.kinds or (isinstance(seek, Test) and seek.holds == "has" and not seek.kinds)
    return seek.codes or (("any:*",) if asks_for_all else ())
