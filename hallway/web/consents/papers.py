"""A form signed elsewhere, checked element by element; the kept page; a practice's own words for its forms."""

import contextlib
from datetime import date
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway.consent import actions
from hallway.consent.actions import External
from hallway.consent.forms import papers
from hallway.consent.tables.forms import statements
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Role
from hallway.ids import ChartId
from hallway.storage.connection import transaction
from hallway.web.access import PageRequest, page
from hallway.web.consents import composing, questions
from hallway.web.consents.composing import Desk
from hallway.web.consents.hand import with_authority
from hallway.web.consents.signing import who_signs

CHECKERS = (*sorted(CLINICIANS), Role.FRONT_DESK)
CORE_WORDS = {
    "patient": "The patient's name",
    "discloser": "Who may share",
    "recipient": "Who may receive",
    "what": "What may be shared, in words that are specific",
    "purpose": "What it is for",
    "expiry": "Until when, as a day or an event",
    "signature": "A signature, and the authority of a representative who signed",
    "date": "The day it was signed",
}


@page(*CHECKERS, patient=True)
@require_http_methods(["GET", "POST"])
def upload(request: PageRequest, chart_id: int) -> HttpResponse:
    """Keep the page, tick what stands on it; the first element that is missing is named and nothing opens."""
    desk = composing.desk_of(request, ChartId(chart_id))
    wrong: list[tuple[str, str]] = []
    error: HallwayError | None = None
    if request.method == "POST":
        wrong = desk.missing
        if not wrong:
            try:
                return _accepted(request, desk)
            except HallwayError as found:
                if found.kind is not Kind.UNPROCESSABLE:
                    raise
                error = found
    values = {
        **composing.page_values(request, desk),
        **composing.values(desk),
        "wrong": dict(wrong),
        "wrong_list": wrong,
        "error": error,
        "lacking": element_words(error.field) if error is not None and error.code == "H-CON-027" else "",
        "elements": [
            {"key": name, "words": element_words(name), "ticked": name in request.POST.getlist("found")}
            for name in _elements(desk)
        ],
        "signed_on": request.POST.get("signed_on", ""),
        **who_signs(desk.opened.header),
        "sent": request.POST,
    }
    return render(request, "consents/upload.html", values, status=422 if wrong or error else 200)


def _elements(desk: Desk) -> list[str]:
    """What to look for on the page: of the form that was chosen, and of those that what is ticked needs beside it."""
    kinds = [desk.choice.form, *(one.kind for one in desk.on_paper())]
    return list(dict.fromkeys(name for kind in kinds for name in papers.elements_wanted(kind, desk.practice.state)))


def _accepted(request: PageRequest, desk: Desk) -> HttpResponse:
    """All forms that the page stands for, or none, and then the page is not kept either."""
    page_file = request.FILES.get("paper")
    content = page_file.read() if page_file is not None else b""
    signed_on, found = _day(request.POST.get("signed_on", "")), frozenset(request.POST.getlist("found"))
    with transaction():
        hand = with_authority(request, desk.opened.chart_id)
        kept = actions.keep_paper(desk.opened.chart_id, content, purpose="form", by=request.requester)
        for one in desk.on_paper():
            page_of = External(
                one, kept, signed_on, found, signer=hand.signer, signer_name=hand.name, relation=hand.relation,
                right=hand.right, authority=hand.authority, authority_paper=hand.authority_paper,
            )  # fmt: skip
            actions.accept_paper(page_of, by=request.requester)
    return HttpResponseRedirect(reverse("chart:consents", args=[desk.opened.chart_id]))


def _day(text: str) -> date:
    """The day on the paper; the last there is, which no form may bear, for what cannot be read."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.max


def element_words(name: str | None) -> str:
    """An element in plain words: a statement by what it says."""
    kind, _, statement = (name or "").partition(":")
    if kind == "statement":
        return f"It says, in its own words: “{statements()[statement]}”"
    return CORE_WORDS.get(kind, kind)


@page(*CHECKERS, patient=True)
def kept(request: PageRequest, paper_id: UUID) -> HttpResponse:
    """The kept page itself, for the practice that keeps it."""
    row = papers.paper_for(request.requester, paper_id)
    answer = HttpResponse(bytes(row.content), content_type=row.media_type)
    ends = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}[row.media_type]
    answer["Content-Disposition"] = f'attachment; filename="page.{ends}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


@page(Role.PRACTICE_LEADER)
@require_http_methods(["GET", "POST"])
def templates(request: PageRequest) -> HttpResponse:
    """The practice's own words on its forms, beside what law demands."""
    error: HallwayError | None = None
    if request.method == "POST":
        try:
            return _kept_template(request)
        except HallwayError as wrong:
            if wrong.kind is not Kind.UNPROCESSABLE:
                raise
            error = wrong
    values = {
        "templates": papers.templates_at(request.requester),
        "kinds": questions.FORM_NAMES.items(),
        "names": questions.FORM_NAMES,
        "sent": request.POST,
        "error": error,
    }
    return render(request, "consents/templates.html", values, status=422 if error else 200)


def _kept_template(request: PageRequest) -> HttpResponse:
    retire = request.POST.get("retire", "")
    if retire:
        with contextlib.suppress(ValueError):
            actions.retire_template(UUID(retire), by=request.requester)
        return HttpResponseRedirect(reverse("consents:templates"))
    actions.save_template(
        by=request.requester,
        name=request.POST.get("name", ""),
        kind=request.POST.get("kind", ""),
        language=request.POST.get("language", ""),
        blocks=request.POST.get("blocks", "").replace("\r", "").split("\n\n"),
    )
    return HttpResponseRedirect(reverse("consents:templates"))
