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
from hallway.screening.instruments import library
from hallway.screening.instruments.scoring import is_range
from hallway.screening.sheets import Sheet, of_instrument, sheets
from hallway.screening.targets.rows import Name, rows_of
from hallway.web.chart import plot, words
from hallway.web.chart.facts import Facts
from hallway.web.chart.medicines import Medicine
from hallway.web.chart.people import Place, Roster
from hallway.web.words import count, day

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
    """One total on one day."""

    id: str
    on: date
    total: int
    place: Place
    by: str


@dataclass(frozen=True, slots=True)
class Trend:
    """The newest total against the one before: ``tone`` is the status class, ``words`` the sentence."""

    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """One day of the table twin; an empty cell is a score not taken. ``item_9`` is PHQ-9's, where it was answered."""

    on: date
    place: Place
    totals: tuple[int | None, ...]
    item_9: int | None


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
    then = day(before.on, newest.on)
    if change == 0:
        return Trend("", f"The same as {then}")
    points = count(abs(change), "point")
    tone = "" if not instrument.meaningful or abs(change) < instrument.meaningful else "done" if change < 0 else "soon"
    return Trend(tone, f"{points} {'lower' if change < 0 else 'higher'} than {then}")


def sentence(instrument: Instrument, scores: Sequence[Score], goal: plot.Goal) -> str:
    """What the drawing shows, for readers who do not see it."""
    first, last = scores[-1].on.strftime("%B %Y"), scores[0].on.strftime("%B %Y")
    values = ", ".join(str(score.total) for score in reversed(scores))
    when = f"in {last}" if first == last else f"from {first} to {last}"
    aim = f" {goal.word} is below {goal.below}." if goal.below else ""
    return f"{instrument.name} {when}: {values}.{aim}"


def table(found: Sequence[Sheet], roster: Roster) -> Table:
    """The table twin of every instrument that has a total, with PHQ-9's item 9 whether or not there is a total."""
    with_total = {one.instrument.key for one in found if one.total is not None}
    columns = tuple(one for one in instruments() if one.key in with_total)
    days: dict[tuple[date, int], dict[str, int]] = {}
    for one in found:
        values = days.setdefault((one.on, one.source_org), {})
        if one.total is not None:
            values.setdefault(one.instrument.key, one.total)
        if one.instrument.key == "phq-9" and one.answers.get("q9", "").isdecimal():
            values.setdefault("item 9", int(one.answers["q9"]))
    return Table(
        columns,
        tuple(
            Row(
                on,
                roster.place(OrganizationId(place)),
                tuple(values.get(one.key) for one in columns),
                values.get("item 9"),
            )
            for (on, place), values in sorted(days.items(), reverse=True)
            if values
        ),
    )


def last_item_9(facts: Facts) -> tuple[int, date] | None:
    """The last answer to item 9 and its day, in whatever form it came. A fact with a date, never a reassurance."""
    answered = ((one.answers.get("q9", ""), one.on) for one in of_instrument(sheets_of(facts), "phq-9"))
    return next(((int(answer), on) for answer, on in answered if answer.isdecimal()), None)


def changes_of(lines: Sequence[Medicine], referred_on: Sequence[date]) -> list[plot.Change]:
    """Uprights of the drawing: referrals, and medicines started within it."""
    started = [plot.Change(line.since, line.name) for line in lines if line.since and line.current]
    return [*(plot.Change(on, "Referred") for on in referred_on), *started]
