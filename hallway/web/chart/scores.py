"""Scores over time: one chart an instrument and its table twin, from the same sheets. Pure.

Which answers make a score, and what it says, is the instrument library's business; a set that is not whole has no total
and is no point of the drawing.
"""

import calendar
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from hallway.ids import OrganizationId, PractitionerId
from hallway.screening.days import Exact, Given
from hallway.screening.instruments import library
from hallway.screening.instruments.scoring import is_range
from hallway.screening.sheets import Sheet, of_instrument, sheets
from hallway.screening.targets.rows import Name, rows_of
from hallway.web.chart import plot, words
from hallway.web.chart.facts import Facts
from hallway.web.chart.medicines import Medicine
from hallway.web.chart.people import Place, Roster
from hallway.web.words import count, given

ITEM_9 = "44260-8"
"""LOINC: PHQ-9, thoughts of being better off dead or of self-harm."""
_FIRST = ("phq-9", "gad-7")
"""What stands first where several have readings."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """What a drawing needs of an instrument's file. ``target`` is the remission's edge, 0 where no source gives one."""

    key: str
    name: str
    about: str
    loinc: str
    full: int
    bands: tuple[int, ...]
    band_words: tuple[str, ...]
    target: int
    meaningful: float
    licence: str

    def band(self, total: int) -> str:
        """ "moderate" for a PHQ-9 of 11."""
        return self.band_words[sum(total >= edge for edge in self.bands)] if self.band_words else ""


@cache
def charted(key: str) -> Instrument:
    """The instrument of that key as its drawing needs it."""
    one, rows = library.instrument(key), rows_of(key)
    ranges = [band for band in one.bands if is_range(band) and band.scale == "total" and not band.who.genders]
    ranges.sort(key=lambda band: band.low)
    return Instrument(
        key=one.key,
        name=one.name,
        about=one.about.get("en", ""),
        loinc=one.total_code,
        full=one.scoring.high,
        bands=tuple(band.low for band in ranges[1:]),
        band_words=tuple(band.words.get("en", "") for band in ranges),
        target=rows.whole(Name.REMISSION_BELOW) or 0,
        meaningful=rows.value(Name.MID_POINTS) or 0,
        licence=f"{one.name}: {one.licence}",
    )


@cache
def instruments() -> tuple[Instrument, ...]:
    """Every instrument with a total, those that are asked most first."""
    totals = [one.key for one in library.all_instruments() if one.scoring.total == "sum"]
    return tuple(charted(key) for key in sorted(totals, key=lambda key: (key not in _FIRST, _place(key), key)))


def _place(key: str) -> int:
    return _FIRST.index(key) if key in _FIRST else len(_FIRST)


@dataclass(frozen=True, slots=True)
class Score:
    """One total on one day; ``exact``: how exactly that day is known."""

    id: str
    on: date
    total: int
    place: Place
    by: str
    exact: Exact = Exact.DAY

    @property
    def given(self) -> Given:
        """The day with its precision."""
        return Given(self.on, self.exact)


@dataclass(frozen=True, slots=True)
class Trend:
    """The newest total against the one before: ``tone`` is the status class, ``words`` the sentence."""

    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One day of the table twin; an empty cell is a score not taken. ``item_9`` is PHQ-9's, where it was answered.

    ``not_whole`` are the instruments that were answered that day in part, and have no total of it.
    """

    given: Given
    place: Place
    totals: tuple[int | None, ...]
    item_9: int | None
    not_whole: tuple[str, ...] = ()

    @property
    def on(self) -> date:
        """The day it orders by."""
        return self.given.on


