"""What was answered in one sitting: critical answers first, then each score with its trend and what it means."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway.consent import gate
from hallway.identity.requester import CLINICIANS
from hallway.ids import ChartId
from hallway.ledger import lines
from hallway.loops import actions as loops
from hallway.loops.tables.clocks import LoopKind
from hallway.screening.asking import queries
from hallway.screening.asking.standing import is_known
from hallway.screening.asking.states import OPEN
from hallway.screening.instruments import library
from hallway.screening.instruments.scoring import holds
from hallway.screening.instruments.shapes import Instrument, Person
from hallway.screening.models import Sitting
from hallway.screening.safety import queries as safety
from hallway.screening.sheets import KINDS, Sheet, of_instrument
from hallway.screening.targets.rows import rows_of
from hallway.screening.targets.rules import Change, Reading, compare
from hallway.storage.connection import transaction
from hallway.web.access import PageRequest, page
from hallway.web.chart import scores, treating, words
from hallway.web.chart.reading import Opened, open_chart
from hallway.web.words import count, given


@dataclass(frozen=True, slots=True)
class Result:
    """One instrument of the sitting. ``change`` is against the total before.

    ``is_positive`` is None where nobody can say: not every question was answered, or nothing says from where on it is.
    """

    instrument: Instrument
    last: treating.Last
    is_positive: bool | None
    tone: str
    change: str
    notice: str


@page(*sorted(CLINICIANS), patient=True)
@require_http_methods(["GET", "POST"])
def answers(request: PageRequest, sitting_id: UUID) -> HttpResponse:
    """The result at once. "Read" ends what was owed about it; opening the page does not."""
    sitting = queries.sitting(request.requester, sitting_id)
    if sitting is None:
        raise gate.not_found()
    chart = ChartId(sitting.chart_id)
    if request.method == "POST":
        _read(request, sitting)
        return HttpResponseRedirect(reverse("chart:scores", args=[chart]))
    kinds = ("Patient", *KINDS)
    opened = open_chart(request.requester, chart, kinds=kinds, route="screening/answers")
    found = scores.sheets_of(opened.facts)
    own = [one for one in found if set(one.ids) & set(sitting.filed)]
    results = [_result(one, found, opened) for one in own]
    further = _further(own, opened)
    running = safety.running_of(opened.release)
    values = {
        "sitting": sitting,
        "is_open": sitting.state in OPEN,
        "header": opened.header,
        "chart_id": chart,
        "results": sorted(results, key=lambda one: (not one.last.critical, not one.is_positive)),
        "critical": [words for one in results for words in one.last.critical],
        "further": further,
        "ask_url": f"{reverse('screening:ask', args=[chart])}?{urlencode([('i', one.key) for one in further])}",
        "finding": _finding(opened, sitting, results),
        "safety_id": running.id if running else None,
        "owed": opened.owed,
    }
    return render(request, "screening/answers.html", values)


def _read(request: PageRequest, sitting: Sitting) -> None:
    with transaction():
        loops.close_subject(
            sitting.id, closed_as="read", kinds=(LoopKind.SCREEN,), owner_org=int(request.requester.organization_id)
        )
        lines.write(
            lines.step_line(
                request.requester, "screening.read", charts=[sitting.chart_id], detail=f"sitting/{sitting.id}"
            )
        )


def _result(one: Sheet, found: Sequence[Sheet], opened: Opened) -> Result:
    tone = "late" if one.critical else "soon" if one.is_positive else ""
    return Result(
        one.instrument,
        treating.last(one, opened.roster),
        one.is_positive,
        tone,
        _change(one, found),
        one.instrument.notice,
    )


def _change(one: Sheet, found: Sequence[Sheet]) -> str:
    """ "5 points lower than May 26, a difference that matters"; empty without two totals."""
    before = [
        other for other in of_instrument(found, one.instrument.key) if other.on < one.on and other.total is not None
    ]
    if one.total is None or not before or before[0].total is None:
        return ""
    first = Reading(before[0].on, before[0].total, before[0].exact)
    now = Reading(one.on, one.total, one.exact)
    by = now.total - first.total
    if by == 0:
        return f"The same as {given(first.given, now.on)}"
    said = f"{count(abs(by), 'point')} {'lower' if by < 0 else 'higher'} than {given(first.given, now.on)}"
    change = compare(first, now, rows_of(one.instrument.key))
    if change in (Change.BETTER, Change.WORSE):
        return f"{said}, a difference that matters"
    return f"{said}, less than what matters" if change is Change.NONE else said


def _further(own: Sequence[Sheet], opened: Opened) -> list[Instrument]:
    """What the instruments' own steps ask next, and was not answered in this sitting."""
    patient = opened.facts.patient
    born, gender = (words.day(patient.birth_date), patient.gender or "") if patient else (None, "")
    answered = {one.instrument.key for one in own}
    asked: dict[str, Instrument] = {}
    for one in own:
        person = Person(born, gender, one.on)
        for step in one.instrument.steps_to:
            wanted = holds(one.instrument, one.answers, person, step.when) if step.when else one.is_positive
            if wanted and step.to not in answered and is_known(step.to) and library.instrument(step.to).has_text:
                asked[step.to] = library.instrument(step.to)
    return list(asked.values())


def _finding(opened: Opened, sitting: Sitting, results: Sequence[Result]) -> str:
    """The heading: what was found, or why nothing is shown. What is not whole is never told as negative."""
    name = opened.header.name
    if any(one.last.critical for one in results):
        return f"{name}: an answer that needs you now"
    positive = [one.instrument.name for one in results if one.is_positive]
    if positive:
        return f"{name}: {' and '.join(positive)} positive"
    if results:
        return f"{name}: {_nothing_found(sitting, results)}"
    return f"{name} has not answered yet" if sitting.state in ("asked", "begun") else f"{name}: nothing was answered"


def _nothing_found(sitting: Sitting, results: Sequence[Result]) -> str:
    """ "nothing positive" where all that was asked is whole and was judged; else what is not."""
    asked = dict.fromkeys([*sitting.instruments, *(one.instrument.key for one in results)])
    whole = {one.instrument.key for one in results if one.last.is_complete}
    missing = [library.instrument(key).name for key in asked if key not in whole]
    if missing:
        return f"no whole result of {' and '.join(missing)}"
    open_ = [one.instrument.name for one in results if one.is_positive is None]
    return f"{' and '.join(open_)} answered; no cut-off says what is positive" if open_ else "nothing positive"
