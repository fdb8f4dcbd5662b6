"""A practice leader's pages of the practice's own EHRs that open Hallway."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallway.exchange.ehr_launch import actions, queries, registering
from hallway.exchange.ehr_launch.models import Ehr
from hallway.exchange.smart.places import JWKS
from hallway.identity.requester import Role
from hallway.web import errors, typed
from hallway.web.access import PageRequest, page
from hallway.web.ehr.forms import EhrForm, initial_of
from hallway.web.programs.protocol import place_of


@page(Role.PRACTICE_LEADER)
@require_GET
def list_page(request: PageRequest) -> HttpResponse:
    """Every EHR of the leader's practice that may open Hallway."""
    rows = queries.ehrs_of(request.requester.organization_id)
    return render(request, "ehr/list.html", {"rows": rows, "ended": request.GET.get("ended") == "1"})


@page(Role.PRACTICE_LEADER)
@require_http_methods(["GET", "POST"])
def new(request: PageRequest) -> HttpResponseBase:
    """Register one; its page then says what its people must enter there."""
    own = request.requester.organization_id
    form = EhrForm(request.POST or None, organization_id=own)
    if request.method == "POST" and form.is_valid():
        made = typed.kept(form, lambda: registering.register(form.registration(), own, by=request.requester.account_id))
        if made is not None:
            return redirect("ehr:edit", made.id)
    return _shown(request, form, None)


@page(Role.PRACTICE_LEADER)
@require_http_methods(["GET", "POST"])
def edit(request: PageRequest, ehr_id: int) -> HttpResponseBase:
    """Change one."""
    own = request.requester.organization_id
    row = queries.ehr_of(ehr_id, own)
    if row is None:
        return errors.not_found(request, None)
    if request.method == "GET":
        return _shown(request, EhrForm(initial=initial_of(row), organization_id=own), row)
    form = EhrForm(request.POST, organization_id=own)
    expected = typed.number(request.POST.get("version", "")) or 0
    if form.is_valid() and typed.kept(
        form, lambda: registering.change(ehr_id, form.registration(), own, expected_version=expected)
    ):
        return redirect("ehr:list")
    return _shown(request, form, row)


@page(Role.PRACTICE_LEADER)
@require_POST
def end(request: PageRequest, ehr_id: int) -> HttpResponseBase:
    """End one, with every session that came by it."""
    if not registering.end(ehr_id, request.requester.organization_id, by=request.requester.account_id):
        return errors.not_found(request, None)
    return redirect("/ehrs/?ended=1")


def _shown(request: PageRequest, form: EhrForm, row: Ehr | None) -> HttpResponse:
    place = place_of(request)
    told = {
        "launch_address": place.of("/launch"),
        "back_address": actions.back_address(place.root, row.id) if row else "",
        "keys_address": place.of(JWKS),
    }
    return render(request, "ehr/form.html", {"form": form, "ehr": row, **told}, status=422 if form.errors else 200)
