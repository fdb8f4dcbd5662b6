"""Scores over time: one chart an instrument and its table twin, from the same readings. Pure."""

import calendar
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hallway.standards.fhir import r4
from hallway.web.chart import plot, words
from hallway.web.chart.facts import Fact, Facts
from hallway.web.chart.medicines import Medicine
from hallway.web.chart.people import Place, Roster

ITEM_9 = "44260-8"
"""LOINC: PHQ-9, thoughts of being better off dead or of self-harm."""


@dataclass(frozen=True, slots=True)
class Instrument:
    """What a chart needs to know of an instrument; ranges and bands from the instrument table, LOINC totals."""

    key: str
    name: str
    about: str
    loinc: str
    full: int
    bands: tuple[int, ...]
    band_words: tuple[str, ...]
    target: int
    meaningful: int
    licence: str

    def band(self, total: int) -> str:
        """ "moderate" for a PHQ-9 of 11."""
        return self.band_words[sum(total >= edge for edge in self.bands)]


PHQ_9 = Instrument(
    key="phq9",
    name="PHQ-9",
    about="depression",
    loinc="44261-6",
    full=27,
    bands=(5, 10, 15, 20),
    band_words=("none or minimal", "mild", "moderate", "moderately severe", "severe"),
    target=5,
    meaningful=5,
    licence="PHQ-9: Pfizer. No permission is required to reproduce, translate, display or distribute it.",
)
GAD_7 = Instrument(
    key="gad7",
    name="GAD-7",
    about="anxiety",
    loinc="70274-6",
    full=21,
    bands=(5, 10, 15),
    band_words=("minimal", "mild", "moderate", "severe"),
    target=5,
    meaningful=4,
    licence="GAD-7: public domain, no permission required.",
)
INSTRUMENTS = (PHQ_9, GAD_7)


@dataclass(frozen=True, slots=True)
class Score:
    """One total on one day; ``version`` is the instrument's as the record names it."""

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
    """One day of the table twin; an empty cell is a score not taken."""

    on: date
    place: Place
    totals: tuple[int | None, ...]
    item_9: int | None


@dataclass(frozen=True, slots=True)
class ScoreChart:
    """One instrument: its readings newest first, its drawing, its finding in one sentence."""

    instrument: Instrument
    scores: tuple[Score, ...]
    drawing: plot.Plot
    trend: Trend | None
    sentence: str

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
                "target": self.instrument.target,
                "span": [
                    _seconds(on) for on in plot.span([plot.Reading(one.on, one.total, "") for one in oldest_first])
                ],
                "changes": [{"at": _seconds(change.on), "word": change.word} for change in self.changes],
            },
            separators=(",", ":"),
        )


def readings(facts: Facts, roster: Roster, instrument: Instrument) -> list[Score]:
    """Totals newest first. An observation without a whole total is incomplete, and no reading at all."""
    found: list[Score] = []
    for fact in facts.observed(instrument.loinc):
        total = _whole(fact, instrument.loinc)
        on = fact.on or words.day(fact.view.effective_date_time)
        if total is None or on is None or not 0 <= total <= instrument.full:
            continue
        by = roster.short_name(fact.stored.author)
        found.append(Score(fact.stored.id, on, total, roster.place(fact.stored.source_org), by))
    return found


def score_charts(facts: Facts, roster: Roster, changes: Sequence[plot.Change]) -> list[ScoreChart]:
    """A chart for every instrument with at least one reading, in the order of ``INSTRUMENTS``."""
    charts: list[ScoreChart] = []
    for instrument in INSTRUMENTS:
        scores = readings(facts, roster, instrument)
        if scores:
            charts.append(_chart(instrument, scores, changes))
    return charts


def _chart(instrument: Instrument, scores: Sequence[Score], changes: Sequence[plot.Change]) -> ScoreChart:
    oldest_first = [plot.Reading(score.on, score.total, score.place.side) for score in reversed(scores)]
    drawing = plot.draw(
        oldest_first, changes=changes, bands=instrument.bands, full=instrument.full, target=instrument.target
    )
    first, end = plot.span(oldest_first)
    inside = tuple(change for change in changes if first <= change.on <= end)
    return ScoreChart(
        instrument, tuple(scores), drawing, trend(instrument, scores), sentence(instrument, scores), inside
    )


def _seconds(on: date) -> int:
    return calendar.timegm(on.timetuple())


def trend(instrument: Instrument, scores: Sequence[Score]) -> Trend | None:
    """Down is better on both instruments. A change smaller than the meaningful one is said without a color."""
    if len(scores) < 2:
        return None
    newest = scores[0]
    before = max(scores[1:4], key=lambda score: score.total)
    change = newest.total - before.total
    day = before.on.strftime("%b %-d")
    if change == 0:
        return Trend("", f"The same as {day}")
    points = f"{abs(change)} point{'s' if abs(change) != 1 else ''}"
    tone = "" if abs(change) < instrument.meaningful else "done" if change < 0 else "soon"
    return Trend(tone, f"{points} {'lower' if change < 0 else 'higher'} than {day}")


def sentence(instrument: Instrument, scores: Sequence[Score]) -> str:
    """What the drawing shows, for readers who do not see it."""
    first, last = scores[-1].on.strftime("%B %Y"), scores[0].on.strftime("%B %Y")
    values = ", ".join(str(score.total) for score in reversed(scores))
    when = f"in {last}" if first == last else f"from {first} to {last}"
    return f"{instrument.name} {when}: {values}. Target is below {instrument.target}."


def table(facts: Facts, roster: Roster) -> list[Row]:
    """The table twin: one row a day and practice, newest first, both instruments and item 9."""
    days: dict[tuple[date, int], dict[str, int]] = {}
    places: dict[int, Place] = {}
    codes = [instrument.loinc for instrument in INSTRUMENTS]
    for fact in facts.observed(*codes, ITEM_9):
        for code in (*codes, ITEM_9):
            value = _whole(fact, code)
            if value is not None and fact.on is not None:
                place = roster.place(fact.stored.source_org)
                places[place.id] = place
                days.setdefault((fact.on, place.id), {}).setdefault(code, value)
    return [
        Row(on, places[place], tuple(values.get(code) for code in codes), values.get(ITEM_9))
        for (on, place), values in sorted(days.items(), key=lambda entry: entry[0][0], reverse=True)
    ]


def last_item_9(facts: Facts) -> tuple[int, date] | None:
    """The last answer to item 9 and its day. A fact with a date, never a reassurance."""
    for fact in facts.observed(ITEM_9):
        value = _whole(fact, ITEM_9)
        if value is not None and fact.on is not None:
            return value, fact.on
    return None


def changes_of(lines: Sequence[Medicine], referred_on: Sequence[date]) -> list[plot.Change]:
    """Uprights of the drawing: referrals, and medicines started within it."""
    started = [plot.Change(line.since, line.name) for line in lines if line.since and line.current]
    return [*(plot.Change(on, "Referred") for on in referred_on), *started]


def _whole(fact: Fact[r4.Observation], code: str) -> int | None:
    """The observation's own whole value under ``code``, or that of its component."""
    if words.code_in(fact.view.code, words.LOINC) == code:
        return _integer(fact.view.value_quantity, fact.view.value_integer)
    for component in fact.view.component or ():
        if words.code_in(component.code, words.LOINC) == code:
            return _integer(component.value_quantity, component.value_integer)
    return None


def _integer(quantity: r4.Quantity | None, integer: int | None) -> int | None:
    if integer is not None:
        return integer
    if quantity is None or quantity.value is None:
        return None
    whole = int(quantity.value)
    return whole if whole == quantity.value else None
