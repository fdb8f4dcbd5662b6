"""The operators of FHIRPath: logic of three values, order, equality, sets, arithmetic, types."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import cast

from hallway.standards.fhir import definitions
from hallway.standards.fhir.path import calendar, comparing
from hallway.standards.fhir.path.running import Env, PathRunError, Run, as_text, single, truth
from hallway.standards.fhir.path.syntax import UNITS
from hallway.standards.fhir.path.values import Items, Moment, Node, Quantity, atom, is_number

SYSTEM_TYPES = frozenset({"Boolean", "String", "Integer", "Decimal", "Date", "DateTime", "Time", "Quantity"})
_NAMES: dict[type, str] = {
    bool: "Boolean",
    str: "String",
    int: "Integer",
    Decimal: "Decimal",
    Quantity: "Quantity",
}
_MOMENTS = {"date": "Date", "dateTime": "DateTime", "time": "Time"}

Operator = Callable[[Items, Items, Env], Items]


def quantity(value: object, unit: str) -> Quantity:
    """A literal quantity; calendar words come in any number: ``day`` and ``days``."""
    return Quantity(Decimal(cast("Decimal", value)), unit, unit in UNITS)


def numeric(found: Items) -> object:
    """The one number or quantity. Raises PathRunError for another kind."""
    one = single(found)
    if is_number(one) or type(one) is Quantity:
        return one
    raise PathRunError("A number is asked for.")


def system_type(one: object) -> str:
    """The name of a system value's type; empty for an element."""
    if type(one) is Moment:
        return _MOMENTS[one.kind]
    return _NAMES.get(type(one), "")


def has_type(one: object, name: str) -> bool:
    """Whether a value is of a type; a type without name space may be of FHIR or of FHIRPath."""
    space, _, bare = name.rpartition(".")
    if type(one) is Node:
        return space != "System" and bare in definitions.ancestors(one.kind)
    return space != "FHIR" and system_type(one) == bare


def is_type(found: Items, name: str) -> Items:
    """``is``."""
    if not found:
        return []
    if len(found) > 1:
        raise PathRunError("One value is asked for where several stand.")
    return [has_type(found[0], name)]


def as_type(found: Items, name: str) -> Items:
    """``as`` and ``ofType``: the values of that type. R4's own invariants use ``as`` on several values.

    A primitive is taken by its own type alone: a ``code`` is not given for ``string``.
    """
    bare = name.rpartition(".")[2]
    return [
        one
        for one in found
        if has_type(one, name) and (type(one) is not Node or one.kind == bare or not definitions.is_primitive(one.kind))
    ]


def _and(left: Run, right: Run) -> Run:
    def run(env: Env) -> Items:
        one = truth(left(env))
        if one is False:
            return [False]
        other = truth(right(env))
        if other is False:
            return [False]
        return [True] if one and other else []

    return run


def _or(left: Run, right: Run) -> Run:
    def run(env: Env) -> Items:
        one = truth(left(env))
        if one is True:
            return [True]
        other = truth(right(env))
        if other is True:
            return [True]
        return [False] if one is False and other is False else []

    return run


def _xor(left: Run, right: Run) -> Run:
    def run(env: Env) -> Items:
        one, other = truth(left(env)), truth(right(env))
        return [] if one is None or other is None else [one != other]

    return run


def _implies(left: Run, right: Run) -> Run:
    def run(env: Env) -> Items:
        one = truth(left(env))
        if one is False:
            return [True]
        other = truth(right(env))
        if other is True:
            return [True]
        return [] if one is None or other is None else [False]

    return run


LOGIC: dict[str, Callable[[Run, Run], Run]] = {"and": _and, "or": _or, "xor": _xor, "implies": _implies}


def _order(fits: Callable[[int], bool]) -> Operator:
    def work(left: Items, right: Items, _: Env) -> Items:
        one, other = single(left), single(right)
        if one is None or other is None:
            return []
        if (type(one) is Moment and type(other) is str) or (type(one) is str and type(other) is Moment):
            raise PathRunError("A date is compared with a text.")
        try:
            found = comparing.ordered(one, other)
        except TypeError:
            raise PathRunError("Values of different kinds have no order.") from None
        return [] if found is None else [fits(found)]

    return work


def _not(work: Operator) -> Operator:
    def negated(left: Items, right: Items, env: Env) -> Items:
        found = work(left, right, env)
        return [not found[0]] if found else found

    return negated


def _equal(left: Items, right: Items, env: Env) -> Items:
    env.spend(len(left))
    return comparing.equal(left, right)


def _alike(left: Items, right: Items, env: Env) -> Items:
    env.spend(len(left) * len(right))
    return [comparing.matched(left, right)]


