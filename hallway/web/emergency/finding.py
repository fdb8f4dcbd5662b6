"""A patient in an emergency whom this practice does not know: the reason is stored before anything is looked up."""

from datetime import date

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway import clock
from hallway.consent.emergency import search
from hallway.consent.emergency.search import Sought
from hallway.errors import HallwayError
from hallway.identity.requester import CLINICIANS
from hallway.web.access import PageRequest, page
from hallway.web.chart.forms import WordsField
from hallway.web.emergency.views import OpenForm
from hallway.web.patients.forms import read_date


class FindForm(OpenForm):
    """Who is sought, beside what an opening asks."""

    family = WordsField(label="Family name", max_length=120, error_messages={"required": "Type the family name."})
    given = WordsField(label="First name", max_length=120, error_messages={"required": "Type the first name."})
    birth_date = forms.CharField(
        label="Birth date",
        max_length=10,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "placeholder": "mm/dd/yyyy"}),
        error_messages={"required": "Type the birth date, like 03/14/1955."},
    )
    field_order = ["family", "given", "birth_date", "category", "nature", "reason"]

    def clean_birth_date(self) -> date:
        """A day that was."""
        found = read_date(self.cleaned_data["birth_date"])
        if found is None or found > clock.today():
            raise forms.ValidationError("That day does not exist. Type month, day and year, like 03/14/1955.")
        return found


@page(*sorted(CLINICIANS))
@require_http_methods(["GET", "POST"])
def find(request: PageRequest) -> HttpResponse:
    """Name, birth date, reason: then one match opens, and none and several are one answer."""
    form = FindForm(request.POST) if request.method == "POST" else FindForm()
    missed, refused = False, None
    if request.method == "POST" and form.is_valid():
        try:
            made = search.open_for_unknown(request.requester, Sought(**form.cleaned_data))
        except HallwayError as wrong:
            made, refused = None, wrong
        if made is not None:
            return HttpResponseRedirect(reverse("emergency:show", args=[made]))
        missed = refused is None
    values = {"form": form, "missed": missed, "refused": refused}
    return render(request, "emergency/find.html", values, status=422 if form.errors or missed or refused else 200)
