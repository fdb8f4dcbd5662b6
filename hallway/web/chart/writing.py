"""What a clinician writes into a chart. Every write goes through ``consent.actions.store``, which labels it."""

import uuid
from dataclasses import dataclass
from typing import TypeVar

from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from hallway import clock, ids
from hallway.consent import gate
from hallway.consent.actions import store
from hallway.consent.grants import plans
from hallway.directory.models import Organization, Practitioner
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import ChartId, ResourceId
from hallway.labels.source import Source
from hallway.record import queries
from hallway.standards.fhir import codec, r4
from hallway.storage.connection import transaction
from hallway.web.access import PageRequest, page
from hallway.web.chart import forms, marks, medicines, notes, resources, scores, words
from hallway.web.chart.page import AUTHORS_OF_PRIVATE_NOTES, PRESCRIBERS, show
from hallway.web.chart.reading import ALWAYS, open_chart

F = TypeVar("F", bound=forms.Form)


@dataclass(frozen=True, slots=True)
class Said:
    """The words around a form that stands alone on its page."""

    heading: str
    lead: str
    button: str


SCORE = Said(
    "Record a score",
    "The total as it was added up. An incomplete questionnaire has no total: do not record one.",
    "Record score",
)
PROBLEM = Said("Add a problem", "Your words are what others read; the code is for claims and measures.", "Add problem")
MEDICINE = Said(
    "Add a medicine",
    "Hallway looks for known pairs among medicines of different prescribers; no clinician has reviewed its list yet.",
    "Add medicine",
)
STOP = Said("Stop this medicine", "It stays in the chart as stopped, with your reason.", "Stop medicine")
WRITERS = tuple(sorted(CLINICIANS))
NOTES = (*ALWAYS, "DocumentReference")


def new_token(reader: Requester, chart_id: ChartId) -> str:
    """An id for what will be written, signed for this reader and chart: nobody can point a form at another's fact."""
    return _signer(reader, chart_id).sign(str(ids.new_uuid(clock.now())))


def id_of(token: str, reader: Requester, chart_id: ChartId) -> ResourceId:
    """The id in a token. Raises INCORRECT when it was made for somebody or something else."""
    try:
        return ResourceId(_signer(reader, chart_id).unsign(token))
    except signing.BadSignature:
        raise HallwayError(
            Kind.INCORRECT,
            "H-CHT-001",
            what="This form belongs to another page.",
            undone="Nothing was saved.",
            to_do="Open the chart again and write it once more.",
        ) from None


def _signer(reader: Requester, chart_id: ChartId) -> signing.Signer:
    return signing.Signer(salt=f"chart:{reader.account_id}:{reader.organization_id}:{chart_id}")


def second_id(first: ResourceId, number: int) -> ResourceId:
    """A further id derived from a form's own, so that a form pressed twice writes the same resources."""
    return ResourceId(str(uuid.uuid5(uuid.UUID(first), str(number))))


def writer_of(reader: Requester, chart_id: ChartId) -> resources.Writer:
    """The reader as author. Raises NOT_FOUND when they may see nothing of this chart: who cannot read cannot write."""
    gate.release(reader, chart_id)
    patient = queries.patient_of(chart_id)
    if patient is None:
        raise gate.not_found()
    practitioner = Practitioner.objects.get(id=reader.practitioner_id)
    organization = Organization.objects.get(id=reader.organization_id)
    return resources.Writer(
        patient, practitioner.fhir_id, practitioner.full_name, organization.fhir_id, organization.name
    )


def _keep(reader: Requester, parts: list[r4.Part], note_kind: str = "", carries: int = 0) -> None:
    source = Source(
        organization=reader.organization_id, author=reader.practitioner_id, note_kind=note_kind, carries=carries
    )
    store(parts, by=reader, source=source)


def filled(request: PageRequest, form: type[F], chart_id: ChartId, **initial: object) -> F:
    """The form as sent, or a fresh one with a token and today's date."""
    if request.method == "POST":
        return form(request.POST)
    today = clock.now().astimezone(words.ZONE).date()
    return form(initial={"token": new_token(request.requester, chart_id), "on": today, **initial})


