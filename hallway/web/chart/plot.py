"""Where the points of a score chart stand: pure geometry for the server's SVG, for print and readers without script.

Axes begin at zero and end at the instrument's range, or at the next band above the highest score. A missing score is a
gap, never a zero.
"""

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

WIDTH, HEIGHT = 398, 176
LEFT, RIGHT, TOP, BOTTOM = 28, 372, 20, 151
BESIDE = 26
"""Room that a value needs at the right of its point."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One score: the day, the total, the side of the hall it was taken on."""

    on: date
    value: int
    side: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to the plan, drawn as a dotted upright with a word."""

    on: date
    word: str


@dataclass(frozen=True, slots=True)
class Point:
    """A reading in chart units; ``label`` is written at the first, highest and last."""

    x: float
    y: float
    side: str
    value: int
    label: str = ""
    label_x: float = 0.0
    label_y: float = 0.0
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight piece between two readings, in the manner of the later one's side."""

    x1: float
    y1: float
    x2: float
    y2: float
    side: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    word: str
    anchor: str = "middle"

    @property
    def text_y(self) -> float:
        """Where the word's foot stands beside a mark on the upright axis."""
        return self.at + 4


@dataclass(frozen=True, slots=True)
class Upright:
    """A plan change: where it stands and how its word leans."""

    x: float
    word_x: float
    word: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Goal:
    """What a score should come below: a target that somebody set, or else where remission begins; 0 for neither."""

    below: int = 0
    is_set: bool = False

    @property
    def word(self) -> str:
        """What the number is."""
        return "Target" if self.is_set else "Remission"


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything the SVG template draws."""

    points: tuple[Point, ...]
    segments: tuple[Segment, ...]
    y_ticks: tuple[Tick, ...]
    x_ticks: tuple[Tick, ...]
    uprights: tuple[Upright, ...]
    band_top: float
    band_height: float
    target_y: float
    target_words: str
    width: int = WIDTH
    height: int = HEIGHT


def top_of_axis(highest: int, bands: Sequence[int], full: int) -> int:
    """The next band above the highest score, or the instrument's full range."""
    return next((edge for edge in bands if edge > highest), full)


def span(readings: Sequence[Reading]) -> tuple[date, date]:
    """Whole months around the readings, at least three."""
    first = readings[0].on.replace(day=1)
    last = readings[-1].on
    end = last.replace(day=calendar.monthrange(last.year, last.month)[1])
    if (end - first).days < 80:
        first = (first - timedelta(days=80 - (end - first).days)).replace(day=1)
    return first, end


def month_ticks(first: date, end: date) -> list[date]:
    """Firsts of months, thinned to at most five."""
    months = [date(first.year + (first.month - 1 + n) // 12, (first.month - 1 + n) % 12 + 1, 1) for n in range(600)]
    inside = [month for month in months if month <= end]
    step = -(-len(inside) // 4)
    return inside[::step]


class _Scale:
    """From days and scores to chart units."""

    def __init__(self, first: date, end: date, top: int) -> None:
        self.first, self.days, self.top = first, max((end - first).days, 1), top

    def x(self, on: date) -> float:
        inside = min(max((on - self.first).days / self.days, 0.0), 1.0)
        return round(LEFT + (RIGHT - LEFT) * inside, 1)

    def y(self, value: float) -> float:
        return round(BOTTOM - (BOTTOM - TOP - 10) * value / self.top, 1)


def _points(readings: Sequence[Reading], scale: _Scale) -> list[Point]:
    highest = max(readings, key=lambda reading: reading.value)
    shown = {id(readings[0]), id(highest), id(readings[-1])}
    points: list[Point] = []
    for reading in readings:
        x, y = scale.x(reading.on), scale.y(reading.value)
        label = str(reading.value) if id(reading) in shown else ""
        beside = reading is readings[-1] and bool(points) and x + BESIDE <= WIDTH
        place = (x + 9, y + 4, "start") if beside else (x, y - 9, "middle")
        points.append(Point(x, y, reading.side, reading.value, label, *place))
    return points


def _uprights(changes: Sequence[Change], scale: _Scale) -> list[Upright]:
    """Words lean away from each other; one that would still run into its neighbor is left to the table."""
    uprights: list[Upright] = []
    taken = 0.0
    for change in sorted(changes, key=lambda change: change.on):
        x = scale.x(change.on)
        room = len(change.word) * 6.4
        if x - 4 - room >= taken and not uprights:
            uprights.append(Upright(x, x - 4, change.word, "end"))
            taken = x
        elif x + 4 >= taken and x + 4 + room <= WIDTH:
            uprights.append(Upright(x, x + 4, change.word, "start"))
            taken = x + 4 + room
        else:
            uprights.append(Upright(x, x, "", "start"))
    return uprights


def draw(
    readings: Sequence[Reading], *, changes: Sequence[Change], bands: Sequence[int], full: int, goal: Goal
) -> Plot:
    """The plot of at least one reading in date order."""
    first, end = span(readings)
    top = top_of_axis(max(reading.value for reading in readings), bands, full)
    scale = _Scale(first, end, top)
    points = _points(readings, scale)
    segments = [Segment(a.x, a.y, b.x, b.y, b.side) for a, b in pairwise(points)]
    step = 5 if top <= 20 else 9 if top == 27 else 7 if top <= 42 else 20
    months = month_ticks(first, end)
    inside = [change for change in changes if first <= change.on <= end]
    return Plot(
        points=tuple(points),
        segments=tuple(segments),
        y_ticks=tuple(Tick(scale.y(value), str(value)) for value in range(0, top + 1, step)),
        x_ticks=tuple(Tick(scale.x(month), _month_word(month, months), _anchor(month, months)) for month in months),
        uprights=tuple(_uprights(inside, scale)),
        band_top=scale.y(goal.below),
        band_height=round(BOTTOM - scale.y(goal.below), 1),
        target_y=scale.y(goal.below / 2) + 4,
        target_words=f"{goal.word}: below {goal.below}" if goal.below else "",
    )


def _month_word(month: date, months: Sequence[date]) -> str:
    years = {each.year for each in months}
    return month.strftime("%b %Y") if len(years) > 1 else month.strftime("%b 1")


def _anchor(month: date, months: Sequence[date]) -> str:
    return "start" if month == months[0] else "middle"
