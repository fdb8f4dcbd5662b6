"""Put questions to a patient: hand this device over, send a link, or ask and type in the answers."""

import base64
from collections.abc import Sequence
from io import BytesIO
from urllib.parse import urlencode

import segno
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway.consent import gate, queries
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS
from hallway.ids import ChartId
from hallway.record.stored import PatientHeader
from hallway.screening.asking import actions
from hallway.screening.asking import queries as sittings
from hallway.screening.instruments import library
from hallway.screening.models import Sitting
from hallway.screening.schedule.queries import Expected, due_of
from hallway.web.access import PageRequest, page
from hallway.web.chart.reading import open_chart
from hallway.web.chart.words import prefers_spanish
from hallway.web.questions.handing import hand_over
from hallway.web.questions.words import invitation
from hallway.web.screening.today import ASKERS, to_ask

Mode = Sitting.Mode
TYPED = (Mode.PHONE, Mode.VISIT, Mode.PAPER)
WAYS = (
    (Mode.TABLET, "Hand this device over", "You are signed out here, and the questions open."),
    (Mode.LINK, "Send a link", "To answer on their own phone, before the visit."),
    (Mode.VISIT, "Ask now and type in", "At the visit."),
    (Mode.PHONE, "Ask on the phone", "And type in."),
    (Mode.PAPER, "Type in from paper", "What they filled in themselves."),
)
LANGUAGE_NAMES = {"en": "English", "es": "Spanish"}


@page(*ASKERS, patient=True)
@require_http_methods(["GET", "POST"])
def ask(request: PageRequest, chart_id: int) -> HttpResponse:
    """Choose what to ask and how; one press does it."""
    chart = ChartId(chart_id)
    header = header_of(request, chart)
    error: HallwayError | None = None
    if request.method == "POST":
        try:
            return _put(request, chart, header)
        except HallwayError as wrong:
            if wrong.kind not in (Kind.UNPROCESSABLE, Kind.INCORRECT, Kind.CONFLICT):
                raise
            error = wrong
    return render(request, "screening/ask.html", _values(request, header, error), status=422 if error else 200)


def header_of(request: PageRequest, chart: ChartId) -> PatientHeader:
    """Who it is about. Raises NOT_FOUND where the reader may not know of them: one answer for both."""
    found = queries.headers(request.requester, [chart]).get(chart)
    if found is None:
        raise gate.not_found()
    return found


def _values(request: PageRequest, header: PatientHeader, error: HallwayError | None) -> dict[str, object]:
    sent = request.POST if request.method == "POST" else request.GET
    chosen = sent.getlist("i")
    asked = due_of(request.requester, Expected(header.chart_id, None, "")) if _reads(request) else None
    asks = to_ask(asked.dues) if asked else ()
    due = {one.instrument.key for one in asks}
    return {
        "header": header,
        "asks": asks,
        "waiting": sittings.sittings_of(request.requester, header.chart_id, only_open=True),
        "others": [one for one in library.all_instruments() if one.has_text and one.key not in due],
        "chosen": chosen or ([] if error else [one.instrument.key for one in asks]),
        "languages": [(key, LANGUAGE_NAMES[key]) for key in actions.LANGUAGES],
        "language": sent.get("language") or _language(request, header.chart_id),
        "ways": WAYS,
        "error": error,
        "back": reverse("screening:today"),
    }


def _reads(request: PageRequest) -> bool:
    """Whether the reader's role may know what is due: it rests on charts that the desk does not read."""
    return request.requester.role in CLINICIANS


def _language(request: PageRequest, chart: ChartId) -> str:
    """What the patient prefers, where the reader's role reads the record; else English."""
    if not _reads(request):
        return "en"
    facts = open_chart(request.requester, chart, kinds=("Patient",), route="screening/ask").facts
    return "es" if prefers_spanish(facts.patient) else "en"


def _put(request: PageRequest, chart: ChartId, header: PatientHeader) -> HttpResponse:
    mode, chosen = request.POST.get("mode", ""), request.POST.getlist("i")[:20]
    wish = actions.Wish(language=request.POST.get("language", "en"))
    if mode in TYPED:
        query = urlencode([("mode", mode), *(("i", one) for one in chosen)])
        return HttpResponseRedirect(f"{reverse('screening:type_in', args=[chart])}?{query}")
    asked = actions.ask(chart, chosen, by=request.requester, mode=mode, wish=wish)
    if mode == Mode.TABLET:
        return hand_over(request, asked)
    return show_link(request, header, asked, language=wish.language, named=chosen)


def show_link(
    request: PageRequest, header: PatientHeader, asked: actions.Asked, *, language: str, named: Sequence[str]
) -> HttpResponse:
    """The address, shown once. Nothing is sent by Hallway, and its words name neither the patient nor a topic.

    ``named`` are the instruments that the reader may know of: what followed from answers is not for the desk.
    """
    whole = request.build_absolute_uri(reverse("questions:ask", args=[asked.secret]))
    values = {
        "header": header,
        "address": whole,
        "picture": _picture(whole),
        "days": actions.LASTS[Mode.LINK].days,
        "invitation": invitation(whole, language),
        "instruments": [library.instrument(one) for one in named],
        "sitting_id": asked.sitting_id,
        "reads": _reads(request),
    }
    return render(request, "screening/link.html", values)


def _picture(address: str) -> str:
    """The QR picture of an address as a data address."""
    out = BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=5, border=2, xmldecl=False, svgns=True)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()
