"""Role profiles (minimum necessary) as typed rows, read once from ``profiles.toml``."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import msgspec

from hallway.identity.requester import Role
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose

ALL_CLASSES = int(~DataClass(0))
"""Every class known today, as a mask."""


class _Row(msgspec.Struct, forbid_unknown_fields=True):
    role: Role
    purposes: list[Purpose]
    kinds: list[str]
    classes: list[str]


class ReleaseProfile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The FHIR types that may leave at most for one use, where minimum necessary binds."""

    id: str
    kinds: tuple[str, ...]
    words: str


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    profile: list[_Row]
    release: list[ReleaseProfile]


@dataclass(frozen=True, slots=True)
class Profile:
    """At most this for a role: ``purposes`` it may state (first is the default), ``kinds`` (empty: all), class mask."""

    role: Role
    purposes: tuple[Purpose, ...]
    kinds: tuple[str, ...]
    mask: int

    def narrow(self, kinds: tuple[str, ...]) -> tuple[str, ...] | None:
        """What is left of ``kinds`` (empty: all) under this profile; None when nothing is."""
        if not self.kinds:
            return kinds
        if not kinds:
            return self.kinds
        return tuple(kind for kind in kinds if kind in self.kinds) or None


def class_mask(names: list[str]) -> int:
    """The mask of named data classes; "ALL" is every class. Raises KeyError for an unknown name."""
    if names == ["ALL"]:
        return ALL_CLASSES
    mask = 0
    for name in names:
        mask |= DataClass[name].value
    return mask


@cache
def profiles() -> dict[Role, Profile]:
    """Every role's profile. Raises ValueError when a role is missing or named twice: no role is without a limit."""
    text = (files("hallway.consent.tables") / "profiles.toml").read_bytes()
    rows = msgspec.toml.decode(text, type=_Table).profile
    found = {
        row.role: Profile(row.role, tuple(row.purposes), tuple(row.kinds), class_mask(row.classes)) for row in rows
    }
    if len(found) != len(rows) or set(found) != set(Role):
        raise ValueError("profiles.toml must name every role once. Nothing was loaded. Mend the table.")
    return found


@cache
def release_profiles() -> dict[str, ReleaseProfile]:
    """Every release profile by id. Raises ValueError for a doubled one or one without a kind."""
    text = (files("hallway.consent.tables") / "profiles.toml").read_bytes()
    rows = msgspec.toml.decode(text, type=_Table).release
    found = {row.id: row for row in rows}
    if len(found) != len(rows) or not all(row.kinds for row in rows):
        raise ValueError("profiles.toml names a release profile twice or without kinds. Nothing was loaded. Mend it.")
    return found
