"""The room's rows: what may be asked for, treatments that wait, the check list, plans' help lines. Read once."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Protocol, TypeVar

import msgspec


class Wanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that one side may ask the other for. ``kinds``: FHIR types that an answer to it may name."""

    key: str
    words: str
    kinds: tuple[str, ...]
    source: str
    verified: bool


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of a medical evaluation."""

    key: str
    words: str


class Treatment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A treatment that waits for a medical evaluation, and the parts that must come back first."""

    key: str
    words: str
    parts: tuple[str, ...]
    source: str
    verified: bool


class Process(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row of the check list. ``finds`` names the way it is found in the record; empty: it is said by hand."""

    key: str
    words: str
    group: str
    source: str
    verified: bool
    finds: str = ""


class Payer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A health plan's help line and rule for outpatient behavioral health. ``names`` are parts of a plan's name.

    ``needs_referral`` None: the source does not say.
    """

    key: str
    name: str
    names: tuple[str, ...]
    line: str
    phone: str
    says: str
    source: str
    as_of: date
    verified: bool
    needs_referral: bool | None = None


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Short lists that a form offers: code to words."""

    channel: dict[str, str]
    topic: dict[str, str]
    outcome: dict[str, str]
    decline: dict[str, str]
    next: dict[str, str]


class _Wanted(msgspec.Struct, forbid_unknown_fields=True):
    wanted: list[Wanted]


class _Treatments(msgspec.Struct, forbid_unknown_fields=True):
    part: list[Part]
    treatment: list[Treatment]


class _Checklist(msgspec.Struct, forbid_unknown_fields=True):
    process: list[Process]


class _Payers(msgspec.Struct, forbid_unknown_fields=True):
    payer: list[Payer]


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


R = TypeVar("R", bound=_Keyed)
F = TypeVar("F")


def _read(name: str, kind: type[F]) -> F:
    raw = files("hallway.talking.tables").joinpath(f"{name}.toml").read_bytes()
    return msgspec.toml.decode(raw, type=kind)


def _by_key(rows: Sequence[R]) -> dict[str, R]:
    """Rows by key, in order. Raises ValueError for a key that stands twice."""
    found = {row.key: row for row in rows}
    if len(found) != len(rows):
        raise ValueError("a key stands twice in a table of talking")
    return found


@cache
def wanted() -> Mapping[str, Wanted]:
    """What may be asked for, by key."""
    return _by_key(_read("wanted", _Wanted).wanted)


@cache
def treatments() -> Mapping[str, Treatment]:
    """Treatments that wait for an evaluation, by key. Raises ValueError for a part that no row explains."""
    file = _read("treatments", _Treatments)
    known = {part.key for part in file.part}
    if any(set(row.parts) - known for row in file.treatment):
        raise ValueError("a treatment names a part that no row explains")
    return _by_key(file.treatment)


@cache
def parts() -> Mapping[str, Part]:
    """Parts of an evaluation, by key."""
    return _by_key(_read("treatments", _Treatments).part)


@cache
def processes() -> Mapping[str, Process]:
    """The check list's rows, by key, in the order of the form."""
    return _by_key(_read("checklist", _Checklist).process)


@cache
def payers() -> Mapping[str, Payer]:
    """Help lines and rules of health plans, by key."""
    return _by_key(_read("payers", _Payers).payer)


@cache
def words() -> Words:
    """The short lists."""
    return _read("words", Words)


def payer_of(plan: str) -> Payer | None:
    """The row of the plan called so, or None where no source speaks of it."""
    name = plan.casefold()
    return next((row for row in payers().values() if any(part.casefold() in name for part in row.names)), None)
