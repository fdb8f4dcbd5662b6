"""Setting up the second factor: a picture to scan, a secret to type, a first code to prove it."""

import base64
from io import BytesIO

import segno
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from pyotp.totp import TOTP

from hallway import ids
from hallway.errors import HallwayError
from hallway.identity import actions
from hallway.identity.login import Login
from hallway.web.sign_in.forms import CodeForm
from hallway.web.sign_in.views import after_factor, safe_next, waiting

SALT = "hallway.totp"


def new_secret() -> str:
    """A fresh TOTP secret in base 32."""
    return base64.b32encode(ids.random_bytes(20)).decode()


def read_secret(request: HttpRequest) -> str:
    """The secret this form was made with, signed and at most half an hour old; a new one when there is none."""
    try:
        return str(signing.loads(request.POST.get("sealed", ""), salt=SALT, max_age=1800))
    except signing.BadSignature:
        return new_secret()


def picture(login: Login, secret: str) -> str:
    """The QR picture of a secret as a data address."""
    uri = TOTP(secret).provisioning_uri(name=login.name, issuer_name="Hallway")
    out = BytesIO()
    segno.make(uri, error="m").save(out, kind="svg", scale=4, border=2, xmldecl=False, svgns=True)
    return "data:image/svg+xml;base64," + base64.b64encode(out.getvalue()).decode()


def enrol_form(request: HttpRequest, login: Login, template: str, extra: dict[str, object]) -> HttpResponse | None:
    """Show or take the form; None once the second factor is kept."""
    secret = read_secret(request)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.enrol_totp(login, secret, form.cleaned_data["code"])
        except HallwayError as error:
            form.add_error("code", f"{error.what} {error.to_do}")
        else:
            return None
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {
        "form": form,
        "sealed": signing.dumps(secret, salt=SALT),
        "secret": grouped,
        "picture": picture(login, secret),
    }
    return render(request, template, context | extra, status=422 if form.errors else 200)


@waiting("enrol")
def second_factor(request: HttpRequest, login: Login) -> HttpResponseBase:
    """Before the first page: nobody works in a chart with a password alone."""
    shown = enrol_form(request, login, "sign_in/second_factor.html", {"next": safe_next(request)})
    return shown or after_factor(request, login)
