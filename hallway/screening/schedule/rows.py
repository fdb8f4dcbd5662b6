"""Who is asked what, and how often: one row each, with its source; read once from the table beside."""

from functools import cache
from importlib.resources import files

import msgspec


class After(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the last whole answers to ``instrument`` must say. A positive critical item counts whatever was missing."""

    instrument: str
    at_least: int | None = None
    positive: bool = False
    critical: bool = False


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``instrument`` is asked of whom every condition fits; an empty condition fits everybody.

    ``from_age`` and ``until_age`` are whole years, the second no longer in. ``problems`` and ``without`` are ICD-10-CM
    prefixes of active problems. ``every_days`` of 0 asks once after what ``after`` names. Answers to an instrument in
    ``counts`` count too. ``instead`` is asked where the licence of ``instrument`` lets no text ship.
    """

    id: str
    instrument: str
    why: str
    every_days: int
    source: str
    verified: bool
    from_age: int = 0
    until_age: int = 200
    genders: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    visit_kinds: tuple[str, ...] = ()
    after: After | None = None
    counts: tuple[str, ...] = ()
    instead: str = ""
    on: bool = True

    @property
    def counted(self) -> frozenset[str]:
        """Instruments whose answers make this row not due."""
        return frozenset((self.instrument, *self.counts))


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    row: tuple[Row, ...]


@cache
def rows() -> tuple[Row, ...]:
    """Every row that is on, in the order of the table. Raises ValueError for one that could never be right."""
    text = files("hallway.screening.tables").joinpath("schedule", "schedule.toml").read_bytes()
    return tuple(row for row in checked(msgspec.toml.decode(text, type=_Table).row) if row.on)


def checked(read: tuple[Row, ...]) -> tuple[Row, ...]:
    """The rows, when ids are unique, each has a source, and what is asked only once follows something."""
    ids = [row.id for row in read]
    if len(set(ids)) != len(ids):
        raise ValueError("two rows of the schedule have one id")
    for row in read:
        is_endless = row.every_days <= 0 and row.after is None
        if not row.source.strip() or not row.why.strip() or is_endless or row.from_age >= row.until_age:
            raise ValueError(f"{row.id}: a row needs a source, words, an interval and ages that hold somebody")
    return read
