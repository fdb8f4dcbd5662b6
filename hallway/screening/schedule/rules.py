"""Who is due for which instrument, and why. Pure: a person, what was answered, active problems, the visit, the rows.

A row that asks less than another which is due for the same person gives way: who is due for PHQ-9 is not asked PHQ-2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hallway.screening.days import Exact, Given
from hallway.screening.instruments.shapes import Person
from hallway.screening.schedule.rows import After, Row


@dataclass(frozen=True, slots=True)
class Taken:
    """One set of answers as the asker may know it. Only a whole one counts as asked; a critical item always does."""

    instrument: str
    on: date
    total: int | None
    is_complete: bool
    is_positive: bool | None = None
    is_critical: bool = False
    exact: Exact = Exact.DAY

    @property
    def given(self) -> Given:
        """The day with its precision."""
        return Given(self.on, self.exact)


@dataclass(frozen=True, slots=True)
class Due:
    """``instrument`` is due since ``due_on`` (None: it was never asked), by the row ``row_id``.

    ``why`` is the row's own words; ``last`` is the day of the last answers that count, as exactly as it is known.
    """

    instrument: str
    row_id: str
    why: str
    due_on: date | None
    last: Given | None
    source: str
    verified: bool
    instead: str = ""


TARGET = "target"
"""The ``row_id`` of what is due because somebody is treated to a target."""
_ALL_AGES = (0, 200)


def due(
    person: Person,
    history: Sequence[Taken],
    problems: Sequence[str],
    visit_kind: str,
    *,
    rows: Sequence[Row],
    targets: Sequence[tuple[str, date | None]] = (),
) -> tuple[Due, ...]:
    """What to ask ``person`` now, the longest overdue first. ``problems`` are ICD-10-CM codes of active problems.

    ``targets`` are running targets: their instrument, and when its next score is due.
    """
    known = tuple(one for one in history if one.on <= person.on)
    found = [_of_target(*one) for one in targets if one[1] is None or one[1] <= person.on]
    found += [
        made
        for row in rows
        if _fits(row, person, problems, visit_kind) and (made := _due(row, known, person.on)) is not None
    ]
    firsts = _first_of_each(found)
    asked = {one.instrument for one in firsts}
    given_way = {row.id for row in rows if asked & (row.counted - {row.instrument})}
    return tuple(sorted((one for one in firsts if one.row_id not in given_way), key=_order))


def _of_target(instrument: str, due_on: date | None) -> Due:
    return Due(instrument, TARGET, "Treated to a target: the next score is due", due_on, None, "P64", verified=True)


def _first_of_each(found: Sequence[Due]) -> list[Due]:
    """One an instrument: what was due first; a row that says more than "never asked" comes before one that does."""
    kept: dict[str, Due] = {}
    for one in sorted(found, key=lambda one: (one.due_on is None, one.due_on or date.min)):
        kept.setdefault(one.instrument, one)
    return list(kept.values())


def _order(one: Due) -> tuple[bool, date, str]:
    return one.due_on is None, one.due_on or date.min, one.instrument


def _fits(row: Row, person: Person, problems: Sequence[str], visit_kind: str) -> bool:
    # Without a birth date no row with an age fits: a schedule asks nobody by a guess.
    age = person.age
    fits_age = (row.from_age, row.until_age) == _ALL_AGES or (age is not None and row.from_age <= age < row.until_age)
    fits_gender = not row.genders or person.gender in row.genders
    fits_visit = not row.visit_kinds or visit_kind in row.visit_kinds
    has_problem = not row.problems or any(code.startswith(row.problems) for code in problems)
    is_excluded = bool(row.without) and any(code.startswith(row.without) for code in problems)
    return fits_age and fits_gender and fits_visit and has_problem and not is_excluded


def _due(row: Row, history: Sequence[Taken], today: date) -> Due | None:
    since = _since(row.after, history) if row.after else date.min
    if since is None:
        return None
    counted = (one.given for one in history if one.instrument in row.counted and one.is_complete)
    given = max(counted, key=lambda one: one.on, default=None)
    last = given.on if given else None
    due_on = _due_on(row, since, last)
    if due_on is not None and due_on > today:
        return None
    if row.every_days == 0 and last is not None and last >= since:
        return None
    return Due(row.instrument, row.id, row.why, due_on, given, row.source, row.verified, row.instead)


def _due_on(row: Row, since: date, last: date | None) -> date | None:
    """The day from which it is due; None when it was never asked and nothing else says when."""
    if row.every_days == 0:
        return since
    if last is not None:
        return last + timedelta(days=row.every_days)
    return since + timedelta(days=row.every_days) if since > date.min else None


def _since(after: After, history: Sequence[Taken]) -> date | None:
    """The day of the last answers that say what ``after`` asks for; None where the last ones do not say it.

    What is not whole speaks where it is critical or positive, and never takes back what was said before.
    """
    of_it = sorted((one for one in history if one.instrument == after.instrument), key=_worst_last)
    if after.critical:
        told = [one for one in of_it if one.is_complete or one.is_critical]
        return told[-1].on if told and told[-1].is_critical else None
    told = [one for one in of_it if one.is_complete or (after.positive and one.is_positive)]
    if not told:
        return None
    last = told[-1]
    enough = after.at_least is None or (last.total is not None and last.total >= after.at_least)
    return last.on if enough and (not after.positive or bool(last.is_positive)) else None


def _worst_last(one: Taken) -> tuple[date, bool, bool, int]:
    """The order of days; of two on one day the worse one counts as the last, since it must not be hidden."""
    return one.on, one.is_critical, bool(one.is_positive), -1 if one.total is None else one.total
