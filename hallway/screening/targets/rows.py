"""The figures by which progress is read, one row each, with its source; read once from the table beside."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import msgspec


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
    INTERVAL_DAYS = "interval_days"
    """Days until the next score while somebody is treated."""
    STEADY_DAYS = "steady_days"
    """The same once in remission."""
    LOST_DAYS = "lost_days"
    """Days without a score after which somebody counts as lost."""


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row. Several may stand for one instrument and name; one of them is on, and a customer may choose another."""

    instrument: str
    name: Name
    value: float
    source: str
    verified: bool
    on: bool = True


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
    """Every row, on or off. Raises ValueError when two of one name are on for one instrument."""
    text = files("hallway.screening.tables").joinpath("targets", "figures.toml").read_bytes()
    return checked(msgspec.toml.decode(text, type=_Table).figure)


def checked(rows: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """The rows, when none contradict each other and each names its source. Raises ValueError otherwise."""
    on: set[tuple[str, Name]] = set()
    for row in rows:
        if not row.source.strip() or row.value < 0:
            raise ValueError(f"{row.instrument} {row.name}: a figure needs a source and is not below zero")
        if row.on and (row.instrument, row.name) in on:
            raise ValueError(f"{row.instrument} {row.name}: two rows are on")
        on |= {(row.instrument, row.name)} if row.on else set()
    return rows


@cache
def rows_of(instrument: str) -> Rows:
    """What is in force for an instrument: its own rows, else those of every instrument."""
    found: dict[Name, Figure] = {}
    for row in sorted((one for one in figures() if one.on), key=lambda one: one.instrument != EVERY):
        if row.instrument in (EVERY, instrument):
            found[row.name] = row
    return Rows(MappingProxyType(found))
