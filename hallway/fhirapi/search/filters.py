"""One parameter of an address as a typed filter: a criterion of the record, or a step to other resources."""

from datetime import datetime
from typing import NamedTuple

from hallway.fhirapi.search import registry, values
from hallway.fhirapi.search.limits import DEEPEST_CHAIN
from hallway.fhirapi.search.refusals import refused
from hallway.fhirapi.search.words import plain
from hallway.record.criteria import Criterion, Present


class Chain(NamedTuple):
    """The reference ``code`` names a resource of one of these types for which that type's filter holds."""

    code: str
    by_kind: tuple[tuple[str, "Filter"], ...]


class Has(NamedTuple):
    """Some resource of ``kind`` names this one by the reference ``code``, and the filter holds for it."""

    kind: str
    code: str
    inner: "Filter"


Filter = Criterion | Chain | Has


class Near(NamedTuple):
    """What a value is read by: our own address, and the time it is."""

    base: str
    now: datetime


def filter_of(kind: str, name: str, value: str, near: Near, *, depth: int = 0) -> Filter:
    """The filter that one parameter means for a type. Raises INCORRECT for what is not understood.

    ``name`` may be an unknown text; it is never repeated.
    """
    if name.startswith("_has:"):
        return _has(kind, name, value, near, depth=depth)
    head, dot, rest = name.partition(".")
    code, _, modifier = head.partition(":")
    one = registry.known(kind).get(code)
    if one is None:
        raise refused("A search parameter is not one that Hallway takes here.")
    if dot:
        return _chain(one, modifier, (rest, value), near, depth=depth)
    if modifier == "missing" and "missing" in registry.modifiers(one):
        return Present(one.code, _is_false(value, one.code))
    return values.criterion(one, modifier, value, base=near.base, now=near.now)


def _is_false(value: str, name: str) -> bool:
    if value not in ("true", "false"):
        raise refused("What is missing is true or false.", name=name)
    return value == "false"


def _deeper(depth: int, name: str) -> int:
    if depth >= DEEPEST_CHAIN:
        raise refused(f"A search goes through other resources {DEEPEST_CHAIN} times at most.", name=name)
    return depth + 1


def _chain(one: registry.Known, modifier: str, behind: tuple[str, str], near: Near, *, depth: int) -> Chain:
    """``code[:Type].rest=value``: without a type, every target for which ``rest`` is a parameter."""
    depth = _deeper(depth, one.code)
    if one.type != "reference" or (modifier and modifier not in one.targets):
        raise refused("A search parameter leads to no such resource.", name=one.code)
    rest, value = behind
    first = rest.partition(".")[0].partition(":")[0]
    kinds = (modifier,) if modifier else one.targets
    able = [kind for kind in kinds if kind in registry.KINDS and (first == "_has" or first in registry.known(kind))]
    if not able:
        raise refused("A search parameter leads to resources that are not searched so.", name=one.code)
    return Chain(one.code, tuple((kind, filter_of(kind, rest, value, near, depth=depth)) for kind in able))


def _has(kind: str, name: str, value: str, near: Near, *, depth: int) -> Has:
    """``_has:Type:reference:rest=value``."""
    depth = _deeper(depth, "_has")
    words = name.split(":", 3)
    if len(words) != 4:
        raise refused("The _has parameter is _has:Type:reference:parameter.", name="_has")
    _, source, code, rest = words
    one = registry.known(source).get(code)
    if one is None or one.type != "reference" or kind not in one.targets:
        raise refused("The _has parameter names no reference that leads here.", name="_has")
    return Has(source, code, filter_of(source, rest, value, near, depth=depth))


def steps_of(one: Filter) -> int:
    """How many searches a filter takes before its own."""
    if isinstance(one, Chain):
        return sum(1 + steps_of(inner) for _, inner in one.by_kind)
    return 1 + steps_of(one.inner) if isinstance(one, Has) else 0


def patient_of(name: str, value: str, base: str) -> str | None:
    """The id of the one patient whom a parameter names, or None where it names none or several."""
    head, _, modifier = name.partition(":")
    if head not in ("patient", "subject") or modifier not in ("", "Patient") or "," in value:
        return None
    text = plain(value).removeprefix(f"{base}/")
    kind, slash, rest = text.rpartition("/")
    return rest if not slash or kind == "Patient" else None
