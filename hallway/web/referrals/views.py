"""The list of referrals, one referral, and the steps taken on it."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from hallway import clock
from hallway.consultation import queries as consultation
from hallway.consultation.views import ReportView
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import ReferralId, ReportId
from hallway.referral import queries
from hallway.referral.states import Side as ReferralSide
from hallway.referral.states import State, Step
from hallway.referral.views import ReferralView
from hallway.web.access import PageRequest, page
from hallway.web.referrals import conflict, filling, forms, person, stepping, timeline
from hallway.web.referrals import listing as lists
from hallway.web.referrals.choices import acknowledge_form, choices_for
from hallway.web.referrals.parts import Link, Note, StepForm, Turn
from hallway.web.referrals.walking import Walk

LISTERS = (*CLINICIANS, Role.FRONT_DESK, Role.PRACTICE_LEADER)
READERS = (*CLINICIANS, Role.FRONT_DESK)
TOGETHER: dict[Step, tuple[Step, ...]] = {
    Step.ACCEPT: (Step.DECLINE,),
    Step.VISIT_KEPT: (Step.NO_SHOW,),
    Step.REROUTE: (Step.WITHDRAW,),
}
"""Steps that stand beside the main one at the same size: no is as easy as yes."""


@page(*LISTERS)
@require_GET
def listing(request: PageRequest) -> HttpResponse:
    """Referrals of this practice, the reader's turn first."""
    show = request.GET.get("show", "open")
    show = show if show in lists.SHOWS else "open"
    rows = queries.referral_list(request.requester, show)
    found = lists.listing(
        rows,
        show=show,
        now=clock.now(),
        url=lambda referral_id: reverse("referrals:show", args=[referral_id]),
        list_url=reverse("referrals:list"),
    )
    return render(request, "referrals/list.html", {"page": found, "clinicians": CLINICIANS})


@page(*READERS, patient=True)
@require_GET
def show(request: PageRequest, referral_id: UUID) -> HttpResponse:
    """Where one referral stands and whose turn it is."""
    return _shown(request, ReferralId(referral_id))


@page(*READERS, patient=True)
@require_POST
def take_step(request: PageRequest, referral_id: UUID, step: str) -> HttpResponse:
    """Take one step with the version the reader saw; a conflict keeps their words and says who acted."""
    referral = ReferralId(referral_id)
    taken = stepping.known(step)
    try:
        moved = stepping.take(request.requester, referral, taken, request.POST)
    except HallwayError as error:
        return _refused(request, referral, taken, error)
    return HttpResponseRedirect(reverse("referrals:show", args=[moved.pk]))


def _refused(request: PageRequest, referral: ReferralId, step: Step, error: HallwayError) -> HttpResponse:
    if error.kind is Kind.CONFLICT:
        view = queries.referral_for(request.requester, referral)
        if conflict.was_same_step(view, step):
            return HttpResponseRedirect(reverse("referrals:show", args=[referral]))
        page_ = conflict.conflict(error, post=request.POST, url=reverse("referrals:show", args=[referral]))
        return render(request, "referrals/conflict.html", {"page": page_}, status=error.status)
    if error.kind in (Kind.UNPROCESSABLE, Kind.INCORRECT):
        return _shown(request, referral, wrong=error, wrong_step=step)
    raise error


def _shown(
    request: PageRequest, referral: ReferralId, *, wrong: HallwayError | None = None, wrong_step: Step | None = None
) -> HttpResponse:
    view = queries.referral_for(request.requester, referral)
    if view.state is State.DRAFT and view.reader_side is ReferralSide.SENDER and wrong is None:
        return HttpResponseRedirect(reverse("referrals:draft", args=[referral]))
    report = _report(request, view)
    found = _timeline(request, view, report, wrong_step=wrong_step)
    status = wrong.status if wrong else 200
    note = Note("late", "late", f"{wrong.what} {wrong.undone} {wrong.to_do}") if wrong else None
    return render(request, "referrals/timeline.html", {"page": found, "wrong": note}, status=status)


