"""What patients asked this practice for: one list, one page for each answer."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from hallway.consent import gate, queries, refusals
from hallway.consent.rights import asks
from hallway.errors import HallwayError
from hallway.web.access import PageRequest, page
from hallway.web.my.asking import TOPIC_WORDS

ANSWERERS = sorted(asks.ANSWERERS)


@page(*ANSWERERS)
@require_GET
def waiting(request: PageRequest) -> HttpResponse:
    """Oldest first; a patient whom this reader may not see has no row."""
    found = asks.asks_at(request.requester)
    headers = queries.headers(request.requester, sorted({one.chart_id for one in found}))
    rows = [{"ask": one, "header": headers[one.chart_id]} for one in found if one.chart_id in headers]
    return render(request, "asks/list.html", {"rows": rows})


@page(*ANSWERERS, patient=True)
@require_http_methods(["GET", "POST"])
def show(request: PageRequest, ask_id: UUID) -> HttpResponse:
    """One ask: agree, refuse with a reason, or answer."""
    one = next((one for one in asks.asks_at(request.requester, limit=1000) if one.id == ask_id), None)
    if one is None:
        raise gate.not_found()
    error: HallwayError | None = None
    if request.method == "POST":
        try:
            _answer(request, ask_id)
            return HttpResponseRedirect(reverse("asks:list"))
        except HallwayError as wrong:
            error = wrong
    header = queries.headers(request.requester, [one.chart_id]).get(one.chart_id)
    if header is None:
        raise gate.not_found()
    values = {
        "ask": one,
        "header": header,
        "topic": dict(TOPIC_WORDS).get(one.topic, ""),
        "decides": request.requester.role in asks.DECIDERS,
        "error": error,
    }
    return render(request, "asks/show.html", values, status=422 if error else 200)


def _answer(request: PageRequest, ask_id: UUID) -> None:
    do, words = request.POST.get("do", ""), request.POST.get("answer", "")
    if do == "agree":
        asks.agree(request.requester, ask_id)
    elif do == "refuse":
        asks.refuse(request.requester, ask_id, words)
    elif do == "answer":
        asks.answer_ask(request.requester, ask_id, words)
    else:
        raise refusals.unknown_code("do")
