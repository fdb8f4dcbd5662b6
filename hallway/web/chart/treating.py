"""What the Scores tab says of one instrument: where the person stands, the last answers, the target, what is due. Pure.

Critical answers stand first and whatever is missing. No total is shown of answers that are not whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hallway.ids import OrganizationId
from hallway.screening.days import Given
from hallway.screening.instruments.shapes import Instrument
from hallway.screening.models import Target
from hallway.screening.schedule.rules import Due
from hallway.screening.sheets import Sheet, of_instrument
from hallway.screening.targets.queries import progress_of
from hallway.screening.targets.rows import Figure, Name, Rows, rows_of
from hallway.screening.targets.rules import Change, Progress, Status
from hallway.web.chart.people import Place, Roster
from hallway.web.chart.scores import ScoreChart

TONES = {
    Status.RELAPSE: "late",
    Status.WORSE: "late",
    Status.FLAT: "soon",
    Status.NO_SCORE: "",
    Status.BETTER: "",
    Status.RESPONSE: "done",
    Status.MET: "done",
    Status.REMISSION: "done",
}
"""Color of a status; the words say the same."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question and the answer given; ``answer`` empty: not answered."""

    question: str
    answer: str
    is_critical: bool


@dataclass(frozen=True, slots=True)
class Last:
    """The newest set of answers of an instrument. ``is_complete``: nothing that counts is missing."""

    given: Given
    place: Place
    total: int | None
    band: str
    critical: tuple[str, ...]
    items: tuple[Item, ...]
    missing: int
    of: int
    faults: tuple[str, ...]
    is_complete: bool

    @property
    def words(self) -> str:
        """ "16, moderately severe", or why there is no total."""
        if self.total is not None:
            return ", ".join(filter(None, (str(self.total), self.band)))
        if self.missing:
            return f"No total: {self.missing} of {self.of} not answered"
        if not self.is_complete:
            return ", ".join(filter(None, (self.band, "not finished"))).capitalize()
        return self.band or "Answered"


@dataclass(frozen=True, slots=True)
class Aim:
    """A running target, and how it goes."""

    target: Target
    place: Place
    progress: Progress
    tone: str
    change: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Panel:
    """Everything of one instrument."""

    instrument: Instrument
    about: str
    chart: ScoreChart | None
    last: Last
    sheets: tuple[tuple[Sheet, Place], ...]
    aim: Aim | None
    due: Due | None
    sources: tuple[Figure, ...]
    is_asked_here: bool


def panels(
    found: Sequence[Sheet],
    roster: Roster,
    *,
    charts: Sequence[ScoreChart],
    aims: Sequence[Aim],
    dues: Sequence[Due],
) -> list[Panel]:
    """One an instrument that was ever answered: those with a target first, then as the charts stand, then by name."""
    by_chart = {chart.instrument.key: (place, chart) for place, chart in enumerate(charts)}
    by_aim = {aim.target.instrument: aim for aim in aims}
    keys = {one.instrument.key for one in found}
    order = sorted(keys, key=lambda key: (key not in by_aim, by_chart.get(key, (99, None))[0], key))
    made: list[Panel] = []
    for key in order:
        own = of_instrument(found, key)
        one = own[0].instrument
        made.append(
            Panel(
                instrument=one,
                about=one.about.get("en", ""),
                chart=by_chart.get(key, (0, None))[1],
                last=last(own[0], roster),
                sheets=tuple((sheet, roster.place(OrganizationId(sheet.source_org))) for sheet in own),
                aim=by_aim.get(key),
                due=next((due for due in dues if due.instrument == key), None),
                sources=rows_of(key).sources if key in by_aim else (),
                is_asked_here=one.has_text,
            )
        )
    return made


def last(sheet: Sheet, roster: Roster) -> Last:
    """The newest answers, critical ones first."""
    critical = {one.question_key for one in sheet.critical}
    items = [_item(sheet, key, is_critical=key in critical) for key in _shown(sheet)]
    return Last(
        given=sheet.given,
        place=roster.place(OrganizationId(sheet.source_org)),
        total=sheet.total,
        band=sheet.band_words,
        critical=tuple(one.words for one in sheet.critical),
        items=tuple(sorted(items, key=lambda one: not one.is_critical)),
        missing=len(sheet.missing),
        of=len(sheet.instrument.scored),
        faults=sheet.faults,
        is_complete=sheet.is_complete,
    )


def _shown(sheet: Sheet) -> list[str]:
    """Questions that were answered, and those that count and were not; none where only a total came."""
    if not sheet.answers:
        return []
    return [one.key for one in sheet.instrument.questions if one.key in sheet.answers or one.key in sheet.missing]


def _item(sheet: Sheet, key: str, *, is_critical: bool) -> Item:
    question = sheet.instrument.question(key)
    choice = sheet.instrument.choice(key, sheet.answers.get(key, ""))
    said = (choice.text.get("en", "") or choice.key) if choice else ""
    words = question.text.get("en", "") or f"Question {key.removeprefix('q')}"
    points = f" ({choice.points})" if choice and question.is_scored and sheet.instrument.scoring.total == "sum" else ""
    return Item(words, said and f"{said}{points}", is_critical)


def aim_of(
    target: Target, found: Sequence[Sheet], roster: Roster, *, today: date, changes: Sequence[date], reader_org: int
) -> Aim:
    """How it goes with one target, from the sheets that flow."""
    made = progress_of(target, found, today, changes)
    return Aim(
        target=target,
        place=roster.place(OrganizationId(target.organization_id)),
        progress=made,
        tone=TONES[made.status],
        change=change_words(made, rows_of(target.instrument)),
        is_own=target.organization_id == reader_org,
    )


def change_words(made: Progress, rows: Rows) -> str:
    """ "9 points lower than at first (56%): a difference that matters, and a reliable one"."""
    if made.change is None or made.percent is None:
        return ""
    if made.change == 0:
        return "The same as at first"
    share = f" ({abs(made.percent)}%)" if made.percent else ""
    said = f"{abs(made.change)} {'point' if abs(made.change) == 1 else 'points'} "
    said += f"{'lower' if made.change < 0 else 'higher'} than at first{share}"
    verdicts = [_mid_words(made.mid, rows), _reliable_words(made.reliable_change)]
    told = ", ".join(one for one in verdicts if one)
    return f"{said}: {told}" if told else said


def _mid_words(change: Change, rows: Rows) -> str:
    points = rows.value(Name.MID_POINTS)
    least = f" (from {points:g})" if points is not None else ""
    if change in (Change.BETTER, Change.WORSE):
        return f"a difference that matters{least}"
    return f"less than what matters{least}" if change is Change.NONE else ""


def _reliable_words(change: Change) -> str:
    if change in (Change.BETTER, Change.WORSE):
        return "more than the instrument’s error"
    return "within the instrument’s error" if change is Change.NONE else ""
