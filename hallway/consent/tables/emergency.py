"""Categories of emergency access as typed rows."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from hallway.consent.tables.profiles import ALL_CLASSES
from hallway.record.classes import AUTHOR_ONLY, DataClass


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    label: str
    kinds: list[str]


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    category: list[_Row]


@dataclass(frozen=True, slots=True)
class Category:
    """What one emergency access opens at most: FHIR types (empty: all) and classes."""

    id: str
    label: str
    kinds: tuple[str, ...]
    mask: int


@cache
def categories() -> dict[str, Category]:
    """Every category by id. None holds psychotherapy or substance use counseling notes, whatever a rule may say."""
    mask = ALL_CLASSES & ~int(AUTHOR_ONLY | DataClass.UNCLASSIFIED)
    rows = msgspec.toml.decode((files("hallway.consent.tables") / "emergency.toml").read_bytes(), type=_Table).category
    return {row.id: Category(row.id, row.label, tuple(row.kinds), mask) for row in rows}
