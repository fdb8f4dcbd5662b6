"""A daily dose in milligrams from what an order says, or none: a guess would make up a change of dose. Pure.

Read are structured doses and timings, else the strength in the drug's name with a frequency in plain words.
"""

import re
from collections.abc import Iterable, Sequence

from hallway.triggers.shapes import Dosage, Timing

_THOUSANDS = re.compile(r"\b([1-9]\d{0,2}),(\d{3})\b")
"""An American number; 0,125 is a decimal one of elsewhere."""
_STRENGTH = re.compile(r"(\d+(?:[.,]\d+)?)\s*(mg|mcg|g)\b(?!\s*/\s*ml)", re.IGNORECASE)
_PER_DAY = {"d": 1.0, "wk": 1 / 7, "h": 24.0, "mo": 1 / 30}
_NOT_DAILY = re.compile(
    r"\b(?:weekly|biweekly|monthly|(?:a|per|each) (?:week|month)|every other (?:day|night)"
    r"|every (?:(?:other|\d+|two|three|four) )?(?:weeks?|months?)|every (?:\d+|two|three) days)\b",
    re.IGNORECASE,
)
"""Words for a rhythm that is no day's: "once a week" has "once" in it and is no daily dose."""
_WORDS: tuple[tuple[re.Pattern[str], float], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), times)
    for pattern, times in (
        (r"\b(four times|qid|4 times)\b", 4),
        (r"\b(three times|tid|3 times)\b", 3),
        (r"\b(twice|two times|bid|2 times|every 12 hours)\b", 2),
        (r"\b(every 8 hours)\b", 3),
        (r"\b(once|daily|every day|nightly|at night|bedtime|every morning|in the morning|qd|qhs)\b", 1),
    )
)
_CODES = {"QD": 1.0, "BID": 2.0, "TID": 3.0, "QID": 4.0, "AM": 1.0, "PM": 1.0, "BED": 1.0, "HS": 1.0}
_PIECES = re.compile(r"\b(\d+(?:\.\d+)?|one|two|three)\s*(?:x\s*)?(?:tablet|capsule|pill|tab|cap)s?\b", re.IGNORECASE)
_COUNT = {"one": 1.0, "two": 2.0, "three": 3.0}
_LONG_ACTING = re.compile(
    r"decanoate|long.acting injec|extended.release (?:suspension|injec)|\blai\b|palmitate|lauroxil|microspheres",
    re.IGNORECASE,
)


def is_long_acting(name: str) -> bool:
    """Whether a drug's name says that it is a long-acting injection."""
    return bool(_LONG_ACTING.search(name))


def daily_mg(names: Sequence[str], dosages: Iterable[Dosage]) -> float | None:
    """Milligrams a day of a drug with one ingredient; None where the order does not say."""
    strength = next((found for name in names if (found := _strength(name)) is not None), None)
    total = 0.0
    for dosage in dosages:
        one = _of_dosage(dosage, strength)
        if one is None:
            return None
        total += one
    return total or None


def _strength(text: str) -> float | None:
    found = _STRENGTH.findall(_THOUSANDS.sub(r"\1\2", text))
    if len(found) != 1:
        return None
    return _mg(float(found[0][0].replace(",", ".")), found[0][1])


def _mg(value: float, unit: str) -> float | None:
    factor = {"mg": 1.0, "mcg": 0.001, "ug": 0.001, "g": 1000.0}.get(unit.lower())
    return value * factor if factor else None


def _of_dosage(dosage: Dosage, strength: float | None) -> float | None:
    often = _often(dosage.timing, dosage.text)
    once = _once(dosage, strength)
    return None if often is None or once is None else once * often


def _once(dosage: Dosage, strength: float | None) -> float | None:
    """Milligrams at one time: a quantity in a unit of mass, else pieces of the strength in the name."""
    for rate in dosage.dose_and_rate:
        if rate.dose_quantity and rate.dose_quantity.value is not None:
            quantity = rate.dose_quantity
            mass = _mg(rate.dose_quantity.value, quantity.code or quantity.unit)
            return mass if mass is not None else strength * rate.dose_quantity.value if strength else None
    stated = _strength(dosage.text)
    if stated is not None:
        return stated
    pieces = _PIECES.findall(dosage.text)
    if len(pieces) > 1 or strength is None:
        return None
    return strength * (_COUNT.get(pieces[0].lower()) or float(pieces[0])) if pieces else strength


def _often(timing: Timing | None, text: str) -> float | None:
    """Times a day."""
    repeat = timing.repeat if timing else None
    if repeat and repeat.frequency and repeat.period and repeat.period_unit in _PER_DAY:
        return repeat.frequency / repeat.period * _PER_DAY[repeat.period_unit]
    for coding in timing.code.coding if timing and timing.code else ():
        if coding.code in _CODES:
            return _CODES[coding.code]
    if _NOT_DAILY.search(text):
        return None
    return next((times for pattern, times in _WORDS if pattern.search(text)), None)
