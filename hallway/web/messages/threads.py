"""Threads: what waits for the reader's answer, one thread, a new word."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallway.identity.requester import CLINICIANS
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.talking import actions, printing, queries
from hallway.talking.views import RequestRow, ThreadRow
from hallway.web.access import PageRequest, page
from hallway.web.messages import people
from hallway.web.messages.forms import AnswerForm, MessageForm
from hallway.web.typed import kept, number
from hallway.web.words import count

TALKERS = sorted(CLINICIANS)
PAGE_SIZE = 50


@page(*TALKERS)
@require_GET
def listing(request: PageRequest) -> HttpResponse:
    """What is asked of the reader's practice first, then threads, the newest word first; further requests alone."""
    after = request.GET.get("after", "")[:200]
    found = queries.request_page(request.requester, limit=PAGE_SIZE, after=after)
    threads = queries.thread_list(request.requester) if not after else []
    theirs = [one for one in found.rows if one.is_readers_turn]
    # Those that wait for the reader stand first: where the page is full of them, the next one may hold more.
    is_all = not found.after or len(theirs) < len(found.rows)
    values = {
        "finding": "Further requests" if after else _finding(theirs, threads, is_all=is_all),
        "theirs": theirs,
        "waiting": [one for one in found.rows if not one.is_readers_turn],
        "threads": threads,
        "more": found.after,
    }
    return render(request, "messages/list.html", values)


def _finding(theirs: list[RequestRow], threads: list[ThreadRow], *, is_all: bool = True) -> str:
    unread = sum(1 for one in threads if one.unread)
    if not theirs and not unread:
        return "Nothing is asked of you"
    parts = [f"{'' if is_all else 'At least '}{count(len(theirs), 'request')}"] if theirs else []
    parts += [f"{count(unread, 'thread')} with something new"] if unread else []
    return f"{' and '.join(parts)} {'waits' if len(theirs) + unread == 1 else 'wait'} for you"


@page(*TALKERS, patient=True)
@require_http_methods(["GET", "POST"])
def new(request: PageRequest, chart_id: int) -> HttpResponse:
    """A word to another practice about this patient: first whom the law lets it reach."""
    chart, by = ChartId(chart_id), request.requester
    header = people.header_of(by, chart)
    cards = people.cards_for(by, chart)
    form = MessageForm(request.POST if request.method == "POST" else None, cards=cards, initial={"to": _asked(request)})
    if form.is_bound and form.is_valid():
        place, person = form.recipient

        def send() -> UUID:
            return actions.send(
                chart,
                by=by,
                to_org=OrganizationId(place),
                to_practitioner=PractitionerId(person),
                words=form.cleaned_data["words"],
                seen_until=actions.NOTHING_SEEN,
            )

        thread_id = kept(form, send)
        if thread_id is not None:
            return HttpResponseRedirect(reverse("messages:thread", args=[thread_id]))
    values = {"header": header, "form": form, "cards": cards, "said": people.sentences(by, chart, cards)}
    return render(request, "messages/new.html", values, status=422 if form.errors else 200)


def _asked(request: PageRequest) -> str:
    """Whom the address names, as "12-34"."""
    place, _, person = request.GET.get("to", "").partition("-")
    return f"{place}-{person}" if number(place) and number(person) is not None else ""


@page(*TALKERS, patient=True)
@require_http_methods(["GET", "POST"])
def thread(request: PageRequest, thread_id: UUID) -> HttpResponse:
    """One thread. Opening it is reading it; answering turns the clock."""
    view = queries.thread_for(request.requester, thread_id)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():

        def answer() -> UUID:
            row = view.thread
            return actions.send(
                ChartId(row.chart_id),
                by=request.requester,
                to_org=OrganizationId(view.other.practice_id),
                to_practitioner=PractitionerId(view.other.person),
                words=form.cleaned_data["words"],
                subject_kind=row.subject_kind,
                subject_id=row.subject_id,
                seen_until=_seen(request),
            )

        if kept(form, answer) is not None:
            return HttpResponseRedirect(reverse("messages:thread", args=[thread_id]))
    else:
        actions.mark_read(thread_id, by=request.requester, at=view.seen_until)
    chart = ChartId(view.thread.chart_id)
    values = {
        "view": view,
        "form": form,
        "said": people.sentences(request.requester, chart, [view.other]),
        "owes": queries.owes_answer(request.requester, thread_id),
    }
    return render(request, "messages/thread.html", values, status=422 if form.errors else 200)


def _seen(request: PageRequest) -> datetime:
    """Until when the page that was posted showed the thread; one that does not say so showed nothing."""
    try:
        found = datetime.fromisoformat(request.POST.get("until", ""))
    except ValueError:
        return actions.NOTHING_SEEN
    return found if found.tzinfo and found.year > 1 else actions.NOTHING_SEEN


@page(*TALKERS, patient=True)
@require_POST
def close(request: PageRequest, thread_id: UUID) -> HttpResponse:
    """Nothing more is to be answered on this side."""
    actions.close_thread(thread_id, by=request.requester, seen_until=_seen(request))
    return HttpResponseRedirect(reverse("messages:thread", args=[thread_id]))


@page(*TALKERS, patient=True)
@require_GET
def sheet(request: PageRequest, thread_id: UUID) -> HttpResponse:
    """This side's words on paper, for telephone or fax to a practice that is not on Hallway."""
    view = queries.thread_for(request.requester, thread_id)
    own = queries.card(request.requester.organization_id, request.requester.practitioner_id)
    return as_pdf(printing.sheet(view, own, by=request.requester), "message.pdf")


def as_pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF that no cache keeps."""
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer
