"""Which measurements no rule asks of: most of a chart, told by one look at their bytes. Pure.

What is passed over is worked out of the rows, so a new row needs nothing here; one that asks in a way by which bytes
cannot be told lets everything through.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from hallway.terms import medicines
from hallway.triggers.tables.rows import ROWS, Row, Seek, Test

_NEVER = frozenset({"set", "reason_set", "drug", "group", "class"})
"""Systems of codes that no measurement has: they are made of problems, drugs and visits. A loop's kind has none."""
_PLAIN = frozenset({"loinc", "snomed", "cpt", "hcpcs", "icd10", "rxnorm"})


def is_asked(kind: str, body: bytes) -> bool:
    """Whether a rule may ask of a resource with this body."""
    wanted = _wanted()
    return kind != "Observation" or wanted is None or wanted.search(body) is not None


@cache
def _wanted() -> re.Pattern[bytes] | None:
    return pattern(ROWS, (code for watch in medicines.watches() for code in watch.codes))


def pattern(rows: Mapping[str, Row], also: Iterable[str]) -> re.Pattern[bytes] | None:
    """What a measurement's bytes must hold for these rows, and for these codes; None where that cannot be said."""
    codes = {code for row in rows.values() for seek in _seeks(row) for code in _codes(seek)} | set(also)
    words = {"interpretation"} if any(code.startswith("interpretation:") for code in codes) else set[str]()
    for code in codes:
        system, _, value = code.partition(":")
        if system in _NEVER or system == "interpretation" or not value:
            continue
        if system not in _PLAIN or "*" in value:
            return None
        words.add(value)
    return re.compile(b'"(?:%b)"' % b"|".join(re.escape(word.encode()) for word in sorted(words)))


def _seeks(row: Row) -> Iterable[Seek]:
    whens = (one for when in row.when for one in (when, *when.only_if, *when.unless))
    return (one for one in (*row.only_if, *row.unless, *whens) if not one.kinds or "Observation" in one.kinds)


def _codes(seek: Seek) -> tuple[str, ...]:
    """A seek of measurements without a code asks for all of them, and so does one of any kind."""
    asks_for_all = "Observation" in seek.kinds or (isinstance(seek, Test) and seek.holds == "has" and not seek.kinds)
    return seek.codes or (("any:*",) if asks_for_all else ())
