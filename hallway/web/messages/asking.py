"""Requests for information: asking, answering, filing the answer into the note, releasing what waited."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallway import clock
from hallway.consent import gate
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.record import queries as record
from hallway.record.stored import Stored
from hallway.talking import actions, queries
from hallway.talking.models import InformationRequest
from hallway.talking.tables import library
from hallway.talking.views import RequestView
from hallway.web.access import PageRequest, page
from hallway.web.chart.words import ZONE
from hallway.web.chart.writing import id_of, new_token
from hallway.web.messages import filing, people
from hallway.web.messages.along import line_of
from hallway.web.messages.forms import AskForm, FileAnywayForm, FileForm, ReplyForm
from hallway.web.messages.threads import TALKERS
from hallway.web.typed import kept, number

State = InformationRequest.State
_OFFERED = 30


@page(*TALKERS, patient=True)
@require_http_methods(["GET", "POST"])
def ask(request: PageRequest, chart_id: int) -> HttpResponse:
    """Ask another practice for something about this patient, by a day (R30); in place of another request, too."""
    chart, by = ChartId(chart_id), request.requester
    header = people.header_of(by, chart)
    cards = people.cards_for(by, chart)
    old = _asked_before(request, chart)
    initial = {"due": AskForm.soon(), "to": request.GET.get("to", ""), "wanted": request.GET.getlist("wanted")}
    if old is not None:
        initial |= {"wanted": old.said.wanted, "words": old.said.words, "treatment": old.said.treatment}
    form = AskForm(request.POST if request.method == "POST" else None, cards=cards, initial=initial)
    if form.is_bound and form.is_valid():
        version = number(request.POST.get("version", "")) or 0
        instead = actions.Instead(old.request.id, version) if old else None
        request_id = kept(form, lambda: _asked(form, chart, by, instead))
        if request_id is not None:
            return HttpResponseRedirect(reverse("messages:request", args=[request_id]))
    said = people.sentences(by, chart, cards)
    values = {"header": header, "form": form, "cards": cards, "said": said, "old": old}
    return render(request, "messages/ask.html", values, status=422 if form.errors else 200)


def _asked_before(request: PageRequest, chart: ChartId) -> RequestView | None:
    """The request that this one would take the place of. Raises NOT_FOUND for one that is not theirs to replace."""
    text = request.POST.get("instead", "") or request.GET.get("instead", "")
    if not text:
        return None
    try:
        found = queries.request_for(request.requester, UUID(text))
    except ValueError:
        raise gate.not_found() from None
    is_done = request.method == "GET" and not found.may_be_taken_back
    if not found.asks or found.request.chart_id != chart or is_done:
        raise gate.not_found()
    return found


def _asked(form: AskForm, chart: ChartId, by: Requester, instead: actions.Instead | None) -> UUID:
    place, person = form.recipient
    return actions.request(
        chart,
        by=by,
        to_org=OrganizationId(place),
        to_practitioner=PractitionerId(person),
        wanted=tuple(form.cleaned_data["wanted"]),
        words=form.cleaned_data["words"],
        due_at=form.due_at,
        treatment=form.cleaned_data["treatment"],
        instead_of=instead,
    )


@page(*TALKERS, patient=True)
@require_GET
def show(request: PageRequest, request_id: UUID) -> HttpResponse:
    """What is asked, by when, and whose turn it is."""
    return _shown(request, request_id)


def _shown(
    request: PageRequest, request_id: UUID, *, form: ReplyForm | None = None, wrong: HallwayError | None = None
) -> HttpResponse:
    view = queries.request_for(request.requester, request_id)
    may_answer = not view.asks and view.state is State.ASKED
    values = {
        "view": view,
        "wanted": [library.wanted()[key].words for key in view.said.wanted if key in library.wanted()],
        "treatment": library.treatments().get(view.said.treatment),
        "parts": _parts(view),
        "declines": library.words().decline.items(),
        "why": library.words().decline.get(view.request.reason, "") if view.state is State.DECLINED else "",
        "lines": [line_of(one) for one in view.attached],
        "form": (form or _reply(request.requester, view, None)) if may_answer else None,
        "said": people.sentences(request.requester, ChartId(view.request.chart_id), [view.asker]) if may_answer else [],
        "wrong": wrong,
    }
    status = wrong.status if wrong else 422 if form is not None and form.errors else 200
    return render(request, "messages/request.html", values, status=status)


def _parts(view: RequestView) -> list[tuple[str, str]]:
    """The rows of the start check list."""
    row = library.treatments().get(view.said.treatment)
    return [(key, library.parts()[key].words) for key in row.parts] if row else []


def _reply(by: Requester, view: RequestView, sent: QueryDict | None) -> ReplyForm:
    return ReplyForm(sent, parts=[key for key, _ in _parts(view)], offered=_offered(by, view))


def _offered(by: Requester, view: RequestView) -> list[tuple[str, str]]:
    """What of the own record may go along with what was asked for, the newest first."""
    kinds = {kind for key in view.said.wanted if key in library.wanted() for kind in library.wanted()[key].kinds}
    if not kinds:
        return []
    release = gate.release(by, ChartId(view.request.chart_id))
    found = record.read_chart(release, kinds=sorted(kinds), route="request/offer")
    own = [one for one in found if one.source_org == by.organization_id and line_of(one)]
    own.sort(key=_when, reverse=True)
    return [(f"{one.kind}/{one.id}", line_of(one)) for one in own[:_OFFERED]]


def _when(one: Stored) -> datetime:
    return one.dated_at or one.updated_at


@page(*TALKERS, patient=True)
@require_POST
def take_step(request: PageRequest, request_id: UUID, step: str) -> HttpResponse:
    """One step on a request, with the version that the page showed."""
    by, post = request.requester, request.POST
    version = number(post.get("version", "")) or 0
    view = queries.request_for(by, request_id)
    form = _reply(by, view, post) if step == "answer" else None
    if form is not None and not form.is_valid():
        return _shown(request, request_id, form=form)
    steps: dict[str, Callable[[], None]] = {
        "decline": lambda: actions.decline_request(
            request_id, by=by, reason=post.get("reason", ""), expected_version=version
        ),
        "withdraw": lambda: actions.withdraw_request(request_id, by=by, expected_version=version),
        "release": lambda: actions.release_treatment(request_id, by=by, confirmed=tuple(post.getlist("confirmed"))),
    }
    if form is not None:
        steps["answer"] = lambda: actions.answer_request(
            request_id,
            by=by,
            words=form.cleaned_data["words"],
            attached=form.chosen,
            parts=form.parts,
            expected_version=version,
        )
    if step not in steps:
        raise gate.not_found()
    try:
        steps[step]()
    except HallwayError as error:
        if error.kind in (Kind.CONFLICT, Kind.UNPROCESSABLE, Kind.INCORRECT):
            return _shown(request, request_id, form=form, wrong=error)
        raise
    return HttpResponseRedirect(reverse("messages:request", args=[request_id]))


@page(*TALKERS, patient=True)
@require_http_methods(["GET", "POST"])
def file(request: PageRequest, request_id: UUID) -> HttpResponse:
    """The answer as the beginning of a progress note: read, changed where needed, signed (R31).

    Whoever signs after a colleague keeps their words; one's own second press is the note that the first one made.
    """
    by = request.requester
    view = queries.request_for(by, request_id)
    if not view.asks or (request.method == "GET" and not filing.may_be_filed(view)):
        raise gate.not_found()
    chart = ChartId(view.request.chart_id)
    kind = FileAnywayForm if view.may_come_another_way or "came" in request.POST else FileForm
    if request.method == "POST":
        form = kind(request.POST)
    else:
        on = clock.now().astimezone(ZONE)
        form = kind(initial={"token": new_token(by, chart), "text": filing.draft(view, on=on)})
    if form.is_bound and form.is_valid():
        note_id = id_of(form.cleaned_data["token"], by, chart)
        text, came = form.cleaned_data["text"], form.cleaned_data.get("came", "")
        is_filed = kept(form, lambda: filing.file(view, by=by, note_id=note_id, text=text, came=came)) is not None
        if is_filed or queries.request_for(by, request_id).request.note_id == note_id:
            return HttpResponseRedirect(f"{reverse('chart:notes', args=[chart])}?note={note_id}")
    values = {"view": view, "form": form, "is_late": form.is_bound and not filing.may_be_filed(view)}
    return render(request, "messages/file.html", values, status=422 if form.errors else 200)
