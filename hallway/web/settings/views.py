"""A person's own settings: how they come in, and how pages look to them."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallway.errors import HallwayError
from hallway.exchange.ehr_launch import queries as ehrs
from hallway.identity import actions, passkeys, queries
from hallway.identity.login import Login
from hallway.identity.models import Account
from hallway.web import typed
from hallway.web.access import page
from hallway.web.sign_in.enrol import enrol_form
from hallway.web.sign_in.forms import PasswordForm, ProofForm


def _login(request: HttpRequest) -> Login:
    return request.login  # type: ignore[attr-defined,no-any-return]


@page()
@require_GET
def settings_page(request: HttpRequest) -> HttpResponse:
    """Everything on one page."""
    account = queries.account(_login(request).account_id)
    context = {
        "account": account,
        "ties": ehrs.tied_to(_login(request).account_id),
        "passkeys": queries.passkeys_of(_login(request).account_id),
        "themes": Account.Theme.choices,
        "densities": Account.Density.choices,
        "kept": request.GET.get("kept") == "1",
    }
    return render(request, "settings/settings.html", context)


@page()
@require_POST
def looks(request: HttpRequest) -> HttpResponseBase:
    """Keep scheme, density and single keys."""
    actions.keep_preferences(
        _login(request).account_id,
        theme=request.POST.get("theme", ""),
        density=request.POST.get("density", ""),
        single_keys=request.POST.get("single_keys") == "on",
    )
    return redirect("/settings/?kept=1")


@page()
@require_http_methods(["GET", "POST"])
def codes(request: HttpRequest) -> HttpResponseBase:
    """Set up codes by app, or set them up anew on another phone."""
    shown = enrol_form(request, _login(request), "settings/codes.html", {})
    return shown or redirect("/settings/?kept=1")


@page()
@require_http_methods(["GET", "POST"])
def proof(request: HttpRequest) -> HttpResponseBase:
    """Show again who one is, so that the ways in may be changed for ten minutes."""
    form = ProofForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.prove_again(_login(request), given["password"], given["code"])
            return redirect("/settings/?kept=1")
        except HallwayError as error:
            typed.refuse(form, error)
    return render(request, "settings/proof.html", {"form": form}, status=422 if form.errors else 200)


@page()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponseBase:
    """A new password. Every other session of the account ends with the old one."""
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            actions.change_password(_login(request), given["new"], password=given["password"], code=given["code"])
            return redirect("/settings/?kept=1")
        except HallwayError as error:
            typed.refuse(form, error)
    return render(request, "settings/password.html", {"form": form}, status=422 if form.errors else 200)


@page()
@require_POST
def remove_passkey(request: HttpRequest, passkey_id: int) -> HttpResponseBase:
    """Take one of one's own passkeys away; without a fresh proof, to the proof first."""
    try:
        passkeys.remove(_login(request), passkey_id)
    except HallwayError:
        return redirect("/settings/proof")
    return redirect("/settings/?kept=1")
