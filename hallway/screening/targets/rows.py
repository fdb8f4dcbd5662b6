"""The figures by which progress is read, one row each, with its source.

What an instrument's own file says of change and interval comes from there: where sources disagree, its row marked as
the default is in force, and another is chosen by marking it. The table beside holds what no instrument says by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import msgspec

from hallway.screening.instruments.library import instrument
from hallway.screening.instruments.shapes import ChangeRow, Instrument


class Name(StrEnum):
    """What a figure decides."""

    RESPONSE_PERCENT = "response_percent"
    """A fall of at least this share of the baseline is a response."""
    BASELINE_FROM = "baseline_from"
    """The lowest baseline of which a response is counted."""
    REMISSION_BELOW = "remission_below"
    RELAPSE_FROM = "relapse_from"
    """After a remission, a total of at least this is a relapse."""
    MID_POINTS = "mid_points"
    """The least change in points that matters to a person: the minimal important difference."""
    MID_PERCENT = "mid_percent"
    """The same as a share of the earlier total; counted where no row in points is on."""
    RELIABLE_POINTS = "reliable_points"
    """The least change in points that is more than the instrument's own error."""
    FLAT_WEEKS = "flat_weeks"
    """Weeks without improvement after which the plan is to be looked at."""
    FLAT_SHOWN_DAYS = "flat_shown_days"
    """Days after the best total at which a further one shows that nothing has moved."""
    INTERVAL_DAYS = "interval_days"
    """Days until the next score while somebody is treated."""
    STEADY_DAYS = "steady_days"
    """The same once in remission."""
    LOST_DAYS = "lost_days"
    """Days without a score after which somebody counts as lost."""


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row."""

    instrument: str
    name: Name
    value: float
    source: str
    verified: bool

    @property
    def words(self) -> str:
        """ "Response: 50% lower"."""
        return _WORDS[self.name].format(f"{self.value:g}")


_WORDS = {
    Name.RESPONSE_PERCENT: "Response: {}% lower than at first",
    Name.BASELINE_FROM: "A response is counted from a first total of {}",
    Name.REMISSION_BELOW: "Remission: below {}",
    Name.RELAPSE_FROM: "Relapse after remission: {} or more",
    Name.MID_POINTS: "The least difference that matters: {} points",
    Name.MID_PERCENT: "The least difference that matters: {}%",
    Name.RELIABLE_POINTS: "More than the instrument’s error: {} points",
    Name.FLAT_WEEKS: "Time to look at the plan: {} weeks without improvement",
    Name.FLAT_SHOWN_DAYS: "No improvement is shown by a score at least {} days after the best",
    Name.INTERVAL_DAYS: "Next score: after {} days",
    Name.STEADY_DAYS: "Next score in remission: after {} days",
    Name.LOST_DAYS: "Lost: {} days without a score",
}


@dataclass(frozen=True, slots=True)
class Rows:
    """The figures in force for one instrument; one that is missing decides nothing."""

    figures: Mapping[Name, Figure]

    def value(self, name: Name) -> float | None:
        """The figure, or None where no source gives one."""
        found = self.figures.get(name)
        return found.value if found else None

    def whole(self, name: Name) -> int | None:
        """A figure that counts days, weeks or points of a total."""
        found = self.value(name)
        return None if found is None else int(found)

    @property
    def sources(self) -> tuple[Figure, ...]:
        """What stands behind the words, in the order of ``Name``."""
        return tuple(self.figures[name] for name in Name if name in self.figures)


EVERY = "*"
"""A row for every instrument that has none of its own."""


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    figure: tuple[Figure, ...]


@cache
def figures() -> tuple[Figure, ...]:
    """Every row of the table. Raises ValueError when two have one name for one instrument."""
    text = files("hallway.screening.tables").joinpath("targets", "figures.toml").read_bytes()
    return checked(msgspec.toml.decode(text, type=_Table).figure)


def checked(rows: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """The rows, when none contradict each other and each names its source. Raises ValueError otherwise."""
    seen: set[tuple[str, Name]] = set()
    for row in rows:
        if not row.source.strip() or row.value < 0:
            raise ValueError(f"{row.instrument} {row.name}: a figure needs a source and is not below zero")
        if (row.instrument, row.name) in seen:
            raise ValueError(f"{row.instrument} {row.name}: there are two rows")
        seen.add((row.instrument, row.name))
    return rows


@cache
def rows_of(key: str) -> Rows:
    """What is in force for an instrument: what its file says, else its row of the table, else everybody's row."""
    found = {row.name: row for row in figures() if row.instrument == EVERY}
    found |= {row.name: row for row in figures() if row.instrument == key}
    return Rows(MappingProxyType(found | own_rows(instrument(key))))


def own_rows(one: Instrument) -> dict[Name, Figure]:
    """The figures of an instrument's file: the default row of each kind of change, and the interval in treatment.

    Where a file has no least difference that matters to a patient, a clinically meaningful one stands for it.
    """
    found: dict[Name, Figure] = {}
    for row in sorted((row for row in one.change if row.is_default), key=lambda row: row.kind == "minimal"):
        for name, value in _figures_of(row).items():
            if value is not None:
                found[name] = Figure(one.key, name, value, row.source, row.verified)
    days = one.interval.treat_days
    if days:
        found[Name.INTERVAL_DAYS] = Figure(
            one.key, Name.INTERVAL_DAYS, days, one.interval.source or one.interval.words, one.interval.verified
        )
    return found


def _figures_of(row: ChangeRow) -> Mapping[Name, float | None]:
    """A row's figures by name. Points go before percent where a row gives both."""
    if row.kind in ("minimal", "meaningful"):
        return {Name.MID_POINTS: row.points} if row.points else {Name.MID_PERCENT: row.percent or None}
    found: dict[str, Mapping[Name, float | None]] = {
        "reliable": {Name.RELIABLE_POINTS: row.points or None},
        "response": {Name.RESPONSE_PERCENT: row.percent or None},
        "remission": {Name.REMISSION_BELOW: row.below},
        "relapse": {Name.RELAPSE_FROM: row.at},
    }
    return found[row.kind]
