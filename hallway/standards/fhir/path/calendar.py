"""Dates and times moved by calendar units."""

import calendar as days
from datetime import datetime, timedelta
from decimal import Decimal

from hallway.standards.fhir.path.running import PathRunError
from hallway.standards.fhir.path.values import Items, Moment, Quantity, moment

_SECONDS = {"week": 604800, "day": 86400, "hour": 3600, "minute": 60, "second": 1,
            "wk": 604800, "d": 86400, "h": 3600, "min": 60, "s": 1}  # fmt: skip


def _place(part: Decimal) -> str:
    whole = f"{int(part):02d}"
    rest = str(part % 1)[1:] if part % 1 or "." in str(part) else ""
    return whole + rest


def _written(one: Moment, at: datetime, seconds: Decimal) -> Items:
    """``at`` as precise as ``one`` was."""
    parts = [
        f"{at.year:04d}",
        f"{at.month:02d}",
        f"{at.day:02d}",
        f"{at.hour:02d}",
        f"{at.minute:02d}",
        _place(seconds),
    ]
    count = len(one.parts)
    if one.kind == "time":
        return [moment(":".join(parts[3 : 3 + count]), "time")]
    text = "-".join(parts[: min(count, 3)])
    if count > 3:
        zone = "" if one.zone is None else "Z" if one.text.endswith("Z") else one.text[-6:]
        text += "T" + ":".join(parts[3:count]) + zone
    return [moment(text, one.kind)]


def added(one: Moment, by: Quantity) -> Items:
    """A moment later (or earlier) by a time; months keep the day where the month has it.

    Raises PathRunError for a unit that is no time, or a UCUM month or year, which has no fixed place on a calendar.
    """
    unit = by.unit.removesuffix("s") if by.calendar else by.unit
    numbers = [*one.parts, *(Decimal(0),) * 6]
    whole = [Decimal(2000), Decimal(1), Decimal(1), *numbers[:3]] if one.kind == "time" else _filled(one)
    year, month, day, hour, minute = (int(part) for part in whole[:5])
    second = whole[5]
    try:
        if unit in {"year", "month"} and one.kind != "time":
            months = int(by.value) * (12 if unit == "year" else 1)
            year, month = divmod(year * 12 + month - 1 + months, 12)
            month += 1
            day = min(day, days.monthrange(year, month)[1])
            at = datetime(year, month, day, hour, minute)  # noqa: DTZ001 -- pure arithmetic
            return _written(one, at, second)
        return _moved(one, datetime(year, month, day, hour, minute), second, by)  # noqa: DTZ001 -- pure arithmetic
    except (ValueError, OverflowError):
        return []


def _filled(one: Moment) -> list[Decimal]:
    start = [Decimal(1), Decimal(1), Decimal(1), Decimal(0), Decimal(0), Decimal(0)]
    return [*one.parts, *start[len(one.parts) :]]


def _moved(one: Moment, at: datetime, second: Decimal, by: Quantity) -> Items:
    unit = by.unit.removesuffix("s") if by.calendar and by.unit != "s" else by.unit
    if unit in {"millisecond", "ms"}:
        step = by.value / 1000
    elif unit in _SECONDS:
        step = by.value * _SECONDS[unit]
        if _SECONDS[unit] > 1:
            step = Decimal(int(by.value)) * _SECONDS[unit]
    else:
        raise PathRunError("A date is moved by a time of the calendar.")
    total = second + step
    minutes, rest = divmod(total, 60)
    if rest < 0:
        minutes, rest = minutes - 1, rest + 60
    return _written(one, at + timedelta(minutes=int(minutes)), rest)