def _to(name: str, chart_id: int, query: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(f"chart:{name}", args=[chart_id]) + query)


@page(*WRITERS, patient=True)
@require_http_methods(["GET", "POST"])
def write_note(request: PageRequest, chart_id: int) -> HttpResponse:
    """A progress note, and the visit it belongs to."""
    chart, reader = ChartId(chart_id), request.requester
    form = filled(request, forms.NoteForm, chart)
    if request.method == "POST" and form.is_valid():
        writer = writer_of(reader, chart)
        kept = form.cleaned_data
        note_id = id_of(kept["token"], reader, chart)
        on = forms.instant_of(kept["on"], clock.now())
        visit_id = second_id(note_id, 1) if kept["with_visit"] else ""
        note = resources.note(note_id, writer, on=on, text=kept["text"], title="Progress note", visit=str(visit_id))
        marked = marks.mask_of(kept["marks"])
        with transaction():
            if visit_id:
                visit = resources.visit(ResourceId(visit_id), writer, on=on, reason=kept["reason"])
                _keep(reader, [visit], carries=marks.of_visit(marked))
            _keep(reader, [note], "progress", marked)
        return _to("notes", chart_id, f"?note={note_id}")
    opened = open_chart(reader, chart, kinds=NOTES, route="chart/write-note")
    values = {"form": form, "listed": notes.notes(opened.facts, opened.roster)[:8]}
    return show(request, opened, tab="notes", template="chart/write_note.html", values=values, status=_status(form))


@page(*sorted(AUTHORS_OF_PRIVATE_NOTES), patient=True)
@require_http_methods(["GET", "POST"])
def private_notes(request: PageRequest, chart_id: int) -> HttpResponse:
    """The author's own psychotherapy notes, apart from the chart."""
    chart, reader = ChartId(chart_id), request.requester
    form = filled(request, forms.PrivateNoteForm, chart)
    if request.method == "POST" and form.is_valid():
        writer = writer_of(reader, chart)
        kept = form.cleaned_data
        on = forms.instant_of(kept["on"], clock.now())
        note = resources.note(
            id_of(kept["token"], reader, chart),
            writer,
            on=on,
            text=kept["text"],
            title=resources.PSYCHOTHERAPY_TITLE,
        )
        _keep(reader, [note], "psychotherapy")
        return _to("private_notes", chart_id)
    opened = open_chart(reader, chart, kinds=NOTES, route="chart/private-notes")
    values = {"form": form, "listed": notes.private(opened.facts, opened.roster)}
    return show(request, opened, tab="notes", template="chart/private_notes.html", values=values, status=_status(form))


@page(*WRITERS, patient=True)
@require_http_methods(["GET", "POST"])
def record_score(request: PageRequest, chart_id: int) -> HttpResponse:
    """A total that was added up elsewhere."""
    chart, reader = ChartId(chart_id), request.requester
    form = filled(request, forms.ScoreForm, chart)
    if request.method == "POST" and form.is_valid():
        writer = writer_of(reader, chart)
        kept = form.cleaned_data
        first = id_of(kept["token"], reader, chart)
        on = forms.instant_of(kept["on"], clock.now())
        instrument = scores.charted(kept["instrument"])
        parts = [resources.score(first, writer, on=on, instrument=instrument, total=kept["total"])]
        if kept["item_9"] is not None:
            parts.append(resources.item_9(second_id(first, 9), writer, on=on, answer=kept["item_9"]))
        _keep(reader, parts)
        return _to("scores", chart_id)
    return _form_page(request, chart, tab="scores", form=form, said=SCORE)


@page(*WRITERS, patient=True)
@require_http_methods(["GET", "POST"])
def add_problem(request: PageRequest, chart_id: int) -> HttpResponse:
    """A problem for the list."""
    chart, reader = ChartId(chart_id), request.requester
    form = filled(request, forms.ProblemForm, chart)
    if request.method == "POST" and form.is_valid():
        writer = writer_of(reader, chart)
        kept = form.cleaned_data
        problem = resources.problem(
            id_of(kept["token"], reader, chart),
            writer,
            words=kept["words"],
            code=kept["code"],
            since=kept["since"],
            recorded=clock.now().astimezone(words.ZONE).isoformat(timespec="seconds"),
        )
        _keep(reader, [problem])
        return _to("problems", chart_id)
    return _form_page(request, chart, tab="problems", form=form, said=PROBLEM)


