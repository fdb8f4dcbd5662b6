"""The target of one patient for one instrument: set, changed, ended. The chart's Scores tab shows how it goes."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway.consent import gate
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS
from hallway.ids import ChartId
from hallway.screening.asking.standing import is_known
from hallway.screening.instruments import library
from hallway.screening.instruments.shapes import Instrument
from hallway.screening.models import Target
from hallway.screening.sheets import KINDS
from hallway.screening.targets import actions, refusals
from hallway.screening.targets.queries import targets_of
from hallway.screening.targets.rows import Name, rows_of
from hallway.web.access import PageRequest, page
from hallway.web.chart import problems, scores
from hallway.web.chart.reading import Opened, open_chart
from hallway.web.typed import number
from hallway.web.words import given

ENDINGS = (
    ("met", "The target is met"),
    ("replaced", "Another target takes its place"),
    ("not_helpful", "It does not help this person"),
    ("patient_choice", "The patient’s choice"),
    ("left", "The patient is treated elsewhere now"),
)


@page(*sorted(CLINICIANS), patient=True)
@require_http_methods(["GET", "POST"])
def target(request: PageRequest, chart_id: int, instrument: str) -> HttpResponse:
    """The form: what to aim at, from which first score, for which problem; or another aim; or the end."""
    chart = ChartId(chart_id)
    if not is_known(instrument):
        raise gate.not_found()
    one = library.instrument(instrument)
    opened = open_chart(request.requester, chart, kinds=("Patient", "Condition", *KINDS), route="progress/target")
    running = _running(opened, instrument)
    error: HallwayError | None = None
    if request.method == "POST":
        try:
            _act(request, chart, instrument, running)
            return HttpResponseRedirect(reverse("chart:scores", args=[chart]))
        except HallwayError as wrong:
            if wrong.kind is not Kind.UNPROCESSABLE:
                raise
            error = wrong
    return render(
        request,
        "progress/target.html",
        _values(request, opened, one, running=running, error=error),
        status=422 if error else 200,
    )


def _running(opened: Opened, instrument: str) -> Target | None:
    """The practice's own running target of this instrument."""
    own = opened.reader.organization_id
    found = (one for one in targets_of(opened.release) if one.organization_id == own and one.instrument == instrument)
    return next(found, None)


def _act(request: PageRequest, chart: ChartId, instrument: str, running: Target | None) -> None:
    sent, by = request.POST, request.requester
    if sent.get("do") == "set":
        aimed = actions.Aimed(
            instrument, _whole(sent.get("aim", "")), sent.get("problem", ""), sent.get("baseline", "")
        )
        actions.set_target(chart, aimed, by=by)
        return
    if running is None:
        raise refusals.was_changed()
    version = _whole(sent.get("version", ""))
    key = UUID(str(running.id))
    if sent.get("do") == "end":
        actions.end_target(key, sent.get("ended_as", ""), by=by, expected_version=version)
    else:
        actions.change_target(key, _whole(sent.get("aim", "")), by=by, expected_version=version)


def _whole(text: str) -> int:
    """What was typed as a whole number; anything else is no aim and no version, and is refused as that."""
    found = number(text.strip())
    return -1 if found is None else found


def _values(
    request: PageRequest, opened: Opened, one: Instrument, *, running: Target | None, error: HallwayError | None
) -> dict[str, object]:
    found = [sheet for sheet in scores.sheets_of(opened.facts) if sheet.instrument.key == one.key]
    usual = rows_of(one.key).whole(Name.REMISSION_BELOW)
    typed = request.POST.get("aim", "") if error else ""
    return {
        "header": opened.header,
        "chart_id": opened.chart_id,
        "instrument": one,
        "running": running,
        "aim": typed or (running.aim if running else usual or ""),
        "usual": usual,
        "baselines": [
            (sheet.ids[0], f"{sheet.total}, {given(sheet.given, opened.today)}")
            for sheet in found
            if sheet.total is not None
        ],
        "problems": [
            (row.id, row.words)
            for row in problems.active(problems.problems(opened.facts, opened.roster, today=opened.today))
        ],
        "endings": ENDINGS,
        "error": error,
        "owed": opened.owed,
    }
