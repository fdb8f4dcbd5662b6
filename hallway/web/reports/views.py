"""Reading a report, acknowledging it, keeping it in one's note, printing it; and the list of reports due."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from hallway import clock
from hallway.consultation import actions, queries
from hallway.consultation.views import ReportView
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Role
from hallway.ids import ReportId
from hallway.web.access import PageRequest, page
from hallway.web.referrals.choices import acknowledge_form
from hallway.web.referrals.conflict import conflict
from hallway.web.reports import reading


@page(*CLINICIANS, Role.FRONT_DESK, Role.PRACTICE_LEADER)
@require_GET
def due(request: PageRequest) -> HttpResponse:
    """Reports that this person, or this practice, owes."""
    found = reading.due_list(
        queries.reports_due(request.requester),
        now=clock.now(),
        show=lambda row: reverse("referrals:show", args=[row.referral_id]),
        write=lambda row: reverse("reports:draft", args=[row.referral_id]),
    )
    return render(request, "reports/due.html", {"page": found})


@page(*CLINICIANS, patient=True)
@require_GET
def read(request: PageRequest, report_id: UUID) -> HttpResponse:
    """A sent report; opening it closes nothing."""
    view = queries.report_for(request.requester, ReportId(report_id))
    if view.state == "draft":
        return HttpResponseRedirect(reverse("reports:compose", args=[report_id]))
    return render(request, "reports/read.html", {"page": _read(view)})


def _read(view: ReportView) -> reading.Read:
    may_acknowledge = not view.is_author and view.acknowledged_at is None
    url = reverse("reports:acknowledge", args=[view.id])
    urls = reading.Urls(
        chart=reverse("chart:overview", args=[view.header.chart_id]),
        referral=reverse("referrals:show", args=[view.referral_id]),
        pdf=reverse("reports:pdf", args=[view.id]),
        note=reverse("reports:note", args=[view.id]),
        amend=reverse("reports:amend", args=[view.id]),
    )
    form = acknowledge_form(url, version=view.version, note_url=urls.note) if may_acknowledge else None
    return reading.read(view, now=clock.now(), urls=urls, acknowledge=form)


@page(*CLINICIANS, patient=True)
@require_POST
def acknowledge(request: PageRequest, report_id: UUID) -> HttpResponse:
    """The coded answer that closes the loop; a second press of the same button changes nothing."""
    report, post = ReportId(report_id), request.POST
    try:
        actions.acknowledge_report(
            request.requester, report, reply=post.get("reply", ""), text=post.get("text", "").strip()
        )
    except HallwayError as error:
        if error.kind is not Kind.CONFLICT:
            raise
        view = queries.report_for(request.requester, report)
        if view.acknowledged_at is None or view.reply != post.get("reply"):
            found = conflict(error, post=post, url=reverse("reports:read", args=[report_id]))
            return render(request, "referrals/conflict.html", {"page": found}, status=error.status)
    view = queries.report_for(request.requester, report)
    return HttpResponseRedirect(reverse("referrals:show", args=[view.referral_id]))


@page(*CLINICIANS, patient=True)
@require_POST
def note(request: PageRequest, report_id: UUID) -> HttpResponse:
    """Put the summary into the reader's own progress note, and go to it."""
    view = queries.report_for(request.requester, ReportId(report_id))
    note_id = actions.put_into_note(request.requester, view.id)
    return HttpResponseRedirect(f"{reverse('chart:notes', args=[view.header.chart_id])}?note={note_id}")


@page(*CLINICIANS, patient=True)
@require_GET
def pdf(request: PageRequest, report_id: UUID) -> HttpResponse:
    """The report on paper: a release like any other."""
    content = actions.report_pdf(request.requester, ReportId(report_id))
    answer = HttpResponse(content, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="report.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer
