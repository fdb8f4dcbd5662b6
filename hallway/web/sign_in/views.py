"""The door: password, second factor, which role, and out again."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hallway.errors import HallwayError
from hallway.identity import actions, queries
from hallway.identity.login import Login, Opened
from hallway.ids import AccountId
from hallway.web import errors
from hallway.web.access import public
from hallway.web.context import ROLE_LABELS, home_of
from hallway.web.middleware import COOKIE, WAITING_ROOM
from hallway.web.sign_in.forms import CodeForm, SignInForm
from hallway.web.sign_in.hats import hats_of
from hallway.web.sign_in.presenters import demo_people

WHY = {
    "idle": "You were signed out after 15 minutes without use. What you typed is kept on this page until you close it.",
    "out": "You are signed out.",
}


def set_cookie(response: HttpResponseBase, request: HttpRequest, token: str) -> None:
    """Give the browser its session token: unreadable to scripts, not sent from other sites' forms."""
    response.set_cookie(COOKIE, token, httponly=True, samesite="Lax", secure=request.is_secure(), path="/")


def safe_next(request: HttpRequest) -> str:
    """Where to go after the door: a path of ours, or empty."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    return asked if asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""


@public
@require_GET
def front(request: HttpRequest) -> HttpResponseBase:
    """``/``: to the start page of whoever is in, else to the door."""
    login: Login | None = request.login  # type: ignore[attr-defined]
    if login is None:
        return redirect("/sign-in")
    if login.requester is None:
        return redirect(WAITING_ROOM[login.stage])
    home = home_of(login)
    return redirect(home) if home != "/" else _nowhere(request)


def _nowhere(request: HttpRequest) -> HttpResponse:
    return render(request, "sign_in/nowhere.html")


@public
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The door itself."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            opened = actions.sign_in(
                form.cleaned_data["login_name"], form.cleaned_data["password"], demo=bool(settings.DEMO)
            )
        except HallwayError as error:
            locked = getattr(error, "until", None)
            return _door(request, form, failure=error, locked_until=locked)
        return come_in(request, opened)
    return _door(request, form)


def _door(
    request: HttpRequest, form: SignInForm, *, failure: HallwayError | None = None, locked_until: object = None
) -> HttpResponse:
    context: dict[str, object] = {
        "form": form,
        "failure": failure,
        "locked_until": locked_until,
        "next": safe_next(request),
        "why": WHY.get(request.GET.get("why", ""), ""),
        "people": demo_people() if settings.DEMO else [],
    }
    failed = failure is not None or form.is_bound
    return render(request, "sign_in/sign_in.html", context, status=422 if failed else 200)


def come_in(request: HttpRequest, opened: Opened, *, onward: str = "") -> HttpResponseBase:
    """Give the cookie and go one step further: second factor, role or straight in; then ``onward``, a path of ours."""
    onward = onward or safe_next(request)
    target = WAITING_ROOM[opened.stage]
    if opened.stage == "role":
        login = queries.login_of(opened.token)
        hats = hats_of(queries.account(login.account_id), only_at=login.held_to) if login else []
        if len(hats) == 1:
            actions.wear(opened.session_id, hats[0])
            target = onward or "/"
    response = redirect(f"{target}?{urlencode({'next': onward})}" if onward and target != onward else target)
    set_cookie(response, request, opened.token)
    return response


def waiting(
    stage: str,
) -> Callable[[Callable[[HttpRequest, Login], HttpResponseBase]], Callable[[HttpRequest], HttpResponseBase]]:
    """A page of the waiting room: open to a session at ``stage`` and to nobody else."""

    def mark(view: Callable[[HttpRequest, Login], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
        @require_http_methods(["GET", "POST"])
        def guarded(request: HttpRequest) -> HttpResponseBase:
            login: Login | None = request.login  # type: ignore[attr-defined]
            if login is None:
                return redirect("/sign-in")
            if login.stage != stage:
                return redirect("/" if login.requester else WAITING_ROOM[login.stage])
            return view(request, login)

        return public(guarded)

    return mark


@waiting("factor")
def code(request: HttpRequest, login: Login) -> HttpResponseBase:
    """The second factor."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.confirm_code(login, form.cleaned_data["code"])
            return after_factor(request, login)
        except HallwayError as error:
            form.add_error("code", f"{error.what} {error.to_do}")
    return render(request, "sign_in/code.html", {"form": form, "next": safe_next(request)}, status=_status(form))


def after_factor(request: HttpRequest, login: Login) -> HttpResponseBase:
    """To the role, or straight in where there is only one."""
    hats = hats_of(queries.account(login.account_id), only_at=login.held_to)
    if len(hats) == 1:
        actions.wear(login.session_id, hats[0])
        return redirect(safe_next(request) or "/")
    onward = safe_next(request)
    return redirect(f"/role?{urlencode({'next': onward})}" if onward else "/role")


def _status(form: CodeForm) -> int:
    return 422 if form.is_bound and form.errors else 200


@public
@require_http_methods(["GET", "POST"])
def role(request: HttpRequest) -> HttpResponseBase:
    """Choose the role to wear, or change it."""
    login: Login | None = request.login  # type: ignore[attr-defined]
    if login is None or login.stage not in {"role", "open"}:
        return redirect("/")
    hats = hats_of(queries.account(login.account_id), only_at=login.held_to)
    if request.method == "POST":
        chosen = [hat for hat in hats if str(hat.practitioner_role_id) == request.POST.get("role")]
        if not chosen:
            return errors.not_found(request, None)
        actions.wear(login.session_id, chosen[0])
        return redirect(safe_next(request) or "/")
    rows = [(hat, ROLE_LABELS[hat.role], hat.practitioner_role_id == login.practitioner_role_id) for hat in hats]
    return render(request, "sign_in/role.html", {"hats": rows, "next": safe_next(request), "stage": login.stage})


@public
@require_POST
def demo(request: HttpRequest, account_id: int) -> HttpResponseBase:
    """One click, in the demo only: elsewhere this address does not exist."""
    if not settings.DEMO:
        return errors.not_found(request, None)
    return come_in(request, actions.open_demo(AccountId(account_id)))


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session here and in the database."""
    login: Login | None = request.login  # type: ignore[attr-defined]
    if login is not None:
        actions.sign_out(login.session_id)
    response = redirect("/sign-in?why=out")
    response.delete_cookie(COOKIE)
    return response


@public
@require_GET
def stay(request: HttpRequest) -> HttpResponse:
    """Still here: 204 when the session lives (the middleware marked it as used), 401 when it has ended."""
    login: Login | None = request.login  # type: ignore[attr-defined]
    return HttpResponse(status=204 if login and login.requester else 401)


@public
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """Whom to call: one page, the same for everybody."""
    return render(request, "sign_in/help.html")
