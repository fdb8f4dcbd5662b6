"""A person's own settings: how they come in, and how pages look to them."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallway.identity import actions, passkeys, queries
from hallway.identity.login import Login
from hallway.identity.models import Account
from hallway.web.access import page
from hallway.web.sign_in.enrol import enrol_form


def _login(request: HttpRequest) -> Login:
    return request.login  # type: ignore[attr-defined,no-any-return]


@page()
@require_GET
def settings_page(request: HttpRequest) -> HttpResponse:
    """Everything on one page."""
    account = queries.account(_login(request).account_id)
    context = {
        "account": account,
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
@require_POST
def remove_passkey(request: HttpRequest, passkey_id: int) -> HttpResponseBase:
    """Take one of one's own passkeys away."""
    passkeys.remove(_login(request).account_id, passkey_id)
    return redirect("/settings/?kept=1")
