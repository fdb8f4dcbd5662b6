"""Checks that a drug needs and that are over time. Pure; what to check and how often are rows of ``terms``."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from hallway.terms import medicines
from hallway.terms.medicines import Watch
from hallway.triggers.facts import Fact
from hallway.triggers.rules.ending import end_of
from hallway.triggers.rules.look import Look, Moment, Values, bears, days
from hallway.triggers.rules.regimens import drug_of, runs, taken
from hallway.triggers.tables.rows import When

_LEAD_DAYS = 90
"""A result so long before the start is a baseline."""
_SAME_COURSE_DAYS = 120
"""An order so soon after the last one ended goes on with the same course: its checks are not begun anew."""
_GRACE_DAYS = 14
"""Of checks that recur: of those that recur often, half their interval."""
_FIRST_REPEAT_AFTER = 2 * _GRACE_DAYS
_NO_RESULT = frozenset({"cancelled", "registered", "unknown"})


def overdue(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """A check of a drug is over time by ``grace_days``, counted from the start, or from the last result.

    ``owed_by``: ``prescriber`` (the practice of the latest order), ``pc`` or ``bh``, as the two sides have agreed.
    """
    for course in _courses(taken(look, when.codes)):
        for watch in medicines.watches():
            if _is_meant(watch, course[0], when):
                for moment in _of_check(look, course, watch, float(parameters["grace_days"])):
                    if _owes(look, course, moment.at, str(parameters["owed_by"])):
                        yield moment


def _is_meant(watch: Watch, fact: Fact, when: When) -> bool:
    """Whether the row speaks of this check, and the drug is one that needs it."""
    return any(code in when.codes and code in fact.codes for code in (f"drug:{watch.of}", f"group:{watch.of}"))


def _courses(drugs: list[Fact]) -> Iterator[list[Fact]]:
    """The orders of each drug, parted where it was not taken for a while."""
    by_drug: dict[str, list[Fact]] = {}
    for fact in drugs:
        by_drug.setdefault(drug_of(fact), []).append(fact)
    for drug in sorted(by_drug):
        course: list[Fact] = []
        for fact in by_drug[drug]:
            if course and not any(_goes_on(one, fact.at) for one in course):
                yield course
                course = []
            course.append(fact)
        yield course


def _goes_on(fact: Fact, at: datetime) -> bool:
    end = end_of(fact)
    return end is None or end + days(_SAME_COURSE_DAYS) >= at


def _owes(look: Look, course: list[Fact], at: datetime, owed_by: str) -> bool:
    """Whether this practice owes the check: the drug runs, and it is the one agreed on."""
    orders = [fact for fact in course if runs(fact, at)]
    if not orders:
        return False
    return look.is_own(orders[-1]) if owed_by == "prescriber" else look.chart.side == owed_by


def _of_check(look: Look, course: list[Fact], watch: Watch, grace_days: float) -> Iterator[Moment]:
    start = course[0].at
    results = [
        fact
        for fact in look.of("Observation")
        if bears(fact, tuple(watch.codes)) and fact.status not in _NO_RESULT and fact.at >= start - days(_LEAD_DAYS)
    ]
    base = f"{course[0].ref}/{watch.check}"
    for day in watch.at_days:
        since = start - days(_LEAD_DAYS) if not day else start + days(day / 2)
        at = start + days(day + min(grace_days, day or grace_days))
        is_done = any(fact.at >= since for fact in results)
        yield _moment(f"{base}/day {day}", at, course[0], watch, is_done=is_done)
    yield from _repeated(look, course[0], watch, results)


def _repeated(look: Look, first: Fact, watch: Watch, results: list[Fact]) -> Iterator[Moment]:
    """Between two results, and after the last one, every time that another was due and had not come."""
    anchors = [(first.at, "start"), *((max(fact.at, first.at), fact.id) for fact in results)]
    settled_until = first.at + days(max(watch.at_days, default=0) + _FIRST_REPEAT_AFTER)
    for place, (since, name) in enumerate(anchors):
        until = anchors[place + 1][0] if place + 1 < len(anchors) else None
        for count, at in enumerate(_times(since, first.at, watch), 1):
            if until is not None and at >= until:
                break
            if at > settled_until:
                occasion = f"{first.ref}/{watch.check}/{name}/{count}"
                yield _moment(occasion, at, first, watch, is_done=until is not None)
                # The next one to come is told too: at its hour the chart is looked at again.
                if at > look.now:
                    break


def _times(since: datetime, start: datetime, watch: Watch) -> Iterator[datetime]:
    """When the next check is over time, and the ones after it while none comes; a short interval has a short grace."""
    while True:
        age = (since - start).days
        every = next((every for every, until in watch.phases if age < until), watch.phases[-1][0])
        yield since + days(every + min(_GRACE_DAYS, every / 2))
        since += days(every)


def _moment(occasion: str, at: datetime, order: Fact, watch: Watch, *, is_done: bool) -> Moment:
    values = {"drug": drug_of(order), "check": watch.check, "source": watch.source}
    # Each check by itself: whoever orders the calcium has not ordered the lithium level.
    return Moment(occasion, at, (order,), values=values, group=f"{order.ref}/{watch.check}", is_settled=is_done)
