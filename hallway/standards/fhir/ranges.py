"""What a date, number or quantity covers: two ends, so that its precision is kept (R4 search, 3.1.1.4).

Dates are microseconds since 1970, both ends inside; a time without a zone and a date are taken in UTC. A period without
a start begins at minus infinity, one without an end never ends. A stored number is a point: what is searched for has
an implied precision, what was measured has the value it says.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from math import inf
from typing import NamedTuple, cast

from hallway.clock import microseconds
from hallway.standards.fhir.fhirpath import Node


class Range(NamedTuple):
    """One value under a search parameter's code. ``unit`` is empty, or ``|system|code|unit|`` as far as it says."""

    code: str
    low: float
    high: float
    unit: str = ""


Ends = tuple[float, float]
_SECOND = 1_000_000


@lru_cache(maxsize=65536)
def date_ends(text: str) -> Ends | None:
    """First and last microsecond of a FHIR date, dateTime or instant, whole or partial; None for another text."""
    if not text.isascii():
        return None
    try:
        if len(text) > 10:
            return _time_ends(text)
        first = datetime.fromisoformat(text + "-01-01"[len(text) - 4 :]).replace(tzinfo=UTC)
        after = _after(first, len(text))
    except (ValueError, OverflowError):
        return None
    low = microseconds(first)
    return low, (inf if after is None else microseconds(after) - 1)


def _after(first: datetime, length: int) -> datetime | None:
    """When the year, month or day that begins at ``first`` is over; None beyond the calendar."""
    if length not in {4, 7, 10}:
        raise ValueError("no date")
    if length == 10:
        return first + timedelta(days=1)
    months = first.year * 12 + (12 if length == 4 else first.month)
    return None if months // 12 > 9999 else first.replace(year=months // 12, month=months % 12 + 1)


def _time_ends(text: str) -> Ends:
    at = datetime.fromisoformat(text)
    low = microseconds(at if at.tzinfo else at.replace(tzinfo=UTC))
    clock = text[11:]
    zone = max(clock.find("+"), clock.find("-"), clock.find("Z"))
    digits = len(clock if zone < 0 else clock[:zone])
    if digits < 8:
        return low, low + 60 * _SECOND - 1
    fraction = min(max(digits - 9, 0), 6)
    return low, low + _SECOND // 10**fraction - 1


def of_date(value: Node) -> Ends | None:
    """The ends of a date, dateTime, instant, Period or Timing; None where it says no time."""
    if type(value) is str:
        return date_ends(value)
    if type(value) is not dict:
        return None
    if "repeat" in value or "event" in value:
        return _of_timing(cast("dict[str, object]", value))
    start, end = value.get("start"), value.get("end")
    if type(start) is not str and type(end) is not str:
        return None
    first = date_ends(start) if type(start) is str else (-inf, -inf)
    last = date_ends(end) if type(end) is str else (inf, inf)
    return (first[0], last[1]) if first and last else None


def _of_timing(timing: dict[str, object]) -> Ends | None:
    """The outer limits alone: the schedule between them is not searched."""
    found: list[Ends] = []
    events, repeat = timing.get("event"), timing.get("repeat")
    for one in cast("list[Node]", events) if type(events) is list else []:
        if type(one) is str and (ends := date_ends(one)):
            found.append(ends)
    bounds = repeat.get("boundsPeriod") if type(repeat) is dict else None
    if type(bounds) is dict and (ends := of_date(cast("Node", bounds))):
        found.append(ends)
    return (min(low for low, _ in found), max(high for _, high in found)) if found else None


def of_number(value: Node) -> Ends | None:
    """The ends of a number or a Range of numbers."""
    if type(value) is dict:
        return of_range(cast("dict[str, object]", value))
    if type(value) is int or type(value) is float or isinstance(value, Decimal):
        reached = _reached(value)
        return reached, reached
    return None


def _reached(value: float | Decimal) -> float:
    """A number as far as a double reaches; a whole number beyond is infinite, as a decimal there is by itself."""
    try:
        return float(value)
    except OverflowError:
        return inf if value > 0 else -inf


def of_range(value: dict[str, object]) -> Ends | None:
    """The ends of a Range; an end that is missing lies in the infinite."""
    low, high = value.get("low"), value.get("high")
    first = of_number(low.get("value")) if type(low) is dict else None
    last = of_number(high.get("value")) if type(high) is dict else None
    if first is None and last is None:
        return None
    return (first[0] if first else -inf), (last[1] if last else inf)


def of_quantity(value: Node) -> tuple[Ends, str] | None:
    """Ends and unit of a Quantity, an Age, Duration, Money or a Range of quantities."""
    if type(value) is not dict:
        return None
    quantity = cast("dict[str, object]", value)
    if "low" in quantity or "high" in quantity:
        ends, side = of_range(quantity), quantity.get("low") or quantity.get("high")
        return (ends, _unit(cast("dict[str, object]", side))) if ends and type(side) is dict else None
    point = of_number(quantity.get("value"))
    if point is None:
        return None
    return _compared(point, quantity.get("comparator")), _unit(quantity)


def _compared(point: Ends, comparator: object) -> Ends:
    if comparator in {"<", "<="}:
        return -inf, point[1]
    return (point[0], inf) if comparator in {">", ">="} else point


def _unit(quantity: dict[str, object]) -> str:
    currency = quantity.get("currency")
    if type(currency) is str:
        return f"|urn:iso:std:iso:4217|{currency}|"
    system, code, unit = (quantity.get(name) for name in ("system", "code", "unit"))
    words = [str(system), str(code)] if type(system) is str and type(code) is str else []
    words += [code] if type(code) is str and not words else []
    words += [unit] if type(unit) is str and unit != code else []
    return f"|{'|'.join(words)}|" if words else ""


def unit_mark(asked: str) -> str:
    """What to look for inside a stored unit: ``asked`` is empty, a code or human unit, or ``system|code``."""
    return f"|{asked}|" if asked else ""