def _within(left: Items, right: Items, env: Env) -> Items:
    if not left:
        return []
    if len(left) > 1:
        raise PathRunError("One value is asked for where several stand.")
    env.spend(len(right))
    return [comparing.holds(right, left[0])]


def _union(left: Items, right: Items, env: Env) -> Items:
    env.spend(len(left) + len(right))
    return comparing.distinct(left + right, env.spend)


def _join(left: Items, right: Items, env: Env) -> Items:
    parts: list[str] = []
    for side in (left, right):
        one = single(side)
        found = "" if one is None else as_text(one)
        if found is None:
            raise PathRunError("Only values with a text are joined.")
        parts.append(found)
    env.spend(len(parts[0]) + len(parts[1]))
    return ["".join(parts)]


def _both(left: Items, right: Items) -> tuple[object, object] | None:
    one, other = single(left), single(right)
    return None if one is None or other is None else (one, other)


def _plus(left: Items, right: Items, env: Env) -> Items:
    pair = _both(left, right)
    if pair is None:
        return []
    one, other = pair
    if type(one) is str and type(other) is str:
        env.spend(len(one) + len(other))
        return [one + other]
    if type(one) is Moment and type(other) is Quantity:
        return calendar.added(one, other)
    return _arithmetic(one, other, lambda a, b: a + b)


def _minus(left: Items, right: Items, _: Env) -> Items:
    pair = _both(left, right)
    if pair is None:
        return []
    one, other = pair
    if type(one) is Moment and type(other) is Quantity:
        return calendar.added(one, other._replace(value=-other.value))
    return _arithmetic(one, other, lambda a, b: a - b)


def _arithmetic(one: object, other: object, work: Callable[[Decimal, Decimal], Decimal]) -> Items:
    if is_number(one) and is_number(other):
        return [_bounded(work(cast("Decimal", one), cast("Decimal", other)))]
    if type(one) is Quantity and type(other) is Quantity and one.unit == other.unit:
        return [one._replace(value=work(one.value, other.value))]
    raise PathRunError("These values cannot be added or taken away.")


def _numbers(work: Callable[[Decimal, Decimal], object]) -> Operator:
    def run(left: Items, right: Items, env: Env) -> Items:
        pair = _both(left, right)
        if pair is None:
            return []
        if not is_number(pair[0]) or not is_number(pair[1]):
            return _scaled(pair, work)
        env.spend(1)
        try:
            return [_bounded(work(cast("Decimal", pair[0]), cast("Decimal", pair[1])))]
        except (ZeroDivisionError, InvalidOperation):
            return []

    return run


def _scaled(pair: tuple[object, object], work: Callable[[Decimal, Decimal], object]) -> Items:
    """A quantity times or by a plain number keeps its unit."""
    one, other = pair
    if type(one) is Quantity and is_number(other):
        try:
            return [one._replace(value=cast("Decimal", work(one.value, Decimal(cast("int", other)))))]
        except (ZeroDivisionError, InvalidOperation):
            return []
    raise PathRunError("Numbers are asked for.")


_LARGEST = 10**60
"""Integers stay below it: a product that feeds on itself would grow without end."""


def _bounded(one: object) -> object:
    if type(one) is int and abs(one) > _LARGEST:
        raise PathRunError("A number is beyond what can be reckoned with.")
    return one


def _times(one: Decimal, other: Decimal) -> object:
    return one * other


def _divided(one: Decimal, other: Decimal) -> object:
    return Decimal(one) / Decimal(other)


def _whole(one: Decimal, other: Decimal) -> object:
    return int(Decimal(one) // Decimal(other))


def _rest(one: Decimal, other: Decimal) -> object:
    found = Decimal(one) % Decimal(other)
    return int(found) if type(one) is int and type(other) is int else found


BINARY: dict[str, Operator] = {
    "=": _equal,
    "!=": _not(_equal),
    "~": _alike,
    "!~": _not(_alike),
    "<": _order(lambda found: found < 0),
    "<=": _order(lambda found: found <= 0),
    ">": _order(lambda found: found > 0),
    ">=": _order(lambda found: found >= 0),
    "in": _within,
    "contains": lambda left, right, env: _within(right, left, env),
    "|": _union,
    "&": _join,
    "+": _plus,
    "-": _minus,
    "*": _numbers(_times),
    "/": _numbers(_divided),
    "div": _numbers(_whole),
    "mod": _numbers(_rest),
}

__all__ = ["BINARY", "LOGIC", "SYSTEM_TYPES", "as_type", "atom", "has_type", "is_type", "numeric", "quantity"]
