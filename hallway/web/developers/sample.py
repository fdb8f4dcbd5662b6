"""A small program of our own, in the demo alone: it asks like any other, and shows what it was given.

The page is static but for the clock and the programs' names; everything else its script gets by the open door.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from hallway import clock
from hallway.identity import granted, registering
from hallway.identity.addresses import LOOPBACK
from hallway.identity.app_models import App
from hallway.identity.registering import Registration
from hallway.ids import AccountId
from hallway.web import errors
from hallway.web.access import public
from hallway.web.programs.protocol import place_of

STANDALONE, LAUNCHED, SERVICE = "sample-standalone", "sample-launched", "sample-service"
PAGE = "/developers/sample"
READS = "patient/Patient.r patient/MedicationRequest.rs patient/Task.rs"
SCOPES = {
    STANDALONE: f"launch/patient openid fhirUser {READS}",
    LAUNCHED: f"launch openid fhirUser {READS}",
    SERVICE: "system/Patient.rs system/MedicationRequest.rs",
}


def _is_here(request: HttpRequest) -> bool:
    """In the demo, asked by a loopback address: its programs' answers go there and nowhere else."""
    host = request.get_host()
    return bool(settings.DEMO) and (host in LOOPBACK or host.rpartition(":")[0] in LOOPBACK)


@public
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    """The program. Outside the demo this address is not there."""
    if not _is_here(request):
        return errors.not_found(request, None)
    place = place_of(request)
    context = {
        "fhir": place.fhir,
        "token": place.token,
        "now": int(clock.now().timestamp()),
        "scopes_standalone": SCOPES[STANDALONE],
        "scopes_launched": SCOPES[LAUNCHED],
        "scopes_service": SCOPES[SERVICE],
        "is_registered": granted.app_called(STANDALONE) is not None,
        "standalone": STANDALONE,
        "launched": LAUNCHED,
        "service": SERVICE,
    }
    return render(request, "developers/sample.html", context)


@public
@require_POST
def key(request: HttpRequest) -> HttpResponseBase:
    """The public half of a key that the page made, for the sample service. Outside the demo nothing is there."""
    app = granted.app_called(SERVICE) if _is_here(request) else None
    if app is None:
        return errors.not_found(request, None)
    told = request.POST.get("jwks", "")
    if not registering.key_set_holds(told):
        return JsonResponse({"kept": False}, status=422)
    registering.change(app.id, said_of(app, jwks=told), expected_version=app.version)
    return JsonResponse({"kept": True})


def said_of(app: App, *, jwks: str) -> Registration:
    """The sample service's registration, with another key."""
    return Registration(
        name=app.name, maker=app.maker, about=app.about, kind=app.kind, scopes=app.scopes, jwks=jwks,
        organization_id=app.organization_id,
    )  # fmt: skip


def stand(root: str, organization_id: int, *, first_keys: str) -> None:
    """Register the sample programs, or see that they are opened at ``root``. For the demo's start."""
    about = "Shows a patient’s name, medicines and what is owed. A sample, to read and to copy."
    back = (f"http://127.0.0.1{PAGE}",)
    wanted = {
        STANDALONE: Registration(
            "Sample, by itself", "The demo", App.Kind.PUBLIC, SCOPES[STANDALONE], about, redirect_uris=back
        ),
        LAUNCHED: Registration(
            "Sample, from a chart", "The demo", App.Kind.PUBLIC, SCOPES[LAUNCHED], about, redirect_uris=back,
            launch_url=f"{root}{PAGE}",
        ),
        SERVICE: Registration(
            "Sample service", "The demo", App.Kind.KEY, SCOPES[SERVICE], "Reads as a practice's own system.",
            jwks=first_keys, organization_id=organization_id,
        ),
    }  # fmt: skip
    for client_id, said in wanted.items():
        keep(client_id, said)


def keep(client_id: str, said: Registration) -> None:
    """A program as ``said``: registered, or changed where it opens elsewhere than now. One that was ended stays so."""
    app = App.objects.filter(client_id=client_id).first()
    if app is None:
        registering.register(said, by=AccountId(0), client_id=client_id)
    elif app.ended_at is None and (app.launch_url, app.redirect_uris) != (said.launch_url, list(said.redirect_uris)):
        registering.change(app.id, said, expected_version=app.version)
