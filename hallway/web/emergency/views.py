"""Emergency access: one category, a reason, thirty minutes, its end in sight all along."""

from uuid import UUID

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from hallway.consent import actions, gate
from hallway.consent.forms import standing
from hallway.consent.tables.emergency import categories
from hallway.errors import HallwayError
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import ChartId
from hallway.record.evidence import Purpose
from hallway.web.access import PageRequest, page
from hallway.web.chart import board, feed, medicines, notes, problems, scores
from hallway.web.chart.forms import WordsField
from hallway.web.chart.reading import OVERVIEW, Opened, open_chart

NATURES = (
    ("unconscious", "Unconscious or cannot answer"),
    ("overdose", "Overdose"),
    ("suicide_risk", "Danger of suicide"),
    ("severe_reaction", "Severe reaction to a medicine"),
    ("acute_illness", "Acute illness"),
    ("other_danger", "Other danger to life or health"),
)


class OpenForm(forms.Form):
    """The fields of 42 CFR 2.51 that a person must give; name, facility and time are known."""

    category = forms.ChoiceField(
        label="What do you need?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what you need. Only that opens."},
    )
    nature = forms.ChoiceField(
        label="What is the emergency?",
        choices=[("", "Choose"), *NATURES],
        error_messages={"required": "Choose what the emergency is."},
    )
    reason = WordsField(
        label="Why do you need it now?",
        min_length=10,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Say why you need it now. A sentence is enough.",
            "min_length": "Say a little more: one sentence.",
            "max_length": "Keep it under 500 letters.",
        },
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Categories come from their table."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["category"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(one.id, one.label) for one in categories().values()]


@page(*sorted(CLINICIANS), patient=True)
@require_http_methods(["GET", "POST"])
def open_access(request: PageRequest, chart_id: int) -> HttpResponse:
    """Ask for one category; the same answer whether or not there is more to see."""
    chart, reader = ChartId(chart_id), request.requester
    current = standing.open_emergency_of(reader, chart)
    if current is not None:
        return HttpResponseRedirect(reverse("emergency:show", args=[current.id]))
    form = OpenForm(request.POST) if request.method == "POST" else OpenForm()
    if request.method == "POST" and form.is_valid():
        kept = form.cleaned_data
        made = actions.open_emergency(
            reader, chart, category=kept["category"], nature=kept["nature"], reason=kept["reason"]
        )
        return HttpResponseRedirect(reverse("emergency:show", args=[made]))
    opened = open_chart(reader, chart, kinds=("Patient",), route="emergency/open")
    values = {"form": form, "chart_id": chart, **_person(opened)}
    return render(request, "emergency/open.html", values, status=422 if form.errors else 200)


@page(*sorted(CLINICIANS), patient=True)
def show_access(request: PageRequest, emergency_id: UUID) -> HttpResponse:
    """What the open category holds, with its end in sight; after the end, that it has ended."""
    access = standing.emergency_for(request.requester, emergency_id)
    knows = may_open(request.requester, access.chart_id)
    if not access.is_open:
        return render(request, "emergency/ended.html", {"access": access, "knows": knows})
    kinds = categories()[access.category].kinds or (*OVERVIEW, "DiagnosticReport", "Immunization")
    opened = open_chart(
        request.requester,
        access.chart_id,
        kinds=tuple(dict.fromkeys(("Patient", *kinds))),
        route="emergency/show",
        purpose=Purpose.EMERGENCY,
    )
    lines = medicines.medicines(opened.facts, opened.roster, today=opened.today)
    listed = notes.notes(opened.facts, opened.roster)
    values = {
        "access": access,
        "knows": knows,
        "opens": kinds,
        "nature": dict(NATURES).get(access.nature, ""),
        "board": board.board(opened.facts, opened.roster, opened.reader, header=opened.header, at=opened.at),
        "prescribers": medicines.by_prescriber(lines, reader=opened.reader.practitioner_id),
        "active_problems": problems.active(problems.problems(opened.facts, opened.roster, today=opened.today)),
        "score_table": scores.table(scores.sheets_of(opened.facts), opened.roster),
        "entries": feed.feed(opened.facts, opened.roster, opened.reader, today=opened.today)[:40],
        "notes": listed[:20],
        "chart_id": opened.chart_id,
        "owed": opened.owed,
        **_person(opened),
    }
    return render(request, "emergency/show.html", values)


@page(*sorted(CLINICIANS), patient=True)
@require_POST
def close_access(request: PageRequest, emergency_id: UUID) -> HttpResponse:
    """End it now."""
    access = standing.emergency_for(request.requester, emergency_id)
    actions.close_emergency(request.requester, emergency_id)
    if may_open(request.requester, access.chart_id):
        return HttpResponseRedirect(reverse("chart:overview", args=[access.chart_id]))
    return HttpResponseRedirect(reverse("emergency:mine"))


def may_open(reader: Requester, chart_id: ChartId) -> bool:
    """Whether the chart opens to them without an emergency: a stranger's does not."""
    try:
        gate.release(reader, chart_id)
    except HallwayError:
        return False
    return True


def _person(opened: Opened) -> dict[str, object]:
    who = board.pronouns(opened.header)
    return {"header": opened.header, "who": who, "pronoun": who.key}
