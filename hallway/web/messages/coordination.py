"""The Coordination of Care Check List and its contact log (R37)."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from hallway import clock
from hallway.errors import HallwayError
from hallway.ids import ChartId
from hallway.talking import actions, printing
from hallway.talking.actions.contacting import CALLERS, Talk
from hallway.talking.checklists import checklist_for
from hallway.talking.tables import library
from hallway.talking.views import ChecklistView, Line
from hallway.web.access import PageRequest, page
from hallway.web.chart.words import ZONE
from hallway.web.messages import people
from hallway.web.messages.forms import ContactForm
from hallway.web.messages.threads import TALKERS, as_pdf
from hallway.web.typed import kept, number


def _year(text: str) -> int:
    """This year, or the last where it is asked for."""
    this = clock.today().year
    return this - 1 if number(text) == this - 1 else this


@page(*TALKERS, patient=True)
@require_http_methods(["GET", "POST"])
def checklist(request: PageRequest, chart_id: int) -> HttpResponse:
    """What the record shows of each process, what was said by hand, what is open."""
    chart, error = ChartId(chart_id), None
    year = _year(request.POST.get("year", "") or request.GET.get("year", ""))
    if request.method == "POST":
        try:
            _step(request, chart, year)
            return HttpResponseRedirect(f"{reverse('messages:checklist', args=[chart_id])}?year={year}")
        except HallwayError as wrong:
            if wrong.field is None:
                raise
            error = wrong
    view = checklist_for(request.requester, chart, year)
    values = {
        "view": view,
        "chart_id": chart_id,
        "groups": _groups(view),
        "next_steps": library.words().next.items(),
        "today": clock.now().astimezone(ZONE).date(),
        "error": error,
    }
    return render(request, "messages/checklist.html", values, status=error.status if error else 200)


def _step(request: PageRequest, chart: ChartId, year: int) -> None:
    by, post = request.requester, request.POST
    entry, today = post.get("entry", ""), clock.today()
    if post.get("do") == "next":
        actions.plan_next(chart, by=by, year=year, next_step=post.get("next_step", ""))
    elif post.get("do") == "untick":
        actions.untick(chart, by=by, year=year, entry=entry)
    else:
        on = today if today.year == year else today.replace(year=year, month=12, day=31)
        actions.tick(chart, by=by, year=year, entry=entry, on=on)


def _groups(view: ChecklistView) -> list[tuple[str, list[Line]]]:
    names = dict.fromkeys(line.group for line in view.lines)
    return [(name, [line for line in view.lines if line.group == name]) for name in names]


@page(*TALKERS, patient=True)
@require_GET
def paper(request: PageRequest, chart_id: int) -> HttpResponse:
    """The check list on paper."""
    view = checklist_for(request.requester, ChartId(chart_id), _year(request.GET.get("year", "")))
    return as_pdf(printing.checklist(view, by=request.requester), "coordination.pdf")


@page(*sorted(CALLERS), patient=True)
@require_http_methods(["GET", "POST"])
def contact(request: PageRequest, chart_id: int) -> HttpResponse:
    """Put a contact on record: begin and end, with whom, about what."""
    chart, by = ChartId(chart_id), request.requester
    header = people.header_of(by, chart)
    cards = people.cards_for(by, chart)
    now = clock.now().astimezone(ZONE)
    initial = {"on": now.date(), "ended": now.time(), "with_whom": request.GET.get("to", "")}
    form = ContactForm(request.POST if request.method == "POST" else None, cards=cards, initial=initial)
    if by.role not in TALKERS:
        del form.fields["words"]
    about = _about(request)
    if form.is_bound and form.is_valid() and kept(form, lambda: _logged(request, chart, form, about)) is not None:
        return HttpResponseRedirect(_after(chart_id, request, about))
    values = {"header": header, "form": form, "cards": cards, "about": about}
    return render(request, "messages/contact.html", values, status=422 if form.errors else 200)


def _about(request: PageRequest) -> dict[str, UUID]:
    """The thread or request that the contact is about."""
    found: dict[str, UUID] = {}
    for name in ("thread", "request"):
        text = request.POST.get(name, "") or request.GET.get(name, "")
        try:
            found[name] = UUID(text)
        except ValueError:
            continue
    return found


def _logged(request: PageRequest, chart: ChartId, form: ContactForm, about: dict[str, UUID]) -> UUID:
    given = form.cleaned_data
    place, person = form.party
    began, ended = form.times
    talk = Talk(
        direction=given["direction"],
        channel=given["channel"],
        topic=given["topic"],
        outcome=given["outcome"],
        began_at=began,
        ended_at=ended,
        with_org=place,
        with_practitioner=person,
        words=given.get("words", ""),
    )
    return actions.log_contact(
        chart, talk, by=request.requester, thread_id=about.get("thread"), request_id=about.get("request")
    )


def _after(chart_id: int, request: PageRequest, about: dict[str, UUID]) -> str:
    if "request" in about and request.requester.role in TALKERS:
        return reverse("messages:request", args=[about["request"]])
    if "thread" in about and request.requester.role in TALKERS:
        return reverse("messages:thread", args=[about["thread"]])
    name = "messages:checklist" if request.requester.role in TALKERS else "chart:overview"
    return reverse(name, args=[chart_id])
