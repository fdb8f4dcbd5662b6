"""What a series of totals says about progress towards a target. Pure: totals and dates in, findings out.

Fewer points are better on every instrument that is treated to a target here. A set of answers that is not whole has no
total and is no reading; a day without a reading is a gap, never a zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from hallway.screening.days import Exact, Given, as_sent
from hallway.screening.targets.rows import Name, Rows


@dataclass(frozen=True, slots=True)
class Reading:
    """One whole total on one day; ``exact``: how exactly that day is known."""

    on: date
    total: int
    exact: Exact = Exact.DAY

    @property
    def given(self) -> Given:
        """The day with its precision."""
        return Given(self.on, self.exact)


class Status(StrEnum):
    """Where somebody stands, the worst first."""

    RELAPSE = "relapse"
    WORSE = "worse"
    FLAT = "flat"
    NO_SCORE = "no_score"
    """A target, and no reading since its baseline."""
    BETTER = "better"
    RESPONSE = "response"
    MET = "met"
    """Below the aim, where the aim is not remission."""
    REMISSION = "remission"


class Change(StrEnum):
    """A change against a threshold; ``NOT_KNOWN`` where no source gives one, or there is nothing to compare."""

    BETTER = "better"
    WORSE = "worse"
    NONE = "none"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Progress:
    """The finding. ``words`` say it in one sentence; ``change`` is points against the baseline, below zero is better.

    ``next_due_on`` is None without any reading: then a first score is due now. ``eight_weeks_flat`` asks for a look at
    the plan; ``flat_since`` is the day from which nothing has moved.
    """

    status: Status
    words: str
    next_due_on: date | None
    eight_weeks_flat: bool
    reliable_change: Change
    mid: Change
    response: bool
    remission: bool
    relapse: bool
    baseline: Reading | None = None
    newest: Reading | None = None
    change: int | None = None
    percent: int | None = None
    flat_since: Given | None = None
    is_overdue: bool = False
    is_lost: bool = False


def progress(
    instrument: str,
    baseline: Reading | None,
    readings: Sequence[Reading],
    aim: int | None,
    *,
    rows: Rows,
    today: date,
    plan_changes: Sequence[date] = (),
) -> Progress:
    """Judge ``readings`` (any order) from ``baseline`` (None: the first of them) by ``rows``, as of ``today``.

    Readings before the baseline and after ``today`` are left out; the baseline itself need not be among them. ``aim``
    is the total below which the target is met, None where none is set. A change of the plan on a day in
    ``plan_changes`` starts the weeks without improvement anew.
    """
    series = _series(baseline, readings, today)
    if not series:
        return Progress(
            Status.NO_SCORE, f"No {instrument.upper()} total yet", None, eight_weeks_flat=False,
            reliable_change=Change.NOT_KNOWN, mid=Change.NOT_KNOWN, response=False, remission=False, relapse=False,
        )  # fmt: skip
    first, newest = series[0], series[-1]
    mid = _mid(first, newest, rows) if len(series) > 1 else Change.NOT_KNOWN
    has_response, has_remission = _response(first, newest, rows), _below(newest, rows)
    has_relapse = not has_remission and _relapsed(series, rows)
    has_met = aim is not None and newest.total < aim
    since = _flat_since(series, rows, plan_changes, today)
    is_flat = since is not None and not (has_remission or has_met)
    flat_since = _as_known(since, series) if is_flat else None
    status = _status(series, mid, relapse=has_relapse, remission=has_remission, met=has_met, response=has_response)
    due = _next_due(newest, rows, steady=has_remission)
    change = newest.total - first.total
    return Progress(
        status,
        _words(status, first, newest, flat_since),
        due,
        eight_weeks_flat=is_flat,
        reliable_change=_against(change, rows.value(Name.RELIABLE_POINTS)) if len(series) > 1 else Change.NOT_KNOWN,
        mid=mid,
        response=has_response,
        remission=has_remission,
        relapse=has_relapse,
        baseline=first,
        newest=newest,
        change=change if len(series) > 1 else None,
        percent=_percent(first, newest) if len(series) > 1 else None,
        flat_since=flat_since,
        is_overdue=due is not None and today > due,
        is_lost=_is_lost(newest, rows, today),
    )


def compare(before: Reading, after: Reading, rows: Rows) -> Change:
    """Whether the step from one total to the next matters, by the minimal important difference."""
    return _mid(before, after, rows)


def _series(baseline: Reading | None, readings: Sequence[Reading], today: date) -> list[Reading]:
    """In order of days; of two on one day the higher, since the worse one must not be hidden."""
    by_day: dict[date, Reading] = {}
    for one in readings:
        if one.on <= today and (baseline is None or one.on > baseline.on):
            by_day[one.on] = max(one, by_day.get(one.on, one), key=lambda each: each.total)
    found = [one for _, one in sorted(by_day.items())]
    return [baseline, *found] if baseline is not None and baseline.on <= today else found


def _mid(before: Reading, after: Reading, rows: Rows) -> Change:
    points, percent = rows.value(Name.MID_POINTS), rows.value(Name.MID_PERCENT)
    if points is None and percent is not None:
        points = before.total * percent / 100
    return _against(after.total - before.total, points)


def _against(change: int, threshold: float | None) -> Change:
    """Below zero is better. A threshold of zero points would call every change one: it is met by a change alone."""
    if threshold is None:
        return Change.NOT_KNOWN
    if change == 0 or abs(change) < threshold:
        return Change.NONE
    return Change.BETTER if change < 0 else Change.WORSE


def _response(first: Reading, newest: Reading, rows: Rows) -> bool:
    percent, least = rows.value(Name.RESPONSE_PERCENT), rows.value(Name.BASELINE_FROM)
    if percent is None or newest.on <= first.on or first.total < (least or 1):
        return False
    return (first.total - newest.total) * 100 >= percent * first.total


def _below(one: Reading, rows: Rows) -> bool:
    edge = rows.value(Name.REMISSION_BELOW)
    return edge is not None and one.total < edge


def _relapsed(series: Sequence[Reading], rows: Rows) -> bool:
    edge = rows.value(Name.RELAPSE_FROM)
    return edge is not None and series[-1].total >= edge and any(_below(one, rows) for one in series[:-1])


def _flat_since(series: Sequence[Reading], rows: Rows, changes: Sequence[date], today: date) -> date | None:
    """The day since which no total has improved by what matters, when the weeks for it have passed; else None.

    Somebody of whom no further total was taken is not flat but overdue: that is another finding.
    """
    weeks = rows.whole(Name.FLAT_WEEKS)
    if weeks is None:
        return None
    best = series[0]
    for one in series[1:]:
        better = _mid(best, one, rows)
        best = one if better is Change.BETTER or (better is Change.NOT_KNOWN and one.total < best.total) else best
    start = max([best.on, *(on for on in changes if on <= today)])
    has_passed = today - start >= timedelta(weeks=weeks)
    is_shown = series[-1].on - start >= timedelta(days=rows.whole(Name.FLAT_SHOWN_DAYS) or 0)
    return start if has_passed and is_shown else None


def _status(
    series: Sequence[Reading], mid: Change, *, relapse: bool, remission: bool, met: bool, response: bool
) -> Status:
    found = ((relapse, Status.RELAPSE), (remission, Status.REMISSION), (met, Status.MET), (response, Status.RESPONSE))
    for holds, status in found:
        if holds:
            return status
    if len(series) == 1:
        return Status.NO_SCORE
    return {Change.BETTER: Status.BETTER, Change.WORSE: Status.WORSE}.get(mid, Status.FLAT)


def _next_due(newest: Reading, rows: Rows, *, steady: bool) -> date | None:
    days = rows.whole(Name.STEADY_DAYS if steady else Name.INTERVAL_DAYS)
    return None if days is None else newest.on + timedelta(days=days)


def _is_lost(newest: Reading, rows: Rows, today: date) -> bool:
    days = rows.whole(Name.LOST_DAYS)
    return days is not None and (today - newest.on).days >= days


def _percent(first: Reading, newest: Reading) -> int | None:
    """The change as a share of the baseline, toward zero: 49.9% is not told as 50."""
    return int((newest.total - first.total) * 100 / first.total) if first.total else None


_OPENINGS = {
    Status.RELAPSE: "Back up after remission",
    Status.WORSE: "Worse",
    Status.FLAT: "No change that matters",
    Status.NO_SCORE: "No score since the first",
    Status.BETTER: "Better, not yet a response",
    Status.RESPONSE: "Response",
    Status.MET: "Below the target",
    Status.REMISSION: "In remission",
}


def _as_known(since: date | None, series: Sequence[Reading]) -> Given | None:
    """The day with the precision of the total that it is of; a change of the plan has its day."""
    told = (one.given for one in series if one.on == since)
    return next(told, Given(since)) if since else None


def _words(status: Status, first: Reading, newest: Reading, flat_since: Given | None) -> str:
    """ "Response: 16 to 7". The day from which nothing moved stands behind, where the weeks have passed."""
    totals = f"{first.total} to {newest.total}" if newest.on > first.on else str(first.total)
    said = f"{_OPENINGS[status]}: {totals}"
    return f"{said}; no improvement since {as_sent(flat_since, f'{flat_since.on:%b %-d}')}" if flat_since else said
