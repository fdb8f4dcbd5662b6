"""What a rule would have done in a practice's charts, tuned so: read through the gate, nothing kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import msgspec

from hallway import clock
from hallway.directory.models import Organization
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.record.stored import StaleRelease
from hallway.terms import medicines
from hallway.triggers import gathering, principal, rules
from hallway.triggers.facts import Chart, Fact
from hallway.triggers.models import Watch
from hallway.triggers.rules import Due
from hallway.triggers.tables.rows import ROWS, Row, Value, When
from hallway.triggers.views import DryRun

MOST = 400
"""Charts of one run. A page waits for it, so it is bounded, and says how many it was.

Which ones follows from their numbers, which are drawn by lot: those that changed last would tell of hidden changes.
"""
_EVER = 100_000
_WORDS: Mapping[str, tuple[str, ...]] = {
    "severity": medicines.SEVERITIES,
    "owed_by": ("prescriber", "pc", "bh"),
}
"""What a parameter that is a word may say. Another word would stop every rule of the practice, or silence one."""


def would_have_fired(requester: Requester, rule: str, parameters: Mapping[str, Value], since: datetime) -> DryRun:
    """How often and when a rule with these parameters would have fired since then, in what may flow to the practice.

    Raises NOT_FOUND or INCORRECT as ``check_parameters``. Each chart that is read leaves its line.
    """
    check_parameters(rule, parameters)
    practice = Organization.objects.get(id=requester.organization_id)
    by = principal.of_practice(requester.organization_id)
    watches = Watch.objects.filter(organization_id=practice.id)
    row = tuned(ROWS[rule], parameters)
    found: Counter[date] = Counter()
    patients = looked = 0
    for chart_id in watches.order_by("chart_id").values_list("chart_id", flat=True)[:MOST]:
        try:
            chart = gathering.see(practice, by, ChartId(chart_id), clock.now()).chart
        except StaleRelease:
            continue
        days = [one.occurred_at.date() for one in fired_since(chart, row, since, clock.now())]
        found.update(days)
        patients += bool(days)
        looked += 1
    return DryRun(sum(found.values()), tuple(sorted(found.items())), patients, looked, watches.count())


def check_parameters(rule: str, parameters: Mapping[str, Value]) -> None:
    """Refuse a rule that there is none of, a parameter that it has not, and a value that the parameter cannot take."""
    known = ROWS[rule].parameters if rule in ROWS else None
    if known is None:
        raise _refused(Kind.NOT_FOUND, "H-TRG-301", "There is no such rule.", "")
    for name, value in parameters.items():
        if name not in known or not _may_be(name, value, known[name]):
            raise _refused(Kind.UNPROCESSABLE, "H-TRG-302", "A value is not one that this rule takes.", name)


def _may_be(name: str, value: Value, usual: Value) -> bool:
    """One of the words that rules know, or a number as the row has it: whole where that is whole."""
    if isinstance(value, str) or isinstance(usual, str):
        return isinstance(usual, str) and value in _WORDS.get(name, (usual,))
    is_whole = isinstance(value, int) or not isinstance(usual, int)
    return is_whole and 0 <= value <= _EVER


def _refused(kind: Kind, code: str, what: str, field: str) -> HallwayError:
    return HallwayError(
        kind, code, what=what, undone="Nothing was tried.", to_do="Look at the rule's row.", field=field
    )


def tuned(row: Row, parameters: Mapping[str, Value]) -> Row:
    """The row with other numbers, on, and as if it had always been in force."""
    numbers = {**row.parameters, **parameters}
    return msgspec.structs.replace(row, parameters=numbers, is_on=True, effective_from=date.min, effective_until=None)


def fired_since(chart: Chart, row: Row, since: datetime, now: datetime) -> Sequence[Due]:
    """The moments of a chart at which a row would have fired, duplicates merged. Pure.

    Each moment is asked again as of its own instant: whether somebody had been told by then, not since.
    """
    bare = replace(chart, tunings={})
    found: list[Due] = []
    for due in _ever(bare, row, now):
        if due.occurred_at < since or not _fired_then(bare, row, due):
            continue
        span = timedelta(days=row.suppress_days)
        if not any(one.group == due.group and due.occurred_at - one.occurred_at < span for one in found):
            found.append(due)
    return found


def _ever(chart: Chart, row: Row, now: datetime) -> Sequence[Due]:
    """Every moment, however old and whatever became of it since."""
    when = tuple(_unanswered(one) for one in row.when)
    ever = msgspec.structs.replace(row, stale_days=_EVER, unless=(), when=when, after_death=True)
    return rules.evaluate(chart, now, {row.id: ever}).due


def _unanswered(when: When) -> When:
    """As if nothing answered it; what comes often then stands whole where answers tell which of it counts."""
    spaced = 0 if when.every_of == "unanswered" else when.every_days
    return msgspec.structs.replace(when, unless=(), every_days=spaced)


def _fired_then(chart: Chart, row: Row, due: Due) -> bool:
    then = rules.evaluate(as_of(chart, due.occurred_at), due.occurred_at, {row.id: row}).due
    return any(one.occasion == due.occasion for one in then)


def as_of(chart: Chart, at: datetime) -> Chart:
    """The chart without what happened after ``at``, and as if what happened before had been stored by then."""
    facts = {kind: tuple(_then(one, at) for one in held if _had_been(one, at)) for kind, held in chart.facts.items()}
    loops = tuple(one for one in chart.loops if one.opened_at <= at)
    offers = tuple(one for one in chart.offers if one.at <= at)
    return replace(chart, facts=facts, loops=loops, offers=offers)


def _had_been(fact: Fact, at: datetime) -> bool:
    """A visit booked for later was known by then; what happened later and was stored later was not."""
    return fact.at <= at or fact.recorded_at <= at


def _then(fact: Fact, at: datetime) -> Fact:
    return fact if fact.recorded_at <= at else replace(fact, recorded_at=at)
