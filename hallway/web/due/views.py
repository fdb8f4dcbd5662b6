"""One finding: explained, with what may be told and what is ready, and three ways to close it."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from hallway import clock
from hallway.consent.explaining.preview import Preview
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Role
from hallway.ids import OrganizationId, PractitionerId
from hallway.talking.tables import library
from hallway.triggers import actions, queries
from hallway.triggers.tables.reasons import DECLINED, NOT_NEEDED
from hallway.triggers.tables.rows import ROWS, Acts
from hallway.triggers.views import FiringView, LabsView
from hallway.web.access import PageRequest, page
from hallway.web.chart.reading import roster_of_ids
from hallway.web.due import acting, composing, pressed, showing, telling
from hallway.web.referrals import conflict, person, when
from hallway.web.referrals.gates import gate
from hallway.web.referrals.parts import Gate

ACTORS = tuple(sorted(CLINICIANS))
READERS = (*ACTORS, Role.PRACTICE_LEADER)


@page(*READERS, patient=True)
@require_GET
def show(request: PageRequest, firing_id: UUID) -> HttpResponse:
    """The finding, the facts behind it, what may be told to whom, and what is ready to send.

    Where the facts flow no more, the tests that somebody took on with it are shown alone: they are owed all the same.
    """
    try:
        view = queries.firing(request.requester, firing_id)
    except HallwayError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
        return _labs(request, queries.labs(request.requester, firing_id))
    try:
        return _page(request, view, to=request.GET.get("to", ""))
    except HallwayError as error:
        if error.kind is not Kind.UNPROCESSABLE:
            raise
        return _page(request, view, wrong=error)


@page(*ACTORS, patient=True)
@require_POST
def act(request: PageRequest, firing_id: UUID, name: str) -> HttpResponse:
    """Send, ask, take on, or close; a conflict keeps the words and says who acted."""
    view = queries.firing(request.requester, firing_id)
    try:
        wanted = tuple(request.POST.getlist("wanted"))
        acting.act(request.requester, view, name, post=request.POST, wanted=wanted)
    except HallwayError as error:
        return _refused(request, view, error, name=name)
    return HttpResponseRedirect(telling.address(firing_id))


@page(*ACTORS, patient=True)
@require_POST
def ordered(request: PageRequest, firing_id: UUID) -> HttpResponse:
    """The tests that somebody took on are ordered."""
    actions.labs_ordered(firing_id, by=request.requester)
    return HttpResponseRedirect(telling.address(firing_id))


@page(*ACTORS, patient=True)
@require_POST
def sign(request: PageRequest, firing_id: UUID) -> HttpResponse:
    """Prepare exactly the form that is missing, and go on to where it is signed."""
    view = queries.firing(request.requester, firing_id)
    try:
        to = telling.party(view, request.POST.get("to", ""))
        return HttpResponseRedirect(telling.prepare_form(request.requester, view, to) if to else _here(view))
    except HallwayError as error:
        return _refused(request, view, error)


def _labs(request: PageRequest, view: LabsView) -> HttpResponse:
    values = {
        "firing_id": view.firing_id,
        "labs": view.labs,
        "may_order": request.requester.role in ACTORS,
        "patient": person.crumb(view.header, now=clock.now()),
        "chart_url": reverse("chart:overview", args=[view.chart_id]),
        "owed": view.owed,
    }
    return render(request, "due/labs.html", values)


def _here(view: FiringView) -> str:
    return telling.address(view.id)


def _refused(request: PageRequest, view: FiringView, error: HallwayError, *, name: str = "") -> HttpResponse:
    if error.kind is Kind.CONFLICT:
        now = queries.firing(request.requester, view.id)
        wanted = tuple(request.POST.getlist("wanted"))
        if pressed.has_happened(request.requester, now, name, post=request.POST, wanted=wanted):
            return HttpResponseRedirect(_here(view))
        found = conflict.conflict(error, post=request.POST, url=_here(view))
        return render(request, "referrals/conflict.html", {"page": found}, status=error.status)
    if error.kind in (Kind.UNPROCESSABLE, Kind.INCORRECT):
        return _page(request, view, wrong=error, kept=request.POST.get("words", ""))
    raise error


def _page(
    request: PageRequest, view: FiringView, *, to: str = "", wrong: HallwayError | None = None, kept: str = ""
) -> HttpResponse:
    by, now = request.requester, clock.now()
    roster = roster_of_ids(
        {OrganizationId(one.source_org) for one in view.causes},
        {PractitionerId(view.closed_by), *(PractitionerId(one.author) for one in view.causes)},
    )
    people = {int(key): one.short_name for key, one in roster.people.items()}
    facts = showing.facts_of(view)
    finding = showing.finding(view, facts, people, now=now)
    values: dict[str, object] = {
        "firing": view,
        "firing_id": view.id,
        "finding": finding,
        "patient": person.crumb(view.header, now=now),
        "chart_url": reverse("chart:overview", args=[view.chart_id]),
        "evidence": showing.evidence(view, roster, now=now),
        "ended": showing.ended(view, roster.full_name(PractitionerId(view.closed_by)), now=now),
        "labs": queries.labs_of(by, view) if view.state == "done" else None,
        "may_order": by.role in ACTORS,
        "wrong": wrong,
        "may_act": view.is_open and by.role in ACTORS,
        "not_needed": list(NOT_NEEDED.items()),
        "declined": list(DECLINED.items()),
    }
    if values["may_act"]:
        said = showing.told(view, facts, people, now=now)
        values |= _ready(request, view, facts=facts, said=said, to=to, kept=kept)
    return render(request, "due/show.html", values, status=wrong.status if wrong else 200)


def _ready(
    request: PageRequest, view: FiringView, *, facts: list[showing.Fact], said: str, to: str, kept: str
) -> dict[str, object]:
    """What is ready: the party, what the gate says, the words of each act."""
    by = request.requester
    # A rule that is gone leaves its open findings: a word may still be sent.
    acts = ROWS[view.rule].acts if view.rule in ROWS else Acts()
    party = telling.party(view, to or request.POST.get("to", ""))
    preview = telling.may_tell(by, view, party) if party else None
    is_near = party is not None and telling.may_be_told(by, view, party)
    today = when.local(clock.now()).date()
    return {
        "party": party,
        "gate": _gate(preview),
        "refer_first": party is not None and not is_near,
        "kept": kept,
        "may_tell": is_near and preview is not None and preview.flows,
        "wants_form": is_near and preview is not None and preview.verdict == "pen_before",
        "choices": telling.choices(by, view, party),
        "acts": acts,
        "message": kept or composing.message(said, facts, acts, today=today),
        "question": composing.question(said, acts),
        "wanted": [(key, row.words, key in acts.wanted) for key, row in library.wanted().items()],
        "treatments": list(library.treatments().values()),
        "treatment": composing.treatment_of(facts, [str(one) for one in view.parameters.values()]),
    }


def _gate(preview: Preview | None) -> Gate | None:
    return gate(preview) if preview else None
