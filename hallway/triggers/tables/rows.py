"""The triggers as typed rows, read once from the tables beside this file; one that cannot be understood is refused.

A row is a whole trigger: ``when`` finds moments, ``only_if`` must hold of them, ``unless`` keeps them from firing. The
words for each are in ``docs/adding-a-trigger.md``. Thresholds stand in ``parameters`` and are named with ``$``.
"""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

Number = int | float | str
"""A number, or ``$name`` of a parameter; ``-$name`` is its minus."""
Value = str | int | float
Whose = Literal["own", "other", "any"]
Unit = Literal["minutes", "hours", "days", "business_days"]


class Seek(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which facts are meant. Empty means any; a code may end in ``*``, and ``name:*word*`` is any name with it.

    ``whose``: of this practice, of another, of any. ``of``: the number that is compared, ``loinc:8480-6`` for a
    component, else the fact's value. ``before_days`` and ``after_days`` bound the time around the moment; without
    them, ``any_time`` apart, facts up to the moment count.
    """

    kinds: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    not_codes: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    not_status: tuple[str, ...] = ()
    whose: Whose = "any"
    of: str = ""
    at_least: Number | None = None
    above: Number | None = None
    below: Number | None = None
    before_days: Number | None = None
    after_days: Number | None = None
    any_time: bool = False


class When(Seek, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One way in which a moment comes about: the name of a finder, and which facts it looks at.

    ``at``: what of the fact is the moment: its time, its ``end``, or when it was last stored (``recorded``).
    ``wait_days``: the moment comes so many days later. ``occasion``: ``fact`` (each one), ``day`` (each day of a
    practice), ``instant`` (all of one instant: a form and its scores), ``once`` (ever); ``named`` tells two ways apart
    that look at the same fact.
    ``every_days``: of several of a group, the next one that lies so far behind; ``every_of``: behind any that counted,
    or behind one that is ``unanswered``, where no ``unless`` holds of it. ``group``: ``code`` where each drug or
    measurement is a group of its own.
    ``due`` and ``unit`` where they differ from the row's. ``only_if`` and ``unless`` of this way alone.
    """

    find: str = "fact"
    at: Literal["at", "end", "recorded"] = "at"
    wait_days: Number = 0
    occasion: Literal["fact", "day", "instant", "once"] = "fact"
    named: str = ""
    every_days: Number = 0
    every_of: Literal["all", "unanswered"] = "all"
    group: Literal["", "code"] = ""
    set: Mapping[str, Value] = {}
    due: Number | None = None
    unit: Unit | None = None
    only_if: tuple["Test", ...] = ()
    unless: tuple["Test", ...] = ()


class Test(Seek, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that holds of a moment or does not: the name of a predicate, and which facts it looks at.

    ``is_cause``: the facts found are causes too, so the moment stands on them. ``is_not`` turns it round.
    ``names_cause``: only facts that refer to a cause, or belong to the same request. ``side`` and ``names``: as the
    predicate says.
    """

    __test__ = False

    holds: str = "has"
    is_not: bool = False
    is_cause: bool = False
    names_cause: bool = False
    side: str = ""
    names: tuple[str, ...] = ()


class Acts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a page offers: ``kinds``, the acts, the main one first. The words are the same for every patient.

    ``asks``: what the message asks. ``wanted``: what a request asks for, keys of ``talking/tables/wanted.toml``, and
    ``days`` until its answer is due.
    """

    kinds: tuple[Literal["message", "request", "labs", "referral", "offer", "safety"], ...] = ("message",)
    asks: str = "Please tell us if you see a problem with it from your side."
    wanted: tuple[str, ...] = ("medical",)
    days: int = 10
    source: str = "design"
    verified: bool = False


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One trigger. ``event``, ``condition``, ``action`` and ``escalation`` are for people; the rest is read by code.

    ``sides``: of which practices it is asked. ``owner``: ``author`` (who wrote the first cause), or a role of the team.
    ``due`` counts ``unit`` from the moment. A moment more than ``stale_days`` old does not fire; one within
    ``suppress_days`` of an open one of its ``group`` is merged into it. ``says`` is the sentence, with parameters in
    braces; ``undone`` is what is not yet done. ``rises``: as the kind ``safety`` does, by the minute; empty: by
    business days. ``verified`` is no where the source was not looked up.
    """

    id: str
    version: str
    title: str
    event: str
    condition: str
    action: str
    owner: str
    due: Number
    unit: Unit
    escalation: str
    suppress_days: int
    stale_days: int
    source: str
    verified: bool
    legal_review: bool
    effective_from: date
    says: str
    sides: tuple[str, ...]
    when: tuple[When, ...]
    parameters: Mapping[str, Value] = {}
    only_if: tuple[Test, ...] = ()
    unless: tuple[Test, ...] = ()
    acts: Acts = Acts()
    undone: str = ""
    cites: str = ""
    counterpart: Literal["other_side", "source", "any", "none"] = "other_side"
    group: str = ""
    harm: int = 0
    rises: Literal["", "safety"] = ""
    effective_until: date | None = None
    after_death: bool = False
    is_on: bool = True


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    rule: tuple[Row, ...]


def read(text: bytes) -> tuple[Row, ...]:
    """The rows of one file. Raises msgspec.ValidationError, with the place, for what is not understood."""
    return msgspec.toml.decode(text, type=_Table).rule


@cache
def load() -> dict[str, Row]:
    """Every row by id, in the order of the files. Raises ValueError for an id that stands twice."""
    found: dict[str, Row] = {}
    folder = files("hallway.triggers.tables")
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".toml"):
            for row in read(file.read_bytes()):
                if row.id in found:
                    raise ValueError(f"Rule {row.id} stands twice. Nothing was loaded. Rename one.")
                found[row.id] = row
    return dict(sorted(found.items(), key=lambda pair: _order(pair[0])))


def _order(rule: str) -> tuple[str, int, str]:
    """T2 before T10."""
    head = rule.rstrip("0123456789")
    return head, int(rule[len(head) :] or 0), rule


ROWS: Mapping[str, Row] = load()
"""Every trigger that ships, by id."""
