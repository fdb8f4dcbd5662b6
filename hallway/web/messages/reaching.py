"""The contact card of the one who is signed in (R40), and the help lines of health plans (R26, R38, R45)."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from hallway import clock
from hallway.directory.models import PractitionerRole
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.talking import actions, queries
from hallway.talking.models import WayToReach
from hallway.talking.tables import library
from hallway.web.access import PageRequest, page
from hallway.web.messages.forms import Choices, ReachForm
from hallway.web.messages.threads import TALKERS
from hallway.web.typed import kept, number

READERS = (*sorted(CLINICIANS), Role.FRONT_DESK, Role.PRACTICE_LEADER)


@page(*TALKERS)
@require_http_methods(["GET", "POST"])
def card(request: PageRequest) -> HttpResponse:
    """How colleagues reach this clinician, and who hears for them while they are away."""
    by = request.requester
    form = ReachForm(
        request.POST if request.method == "POST" else None, colleagues=_colleagues(by), initial=_initial(by)
    )
    if form.is_bound and form.is_valid():
        given = form.cleaned_data

        def keep() -> bool:
            actions.set_way_to_reach(
                by=by,
                channel=given["channel"],
                phone=given["phone"],
                best_time=given["best_time"],
                note=given["note"],
                away_until_on=given["away_until"],
                cover_practitioner=number(given["cover"]) or 0,
            )
            return True

        if kept(form, keep):
            return HttpResponseRedirect(reverse("messages:reach"))
    values = {"form": form, "card": queries.card(by.organization_id, by.practitioner_id)}
    return render(request, "messages/reach.html", values, status=422 if form.errors else 200)


def _initial(by: Requester) -> dict[str, object]:
    way = WayToReach.objects.filter(practitioner_id=by.practitioner_id).first()
    if way is None:
        return {}
    is_away = way.away_until_on is not None and way.away_until_on >= clock.today()
    return {
        "channel": way.channel,
        "phone": way.phone,
        "best_time": way.best_time,
        "note": way.note,
        "away_until": way.away_until_on if is_away else None,
        "cover": str(way.cover_practitioner_id or ""),
    }


def _colleagues(by: Requester) -> Choices:
    held = (
        PractitionerRole.objects.filter(
            organization_id=by.organization_id, role__in=[str(role) for role in CLINICIANS], until_on=None
        )
        .exclude(practitioner_id=by.practitioner_id)
        .select_related("practitioner")
        .order_by("practitioner__family", "id")
    )
    return list({str(one.practitioner_id): one.practitioner.full_name for one in held}.items())


@page(*READERS)
@require_GET
def lines(request: PageRequest) -> HttpResponse:
    """Whom to call at each health plan, and whether it wants a referral."""
    return render(request, "messages/lines.html", {"payers": library.payers().values()})
