"""Searched dates, numbers and quantities as ranges: what their precision leaves open (R4 search, 3.1.1.4.6). Pure.

Dates are microseconds since 1970 in UTC; a date without a zone is taken in UTC, as the record takes it.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation

from hallway.clock import microseconds
from hallway.fhirapi.search.refusals import refused
from hallway.fhirapi.search.words import parts, plain
from hallway.record.criteria import Compare, Span

_PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)", re.DOTALL)
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,2})?")
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.(?P<part>[0-9]{1,9}))?)?"
    r"(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
_SECOND = 1_000_000
_LENGTHS = {"day": 86_400 * _SECOND, "minute": 60 * _SECOND, "second": _SECOND}
_NEARLY = Decimal("0.1")
"""How far ``ap`` reaches: a tenth of a number, and of the time between a date and now."""


def _prefixed(text: str) -> tuple[Compare, str]:
    found = _PREFIX.fullmatch(text)
    prefix, rest = found.groups() if found else (None, text)
    return Compare(prefix or "eq"), rest


def date_span(text: str, *, now: datetime, name: str = "") -> Span:
    """A searched date. Raises INCORRECT for what is none."""
    compare, rest = _prefixed(plain(text))
    found = _DATE.fullmatch(rest.replace(" ", "+"))
    if found is None:
        raise refused("A date is not written as FHIR writes it.", name=name)
    try:
        low, high = _ends(found)
    except (ValueError, OverflowError) as error:
        raise refused("A date is not one of the calendar.", name=name) from error
    if compare is Compare.AP:
        apart = max(abs(microseconds(now) - low), abs(microseconds(now) - high)) * float(_NEARLY)
        low, high = low - apart, high + apart
    return Span(compare, float(low), float(high))


def _ends(found: re.Match[str]) -> tuple[float, float]:
    """First and last microsecond of what a date leaves open."""
    given = found.groupdict()
    year, month, day = int(given["year"]), int(given["month"] or 1), int(given["day"] or 1)
    if given["day"] is None:
        return _of_months(year, month, whole_year=given["month"] is None)
    text = found.group(0)
    if given["hour"] is None:
        low = datetime(year, month, day, tzinfo=UTC)
        return microseconds(low), microseconds(low) + _LENGTHS["day"] - 1
    if given["part"]:
        text = f"{text[:20]}{given['part'][:6]}{given['zone'] or ''}"
    at = datetime.fromisoformat(text)
    low = microseconds(at if at.tzinfo else at.replace(tzinfo=UTC))
    if given["second"] is None:
        return low, low + _LENGTHS["minute"] - 1
    digits = min(len(given["part"] or ""), 6)
    return low, low + 10 ** (6 - digits) - 1


def _of_months(year: int, month: int, *, whole_year: bool) -> tuple[float, float]:
    start = datetime(year, month, 1, tzinfo=UTC)
    months = 12 if whole_year else month
    if (year, months) == (9999, 12):
        return microseconds(start), microseconds(datetime.max.replace(tzinfo=UTC))
    end = datetime(year + months // 12, months % 12 + 1, 1, tzinfo=UTC)
    return microseconds(start), microseconds(end) - 1


def _number(compare: Compare, text: str, name: str) -> tuple[float, float]:
    if not _NUMBER.fullmatch(text):
        raise refused("A number is not written as FHIR writes it.", name=name)
    try:
        value = Decimal(text)
        half = Decimal(5).scaleb(int(value.as_tuple().exponent) - 1)
        if compare is Compare.AP:
            half = max(half, abs(value) * _NEARLY)
        return float(value - half), float(value + half)
    except (InvalidOperation, OverflowError) as error:
        raise refused("A number is out of reach.", name=name) from error


def number_span(text: str, *, name: str = "") -> Span:
    """A searched number: 100 is what lies from 99.5 to 100.5, 100.00 from 99.995 to 100.005."""
    compare, rest = _prefixed(plain(text))
    return Span(compare, *_number(compare, rest, name))


def quantity_span(text: str, *, name: str = "") -> Span:
    """A searched quantity: ``number``, ``number|system|code`` or ``number||code``."""
    words = parts(text, "|")
    if len(words) not in (1, 3):
        raise refused("A quantity is a number, or number|system|code.", name=name)
    compare, rest = _prefixed(plain(words[0]))
    system, code = (plain(word) for word in words[1:]) if len(words) > 1 else ("", "")
    if system and not code:
        raise refused("A quantity names a system of units but no unit.", name=name)
    unit = f"{system}|{code}" if system else code
    return Span(compare, *_number(compare, rest, name), unit)
