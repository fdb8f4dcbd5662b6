"""One look at one chart: its facts put in order, each once, and what the rows ask of them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple

from hallway.triggers.facts import Chart, Fact
from hallway.triggers.rules.ending import status_at
from hallway.triggers.tables.rows import Number, Seek, Value

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something happened at ``at`` that may fire. ``occasion`` stays the same however often it is computed.

    ``began_at``: when that began which is over time at ``at``. ``is_settled``: the facts themselves say that nothing is
    owed. ``group``: what it may be merged with.
    """

    occasion: str
    at: datetime
    causes: tuple[Fact, ...]
    values: Values = field(default_factory=dict[str, Value])
    group: str = ""
    is_settled: bool = False
    began_at: datetime | None = None

    @property
    def since(self) -> datetime:
        """From when on an answer to it may have come."""
        return min(self.at, self.began_at or self.at)


def days(count: float) -> timedelta:
    """So many days."""
    return timedelta(days=count)


def number(value: Number, parameters: Values) -> float:
    """A number of a row, or the parameter that it names (``-$``: its minus). Raises KeyError for no parameter."""
    if not isinstance(value, str):
        return float(value)
    found = float(parameters[value.removeprefix("-")[1:]])
    return -found if value.startswith("-") else found


class _Patterns(NamedTuple):
    exact: frozenset[str]
    prefixes: tuple[str, ...]
    within: tuple[str, ...]


@lru_cache(maxsize=4096)
def _patterns(codes: tuple[str, ...]) -> _Patterns:
    starred = [code[:-1] for code in codes if code[-1] == "*"]
    return _Patterns(
        frozenset(code for code in codes if code[-1] != "*"),
        tuple(code for code in starred if "*" not in code),
        tuple(code.partition("*")[2] for code in starred if "*" in code),
    )


def bears(fact: Fact, codes: tuple[str, ...]) -> bool:
    """Whether a fact has one of these codes."""
    wanted = _patterns(codes)
    if not wanted.exact.isdisjoint(fact.codes):
        return True
    if wanted.prefixes and any(code.startswith(wanted.prefixes) for code in fact.codes):
        return True
    return any(word in code for word in wanted.within for code in fact.codes if code.startswith("name:"))


class Look:
    """The facts of a chart as they stand: one version each, none in error, each reading once, in order of time."""

    def __init__(self, chart: Chart, now: datetime) -> None:
        """Keep the chart and the instant; order what is there."""
        self.chart = chart
        self.now = now
        self.past: dict[str, list[Fact]] = {}
        self._facts = {kind: self._standing(facts) for kind, facts in chart.facts.items()}

    def _standing(self, facts: Iterable[Fact]) -> tuple[Fact, ...]:
        newest: dict[str, Fact] = {}
        for fact in sorted(facts, key=lambda one: (one.version, one.recorded_at)):
            if fact.id in newest and newest[fact.id].version < fact.version:
                self.past.setdefault(fact.ref, []).append(newest[fact.id])
            newest[fact.id] = fact
        standing = sorted((one for one in newest.values() if not one.is_error), key=_in_time)
        return tuple(_each_once(standing))

    def of(self, *kinds: str) -> Sequence[Fact]:
        """The facts of these kinds, earliest first; of every kind where none is named."""
        if len(kinds) == 1:
            return self._facts.get(kinds[0], ())
        found = [fact for kind in kinds or sorted(self._facts) for fact in self._facts.get(kind, ())]
        return sorted(found, key=_in_time)

    def is_own(self, fact: Fact) -> bool:
        """Whether this practice wrote it."""
        return fact.source_org == self.chart.practice

    def matching(self, seek: Seek, parameters: Values) -> list[Fact]:
        """The facts that a row means, whenever they were, earliest first."""
        return [fact for fact in self._candidates(seek) if self.fits(fact, seek, parameters)]

    def matching_at(self, at: datetime, seek: Seek, parameters: Values) -> list[Fact]:
        """The same, with the status that each had at an instant, or when it came about if that was later."""
        return [fact for fact in self._candidates(seek) if self.fits(fact, seek, parameters, at=max(at, fact.at))]

    def _candidates(self, seek: Seek) -> Iterable[Fact]:
        """The facts that may be meant: by their codes where these are whole, since most rows ask for a few of many."""
        wanted = _patterns(seek.codes)
        if not seek.codes or wanted.prefixes or wanted.within:
            return self.of(*seek.kinds)
        found = {fact.ref: fact for code in wanted.exact for fact in self._by_code.get(code, ())}
        return sorted((fact for fact in found.values() if not seek.kinds or fact.kind in seek.kinds), key=_in_time)

    @cached_property
    def _by_code(self) -> Mapping[str, Sequence[Fact]]:
        found: dict[str, list[Fact]] = {}
        for facts in self._facts.values():
            for fact in facts:
                for code in fact.codes:
                    found.setdefault(code, []).append(fact)
        return found

    def fits(self, fact: Fact, seek: Seek, parameters: Values, *, at: datetime | None = None) -> bool:
        """Whether one fact is meant, its time apart; by its status at an instant, when it came about if none is said.

        A status that moves on takes nothing back: a problem that was resolved later was active.
        """
        if seek.whose != "any" and (seek.whose == "own") != self.is_own(fact):
            return False
        status = status_at(fact, at or fact.at) if seek.status or seek.not_status else ""
        if (seek.status and status not in seek.status) or status in seek.not_status:
            return False
        if (seek.codes and not bears(fact, seek.codes)) or (seek.not_codes and bears(fact, seek.not_codes)):
            return False
        return _compares(fact, seek, parameters)

    @cached_property
    def own_visits(self) -> tuple[Fact, ...]:
        """Visits to this practice that took place, earliest first."""
        return tuple(fact for fact in self.of("Encounter") if self.is_own(fact) and fact.status in VISITED)


VISITED = frozenset({"finished", "in-progress", "arrived", "triaged", "onleave"})
"""States of a visit to which the patient came."""


def _in_time(fact: Fact) -> tuple[datetime, str, str]:
    return fact.at, fact.kind, fact.id


def _each_once(facts: Iterable[Fact]) -> Iterable[Fact]:
    """The same reading sent under two ids is one: of measurements alone, for two orders may well be two."""
    seen: set[tuple[object, ...]] = set()
    for fact in facts:
        parts = tuple(sorted(pair for pair in fact.about.items() if pair[0].startswith("loinc:")))
        if fact.kind == "Observation" and (fact.value is not None or parts):
            key = (fact.at, fact.source_org, fact.value, parts, tuple(sorted(fact.codes)))
            if key in seen:
                continue
            seen.add(key)
        yield fact


def _compares(fact: Fact, seek: Seek, parameters: Values) -> bool:
    if seek.at_least is None and seek.above is None and seek.below is None:
        return True
    value = fact.number(seek.of)
    return (
        value is not None
        and (seek.at_least is None or value >= number(seek.at_least, parameters))
        and (seek.above is None or value > number(seek.above, parameters))
        and (seek.below is None or value < number(seek.below, parameters))
    )
