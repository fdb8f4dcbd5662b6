"""The asked clinician's side of a hand-off: who is at my door, the knock, my answer, whether I am free."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from hallway import clock
from hallway.directory.models import PractitionerRole
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Requester
from hallway.referral import actions, queries
from hallway.web.access import PageRequest, page
from hallway.web.handoff import knocking
from hallway.web.referrals.conflict import conflict


@page(*CLINICIANS)
@require_GET
def door(request: PageRequest) -> HttpResponse:
    """Who knocks for me now, and my own switch."""
    found = knocking.door(
        queries.knocks_for(request.requester),
        is_free=_is_free(request.requester),
        url=lambda view: reverse("handoff:knock", args=[view.id]),
        presence_url=reverse("handoff:presence"),
    )
    return render(request, "handoff/door.html", {"page": found})


@page(*CLINICIANS, passive=True)
@require_GET
def waiting(request: PageRequest) -> HttpResponse:
    """The line across a worklist while somebody knocks; nothing when nobody does. Asked for by the page itself."""
    knocks = [(view, reverse("handoff:knock", args=[view.id])) for view in queries.knocks_for(request.requester)]
    return render(request, "handoff/_waiting.html", {"knocks": knocks})


def _is_free(requester: Requester) -> bool:
    return PractitionerRole.objects.filter(
        practitioner_id=requester.practitioner_id,
        organization_id=requester.organization_id,
        free_since__isnull=False,
    ).exists()


@page(*CLINICIANS)
@require_POST
def presence(request: PageRequest) -> HttpResponse:
    """Switch "free next door" on or off, for oneself."""
    actions.offer_presence(request.requester, is_free=request.POST.get("free") == "yes")
    return HttpResponseRedirect(reverse("handoff:door"))


@page(*CLINICIANS, patient=True)
@require_GET
def knock(request: PageRequest, handoff_id: UUID) -> HttpResponse:
    """One knock, with its 90 seconds."""
    view = queries.hand_off_for(request.requester, handoff_id)
    here = reverse("handoff:knock", args=[handoff_id])
    is_mine = view.accepted is not None and view.accepted.practitioner_id == request.requester.practitioner_id
    found = knocking.knock(
        view,
        now=clock.now(),
        url=reverse("handoff:answer", args=[handoff_id]),
        poll_url=here,
        referral_url=reverse("referrals:show", args=[view.referral_id]) if is_mine else "",
    )
    return render(request, "handoff/knock.html", {"page": found})


@page(*CLINICIANS, patient=True)
@require_POST
def answer(request: PageRequest, handoff_id: UUID) -> HttpResponse:
    """Accept, pass, or in 15 minutes; the first to accept wins and the others are told who."""
    here = reverse("handoff:knock", args=[handoff_id])
    try:
        actions.answer_handoff(request.requester, handoff_id, answer=request.POST.get("answer", ""))
    except HallwayError as error:
        if error.kind is not Kind.CONFLICT:
            raise
        found = conflict(error, post=request.POST, url=reverse("handoff:door"))
        return render(request, "referrals/conflict.html", {"page": found}, status=error.status)
    return HttpResponseRedirect(here)
