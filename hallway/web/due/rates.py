"""How often rules fire and how it ends, in words. Pure: from counts that name nobody."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from hallway.triggers.facts import Tuned
from hallway.triggers.tables.reasons import NOT_NEEDED
from hallway.triggers.tables.rows import Row, Value
from hallway.triggers.views import DryRun, Late, Noise
from hallway.web.words import count

NOISY = 0.5
"""A rule more than half of whose closed findings were not needed asks too often."""
NOBODY_NAMED = "Nobody in particular"
ENOUGH = 10
"""Fewer closed findings than this say nothing about a rule."""

_NUMBERS = (files("hallway.triggers.tables") / "numbers.csv").read_text(encoding="utf-8")
LABELS: Mapping[str, str] = {row["name"]: row["words"] for row in csv.DictReader(_NUMBERS.splitlines())}
"""What a leader reads for the name of a rule's number."""


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule's year at this practice."""

    id: str
    title: str
    is_on: bool
    is_tuned: bool
    is_verified: bool
    fired: int
    is_open: int
    done: int
    not_needed: int
    declined: int
    gone: int
    why: str
    is_noisy: bool


@dataclass(frozen=True, slots=True)
class Number:
    """One parameter of a rule as a field."""

    name: str
    label: str
    value: Value
    usual: Value


@dataclass(frozen=True, slots=True)
class Tried:
    """What a dry run found."""

    words: str
    read: str


def rows(known: Sequence[Row], found: Sequence[Noise], tunings: Mapping[str, Tuned]) -> list[RuleRow]:
    """Every rule, the noisiest first, then by how often it fired."""
    made = [_row(row, [one for one in found if one.rule == row.id], tunings.get(row.id)) for row in known]
    return sorted(made, key=lambda one: (not one.is_noisy, -one.fired))


def _row(row: Row, own: Sequence[Noise], tuned: Tuned | None) -> RuleRow:
    reasons: Counter[str] = Counter()
    for one in own:
        reasons.update(one.reasons)
    done, not_needed = sum(one.done for one in own), sum(one.not_needed for one in own)
    declined = sum(one.declined for one in own)
    ended = done + not_needed + declined
    return RuleRow(
        id=row.id,
        title=row.title,
        is_on=tuned.is_on if tuned else row.is_on,
        is_tuned=tuned is not None,
        is_verified=row.verified,
        fired=sum(one.fired for one in own),
        is_open=sum(one.is_open for one in own),
        done=done,
        not_needed=not_needed,
        declined=declined,
        gone=sum(one.withdrawn + one.merged for one in own),
        why=_why(reasons),
        is_noisy=ended >= ENOUGH and not_needed > NOISY * ended,
    )


def _why(reasons: Mapping[str, int]) -> str:
    """The two commonest reasons: "Of no weight for the other side (7)"."""
    common = sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))[:2]
    return "; ".join(f"{NOT_NEEDED.get(code, code)} ({often})" for code, often in common)


def finding(made: Sequence[RuleRow]) -> str:
    """The heading: what the year says."""
    noisy = sum(one.is_noisy for one in made)
    if noisy:
        return f"{noisy} rule{'s ask' if noisy > 1 else ' asks'} more often than needed"
    fired = sum(one.fired for one in made)
    return f"{count(fired, 'finding')} in the last year, no rule asks too often"


def late(found: Sequence[Late], names: Mapping[int, str]) -> list[tuple[str, str]]:
    """Who is past due with what, most first: ("Dr. Simon Mindham", "3: T1 (2), T22 (1)")."""
    held: dict[int, list[Late]] = {}
    for one in found:
        held.setdefault(one.practitioner_id, []).append(one)
    said = [
        (
            sum(one.number for one in own),
            names.get(who, NOBODY_NAMED),
            ", ".join(f"{one.rule} ({one.number})" for one in own),
        )
        for who, own in held.items()
    ]
    return [(who, f"{total}: {which}") for total, who, which in sorted(said, key=lambda one: (-one[0], one[1]))]


def numbers(row: Row, parameters: Mapping[str, Value]) -> list[Number]:
    """The fields of a rule's numbers, as they are named in its row."""
    return [
        Number(name, LABELS.get(name, name.replace("_", " ").capitalize()), parameters.get(name, usual), usual)
        for name, usual in row.parameters.items()
    ]


def months(rule: str, found: Sequence[Noise]) -> list[tuple[date, Noise]]:
    """A rule's months, the newest first."""
    return [(one.month_on, one) for one in found if one.rule == rule]


def tried(run: DryRun) -> Tried:
    """ "This would have fired 14 times in the last year, for 9 patients." """
    patients = f", for {count(run.patients, 'patient')}" if run.fired else ""
    read = "" if run.charts >= run.of else f"{run.charts} of {run.of} charts were read, drawn by lot."
    return Tried(f"This would have fired {count(run.fired, 'time')} in the last year{patients}.", read)
