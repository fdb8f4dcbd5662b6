"""Forms and their elements as typed rows: what each must say, may carry, and how it may end."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from hallway.consent.tables.profiles import ALL_CLASSES, class_mask

Expiry = Literal["date", "date_or_event", "any"]


class _Form(msgspec.Struct, forbid_unknown_fields=True):
    kind: str
    citation: str
    statements: list[str]
    expiry: Expiry
    forbids: list[str] = []
    requires: list[str] = []
    only: list[str] = []


class _Addition(msgspec.Struct, forbid_unknown_fields=True):
    state: str
    kind: str
    citation: str
    statements: list[str]
    expiry: Expiry


class _Statement(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    text: str


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    form: list[_Form]
    addition: list[_Addition]
    statement: list[_Statement]


@dataclass(frozen=True, slots=True)
class FormRule:
    """What a form of one kind must hold in one state. ``may`` and ``must`` are DataClass masks."""

    kind: str
    citation: str
    statements: tuple[str, ...]
    may: int
    must: int
    expiry: Expiry


@cache
def _table() -> _Table:
    return msgspec.toml.decode((files("hallway.consent.tables") / "forms.toml").read_bytes(), type=_Table)


@cache
def form_rule(kind: str, state: str) -> FormRule:
    """The elements of a form where the discloser stands in ``state``. Raises KeyError for an unknown kind."""
    found = next((row for row in _table().form if row.kind == kind), None)
    if found is None:
        raise KeyError(kind)
    extra = [row for row in _table().addition if row.kind == kind and row.state == state]
    may = class_mask(found.only) if found.only else ALL_CLASSES & ~class_mask(found.forbids)
    return FormRule(
        kind=kind,
        citation="; ".join((found.citation, *(row.citation for row in extra))),
        statements=(*found.statements, *(statement for row in extra for statement in row.statements)),
        may=may,
        must=class_mask(found.requires) or (may if found.only else 0),
        expiry=extra[-1].expiry if extra else found.expiry,
    )


@cache
def statements() -> dict[str, str]:
    """The text blocks by id."""
    return {row.id: row.text for row in _table().statement}
