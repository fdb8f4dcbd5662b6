"""Equal, equivalent, before and after, as FHIRPath means them: None where the values do not tell."""

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import cast

from hallway.standards.fhir.path.values import Items, Moment, Node, Quantity, atom, in_utc, is_number

_SCALE: dict[str, tuple[str, Decimal]] = {
    "ms": ("s", Decimal("0.001")), "s": ("s", Decimal(1)), "min": ("s", Decimal(60)), "h": ("s", Decimal(3600)),
    "d": ("s", Decimal(86400)), "wk": ("s", Decimal(604800)),
    "kg": ("g", Decimal(1000)), "g": ("g", Decimal(1)), "mg": ("g", Decimal("0.001")), "ug": ("g", Decimal("0.000001")),
    "km": ("m", Decimal(1000)), "m": ("m", Decimal(1)), "cm": ("m", Decimal("0.01")), "mm": ("m", Decimal("0.001")),
    "L": ("L", Decimal(1)), "dL": ("L", Decimal("0.1")), "mL": ("L", Decimal("0.001")),
}  # fmt: skip
"""The units that are turned into each other. Others compare with themselves only."""
_CALENDAR = {
    "millisecond": "ms", "second": "s", "minute": "min", "hour": "h", "day": "d", "week": "wk", "month": "mo",
    "year": "a",
}  # fmt: skip


def calendar_unit(word: str) -> str:
    """The UCUM code nearest to a calendar word; other units as they are."""
    return _CALENDAR.get(word.removesuffix("s"), word) if word != "s" else word


def _scaled(one: Quantity) -> tuple[str, Decimal]:
    unit = calendar_unit(one.unit) if one.calendar else one.unit
    base, factor = _SCALE.get(unit, (unit, Decimal(1)))
    return base, one.value * factor


def _same_meaning(left: Quantity, right: Quantity) -> bool:
    """Whether two units may be compared: a month or year of the calendar is not the one of UCUM."""
    vague = {"mo", "a"}
    units = {calendar_unit(one.unit) if one.calendar else one.unit for one in (left, right)}
    return left.calendar == right.calendar or not units & vague


def _quantities(left: Quantity, right: Quantity) -> tuple[Decimal, Decimal] | None:
    if not _same_meaning(left, right):
        return None
    (left_unit, left_value), (right_unit, right_value) = _scaled(left), _scaled(right)
    return (left_value, right_value) if left_unit == right_unit else None


def moments(left: Moment, right: Moment) -> int | None:
    """-1, 0 or 1; None where one is less precise than needed or only one names its zone."""
    if (left.kind == "time") != (right.kind == "time"):
        return None
    if len(left.parts) > 3 and len(right.parts) > 3 and left.kind != "time":
        if (left.zone is None) != (right.zone is None):
            return None
        left, right = in_utc(left), in_utc(right)
    for one, other in zip(left.parts, right.parts, strict=False):
        if one != other:
            return -1 if one < other else 1
    return 0 if len(left.parts) == len(right.parts) else None


def ordered(left: object, right: object) -> int | None:
    """-1, 0 or 1 for two system values; None where they do not tell. Raises TypeError where no order exists."""
    if is_number(left) and is_number(right):
        one, other = cast("Decimal", left), cast("Decimal", right)
        return (one > other) - (one < other)
    if type(left) is str and type(right) is str:
        return (left > right) - (left < right)
    if type(left) is Moment and type(right) is Moment:
        return moments(left, right)
    if type(left) is Quantity and type(right) is Quantity:
        pair = _quantities(left, right)
        return None if pair is None else (pair[0] > pair[1]) - (pair[0] < pair[1])
    raise TypeError


def _deep_equal(left: Node, right: Node) -> bool:
    return left.value == right.value and bool(left.more) == bool(right.more) and (left.more or {}) == (right.more or {})


def same(left: object, right: object) -> bool | None:
    """Whether two values are equal; None where that is unknown."""
    if type(left) is Node and type(right) is Node and left.value == right.value and type(left.value) is dict:
        return True
    left, right = atom(left), atom(right)
    if type(left) is Node or type(right) is Node:
        return type(left) is Node and type(right) is Node and _deep_equal(left, right)
    if type(left) is Moment and type(right) is Moment:
        return _same_moments(left, right)
    if type(left) is Quantity and type(right) is Quantity:
        pair = _quantities(left, right)
        return None if pair is None else pair[0] == pair[1]
    return left == right and (type(left) is type(right) or (is_number(left) and is_number(right)))


def _same_moments(left: Moment, right: Moment) -> bool | None:
    if (left.kind == "time") != (right.kind == "time"):
        return False
    found = moments(left, right)
    return None if found is None else found == 0


def equal(left: Items, right: Items) -> Items:
    """``=``: empty when either side is, or when it cannot be told."""
    if not left or not right:
        return []
    if len(left) != len(right):
        return [False]
    unknown = False
    for one, other in zip(left, right, strict=True):
        found = same(one, other)
        if found is False:
            return [False]
        unknown = unknown or found is None
    return [] if unknown else [True]


def _rounded_alike(left: Decimal, right: Decimal) -> bool:
    places = max(min(int(left.normalize().as_tuple().exponent), 0), min(int(right.normalize().as_tuple().exponent), 0))
    step = Decimal(1).scaleb(places)
    return left.quantize(step, ROUND_HALF_UP) == right.quantize(step, ROUND_HALF_UP)


def _words(text: str) -> str:
    return " ".join(text.lower().split())


def alike(left: object, right: object) -> bool:
    """Whether two values are equivalent."""
    left, right = atom(left), atom(right)
    if type(left) is str and type(right) is str:
        return _words(left) == _words(right)
    if is_number(left) and is_number(right):
        return _rounded_alike(Decimal(cast("int", left)), Decimal(cast("int", right)))
    if type(left) is Moment and type(right) is Moment:
        return moments(left, right) == 0
    if type(left) is Quantity and type(right) is Quantity:
        return _quantities_alike(left, right)
    if type(left) is Node and type(right) is Node and type(left.value) is dict and type(right.value) is dict:
        return matched(left.children(), right.children())
    return same(left, right) is True


def _quantities_alike(left: Quantity, right: Quantity) -> bool:
    loose = Quantity(left.value, calendar_unit(left.unit)), Quantity(right.value, calendar_unit(right.unit))
    pair = _quantities(*loose)
    if pair is None:
        return False
    return _rounded_alike(*pair)


def matched(left: Items, right: Items) -> bool:
    """``~`` of collections: each value has its own like on the other side, in any order."""
    if len(left) != len(right):
        return False
    rest = list(right)
    for one in left:
        at = next((at for at, other in enumerate(rest) if alike(one, other)), None)
        if at is None:
            return False
        del rest[at]
    return True


def holds(found: Items, one: object) -> bool:
    """Whether a collection holds a value that is equal to ``one``."""
    return any(same(other, one) is True for other in found)


def distinct(found: Items, spend: Callable[[int], None]) -> Items:
    """Each value once, in order of first standing. Plain texts and numbers are told apart by hash."""
    out: Items = []
    seen: set[object] = set()
    rest: Items = []
    for one in found:
        plain = atom(one)
        if type(plain) in {str, bool}:
            if (type(plain), plain) not in seen:
                seen.add((type(plain), plain))
                out.append(one)
            continue
        spend(len(rest))
        if not holds(rest, one):
            rest.append(one)
            out.append(one)
    return out
