"""What could this clinician see on that day? For the patient, and for the privacy officer of a practice."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hallway import clock
from hallway.consent import queries as consent_queries
from hallway.consent.explaining import past
from hallway.consent.explaining.past import Then
from hallway.consent.gate import not_found
from hallway.consent.tables import library
from hallway.directory.models import Organization, PractitionerRole
from hallway.identity.requester import CLINICIANS, Role
from hallway.ids import ChartId
from hallway.web.access import PageRequest, page
from hallway.web.consents.flows import SHORT
from hallway.web.consents.questions import CATEGORIES
from hallway.web.consents.why import KINDS as WHY
from hallway.web.context import ROLE_LABELS

OLDEST = date(2000, 1, 1)
LISTED = 200


class ThenForm(forms.Form):
    """Who, and on which day."""

    role = forms.ChoiceField(label="Clinician", error_messages={"required": "Choose a clinician."})
    on = forms.DateField(
        label="On",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Give a day.", "invalid": "Give a day, like 2026-03-03."},
    )

    def clean_on(self) -> date:
        """A day that has begun: what somebody will see is not known."""
        on = self.cleaned_data["on"]
        if not OLDEST <= on <= timezone.localtime(clock.now()).date():
            raise forms.ValidationError("Give a day that has begun.")
        return on


@page(Role.PRIVACY_OFFICER, Role.PATIENT, patient=True)
def then(request: PageRequest, chart_id: int) -> HttpResponse:
    """The question and, where it was asked, its answer as things stood at the end of that day."""
    chart, reader = ChartId(chart_id), request.requester
    header = consent_queries.headers(reader, [chart]).get(chart)
    if header is None:
        raise not_found()
    asked = "role" in request.GET
    form = ThenForm(request.GET if asked else None)
    choices = _choices()
    form.fields["role"].choices = choices
    answer = None
    if asked and form.is_valid():
        given = form.cleaned_data
        answer = past.could_see(reader, chart, int(given["role"]), _end_of(given["on"]))
    values = {"form": form, "header": header, "chart_id": chart, "is_patient": reader.role is Role.PATIENT}
    if answer is not None:
        values |= _values(answer, dict(choices).get(form.cleaned_data["role"], ""))
    return render(request, "consents/then.html", values, status=422 if form.errors else 200)


def _end_of(on: date) -> datetime:
    """The last instant of a day in the reader's zone, or now where the day has not ended."""
    ends = timezone.make_aware(datetime.combine(on + timedelta(days=1), time())) - timedelta(microseconds=1)
    return min(ends, clock.now())


def _choices() -> list[tuple[str, str]]:
    """Every clinician who works or has worked on Hallway: the same list for every patient, so that it tells nothing."""
    held = (
        PractitionerRole.objects.filter(role__in=[str(role) for role in CLINICIANS], organization__on_hallway=True)
        .select_related("practitioner", "organization")
        .order_by("practitioner__family", "practitioner__given", "id")
    )
    return [(str(one.id), f"{one.practitioner.full_name}, {one.organization.name}") for one in held]


def _values(answer: Then, name: str) -> dict[str, object]:
    places = dict(
        Organization.objects.filter(id__in={one.source_org for one in answer.counts}).values_list("id", "name")
    )
    seen: defaultdict[tuple[int, str], int] = defaultdict(int)
    held: defaultdict[tuple[int, str], int] = defaultdict(int)
    for one in answer.counts:
        key = int(one.source_org), _category(one.kind)
        seen[key] += one.seen
        held[key] += one.held
    rows = [
        {"place": places.get(source, ""), "what": what, "seen": seen[source, what], "held": count}
        for (source, what), count in sorted(held.items())
    ]
    return {
        "answer": answer,
        "who": name,
        "total": sum(seen.values()),
        "rows": rows,
        "listed": [
            {
                "what": _category(one.kind),
                "kind": one.kind,
                "id": one.resource_id,
                "has_why": one.kind in WHY,
                "on": one.dated_at,
                "place": places.get(one.source_org, ""),
                "rule": next((row for rule_id in one.rule_ids if (row := library.rules().get(rule_id))), None),
                "under_form": bool(one.consent_ids),
            }
            for one in answer.listed[:LISTED]
        ],
        "role_labels": ROLE_LABELS,
    }


def _category(kind: str) -> str:
    """A FHIR type in the words that forms use."""
    return next((SHORT[one.key] for one in CATEGORIES if kind in one.kinds), "other entries")
