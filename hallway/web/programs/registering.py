"""Network administrators register programs, change them and end them."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallway.directory.models import Organization
from hallway.identity import granted, registering
from hallway.identity.app_models import App
from hallway.identity.requester import Role
from hallway.web import errors, typed
from hallway.web.access import PageRequest, page
from hallway.web.programs.forms import AppForm, initial_of


@page(Role.NETWORK_ADMINISTRATOR)
@require_GET
def list_page(request: PageRequest) -> HttpResponse:
    """Every program that has not ended."""
    names = dict(Organization.objects.values_list("id", "name"))
    rows = [{"app": one, "acts_for": names.get(one.organization_id, "")} for one in granted.apps()]
    return render(request, "programs/registered.html", {"rows": rows, "ended": request.GET.get("ended") == "1"})


@page(Role.NETWORK_ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def new(request: PageRequest) -> HttpResponseBase:
    """Register one. A secret is shown once, on the answer to this very form."""
    form = AppForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = typed.kept(form, lambda: registering.register(form.registration(), by=request.requester.account_id))
        if made is not None:
            return render(request, "programs/made.html", {"app": made.app, "secret": made.secret})
    return render(request, "programs/form.html", {"form": form, "app": None}, status=422 if form.errors else 200)


@page(Role.NETWORK_ADMINISTRATOR)
@require_http_methods(["GET", "POST"])
def edit(request: PageRequest, app_id: int) -> HttpResponseBase:
    """Change one. Its kind and for whom it acts stay: another kind is another program."""
    app = granted.app(app_id)
    if app is None or app.ended_at is not None:
        return errors.not_found(request, None)
    if request.method == "GET":
        form = AppForm(initial=initial_of(app))
    else:
        form = AppForm({**request.POST.dict(), **_fixed(request, app)})
        expected = typed.number(request.POST.get("version", "")) or 0
        if form.is_valid() and typed.kept(
            form, lambda: registering.change(app.id, form.registration(), expected_version=expected)
        ):
            return redirect("/apps/registered")
    return render(request, "programs/form.html", {"form": form, "app": app}, status=422 if form.errors else 200)


def _fixed(request: PageRequest, app: App) -> dict[str, object]:
    return {
        "kind": app.kind,
        "acts": str(app.organization_id),
        "organizations": request.POST.getlist("organizations"),
    }


@page(Role.NETWORK_ADMINISTRATOR)
@require_POST
def end(request: PageRequest, app_id: int) -> HttpResponseBase:
    """End one, with everything that anybody granted it."""
    if not registering.end(app_id, by=request.requester.account_id):
        return errors.not_found(request, None)
    return redirect("/apps/registered?ended=1")
