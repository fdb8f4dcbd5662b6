"""Search criteria of an export, kept in its row: a ``_typeFilter``, and what narrows a program's scopes. Pure."""

from dataclasses import dataclass
from typing import cast

import msgspec

from hallway.record import criteria
from hallway.record.criteria import Criterion, Within

_PLAIN = {
    kind.__name__: kind
    for kind in (
        criteria.Tokens,
        criteria.Texts,
        criteria.Spans,
        criteria.Present,
        criteria.Updated,
        criteria.Labels,
        criteria.Ids,
    )
}


@dataclass(frozen=True, slots=True)
class Narrowed:
    """One resource type and what must hold of it."""

    kind: str
    criteria: tuple[Criterion, ...]


def packed(narrowed: tuple[Narrowed, ...]) -> list[object]:
    """As JSON values."""
    return [[one.kind, [_packed(each) for each in one.criteria]] for one in narrowed]


def _packed(one: Criterion) -> list[object]:
    if isinstance(one, Within):
        return ["Within", [[_packed(each) for each in way] for way in one.any_of]]
    return [type(one).__name__, msgspec.to_builtins(tuple(one))]


def unpacked(held: object) -> tuple[Narrowed, ...]:
    """What ``packed`` made. Raises KeyError or msgspec.ValidationError for anything else."""
    rows = msgspec.convert(held, list[tuple[str, list[object]]])
    return tuple(Narrowed(kind, tuple(_unpacked(one) for one in each)) for kind, each in rows)


def _unpacked(held: object) -> Criterion:
    name, value = msgspec.convert(held, tuple[str, list[object]])
    if name == "Within":
        ways = msgspec.convert(value, list[list[object]])
        return Within(tuple(tuple(_unpacked(one) for one in way) for way in ways))
    return cast("Criterion", msgspec.convert(value, _PLAIN[name]))
