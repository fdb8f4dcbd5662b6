"""From the rows and one chart to what is due, what stands, and when to look again. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from hallway.loops.rules import add_business_days
from hallway.triggers.facts import Chart, Fact
from hallway.triggers.rules.finders import FINDERS
from hallway.triggers.rules.look import Look, Moment, Values, days, number
from hallway.triggers.rules.owners import counterpart, owner
from hallway.triggers.rules.predicates import PREDICATES
from hallway.triggers.rules.regimens import unknown_drugs
from hallway.triggers.tables.rows import Row, Test, Unit, Value, When

_MOST = 120
"""Characters of a group that are kept."""


@dataclass(frozen=True, slots=True)
class Due:
    """One moment at which this practice owes a word, now. ``group``: what a near one is merged with.

    ``practitioner_id`` 0: nobody in particular of ``role``. ``parameters`` are codes and numbers for the sentence.
    """

    rule: str
    occasion: str
    occurred_at: datetime
    due_at: datetime
    role: str
    practitioner_id: int
    counterpart_org: int
    causes: tuple[Fact, ...]
    parameters: Mapping[str, Value]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look found.

    ``due``: what fires, each occasion once; whoever keeps them stores an occasion once for good. ``standing``: every
    occasion (rule, occasion) whose facts hold, answered or stale ones too: an open firing that is not among them has
    lost its facts and is withdrawn; one that is no longer ``due`` stays open until a person closes it. ``next_at``: the
    earliest instant at which time alone may make another one due. ``unchecked``: drugs that are taken now and that no
    row of ours knows: no trigger has looked at them.
    """

    due: tuple[Due, ...]
    next_at: datetime | None
    standing: frozenset[tuple[str, str]] = frozenset()
    unchecked: tuple[Fact, ...] = ()


def evaluate(chart: Chart, now: datetime, rows: Mapping[str, Row]) -> Found:
    """What is due on this chart for its practice at an instant. Deterministic; ``now`` is the only clock."""
    look = Look(chart, now)
    due: list[Due] = []
    standing: set[tuple[str, str]] = set()
    waiting: list[datetime] = []
    for row in rows.values():
        parameters = _parameters(row, chart)
        if parameters is None:
            continue
        asked = _Asked(look, row, parameters)
        for moment, when in asked.moments():
            if moment.at > now:
                waiting.append(moment.at)
                continue
            standing.add((row.id, moment.occasion))
            if asked.fires(moment, when):
                due.append(asked.due(moment, when))
    due.sort(key=lambda one: (one.occurred_at, one.rule, one.occasion))
    unchecked = tuple(unknown_drugs(look))
    return Found(tuple(due), min(waiting, default=None), frozenset(standing), unchecked)


def _parameters(row: Row, chart: Chart) -> Values | None:
    """The row's numbers as this practice runs it; None where it does not run here."""
    tuned = chart.tunings.get(row.id)
    if chart.side not in row.sides or not (tuned.is_on if tuned else row.is_on):
        return None
    if tuned:
        return {**row.parameters, **{key: value for key, value in tuned.parameters.items() if key in row.parameters}}
    return row.parameters


