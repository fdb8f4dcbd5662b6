"""Consents of one chart: what holds, what ended, and what of this practice's record flows to whom today."""

from collections import Counter

from django.http import HttpResponse

from hallway import clock
from hallway.consent.explaining import reach
from hallway.consent.forms import standing
from hallway.consent.forms.standing import Standing
from hallway.ids import ChartId
from hallway.record.classes import AUTHOR_ONLY
from hallway.web.access import PageRequest, page
from hallway.web.chart import board
from hallway.web.chart.page import READERS, show
from hallway.web.chart.reading import OVERVIEW, Opened, open_chart
from hallway.web.consents import again, flows, people, questions, words
from hallway.web.consents.composing import COMPOSERS

WAITING = ("draft", "witnessing")
KINDS = tuple(dict.fromkeys((*OVERVIEW, *(kind for one in questions.CATEGORIES for kind in one.kinds))))


@page(*READERS, patient=True)
def consents(request: PageRequest, chart_id: int) -> HttpResponse:
    """What holds and why, and what flows to whom today from this practice."""
    opened = open_chart(request.requester, ChartId(chart_id), kinds=KINDS, route="chart/consents")
    forms = standing.consents_of(request.requester, opened.chart_id)
    who = board.pronouns(opened.header)
    values = {
        "in_force": [_line(form, who, request) for form in forms if form.holds],
        "waiting": [_line(form, who, request) for form in forms if form.state in WAITING],
        "ended": [_line(form, who, request) for form in forms if not form.holds and form.state not in WAITING],
        "flows": _flows(opened),
        "own_place": opened.reader_place.name,
        "may_compose": request.requester.role in COMPOSERS,
    }
    return show(request, opened, tab="consents", template="chart/consents.html", values=values)


def _line(form: Standing, who: board.Pronouns, request: PageRequest) -> dict[str, object]:
    return {
        "form": form,
        "name": questions.FORM_NAMES.get(form.kind, form.kind_label),
        "what": words.kinds_words(form, who),
        "purposes": words.purposes_words(form),
        "until": words.until_words(form),
        "state": words.STATE_WORDS[form.state],
        "again": again.may_again(form, request.requester.role, clock.now()),
    }


def _flows(opened: Opened) -> list[flows.Flow]:
    """Only of the reader's own practice: what another practice gives to whom is that practice's to know."""
    own = opened.reader.organization_id
    today, _ = reach.now_and_then(opened.chart_id, own)
    portions: Counter[reach.Portion] = Counter()
    for kind in KINDS:
        for one in opened.facts.stored(kind):
            if one.source_org == own and not one.mask & AUTHOR_ONLY:
                portions[reach.Portion(kind, one.author, one.mask)] += 1
    reached = {organization for organization, _ in today.grantees()}
    near = [one for one in people.candidates(but=own) if one.organization in reached]
    return flows.flows(portions, near, today)
