"""Is each way out that a release names one that the rows give, with these rows, papers and duties, no more, no less."""

from collections.abc import Iterable
from dataclasses import dataclass

from hallway.app.witness.judge import Ask, Way, raw_ways
from hallway.app.witness.rows import need_of

NOBODY = 0


@dataclass(frozen=True, slots=True)
class WayOut:
    """A clause as a release or a line of the ledger states it. ``duties`` None: it was not stated."""

    source: int
    classes: frozenset[str]
    author: int
    kinds: frozenset[str]
    rules: frozenset[str]
    papers: frozenset[str]
    duties: frozenset[str] | None = None


def unlawful(ask: Ask, stated: Iterable[WayOut]) -> list[str]:
    """One sentence for each way out that no row gives; empty when all are lawful."""
    return [_sentence(one) for one in stated if not _lawful(ask, one)]


def _sentence(one: WayOut) -> str:
    return (
        f"The way out from organization {one.source} under {', '.join(sorted(one.rules)) or 'no rule'} is not lawful."
    )


def _lawful(ask: Ask, one: WayOut) -> bool:
    need = need_of(ask.asker.role)
    if ask.purpose not in need.purposes or (need.kinds and not (one.kinds and one.kinds <= need.kinds)):
        return False
    return any(
        _same(one, way, need.classes)
        for kind in ("", *sorted(one.kinds))
        for way in raw_ways(ask, one.source, one.author, kind)
    )


def _same(one: WayOut, way: Way, need: frozenset[str]) -> bool:
    return (
        one.classes == way.classes & need
        and one.rules == way.rules
        and one.papers == way.papers
        and (one.duties is None or all(_duties_of(one.duties, each) == _owed(way, each) for each in one.classes))
    )


def _duties_of(stated: frozenset[str], one: str) -> set[str]:
    """What binds when an item of a class flows: duties are stated as CLASS/duty, ``*`` for every class."""
    return {duty for name, _, duty in (text.partition("/") for text in stated) if name in ("*", one)}


def _owed(way: Way, one: str) -> set[str]:
    """What the rows ask when an item of a class flows: its own, and what every item's general part asks."""
    return {duty for name in (one, "GENERAL") for row in way.rows_by_class.get(name, ()) for duty in row.duties}