class _Asked:
    """One row asked of one look."""

    def __init__(self, look: Look, row: Row, parameters: Values) -> None:
        self.look = look
        self.row = row
        self.parameters = parameters

    def moments(self) -> Iterator[tuple[Moment, When]]:
        """Each occasion once, earliest first: the earliest moment stands for it."""
        seen: set[str] = set()
        for moment, when in sorted(self._found(), key=lambda pair: (pair[0].at, pair[0].occasion)):
            if moment.occasion not in seen:
                seen.add(moment.occasion)
                yield moment, when

    def _found(self) -> Iterator[tuple[Moment, When]]:
        for when in self.row.when:
            raw = (self._timed(one, when) for one in FINDERS[when.find](self.look, when, self.parameters))
            qualified = [kept for one in raw if self._is_in_force(one) and (kept := self._qualified(one, when))]
            for moment in self._spaced(qualified, when):
                yield moment, when

    def _spaced(self, moments: Sequence[Moment], when: When) -> Iterator[Moment]:
        """Of those that come often, the ones that count; where only unanswered ones do, the others stand unfired."""
        every = number(when.every_days, self.parameters)
        if when.every_of == "all":
            yield from _thinned(moments, every)
            return
        counts = _thinned(moments, every, lambda one: not self._is_answered(one, when))
        counted = {one.occasion for one in counts}
        for moment in moments:
            yield moment if moment.occasion in counted else replace(moment, is_settled=True)

    def _timed(self, moment: Moment, when: When) -> Moment:
        """The moment at its time, named as the row says."""
        wait = number(when.wait_days, self.parameters)
        if wait:
            moment = replace(moment, at=moment.at + days(wait), began_at=moment.since)
        if when.occasion == "once":
            moment = replace(moment, occasion="once")
        elif when.occasion == "day":
            moment = replace(moment, occasion=f"day/{moment.since.date().isoformat()}")
        elif when.occasion == "instant":
            moment = replace(moment, occasion=f"at/{moment.since.astimezone(UTC).isoformat(timespec='seconds')}")
        if when.group == "code":
            moment = replace(moment, group=f"{self.row.id}/{_subject(moment.causes[0])}"[:_MOST])
        if when.named:
            moment = replace(moment, occasion=f"{moment.occasion}/{when.named}")
        return replace(moment, values={**moment.values, **when.set}) if when.set else moment

    def _is_in_force(self, moment: Moment) -> bool:
        on, until = moment.at.date(), self.row.effective_until
        return self.row.effective_from <= on and (until is None or on < until)

    def _qualified(self, moment: Moment, when: When) -> Moment | None:
        """The moment with the causes that its conditions add; None where one does not hold."""
        causes = list(moment.causes)
        for test in (*self.row.only_if, *when.only_if):
            answer = PREDICATES[test.holds](self.look, moment, test, self.parameters)
            if (answer is None) != test.is_not:
                return None
            if test.is_cause and answer:
                causes += [fact for fact in answer if fact not in causes]
        return replace(moment, causes=tuple(causes)) if len(causes) > len(moment.causes) else moment

    def fires(self, moment: Moment, when: When) -> bool:
        """Whether nobody has answered it, it is fresh, and somebody is there to be cared for."""
        if moment.is_settled or moment.at < self.look.now - days(self.row.stale_days):
            return False
        if self.look.chart.deceased and not self.row.after_death:
            return False
        return not self._is_answered(moment, when)

    def _is_answered(self, moment: Moment, when: When) -> bool:
        """Whether something is known by now that keeps it from firing."""
        return any(self._holds(moment, test) for test in (*self.row.unless, *when.unless))

    def _holds(self, moment: Moment, test: Test) -> bool:
        return (PREDICATES[test.holds](self.look, moment, test, self.parameters) is not None) != test.is_not

    def due(self, moment: Moment, when: When) -> Due:
        """What is owed of it, by whom, until when."""
        role, practitioner = owner(self.look, self.row, moment)
        amount = number(self.row.due if when.due is None else when.due, self.parameters)
        return Due(
            rule=self.row.id,
            occasion=moment.occasion,
            occurred_at=moment.at,
            due_at=after(moment.at, amount, when.unit or self.row.unit),
            role=role,
            practitioner_id=practitioner,
            counterpart_org=counterpart(self.look, self.row, moment),
            causes=moment.causes,
            parameters=moment.values,
            group=moment.group or self.row.group or self.row.id,
        )


def _thinned(
    moments: Iterable[Moment], every_days: float, counts: Callable[[Moment], bool] = lambda _: True
) -> Iterator[Moment]:
    """Of moments of a group that come often, those that lie far enough behind the last one kept, and that count.

    ``counts`` may be slow: it is asked of no moment that lies too near.
    """
    last: dict[str, datetime] = {}
    for moment in sorted(moments, key=lambda one: (one.at, one.occasion)):
        is_near = every_days and moment.group in last and moment.at < last[moment.group] + days(every_days)
        if not is_near and counts(moment):
            last[moment.group] = moment.at
            yield moment


def _subject(fact: Fact) -> str:
    """What a fact is about: its drugs, else what it measures, else its names."""
    return "+".join(fact.has("drug") or fact.has("loinc") or fact.has("name"))


_UNITS: Mapping[str, timedelta] = {
    "minutes": timedelta(minutes=1),
    "hours": timedelta(hours=1),
    "days": timedelta(days=1),
}


@lru_cache(maxsize=1024)
def after(at: datetime, amount: float, unit: Unit) -> datetime:
    """So much later; business days are Monday to Friday where the network is."""
    return add_business_days(at, int(amount)) if unit == "business_days" else at + _UNITS[unit] * amount
