"""The pages of the safety steps: what runs in the practice, one protocol with its steps, how it ends, the plan."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallway.directory.models import Organization
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Role
from hallway.ids import ChartId
from hallway.screening.instruments import library
from hallway.screening.safety import actions, asked, printing, queries
from hallway.screening.safety.queries import Protocol
from hallway.screening.safety.rows import crisis_line
from hallway.screening.safety.states import Step
from hallway.web.access import PageRequest, page
from hallway.web.chart import board
from hallway.web.chart.reading import Opened, open_chart
from hallway.web.chart.writing import id_of, new_token
from hallway.web.safety import presenting
from hallway.web.safety.forms import FORM_BY_STEP, CloseForm, QuestionsForm, StepForm
from hallway.web.typed import refuse

ACTING = tuple(sorted(CLINICIANS))
KNOWING = (*ACTING, Role.FRONT_DESK, Role.PRACTICE_LEADER)
PLACES = {"here": Step.HERE, "left": Step.LEFT}
"""What the desk may say."""


@page(*KNOWING)
@require_GET
def running(request: PageRequest) -> HttpResponse:
    """Every protocol that runs in the practice."""
    return render(request, "safety/list.html", {"rows": queries.running(request.requester)})


@page(*ACTING, patient=True)
@require_http_methods(["GET", "POST"])
def begin(request: PageRequest, chart_id: int) -> HttpResponse:
    """Open the steps because a clinician has seen for themselves that somebody may be in danger."""
    chart = ChartId(chart_id)
    if request.method == "POST":
        made = actions.press(request.requester, chart)
        return HttpResponseRedirect(reverse("safety:show", args=[made]))
    opened = open_chart(request.requester, chart, kinds=("Patient",), route="safety/begin")
    values = {"chart_id": chart, "line": crisis_line(), "rises_after": presenting.RISES_AFTER, **person(opened)}
    return render(request, "safety/begin.html", values)


@page(*KNOWING, patient=True)
@require_http_methods(["GET", "POST"])
def show(request: PageRequest, safety_id: UUID) -> HttpResponse:
    """Where it stands, the next step first; a POST takes one step."""
    found = queries.protocol(request.requester, safety_id)
    if request.requester.role not in CLINICIANS:
        return _at_the_desk(request, found)
    if request.method == "GET":
        return _shown(request, found, {})
    name = request.POST.get("step", "")
    form = _bound(request, found, name)
    if form is None:
        raise _unknown_step()
    if form.is_valid():
        try:
            once = str(id_of(form.cleaned_data["token"], request.requester, found.chart_id))
            actions.take_step(request.requester, safety_id, form.taken(), form.said(once))
        except HallwayError as error:
            if error.kind not in {Kind.CONFLICT, Kind.UNPROCESSABLE}:
                raise
            refuse(form, error)
            return _shown(request, queries.protocol(request.requester, safety_id), {name: form}, status=error.status)
        return HttpResponseRedirect(f"{reverse('safety:show', args=[safety_id])}#next")
    return _shown(request, found, {name: form}, status=422)


def _at_the_desk(request: PageRequest, found: Protocol) -> HttpResponse:
    """For whoever is no clinician: keep the person here, and say if they leave."""
    if request.method == "POST" and (step := PLACES.get(request.POST.get("place", ""))):
        once = str(id_of(request.POST.get("token", ""), request.requester, found.chart_id))
        actions.take_step(request.requester, found.id, step, actions.Said(once=once))
        return HttpResponseRedirect(reverse("safety:show", args=[found.id]))
    opened = open_chart(request.requester, found.chart_id, kinds=("Patient",), route="safety/desk")
    values = {
        "found": found,
        "is_desk": request.requester.role is Role.FRONT_DESK,
        "state": presenting.STATES[found.state],
        "token": new_token(request.requester, found.chart_id),
        **person(opened),
    }
    return render(request, "safety/desk.html", values)


def _bound(request: PageRequest, found: Protocol, name: str) -> StepForm | None:
    if name == "questions":
        return _questions(request, found, request.POST)
    made = FORM_BY_STEP.get(name)
    return made(request.POST, auto_id=f"{name}-%s") if made else None


def _questions(request: PageRequest, found: Protocol, sent: object = None) -> QuestionsForm | None:
    known = asked.screeners()
    if not known:
        return None
    wanted = request.GET.get("with", "")
    instrument = next((one for one in known if one.key == wanted), known[0])
    language = request.GET.get("in", "en")
    language = language if language in instrument.languages else instrument.languages[0]
    initial = {"step": "questions", "token": new_token(request.requester, found.chart_id)}
    others = [one for one in known if one is not instrument]
    return QuestionsForm(
        sent, initial=initial, auto_id="questions-%s", instrument=instrument, language=language, others=others
    )


def _shown(
    request: PageRequest,
    found: Protocol,
    sent: dict[str, StepForm],
    *,
    closing: CloseForm | None = None,
    status: int = 200,
) -> HttpResponse:
    opened = open_chart(request.requester, found.chart_id, kinds=("Patient",), route="safety/show")
    fresh = {name: _fresh(request, found, name) for name in FORM_BY_STEP}
    every = {**fresh, "questions": _questions(request, found), **sent}
    told = [one.code.removeprefix("org:") for one in found.entries if one.code.startswith("org:")]
    names = {one.id: one.name for one in Organization.objects.filter(id__in=[int(one) for one in told])}
    values = {
        "found": found,
        "heading": presenting.heading(found),
        "state": presenting.STATES[found.state],
        "owner_words": presenting.owner_words(found),
        "cause": presenting.cause(found, library.all_instruments()),
        "further": presenting.further(found, library.all_instruments()),
        "steps": [(one, every.get(one.id), one.id in sent) for one in presenting.steps(found)],
        "told": presenting.org_names(found, names),
        "contacts": presenting.contacts(found),
        "contact_form": every["contact"],
        "called_form": every["called"],
        "ends": presenting.ends(found),
        "closing": closing or _closing(request, found),
        "end_title": presenting.end_title(found.disposition) if found.disposition else "",
        "line": crisis_line(),
        "rises_after": presenting.RISES_AFTER,
        "has_plan": "plan" in found.standing.done,
        "phones": _phones(opened),
        **person(opened),
    }
    return render(request, "safety/show.html", values, status=status)


def _fresh(request: PageRequest, found: Protocol, name: str) -> StepForm:
    form = FORM_BY_STEP[name]
    initial: dict[str, object] = {
        "step": name,
        "token": new_token(request.requester, found.chart_id),
        "language": "en",
    }
    if name == "plan" and (last := found.last("plan")):
        initial |= {**last.parts, "language": last.language}
    return form(initial=initial, auto_id=f"{name}-%s")


def _closing(request: PageRequest, found: Protocol) -> CloseForm:
    initial = {"version": found.version, "token": new_token(request.requester, found.chart_id)}
    return CloseForm(initial=initial, auto_id="close-%s")


@page(*ACTING, patient=True)
@require_POST
def end(request: PageRequest, safety_id: UUID) -> HttpResponse:
    """End it, with a disposition."""
    found = queries.protocol(request.requester, safety_id)
    form, status = CloseForm(request.POST, auto_id="close-%s"), 422
    if form.is_valid():
        given = form.cleaned_data
        try:
            actions.close(
                request.requester,
                safety_id,
                disposition=given["disposition"],
                words=given["words"],
                expected_version=given["version"],
                once=str(id_of(given["token"], request.requester, found.chart_id)),
            )
        except HallwayError as error:
            if error.kind not in {Kind.CONFLICT, Kind.UNPROCESSABLE}:
                raise
            refuse(form, error)
            status = error.status
        else:
            return HttpResponseRedirect(reverse("safety:show", args=[safety_id]))
    return _shown(request, found, {}, closing=_again(request, found, form), status=status)


def _again(request: PageRequest, found: Protocol, form: CloseForm) -> CloseForm:
    """The form as sent, for the protocol as it now stands."""
    form.data = form.data.copy()
    form.data["version"] = str(found.version)
    form.data["token"] = new_token(request.requester, found.chart_id)
    return form


@page(*ACTING, patient=True)
@require_GET
def plan_pdf(request: PageRequest, safety_id: UUID) -> HttpResponse:
    """The safety plan on paper, for the patient: a release like any other."""
    content = printing.plan(request.requester, safety_id)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="safety-plan.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer


def person(opened: Opened) -> dict[str, object]:
    """Who it is about, for the head and the foot of a page."""
    who = board.pronouns(opened.header)
    return {"header": opened.header, "who": who, "chart_id": opened.chart_id, "owed": opened.owed, "pronoun": who.key}


def _phones(opened: Opened) -> list[str]:
    told = opened.facts.patient.telecom if opened.facts.patient else ()
    return [one.value for one in told if one.value and one.system in ("phone", "sms")]


def _unknown_step() -> HallwayError:
    return HallwayError(
        Kind.INCORRECT,
        "H-SAF-011",
        what="We could not read which step you meant.",
        undone="Nothing was kept.",
        to_do="Load the page again and choose once more.",
    )
