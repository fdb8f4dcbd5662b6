"""The conversation about sharing: what to say, in both languages, and what the person said."""

from datetime import timedelta

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway.consent import actions
from hallway.consent.forms import talks
from hallway.consent.tables.scripts import script_for
from hallway.errors import HallwayError, Kind
from hallway.ids import ChartId
from hallway.web.access import PageRequest, page
from hallway.web.chart import board
from hallway.web.chart.reading import open_chart
from hallway.web.consents.composing import COMPOSERS
from hallway.web.consents.signing import REST_DAYS

OUTCOME_WORDS = (
    ("agrees", "Wants them to work together"),
    ("undecided", "Wants to think about it"),
    ("declines", "Says no"),
    ("already_has", "Has a clinician elsewhere already"),
    ("nobody_yet", "Has nobody on the other side yet"),
)
REASON_WORDS = (
    ("no_reason", "No reason given"),
    ("private", "Wants it private"),
    ("no_benefit", "Sees no benefit"),
    ("bad_experience", "Had a bad experience"),
    ("cost", "Worries about cost or insurance"),
    ("wants_to_tell", "Will tell them"),
)


@page(*COMPOSERS, patient=True)
@require_http_methods(["GET", "POST"])
def talk(request: PageRequest, chart_id: int) -> HttpResponse:
    """Read the script, hear the answer, keep it."""
    opened = open_chart(request.requester, ChartId(chart_id), kinds=("Patient",), route="consents/talk")
    error: HallwayError | None = None
    if request.method == "POST":
        days = REST_DAYS.get(request.POST.get("again", ""))
        try:
            actions.record_talk(
                opened.chart_id,
                by=request.requester,
                outcome=request.POST.get("outcome", ""),
                reason=request.POST.get("reason", ""),
                language=request.POST.get("language", "en"),
                ask_again_on=opened.today + timedelta(days=days) if days else None,
            )
            return HttpResponseRedirect(reverse("chart:consents", args=[opened.chart_id]))
        except HallwayError as wrong:
            if wrong.kind is not Kind.UNPROCESSABLE:
                raise
            error = wrong
    who = board.pronouns(opened.header)
    values = {
        "header": opened.header,
        "who": who,
        "pronoun": who.key,
        "chart_id": opened.chart_id,
        "scripts": [script_for("en"), script_for("es")],
        "outcomes": OUTCOME_WORDS,
        "reasons": REASON_WORDS,
        "last": talks.newest_talk(request.requester, opened.chart_id, today=opened.today),
        "last_words": dict(OUTCOME_WORDS),
        "error": error,
    }
    return render(request, "consents/talk.html", values, status=422 if error else 200)