def _report(request: PageRequest, view: ReferralView) -> ReportView | None:
    if view.report_id is None or view.state not in (State.REPORTED, State.CLOSED):
        return None
    return consultation.report_for(request.requester, ReportId(view.report_id))


def _timeline(
    request: PageRequest, view: ReferralView, report: ReportView | None, *, wrong_step: Step | None
) -> timeline.Timeline:
    now = clock.now()
    beside, more = _forms(view, request.requester, wrong_step=wrong_step)
    turn = _with_links(view, timeline.turn(view, beside, now=now))
    is_yours = view.turn is view.reader_side
    panel = _report_panel(view, report, is_yours=is_yours)
    return timeline.Timeline(
        patient=person.crumb(view.header, now=now),
        chart_url=reverse("chart:overview", args=[view.header.chart_id]),
        heading=timeline.heading(view),
        subtitle=timeline.subtitle(view),
        contact=timeline.contact(view),
        note=timeline.note(view),
        track=timeline.track(view, due=timeline.due_of(view, now=now), now=now),
        turn=None if panel and panel.acknowledge else turn,
        report=panel,
        clocks=timeline.clocks(view.clocks, now=now),
        more=more,
        left=timeline.side(view.sender),
        right=timeline.side(view.receiver),
        events=timeline.events(view, now=now),
        leavings=timeline.leavings(view, report, filling.under_what(request.requester, view), now=now),
        hand_off=timeline.hand_off_line(view, now=now),
        walk=_walk(request.requester, view),
        enclosed=timeline.enclosed(view),
    )


def _walk(requester: Requester, view: ReferralView) -> Walk | None:
    is_on = view.handoff is not None and view.handoff.state in ("asked", "accepted")
    return filling.walk_of(requester, view) if is_on and view.reader_side is ReferralSide.SENDER else None


def _forms(
    view: ReferralView, requester: Requester, *, wrong_step: Step | None
) -> tuple[tuple[StepForm, ...], tuple[StepForm, ...]]:
    choices = choices_for(view, requester)
    legal = [step for step in view.next_steps if forms.may_show(step.step)]
    is_yours = view.turn is view.reader_side
    main = {step.step for step in legal if step.is_main and is_yours}
    beside = main | {other for step in main for other in TOGETHER.get(step, ())}

    def form(step: Step) -> StepForm:
        url = reverse("referrals:step", args=[view.id, step.value])
        return forms.step_form(
            step,
            url=url,
            version=view.version,
            choices=choices,
            is_main=step in main,
            is_open=step is wrong_step,
        )

    here = tuple(form(step.step) for step in legal if step.step in beside)
    return here, tuple(form(step.step) for step in legal if step.step not in beside)


def _with_links(view: ReferralView, turn: Turn) -> Turn:
    legal = {step.step for step in view.next_steps}
    links: list[Link] = []
    if Step.REPORT in legal:
        is_due = view.state in (State.SEEN, State.SEEN_NO_REPORT)
        links.append(Link(reverse("reports:draft", args=[view.id]), "Write the report", is_due, is_post=True))
    if Step.ACKNOWLEDGE in legal and view.report_id:
        links.append(Link(reverse("reports:read", args=[view.report_id]), "Read the full report"))
    if view.later_id:
        links.append(Link(reverse("referrals:show", args=[view.later_id]), "See where it went on"))
    if view.previous_id:
        links.append(Link(reverse("referrals:show", args=[view.previous_id]), "See the referral before"))
    return timeline.with_links(turn, links)


def _report_panel(view: ReferralView, report: ReportView | None, *, is_yours: bool) -> timeline.ReportPanel | None:
    if report is None:
        return None
    acknowledge = None
    if is_yours and view.state is State.REPORTED:
        acknowledge = acknowledge_form(
            reverse("reports:acknowledge", args=[report.id]),
            version=view.version,
            note_url=reverse("reports:note", args=[report.id]),
        )
    is_reader = view.reader_side is ReferralSide.SENDER
    note_url = reverse("reports:note", args=[report.id]) if is_reader else ""
    return timeline.report_panel(
        report, url=reverse("reports:read", args=[report.id]), acknowledge=acknowledge, note_url=note_url
    )
