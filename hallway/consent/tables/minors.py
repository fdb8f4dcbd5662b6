"""Who controls the record of a service to a minor, as typed rows."""

from collections.abc import Collection
from functools import cache
from importlib.resources import files

import msgspec

SERVICES = ("mental_health", "substance_use", "general", "reproductive", "hiv")


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row. ``facts`` are lists of which any one must be recorded whole; an empty list asks for nothing.

    ``law`` names the row of ``controls.toml`` that it is a case of, with its citation, source and who checked it; a row
    without one has a citation of its own.
    """

    id: str
    state: str
    services: tuple[str, ...]
    age_from: int
    facts: tuple[tuple[str, ...], ...]
    sentence: str
    law: str = ""
    citation: str = ""
    source: str = ""
    verified: bool = True
    legal_review: bool = False


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    row: list[Row]


def fitting(state: str, service: str, age: int) -> tuple[Row, ...]:
    """The rows of a state that speak of a service at an age."""
    return tuple(row for row in rows() if row.state == state and service in row.services and age >= row.age_from)


def gives(row: Row, facts: Collection[str]) -> bool:
    """Whether one of its lists is recorded whole."""
    return any(set(wanted) <= set(facts) for wanted in row.facts)


@cache
def rows() -> tuple[Row, ...]:
    """Every row. Raises ValueError for a doubled id, an unknown service, or a row that asks for no list of facts."""
    text = (files("hallway.consent.tables") / "minors.toml").read_bytes()
    found = msgspec.toml.decode(text, type=_Table).row
    doubled = len({row.id for row in found}) != len(found)
    if doubled or any(not row.facts or not set(row.services) <= set(SERVICES) for row in found):
        raise ValueError("minors.toml has a doubled id or a row without facts. Nothing was loaded. Mend the row.")
    if any(bool(row.law) == bool(row.citation) for row in found):
        raise ValueError("A row of minors.toml names no law, or two. Nothing was loaded. Mend the row.")
    return tuple(found)
