"""The values that FHIRPath works on: elements as they stand in JSON, and dates, times and quantities of its own.

A collection is a plain list. An element is a ``Node`` that knows its type; the system's own values are bool, int,
Decimal, str, ``Moment`` and ``Quantity``.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple, cast

from hallway.standards.fhir import definitions

Items = list[object]
"""A collection of FHIRPath."""
_TEXT_KINDS = {"date": "date", "dateTime": "dateTime", "instant": "dateTime", "time": "time"}
_NONE: dict[str, object] = {}


class Node:
    """One element. ``value`` is what JSON gives, None where only id or extensions stand; ``more`` holds those."""

    __slots__ = ("key", "kind", "more", "value")

    def __init__(self, value: object, kind: str, more: dict[str, object] | None = None, key: str = "") -> None:
        """``kind`` is the type's name; that of a resource is its own. ``key`` is where it stood in JSON."""
        self.value = value
        self.kind = kind
        self.more = more
        self.key = key

    def child(self, name: str) -> Items:
        """The elements called ``name``, types of a choice included, lists opened."""
        value = self.value
        if type(value) is dict:
            held = cast("dict[str, object]", value)
            found = definitions.members(self.kind).get(name)
            out: Items = []
            for member in found or ():
                if member.key in held or (member.primitive and member.sibling in held):
                    _put(out, held, member)
            return out
        if name in {"id", "extension"} and self.more:
            return _extras(self.more, name)
        return []

    def children(self) -> Items:
        """Every element directly below."""
        if type(self.value) is dict:
            held = cast("dict[str, object]", self.value)
            out: Items = []
            for found in definitions.members(self.kind).values():
                for member in found:
                    if member.key in held or (member.primitive and member.sibling in held):
                        _put(out, held, member)
            return out
        return _extras(self.more, "id") + _extras(self.more, "extension") if self.more else []


def _extras(more: dict[str, object], name: str) -> Items:
    held = more.get(name)
    if name == "id":
        return [Node(held, "string", None, name)] if held is not None else []
    return [Node(one, "Extension", None, name) for one in cast("Items", held)] if isinstance(held, list) else []


def _put(out: Items, held: dict[str, object], member: definitions.Member) -> None:
    value = held.get(member.key)
    more = held.get(member.sibling) if member.primitive else None
    if isinstance(value, list) or isinstance(more, list):
        values = cast("Items", value) if isinstance(value, list) else []
        mores = cast("Items", more) if isinstance(more, list) else []
        for at in range(max(len(values), len(mores))):
            one = values[at] if at < len(values) else None
            extra = mores[at] if at < len(mores) else None
            if one is not None or extra is not None:
                out.append(_node(one, member, extra))
    else:
        out.append(_node(value, member, more))


def _node(value: object, member: definitions.Member, more: object) -> Node:
    kind = member.kind
    if kind == "Resource" and isinstance(value, dict):
        named = cast("dict[str, object]", value).get("resourceType")
        kind = named if isinstance(named, str) and definitions.is_known(named) else kind
    return Node(value, kind, cast("dict[str, object]", more) if isinstance(more, dict) else None, member.key)


def root(resource: dict[str, object]) -> Node:
    """A resource as the node to start from."""
    named = resource.get("resourceType")
    return Node(resource, named if isinstance(named, str) and definitions.is_known(named) else "Resource")


class Quantity(NamedTuple):
    """A number with a unit: a UCUM code, or a calendar word (``calendar``), which means a time on the calendar."""

    value: Decimal
    unit: str
    calendar: bool = False


class Moment(NamedTuple):
    """A date, dateTime or time, as precise as it was written. ``parts``: year, month, day, hour, minute, second.

    A time has hour, minute and second alone. ``zone`` is minutes east of UTC, None when not given.
    """

    kind: str
    text: str
    parts: tuple[Decimal, ...]
    zone: int | None


