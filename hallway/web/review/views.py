"""The queue of what nobody could judge, one paper beside it, a decision, and taking it back."""

from collections.abc import Sequence
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from hallway.consent import gate
from hallway.consent import queries as consent_queries
from hallway.consent.entering import reviewing
from hallway.consent.entering.reviewing import DECIDERS, Choice, Paper
from hallway.directory.models import Organization, Practitioner
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.ids import ChartId, ResourceId
from hallway.labels import content
from hallway.labels.models import Decision
from hallway.record.stored import PatientHeader
from hallway.standards.fhir import codec
from hallway.web.access import PageRequest, page
from hallway.web.review import words
from hallway.web.typed import number

SHOWABLE = frozenset({"application/pdf", "image/png", "image/jpeg", "text/plain"})
"""Types of file that are handed out under their own name; any other goes out as mere bytes."""


@page(*DECIDERS)
@require_GET
def listed(request: PageRequest) -> HttpResponse:
    """What waits for this person, the longest waiting first; the first of it opened."""
    by = request.requester
    papers = reviewing.waiting_for(by)
    decided = reviewing.decided_by(by)
    headers = consent_queries.headers(by, sorted({ChartId(one.chart_id) for one in (*papers, *decided)}))
    places, people = _names(papers)
    values: dict[str, object] = {
        "rows": [_row(one, headers, places, people) for one in papers],
        "decided": [_decision(one, headers) for one in decided],
        **(_opened(by, papers[0], headers, places=places, people=people) if papers else {}),
    }
    return render(request, "review/list.html", values)


@page(*DECIDERS, patient=True)
@require_GET
def paper(request: PageRequest) -> HttpResponse:
    """One paper: beside the list, or on a page of its own where there is no room beside it."""
    by = request.requester
    one = _asked(by, request.GET)
    headers = consent_queries.headers(by, [one.chart_id])
    template = "review/_paper.html" if request.headers.get("HX-Request") else "review/one.html"
    places, people = _names([one])
    return render(request, template, _opened(by, one, headers, places=places, people=people))


@page(*DECIDERS, patient=True)
@require_GET
def file(request: PageRequest) -> HttpResponse:
    """The file in a paper, for somebody who may read it."""
    one = _asked(request.requester, request.GET)
    stored = reviewing.content_of(request.requester, one)
    found = content.attachments(codec.decode(stored.body)) if stored else []
    sent = next((raw for attachment in found if (raw := content.bytes_of(attachment))), None)
    if sent is None:
        raise gate.not_found()
    kind = next((str(attachment.get("contentType", "")) for attachment in found), "").split(";")[0]
    answer = HttpResponse(sent, content_type=kind if kind in SHOWABLE else "application/octet-stream")
    answer["Content-Disposition"] = "attachment; filename=paper"
    answer["Cache-Control"] = "no-store"
    return answer


@page(*DECIDERS, patient=True)
@require_POST
def decide(request: PageRequest) -> HttpResponse:
    """Say what a paper is, and go on to the next."""
    one = _asked(request.requester, request.POST)
    choice = next((held for held in Choice if held == request.POST.get("choice")), None)
    version = number(request.POST.get("version", ""))
    if choice is None or version is None:
        raise _unreadable()
    reviewing.decide(request.requester, one, choice, expected_version=version)
    return HttpResponseRedirect(reverse("review:list"))


@page(*DECIDERS, patient=True)
@require_POST
def undo(request: PageRequest) -> HttpResponse:
    """Take a decision back: the paper waits again."""
    try:
        decision_id = UUID(request.POST.get("id", ""))
    except ValueError:
        raise _unreadable() from None
    reviewing.undo(request.requester, decision_id)
    return HttpResponseRedirect(reverse("review:list"))


def _unreadable() -> HallwayError:
    return HallwayError(
        Kind.INCORRECT,
        "H-RVW-001",
        what="We could not read which paper you meant, or what you said of it.",
        undone="Nothing was changed.",
        to_do="Load the list again and choose once more.",
    )


def _asked(by: Requester, sent: QueryDict) -> Paper:
    """The paper that an address or a form names. Raises INCORRECT, or NOT_FOUND when it does not wait for ``by``."""
    chart, kind = number(sent.get("chart", ""), digits=16), sent.get("kind", "")
    try:
        resource_id = ResourceId(str(UUID(sent.get("id", ""))))
    except ValueError:
        raise _unreadable() from None
    if chart is None or not kind.isalpha() or len(kind) > 64:
        raise _unreadable()
    return reviewing.paper_for(by, ChartId(chart), kind, resource_id)


# What the page is handed ---------------------------------------------------------------------------------------------

Headers = dict[ChartId, PatientHeader]
Names = dict[int, str]


def _names(papers: Sequence[Paper]) -> tuple[dict[int, Organization], Names]:
    """The practices and people that the papers come from, in two queries."""
    places = Organization.objects.in_bulk(list({int(one.source_org) for one in papers}))
    people = Practitioner.objects.in_bulk(list({int(one.author) for one in papers if one.author}))
    return places, {key: person.short_name for key, person in people.items()}


def _row(one: Paper, headers: Headers, places: dict[int, Organization], people: Names) -> dict[str, object]:
    place = places.get(int(one.source_org))
    query = urlencode({"chart": one.chart_id, "kind": one.kind, "id": one.id})
    return {
        "paper": one,
        "header": headers.get(one.chart_id),
        "kind": words.kind(one.kind),
        "place": place,
        "author": people.get(int(one.author), ""),
        "why": words.why(one.basis),
        "address": f"{reverse('review:paper')}?{query}",
        "file_address": f"{reverse('review:file')}?{query}",
    }


def _opened(
    by: Requester, one: Paper, headers: Headers, *, places: dict[int, Organization], people: Names
) -> dict[str, object]:
    """One paper with its content, where this person may read it."""
    stored = reviewing.content_of(by, one)
    found = content.attachments(codec.decode(stored.body)) if stored else []
    return {
        "opened": _row(one, headers, places, people),
        "paragraphs": words.paragraphs(stored) if stored else [],
        "has_file": any(content.bytes_of(attachment) and not content.is_readable(attachment) for attachment in found),
        "found": words.classes(one.mask),
        "buttons": words.buttons(one.choices),
    }


def _decision(one: Decision, headers: Headers) -> dict[str, object]:
    return {
        "id": one.id,
        "header": headers.get(ChartId(one.chart_id)),
        "kind": words.kind(one.kind),
        "said": words.CHOSEN[cast("Choice", one.choice)],
        "at": one.decided_at,
    }
