"""Who would see what if this form were signed, person by person. Pure: portions and two reaches in, a table out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from hallway.consent.explaining.reach import Portion, Reach, Recipient
from hallway.web.chart.board import Pronouns
from hallway.web.consents.questions import CATEGORIES, Category


@dataclass(frozen=True, slots=True)
class Column:
    """One person of the table, and how the gate knows them."""

    name: str
    about: str
    recipient: Recipient


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer: ``is_new`` when the form adds something, ``is_none`` when nothing is seen even with it."""

    words: str
    is_new: bool = False
    is_none: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of content: how many items there are here, and what each person would see."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """The table, and whether the form would change anything at all."""

    columns: tuple[Column, ...]
    totals: tuple[Cell, ...]
    rows: tuple[Row, ...]
    adds: bool
    seen_now: int
    items: int


def category_words(category: Category, who: Pronouns) -> str:
    """The box's words with the person's pronouns; "them" in a report's line is the recipient."""
    return category.words.format(they=who.subject, s=who.verb_s, them="the other clinician")


def draw(
    portions: Counter[Portion], columns: Sequence[Column], *, now: Reach, then: Reach, who: Pronouns, usual: Portion
) -> Picture:
    """The table for what one practice holds, before and after the form.

    Where nothing is held yet (or nothing this reader may count), ``usual`` stands for what this reader would write, so
    a form for a report that is still to come shows what it will open.
    """
    rows: list[Row] = []
    for category in CATEGORIES:
        held = {portion: count for portion, count in portions.items() if portion.kind in category.kinds}
        total = sum(held.values())
        counted = total and category.key != "visits"
        name = f"{category_words(category, who)}, {total}" if counted else category_words(category, who)
        held = held or {Portion(category.kinds[0], usual.author, usual.mask): 1}
        rows.append(Row(name, tuple(_cell(held, column, now, then) for column in columns)))
    named = {kind for category in CATEGORIES for kind in category.kinds}
    everything = {portion: count for portion, count in portions.items() if portion.kind in named}
    items = sum(everything.values())
    totals = tuple(_total(everything, column, now, then, items=items) for column in columns)
    seen_now = max((_seen(everything, column, now) for column in columns), default=0)
    adds = any(cell.is_new for cells in (totals, *(row.cells for row in rows)) for cell in cells)
    return Picture(tuple(columns), totals, tuple(rows), adds, seen_now, items)


def _seen(held: dict[Portion, int], column: Column, reach: Reach) -> int:
    return sum(count for portion, count in held.items() if reach.sees(column.recipient, portion))


def _cell(held: dict[Portion, int], column: Column, now: Reach, then: Reach) -> Cell:
    before, after, total = _seen(held, column, now), _seen(held, column, then), sum(held.values())
    if after == 0:
        return Cell("No", is_none=True)
    words = "Yes" if after == total and total == 1 else "All" if after == total else f"{after} of {total}"
    return Cell(words, is_new=after > before)


def _total(held: dict[Portion, int], column: Column, now: Reach, then: Reach, *, items: int) -> Cell:
    before, after = _seen(held, column, now), _seen(held, column, then)
    return Cell(f"{after} of {items} items", is_new=after > before, is_none=after == 0)