_MOMENT = re.compile(
    r"(?:(\d{4})(?:-(\d\d)(?:-(\d\d))?)?)?(?:T?(?:(?<=T)|(?<!\d))(\d\d)(?::(\d\d)(?::(\d\d(?:\.\d+)?))?)?)?"
    r"(Z|[+-]\d\d:\d\d)?\Z"
)


def _zone(text: str | None) -> int | None:
    if text is None:
        return None
    if text == "Z":
        return 0
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    return -minutes if text[0] == "-" else minutes


def moment(text: str, kind: str = "") -> Moment | None:
    """A date, dateTime or time from its text; None where it is none. Without ``kind`` the text decides."""
    bare = text.rstrip("T")
    found = _MOMENT.match(bare)
    if found is None or not bare:
        return None
    parts = tuple(Decimal(one) for one in found.groups()[:6] if one is not None)
    year, hour = found.group(1), found.group(4)
    decided = kind or ("time" if year is None else "dateTime" if hour or text.endswith("T") else "date")
    if (decided == "time") != (year is None) or not parts or not _possible(parts, decided):
        return None
    return Moment(decided, text, parts, _zone(found.group(7)))


def _possible(parts: tuple[Decimal, ...], kind: str) -> bool:
    if kind == "time":
        hour, minute, second = (*parts, Decimal(0), Decimal(0))[:3]
        return hour < 24 and minute < 60 and second < 61
    year, month, day = (*parts, Decimal(1), Decimal(1))[:3]
    try:
        datetime(int(year), int(month), int(day))  # noqa: DTZ001 -- asks the calendar, names no instant
    except ValueError:
        return False
    hour, minute, second = (*parts[3:], Decimal(0), Decimal(0), Decimal(0))[:3]
    return hour < 24 and minute < 60 and second < 61


def in_utc(one: Moment) -> Moment:
    """The same instant in UTC, as precise as before; a date or a moment without zone stays as it is."""
    if not one.zone or len(one.parts) < 5:
        return one
    year, month, day, hour, minute = (int(part) for part in one.parts[:5])
    try:
        at = datetime(year, month, day, hour, minute) - timedelta(minutes=one.zone)  # noqa: DTZ001 -- pure arithmetic
    except (ValueError, OverflowError):
        return one
    parts = tuple(Decimal(part) for part in (at.year, at.month, at.day, at.hour, at.minute))
    return Moment(one.kind, one.text, (*parts, *one.parts[5:]), 0)


def atom(one: object) -> object:
    """An element as the system's value that it stands for; anything else as it is."""
    if type(one) is not Node:
        return one
    value, kind = one.value, one.kind
    if type(value) is str and kind in _TEXT_KINDS:
        return moment(value, _TEXT_KINDS[kind]) or value
    if type(value) is dict:
        return quantity_of(one) or one
    if kind == "decimal" and type(value) is int:
        return Decimal(value)
    return one if value is None else value


def quantity_of(one: Node) -> Quantity | None:
    """A Quantity element as a quantity; None for other types and for one without a value or with a comparator."""
    held = cast("dict[str, object]", one.value)
    if "Quantity" not in definitions.ancestors(one.kind) or "comparator" in held:
        return None
    value = held.get("value")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    system, code, unit = held.get("system"), held.get("code"), held.get("unit")
    named = code if system == "http://unitsofmeasure.org" and isinstance(code, str) else code or unit or "1"
    return Quantity(Decimal(value), str(named))


def descend(found: Items) -> Iterator[object]:
    """Every element below each of ``found``, nearest first within each."""
    waiting = [one for one in found if type(one) is Node]
    while waiting:
        below: list[Node] = []
        for node in waiting:
            for one in node.children():
                yield one
                below.append(cast("Node", one))
        waiting = below


def is_number(one: object) -> bool:
    """Whether a system value is an integer or decimal; a boolean is none."""
    return type(one) is int or type(one) is Decimal
