"""What makes a signed form valid, element by element, as typed rows read once; an unknown word is refused."""

from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

from hallway.consent.tables.library import BASELINE

FORM_KINDS = ("release", "part2", "part2_tpo", "psychotherapy", "sud_counseling", "hiv", "proceedings", "registry")
TESTS = frozenset(
    {
        *("expired", "event_occurred", "revoked", "known_false", "no_end", "no_end_part2", "longer_than_a_year"),
        *("mixed_with_other_classes", "mixed_with_other_aims", "more_than_one_aim", "beyond_tpo", "no_end_date"),
    }
)
"""What the checker computes itself; every other row asks for a word of the form."""


class Element(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One element: ``asks`` a word that the form must carry, or names a ``test`` that must not come out true.

    It binds forms of ``kinds``, in ``states`` (none: everywhere), when every circumstance of ``when`` holds and none of
    ``unless`` does. ``words`` say what is wrong in plain words.
    """

    id: str
    law_rows: tuple[str, ...]
    citation: str
    source: str
    kinds: tuple[str, ...]
    words: str
    asks: str = ""
    test: str = ""
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    verified: bool = True
    legal_review: bool = False
    from_on: date = BASELINE
    until_on: date | None = None

    def in_force(self, on: date) -> bool:
        """Whether it binds on a day."""
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


class _Circumstance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    words: str


class _File(msgspec.Struct, forbid_unknown_fields=True):
    element: list[Element]
    circumstance: list[_Circumstance]


def check(table: _File) -> dict[str, Element]:
    """Elements by id. Raises ValueError for a doubled id, an unknown word, or a row that is neither or both."""
    known = {one.id for one in table.circumstance}
    found: dict[str, Element] = {}
    for row in table.element:
        strange = ({*row.when, *row.unless} - known) | (set(row.kinds) - set(FORM_KINDS))
        strange |= {row.test} - TESTS - {""}
        if row.id in found or strange or bool(row.asks) == bool(row.test) or not row.words.endswith("."):
            raise ValueError(
                f"Element {row.id} is doubled or uses unknown words {sorted(strange)}. Nothing was loaded."
            )
        found[row.id] = row
    return found


@cache
def _file() -> _File:
    return msgspec.toml.decode((files("hallway.consent.tables") / "elements.toml").read_bytes(), type=_File)


@cache
def elements() -> dict[str, Element]:
    """Every element by id."""
    return check(_file())


@cache
def circumstances() -> dict[str, str]:
    """Every circumstance of a form in plain words."""
    return {one.id: one.words for one in _file().circumstance}


@cache
def complete(kind: str, state: str, circumstances_held: frozenset[str], on: date) -> frozenset[str]:
    """Every word that a form of this kind must carry there and then."""
    return frozenset(
        row.asks for row in elements().values() if row.asks and binds(row, kind, state, circumstances_held, on=on)
    )


def binds(row: Element, kind: str, state: str, held: frozenset[str], *, on: date) -> bool:
    """Whether an element binds a form."""
    return (
        kind in row.kinds
        and row.in_force(on)
        and (not row.states or state in row.states)
        and held.issuperset(row.when)
        and held.isdisjoint(row.unless)
    )
