"""The accountings of a chart, recording a handover, and what an agency asks to hold back. For the own practice only."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallway.consent import gate
from hallway.consent.disclosures import disclosed, printing, recording
from hallway.consent.disclosures.accounting import Account, Entry
from hallway.consent.law.asking import Aim, Verdict
from hallway.consent.tables import disclosures as words
from hallway.consent.tables.accountings import AccountingKind
from hallway.directory import queries as directory
from hallway.errors import HallwayError
from hallway.ids import ChartId
from hallway.record.classes import DataClass
from hallway.record.stored import PatientHeader
from hallway.web.access import PageRequest, page
from hallway.web.disclosures.forms import HandoverForm, HoldForm
from hallway.web.law.words import aim_words, class_words


@page(*recording.KEEPERS, patient=True)
@require_GET
def show(request: PageRequest, chart_id: int) -> HttpResponse:
    """Every accounting of the chart as this practice would give it today."""
    return _shown(request, ChartId(chart_id), HoldForm())


def _shown(request: PageRequest, chart_id: ChartId, form: HoldForm, *, status: int = 200) -> HttpResponse:
    found = recording.accountings(request.requester, chart_id)
    values = {
        "header": _header(request, chart_id),
        "chart_id": chart_id,
        "accounts": [_account(one) for one in found.values()],
        "holds": disclosed.holds(chart_id, request.requester.organization_id),
        "form": form,
    }
    return render(request, "disclosures/show.html", values, status=status)


def _header(request: PageRequest, chart_id: ChartId) -> PatientHeader:
    """The patient. Raises NOT_FOUND where the role may not see who it is."""
    found = disclosed.header(request.requester, chart_id)
    if found is None:
        raise gate.not_found()
    return found


def _account(one: Account) -> dict[str, object]:
    return {"account": one, "law": one.law, "rows": [_row(entry) for entry in one.rows]}


def _row(entry: Entry) -> dict[str, object]:
    return {
        "entry": entry,
        "aim": aim_words(Aim(entry.aim)),
        "classes": class_words(DataClass(entry.classes)),
        "how": "Read in Hallway" if entry.through_record else "Handed over",
    }


@page(*recording.KEEPERS, patient=True)
@require_http_methods(["GET", "POST"])
def record(request: PageRequest, chart_id: int) -> HttpResponse:
    """Ask the law about a handover and put it on record, or be told what stands in its way."""
    chart = ChartId(chart_id)
    signed = recording.forms_of(request.requester, chart)
    authors = directory.clinicians_ever(request.requester.organization_id)
    form = HandoverForm(request.POST if request.method == "POST" else None, signed=signed, authors=authors)
    verdict, status = None, 200
    if form.is_bound:
        status = 422
        if form.is_valid():
            number, verdict = recording.record_disclosure(
                form.handover(chart), by=request.requester, had_left=bool(form.cleaned_data["had_left"])
            )
            if number is not None:
                return _receipt(request, chart, form, verdict)
    values = {"header": _header(request, chart), "chart_id": chart, "form": form, "verdict": verdict}
    return render(request, "disclosures/new.html", {**values, **_said(verdict)}, status=status)


def _said(verdict: Verdict | None) -> dict[str, object]:
    if verdict is None:
        return {}
    return {
        "needs": [" or ".join(words.plain("need", one) for one in need.split(" or ")) for need in verdict.needs],
        "duties": [words.plain("obligation", one) for one in verdict.obligations],
    }


def _receipt(request: PageRequest, chart_id: ChartId, form: HandoverForm, verdict: Verdict) -> HttpResponse:
    """What was put on record, and the duties that go with it."""
    values = {
        "header": _header(request, chart_id),
        "chart_id": chart_id,
        "given": form.cleaned_data,
        "verdict": verdict,
        "notices": printing.notices_of(verdict),
        **_said(verdict),
    }
    return render(request, "disclosures/receipt.html", values)


@page(*recording.KEEPERS, patient=True)
@require_POST
def hold(request: PageRequest, chart_id: int) -> HttpResponse:
    """Leave an agency's disclosures out for a time."""
    chart, form = ChartId(chart_id), HoldForm(request.POST)
    gate.release(request.requester, chart)
    if not form.is_valid():
        return _shown(request, chart, form, status=422)
    given = form.cleaned_data
    try:
        recording.hold_back(
            request.requester,
            chart,
            recipient=given["recipient"],
            is_written=bool(given["is_written"]),
            until_on=given["until_on"],
        )
    except HallwayError as error:
        if error.code != "H-CON-091":
            raise
        form.add_error("until_on", f"{error.what} {error.undone} {error.to_do}")
        return _shown(request, chart, form, status=422)
    return HttpResponseRedirect(reverse("disclosures:show", args=[chart_id]))


@page(*recording.KEEPERS, patient=True)
@require_GET
def pdf(request: PageRequest, chart_id: int) -> HttpResponse:
    """One accounting to give to the patient; what was given is kept."""
    chart, header = ChartId(chart_id), _header(request, ChartId(chart_id))
    kind = _kind(request)
    given = recording.give(request.requester, chart, kind)
    rows = [(cast("Entry", row["entry"]), str(row["aim"])) for row in map(_row, given.rows)]
    content = printing.printed(given, rows, header, by=request.requester)
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="accounting.pdf"'
    return answer


def _kind(request: HttpRequest) -> AccountingKind:
    asked = request.GET.get("of", AccountingKind.HIPAA.value)
    known = {kind.value: kind for kind in AccountingKind}
    return known.get(asked, AccountingKind.HIPAA)
