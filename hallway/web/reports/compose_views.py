"""Writing a report: draft it from the chart, edit, sign and send, amend."""

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from hallway import clock
from hallway.consultation import actions, queries
from hallway.consultation.models import Report
from hallway.consultation.views import ReportView
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS
from hallway.ids import ReferralId, ReportId
from hallway.web.access import PageRequest, page
from hallway.web.referrals.conflict import conflict
from hallway.web.referrals.parts import Mistake
from hallway.web.referrals.stepping import version_of
from hallway.web.reports import composing

MOST_LINES = 200
SAID_IN_A_REPORT = ("visits", "medicines", "diagnoses", "plan", "results", "reports")


@page(*CLINICIANS, patient=True)
@require_http_methods(["GET", "POST"])
def draft(request: PageRequest, referral_id: UUID) -> HttpResponse:
    """Compose a draft from what was charted, or open the one under way. A link alone composes nothing."""
    if request.method == "GET":
        known = queries.report_of_referral(request.requester, ReferralId(referral_id))
        place = ("reports:compose", known) if known else ("referrals:show", referral_id)
        return HttpResponseRedirect(reverse(place[0], args=[place[1]]))
    report = actions.draft_report(request.requester, ReferralId(referral_id))
    return HttpResponseRedirect(reverse("reports:compose", args=[report.pk]))


@page(*CLINICIANS, patient=True)
@require_http_methods(["GET", "POST"])
def compose(request: PageRequest, report_id: UUID) -> HttpResponse:
    """The composer: save, or sign and send. What was typed is never lost, whatever goes wrong."""
    report = ReportId(report_id)
    view = queries.report_for(request.requester, report)
    if not view.is_author or view.state != "draft":
        return HttpResponseRedirect(reverse("reports:read", args=[report_id]))
    if request.method == "GET":
        return _page(request, view)
    try:
        saved = _saved(request, view)
    except HallwayError as error:
        return _refused(request, report, error)
    if request.POST.get("act") != "send":
        return HttpResponseRedirect(reverse("reports:compose", args=[report_id]))
    try:
        actions.sign_and_send_report(request.requester, report, expected_version=saved.version)
    except HallwayError as error:
        return _not_sent(request, report, error)
    return HttpResponseRedirect(reverse("reports:read", args=[report_id]))


def _not_sent(request: PageRequest, report: ReportId, error: HallwayError) -> HttpResponse:
    """The words are saved, the report stayed: the composer says why, and what the gate asks for now."""
    if error.kind not in (Kind.CONFLICT, Kind.UNPROCESSABLE, Kind.INCORRECT, Kind.GONE):
        raise error
    view = queries.report_for(request.requester, report)
    return _page(request, view, errors=composing.mistakes(error), status=error.status)


def _saved(request: PageRequest, view: ReportView) -> Report:
    kept_ids = set(request.POST.getlist("keep"))
    lines = [line for section in view.sections for line in section.lines]
    return actions.edit_report(
        request.requester,
        view.id,
        expected_version=version_of(request.POST),
        answer=request.POST.get("answer", ""),
        kept={line.id: str(line.id) in kept_ids for line in lines[:MOST_LINES]},
        added=added_lines(request.POST, tuple(section.code for section in view.sections)),
    )


def added_lines(post: Mapping[str, str], codes: tuple[str, ...]) -> list[tuple[str, str]]:
    """Lines of the author's own, as (section, text)."""
    found = [(code, post[f"add-{code}"].strip()) for code in codes if post.get(f"add-{code}", "").strip()]
    if post.get("add-text", "").strip() and post.get("add-section") in codes:
        found.append((post["add-section"], post["add-text"].strip()))
    return found


def _refused(request: PageRequest, report: ReportId, error: HallwayError) -> HttpResponse:
    if error.kind is Kind.CONFLICT:
        found = conflict(
            error, post=request.POST, url=reverse("reports:compose", args=[report]), link="Back to the draft"
        )
        return render(request, "referrals/conflict.html", {"page": found}, status=error.status)
    if error.kind not in (Kind.UNPROCESSABLE, Kind.INCORRECT, Kind.GONE):
        raise error
    view = queries.report_for(request.requester, report)
    answer = request.POST.get("answer", "")
    return _page(request, view, answer=answer, errors=composing.mistakes(error), status=error.status)


def _page(
    request: PageRequest,
    view: ReportView,
    *,
    answer: str | None = None,
    errors: tuple[Mistake, ...] = (),
    status: int = 200,
) -> HttpResponse:
    found = composing.composer(
        view,
        now=clock.now(),
        urls=_urls(view),
        answer=answer,
        errors=errors,
    )
    return render(request, "reports/compose.html", {"page": found}, status=status)


def _urls(view: ReportView) -> composing.ComposerUrls:
    """The composer's addresses. The form to sign is opened for the reader of this report and for what a report says."""
    chart = view.header.chart_id
    to = f"{view.recipient.organization_id}-{view.recipient.practitioner_id}"
    asked = [("to", to), ("referral", str(view.referral_id)), *(("what", what) for what in SAID_IN_A_REPORT)]
    return composing.ComposerUrls(
        here=reverse("reports:compose", args=[view.id]),
        chart=reverse("chart:overview", args=[chart]),
        sign=f"{reverse('consents:compose', args=[chart])}?{urlencode(asked)}",
    )


@page(*CLINICIANS, patient=True)
@require_http_methods(["GET", "POST"])
def amend(request: PageRequest, report_id: UUID) -> HttpResponse:
    """Add to a report that was sent: a new edition, and the reader is told."""
    report = ReportId(report_id)
    view = queries.report_for(request.requester, report)
    if request.method == "POST":
        lines = added_lines(request.POST, tuple(section.code for section in view.sections))
        actions.amend_report(request.requester, report, added=lines)
    return HttpResponseRedirect(reverse("reports:read", args=[report_id]))