@dataclass(frozen=True, slots=True)
class Table:
    """The table twin: one column an instrument that has a total here, one row a day and practice, newest first."""

    columns: tuple[Instrument, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class ScoreChart:
    """One instrument: its readings newest first, its drawing, its finding in one sentence."""

    instrument: Instrument
    scores: tuple[Score, ...]
    drawing: plot.Plot
    trend: Trend | None
    sentence: str
    goal: plot.Goal

    changes: tuple[plot.Change, ...] = ()

    @property
    def series(self) -> str:
        """The same readings as JSON for the drawing on the screen: days since 1970, totals, sides, plan changes."""
        oldest_first = list(reversed(self.scores))
        return json.dumps(
            {
                "name": self.instrument.name,
                "at": [_seconds(score.on) for score in oldest_first],
                "totals": [score.total for score in oldest_first],
                "sides": [score.place.side for score in oldest_first],
                "top": plot.top_of_axis(
                    max(score.total for score in oldest_first), self.instrument.bands, self.instrument.full
                ),
                "target": self.goal.below,
                "goal": self.goal.word,
                "span": [
                    _seconds(on) for on in plot.span([plot.Reading(one.on, one.total, "") for one in oldest_first])
                ],
                "changes": [{"at": _seconds(change.on), "word": change.word} for change in self.changes],
            },
            separators=(",", ":"),
        )


def sheets_of(facts: Facts) -> list[Sheet]:
    """Every sheet of the chart as released, newest first."""
    patient = facts.patient
    return sheets(
        [*facts.stored("QuestionnaireResponse"), *facts.stored("Observation")],
        birth_on=words.day(patient.birth_date) if patient else None,
        gender=(patient.gender or "") if patient else "",
    )


def readings(found: Sequence[Sheet], roster: Roster, key: str) -> list[Score]:
    """Totals newest first. A set of answers that is not whole is no reading at all."""
    return [
        Score(
            one.ids[0],
            one.on,
            one.total,
            roster.place(OrganizationId(one.source_org)),
            roster.short_name(PractitionerId(one.author)),
            one.exact,
        )
        for one in of_instrument(found, key)
        if one.total is not None
    ]


def score_charts(
    found: Sequence[Sheet], roster: Roster, changes: Sequence[plot.Change], aims: Mapping[str, int] | None = None
) -> list[ScoreChart]:
    """A chart for every instrument with at least one reading. ``aims`` are targets that were set, by instrument."""
    charts: list[ScoreChart] = []
    for instrument in instruments():
        scores = readings(found, roster, instrument.key)
        if scores:
            aim = (aims or {}).get(instrument.key)
            goal = plot.Goal(aim or instrument.target, is_set=aim is not None)
            charts.append(_chart(instrument, scores, changes, goal=goal))
    return charts


def _chart(
    instrument: Instrument, scores: Sequence[Score], changes: Sequence[plot.Change], *, goal: plot.Goal
) -> ScoreChart:
    oldest_first = [plot.Reading(score.on, score.total, score.place.side) for score in reversed(scores)]
    drawing = plot.draw(oldest_first, changes=changes, bands=instrument.bands, full=instrument.full, goal=goal)
    first, end = plot.span(oldest_first)
    inside = tuple(change for change in changes if first <= change.on <= end)
    return ScoreChart(
        instrument=instrument,
        scores=tuple(scores),
        drawing=drawing,
        trend=trend(instrument, scores),
        sentence=sentence(instrument, scores, goal),
        goal=goal,
        changes=inside,
    )


def _seconds(on: date) -> int:
    return calendar.timegm(on.timetuple())


def trend(instrument: Instrument, scores: Sequence[Score]) -> Trend | None:
    """Down is better. A change smaller than the meaningful one is said without a color."""
    if len(scores) < 2:
        return None
    newest = scores[0]
    before = max(scores[1:4], key=lambda score: score.total)
    change = newest.total - before.total
    then = given(before.given, newest.on)
    if change == 0:
        return Trend("", f"The same as {then}")
    points = count(abs(change), "point")
    tone = "" if not instrument.meaningful or abs(change) < instrument.meaningful else "done" if change < 0 else "soon"
    return Trend(tone, f"{points} {'lower' if change < 0 else 'higher'} than {then}")


def sentence(instrument: Instrument, scores: Sequence[Score], goal: plot.Goal) -> str:
    """What the drawing shows, for readers who do not see it."""
    first, last = (f"{one.on:%Y}" if one.exact is Exact.YEAR else f"{one.on:%B %Y}" for one in (scores[-1], scores[0]))
    values = ", ".join(str(score.total) for score in reversed(scores))
    when = f"in {last}" if first == last else f"from {first} to {last}"
    aim = f" {goal.word} is below {goal.below}." if goal.below else ""
    return f"{instrument.name} {when}: {values}.{aim}"


def table(found: Sequence[Sheet], roster: Roster) -> Table:
    """The table twin of every instrument that has a total, with PHQ-9's item 9 whether or not there is a total.

    A day on which one was answered in part stands there too: its last total is not the last that is known.
    """
    with_total = {one.instrument.key for one in found if one.total is not None}
    columns = tuple(one for one in instruments() if one.key in with_total)
    days: dict[tuple[Given, int], list[Sheet]] = {}
    for one in found:
        days.setdefault((one.given, one.source_org), []).append(one)
    ordered = sorted(days.items(), key=lambda pair: pair[0], reverse=True)
    rows = (_row(own, roster.place(OrganizationId(place)), columns) for (_, place), own in ordered)
    return Table(columns, tuple(row for row in rows if row is not None))


def _row(own: Sequence[Sheet], place: Place, columns: Sequence[Instrument]) -> Row | None:
    """The line of one day and practice; None where nothing of it belongs in the table."""
    totals: dict[str, int] = {}
    for one in own:
        if one.total is not None:
            totals.setdefault(one.instrument.key, one.total)
    answered = (one.answers.get("q9", "") for one in own if one.instrument.key == "phq-9")
    item_9 = next((int(answer) for answer in answered if answer.isdecimal()), None)
    not_whole = dict.fromkeys(
        one.instrument.name for one in own if not one.is_complete and one.instrument.key not in totals
    )
    if not totals and item_9 is None and not not_whole:
        return None
    shown = tuple(totals.get(one.key) for one in columns)
    return Row(own[0].given, place, shown, item_9, tuple(not_whole))


@dataclass(frozen=True, slots=True)
class Item9:
    """The last answer to PHQ-9 item 9: a fact with a date, never a reassurance.

    ``left_out`` is the day of a later PHQ-9 in which it was not answered.
    """

    answer: int
    given: Given
    left_out: Given | None = None


def last_item_9(facts: Facts) -> Item9 | None:
    """In whatever form it came; None where it was never answered."""
    left_out: Given | None = None
    for one in of_instrument(sheets_of(facts), "phq-9"):
        answer = one.answers.get("q9", "")
        if answer.isdecimal():
            return Item9(int(answer), one.given, left_out)
        left_out = left_out or (one.given if "q9" in one.missing and one.answers else None)
    return None


def changes_of(lines: Sequence[Medicine], referred_on: Sequence[date]) -> list[plot.Change]:
    """Uprights of the drawing: referrals, and medicines started within it."""
    started = [plot.Change(line.since, line.name) for line in lines if line.since and line.current]
    return [*(plot.Change(on, "Referred") for on in referred_on), *started]
