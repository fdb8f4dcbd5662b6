"""Asking: keep something from somebody, or a paid visit from the plan; change a form; ask; where to reach me."""

from datetime import date

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway import clock
from hallway.consent import gate
from hallway.consent.explaining.looks import chart_of
from hallway.consent.models import ContactWish
from hallway.consent.rights import asks as consent_asks
from hallway.consent.rights.asks import Wish
from hallway.directory.models import Organization
from hallway.errors import HallwayError
from hallway.ids import OrganizationId
from hallway.record import queries as record
from hallway.web.access import PageRequest, page
from hallway.web.chart.forms import WordsField
from hallway.web.my.people import uuid_of
from hallway.web.my.views import MINE, name_of
from hallway.web.patients.forms import read_date

TOPIC_WORDS = (
    ("everything", "My whole record there"),
    ("mental_health", "Mental health care"),
    ("substance_use", "Substance use treatment"),
    ("hiv", "HIV tests and care"),
    ("genetic", "Genetic tests"),
    ("reproductive", "Birth control, pregnancy and the like"),
    ("gender", "Gender care"),
)
TITLES = {
    "restriction": "Keep something from somebody",
    "self_pay": "Keep a visit you paid for from your health plan",
    "change": "Change a sharing form",
    "question": "Ask about your record",
}


class AskForm(forms.Form):
    """What every ask holds: which practice, and the patient's own words."""

    organization = forms.ChoiceField(
        label="Which practice?", error_messages={"required": "Choose the practice that keeps it."}
    )
    topic = forms.ChoiceField(
        label="What should be kept?", choices=[("", "Choose"), *TOPIC_WORDS],
        error_messages={"required": "Choose what should be kept."},
    )  # fmt: skip
    recipient = forms.ChoiceField(label="From whom?")
    service_on = forms.CharField(
        label="Day of the visit", max_length=10, widget=forms.TextInput(attrs={"placeholder": "mm/dd/yyyy"}),
        error_messages={"required": "Type the day, like 06/02/2026."},
    )  # fmt: skip
    words = WordsField(
        label="In your own words",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Write what you want to know.", "max_length": "Keep it under 500 letters."},
    )

    def __init__(self, kind: str, places: list[Organization], everybody: list[Organization], **more: object) -> None:
        """Only the fields that this kind of ask needs."""
        super().__init__(**more)  # type: ignore[arg-type]
        named = [(str(one.id), one.name) for one in places]
        self.fields["organization"].choices = [*([] if len(named) == 1 else [("", "Choose")]), *named]
        others = [("0", "Everybody outside that practice"), *((str(one.id), one.name) for one in everybody)]
        self.fields["recipient"].choices = others
        unused = {"restriction": ("service_on",), "self_pay": ("topic", "recipient")}
        for name in unused.get(kind, ("topic", "recipient", "service_on")):
            del self.fields[name]
        self.fields["words"].required = kind in ("change", "question")

    def clean_service_on(self) -> date:
        """A day that was."""
        found = read_date(self.cleaned_data["service_on"])
        if found is None or found > clock.today():
            raise forms.ValidationError("Type a day that was, like 06/02/2026.")
        return found


@page(MINE)
@require_http_methods(["GET", "POST"])
def asks(request: PageRequest) -> HttpResponse:
    """Everything asked, and what became of it."""
    if request.method == "POST":
        consent_asks.take_back(request.requester, uuid_of(request.POST.get("id", "")))
        return HttpResponseRedirect(reverse("my:asks"))
    rows = consent_asks.asks_of(request.requester)
    values = {"name": name_of(request.requester), "rows": rows, "titles": TITLES.items()}
    return render(request, "my/asks.html", values)


@page(MINE)
@require_http_methods(["GET", "POST"])
def new(request: PageRequest, kind: str) -> HttpResponse:
    """Ask for one thing."""
    if kind not in TITLES:
        raise gate.not_found()
    gate.release(request.requester, chart_of(request.requester))
    sources = record.sources_of(chart_of(request.requester))
    places = list(Organization.objects.filter(id__in=sources).order_by("name"))
    everybody = list(Organization.objects.filter(on_hallway=True).exclude(kind="network").order_by("name"))
    form = AskForm(kind, places, everybody, data=request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            consent_asks.ask(request.requester, _wish(kind, form))
            return HttpResponseRedirect(reverse("my:asks"))
        except HallwayError as wrong:
            form.add_error(None, f"{wrong.what} {wrong.to_do}")
    values = {"name": name_of(request.requester), "kind": kind, "title": TITLES[kind], "form": form}
    return render(request, "my/ask.html", values, status=422 if form.errors else 200)


def _wish(kind: str, form: AskForm) -> Wish:
    kept = form.cleaned_data
    return Wish(
        organization=OrganizationId(int(kept["organization"])),
        kind=kind,
        topic=kept.get("topic", ""),
        recipient_org=OrganizationId(int(kept.get("recipient") or 0)),
        service_on=kept.get("service_on"),
        words=kept["words"],
    )


class ContactForm(forms.Form):
    """Where to be reached instead. There is no field for why."""

    channel = forms.ChoiceField(
        label="How should practices reach you?",
        choices=[("", "Choose"), *ContactWish.Channel.choices],
        error_messages={"required": "Choose how."},
    )  # fmt: skip
    address = WordsField(
        label="The address or number", max_length=200, min_length=5,
        error_messages={"required": "Write the address or number.", "min_length": "Write all of it."},
    )  # fmt: skip
    payment = WordsField(
        label="Where should bills go? If you leave this empty, to the same place.", max_length=200, required=False
    )


@page(MINE)
@require_http_methods(["GET", "POST"])
def contact(request: PageRequest) -> HttpResponse:
    """Another address, at once; or as before."""
    reader = request.requester
    if request.method == "POST" and request.POST.get("as_before"):
        consent_asks.reach_me_as_before(reader)
        return HttpResponseRedirect(reverse("my:contact"))
    form = ContactForm(request.POST) if request.method == "POST" else ContactForm()
    if request.method == "POST" and form.is_valid():
        kept = form.cleaned_data
        consent_asks.reach_me_at(reader, channel=kept["channel"], address=kept["address"], payment=kept["payment"])
        return HttpResponseRedirect(reverse("my:contact"))
    wish = consent_asks.contact_wish(reader, chart_of(reader))
    values = {"name": name_of(reader), "form": form, "wish": wish}
    return render(request, "my/contact.html", values, status=422 if form.errors else 200)
