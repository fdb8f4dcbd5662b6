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
    points: int = 0
    most_days: int = 0


class _Licence(msgspec.Struct, forbid_unknown_fields=True, rename={"data_class": "class"}):
    data_class: str
    citation: str
    statements: list[str]
    verified: bool
    members: bool = False


class _Statement(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    text: str
    es: str
    edition: int


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    form: list[_Form]
    addition: list[_Addition]
    licence: list[_Licence]
    statement: list[_Statement]


@dataclass(frozen=True, slots=True)
class FormRule:
    """What a form of one kind must hold in one state. ``may`` and ``must`` are DataClass masks.

    ``points`` is the least size of print; ``most_days`` the longest life unless the signer asks for longer (0: none).
    ``members``: each person of a family signs. ``verified`` is false when a row of it has not been checked.
    """

    kind: str
    citation: str
    statements: tuple[str, ...]
    may: int
    must: int
    expiry: Expiry
    points: int = 0
    most_days: int = 0
    members: bool = False
    verified: bool = True


_STRICTER: tuple[Expiry, ...] = ("any", "date_or_event", "date")


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
        points=max((row.points for row in extra), default=0),
        most_days=max((row.most_days for row in extra), default=0),
    )


@cache
def strictest(kind: str, states: frozenset[str], classes: int) -> FormRule:
    """The union of everything asked for by these states and by the licences among ``classes`` (law.md 9.5).

    The patient's state may ask for more than the discloser's; printing both is never wrong. Raises KeyError.
    """
    asked = [form_rule(kind, "")] + [form_rule(kind, state) for state in sorted(states)]
    licences = [row for row in _table().licence if class_mask([row.data_class]) & classes]
    texts = [text for rule in asked for text in rule.statements] + [text for row in licences for text in row.statements]
    cited = [part for rule in asked for part in rule.citation.split("; ")] + [row.citation for row in licences]
    return FormRule(
        kind=kind,
        citation="; ".join(dict.fromkeys(cited)),
        statements=tuple(dict.fromkeys(texts)),
        may=asked[0].may,
        must=asked[0].must,
        expiry=_STRICTER[max(_STRICTER.index(rule.expiry) for rule in asked)],
        points=max(rule.points for rule in asked),
        most_days=min((rule.most_days for rule in asked if rule.most_days), default=0),
        members=any(row.members for row in licences),
        verified=all(row.verified for row in licences),
    )


@cache
def statements(language: str = "en") -> dict[str, str]:
    """The text blocks by id, in English or Spanish."""
    return {row.id: row.es if language == "es" else row.text for row in _table().statement}