@page(*sorted(PRESCRIBERS), patient=True)
@require_http_methods(["GET", "POST"])
def add_medicine(request: PageRequest, chart_id: int) -> HttpResponse:
    """A medicine the reader prescribes from today on."""
    chart, reader = ChartId(chart_id), request.requester
    form = filled(request, forms.MedicineForm, chart)
    if request.method == "POST" and form.is_valid():
        writer = writer_of(reader, chart)
        kept = form.cleaned_data
        medicine = resources.medicine(
            id_of(kept["token"], reader, chart),
            writer,
            name=kept["name"],
            dose=kept["dose"],
            how=kept["how"],
            reason=kept["reason"],
            on=clock.now().astimezone(words.ZONE).isoformat(timespec="seconds"),
        )
        _keep(reader, [medicine])
        return _to("medicines", chart_id)
    return _form_page(request, chart, tab="medicines", form=form, said=MEDICINE)


@page(*sorted(PRESCRIBERS), patient=True)
@require_http_methods(["GET", "POST"])
def stop_medicine(request: PageRequest, chart_id: int, resource_id: str) -> HttpResponse:
    """End a medicine of the reader's own practice, with a reason."""
    chart, reader = ChartId(chart_id), request.requester
    opened = open_chart(reader, chart, kinds=ALWAYS, route="chart/stop-medicine")
    found = next((fact for fact in opened.facts.medicines if fact.stored.id == resource_id), None)
    if found is None or found.stored.source_org != reader.organization_id or found.view.status != "active":
        raise gate.not_found()
    form = filled(request, forms.StopForm, chart, version=found.stored.version_id)
    if request.method == "POST" and form.is_valid():
        reason = dict(forms.STOP_REASONS)[form.cleaned_data["reason"]]
        _stop(reader, chart, found.stored.id, version=form.cleaned_data["version"], reason=reason)
        return _to("medicines", chart_id)
    line = medicines.medicines(opened.facts, opened.roster, today=opened.today)
    name = next((one.full for one in line if one.id == resource_id), "")
    said = Said(f"Stop {name}", STOP.lead, STOP.button)
    return show(
        request,
        opened,
        tab="medicines",
        template="chart/form.html",
        values={"form": form, "said": said},
        status=_status(form),
    )


def _stop(reader: Requester, chart: ChartId, medicine: ResourceId, *, version: str, reason: str) -> None:
    """Write the next version: what others sent with it stays, and so does its author, whoever stops it.

    Raises CONFLICT when it is no longer the version that was read.
    """
    with transaction():
        plans.lock([chart])
        now = queries.read_one(gate.release(reader, chart), "MedicationRequest", medicine, route="chart/stop-medicine")
        if now is None or now.version_id != version:
            raise _changed()
        stopped = codec.amended(now.json_bytes(), {"status": "stopped", "statusReason": {"text": reason}})
        store([stopped], by=reader, source=Source(organization=reader.organization_id, author=now.author))


def _changed() -> HallwayError:
    return HallwayError(
        Kind.CONFLICT,
        "H-CHT-002",
        what="This medicine was changed while you were reading.",
        undone="Nothing was stopped.",
        to_do="Open the medicines again and look at it as it is now.",
    )


def _form_page(request: PageRequest, chart: ChartId, *, tab: str, form: forms.Form, said: Said) -> HttpResponse:
    opened = open_chart(request.requester, chart, kinds=ALWAYS, route=f"chart/write-{tab}")
    values = {"form": form, "said": said}
    return show(request, opened, tab=tab, template="chart/form.html", values=values, status=_status(form))


def _status(form: forms.Form) -> int:
    """422 when something typed needs care."""
    return 422 if form.errors else 200
