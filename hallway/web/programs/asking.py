"""A program asks, a person answers: which patient, what of it, yes or no.

The page may be sent to nobody but the person whose session it is shown in, stands in no frame, and its form counts
only with our own token in it.
"""

from dataclasses import replace
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from hallway.consent import queries
from hallway.directory.models import Practitioner
from hallway.errors import HallwayError, Kind
from hallway.exchange.smart import wording
from hallway.exchange.smart.asking import Back, with_parameters
from hallway.identity import addresses, granted, granting, scopes
from hallway.identity.app_models import AppAsk
from hallway.identity.granting import About
from hallway.identity.login import Login
from hallway.identity.requester import PATIENT_SIDE, Requester, Role
from hallway.identity.scopes import Wanted
from hallway.ids import ChartId
from hallway.record import queries as record
from hallway.record.stored import PatientHeader
from hallway.web import errors, typed
from hallway.web.access import page
from hallway.web.patients import presenters
from hallway.web.patients.forms import sought
from hallway.web.patients.views import SEARCHERS
from hallway.web.programs.protocol import sent_to


@page()
@require_http_methods(["GET", "POST"])
def ask_page(request: HttpRequest, ask: str) -> HttpResponse:
    """What the program asks, until it is answered."""
    asked = granted.ask_of(ask)
    login: Login = request.login  # type: ignore[attr-defined]
    if asked is None or login.requester is None or _is_another_persons(asked, login):
        return errors.not_found(request, None)
    if not granted.may_use(asked.app, login.requester.organization_id):
        return _back(asked, "access_denied", "People of this organization may not use this client.")
    wanted = _open_to(scopes.parse(asked.scopes), login.requester)
    if wanted.is_too_long or (not wanted.clinical and not wanted.plain & {"openid", "launch/patient"}):
        return _back(asked, "invalid_scope", "Nothing of this is open to this person.")
    return Asking(request, asked, login, wanted).answer()


def _is_another_persons(asked: AppAsk, login: Login) -> bool:
    """Whether the program was opened from a chart by somebody else: their chart is theirs."""
    return asked.launch is not None and asked.launch.session_id != login.session_id


def _open_to(wanted: Wanted, requester: Requester) -> Wanted:
    """The patient's side has one chart: what is asked about every patient is asked about that one."""
    if requester.role not in PATIENT_SIDE:
        return wanted
    one_chart = tuple(dict.fromkeys(replace(one, side="patient") for one in wanted.clinical))
    return Wanted(one_chart, wanted.plain)


def _back(asked: AppAsk, error: str, description: str) -> HttpResponse:
    granting.answer_no(asked)
    return sent_to(Back(asked.redirect_uri, error, description, asked.state).location())


class Asking:
    """One request about one question."""

    def __init__(self, request: HttpRequest, asked: AppAsk, login: Login, wanted: Wanted) -> None:
        """``wanted`` is what is open to this person of what was asked."""
        self.request, self.asked, self.login, self.wanted = request, asked, login, wanted
        self.requester = login.requester or Requester.__new__(Requester)
        self.sent = request.POST if request.method == "POST" else QueryDict()

    def answer(self) -> HttpResponse:
        """The next page, or the way back to the program."""
        if self.sent.get("do") == "no":
            return _back(self.asked, "access_denied", "The person said no.")
        about, header = self._about()
        if self._needs_patient() and about is None:
            return self._choose()
        if self.sent.get("do") == "yes":
            return self._yes(about)
        return self._consent(header)

    def _needs_patient(self) -> bool:
        return (
            "launch/patient" in self.wanted.plain or "patient" in self.wanted.sides() or self.asked.launch is not None
        )

    def _about(self) -> tuple[About | None, PatientHeader | None]:
        """The patient whom the program was opened from, whose record it is, or who was chosen: as far as one may open
        their chart."""
        launch, chosen, encounter = self.asked.launch, typed.number(self.sent.get("chart", ""), digits=18), ""
        if launch is not None:
            chart, encounter = ChartId(launch.chart_id), launch.encounter_id
        elif self.requester.role in PATIENT_SIDE and self.requester.chart_id is not None:
            chart = self.requester.chart_id
        elif chosen is not None:
            chart = ChartId(chosen)
        else:
            return None, None
        if not self._needs_patient():
            return None, None
        header = queries.headers(self.requester, [chart]).get(chart)
        patient_id = record.patient_of(chart) if header is not None else None
        return (None, None) if patient_id is None else (About(chart, patient_id, encounter), header)

    def _choose(self) -> HttpResponse:
        """Find the patient. Typed text is posted, so that it never stands in an address or a log."""
        if self.asked.launch is not None or self.requester.role in PATIENT_SIDE:
            return _back(self.asked, "access_denied", "The patient's chart is not open to this person.")
        text = self.sent.get("text", "")[:100]
        sought_for = sought(text)
        is_empty = not sought_for.text and sought_for.birth_date is None
        found = [] if is_empty else queries.find_patients(self.requester, sought_for.text, sought_for.birth_date)
        context = {
            **self._context(),
            "text": text,
            "is_empty": is_empty,
            "is_sent": self.request.method == "POST",
            "matches": presenters.matches_of(found),
            "may_search": self.requester.role in SEARCHERS,
        }
        return self._sealed(render(self.request, "programs/choose.html", context))

    def _consent(self, header: PatientHeader | None, failure: HallwayError | None = None) -> HttpResponse:
        lines = wording.lines(self.wanted)
        context = {
            **self._context(),
            "header": header,
            "lines": lines,
            "reads": [
                line for line in lines if not line.changes and "/" in line.scope.split("?")[0] and "." in line.scope
            ],
            "writes": [line for line in lines if line.changes],
            "knows": [line for line in lines if line.scope in scopes.PLAIN],
            "is_own": self.requester.role is Role.PATIENT,
            "failure": failure,
        }
        return self._sealed(render(self.request, "programs/ask.html", context, status=422 if failure else 200))

    def _context(self) -> dict[str, object]:
        parts = urlsplit(self.asked.redirect_uri)
        return {
            "app": self.asked.app,
            "host": parts.netloc or f"a program on this device ({parts.scheme})",
            "lasts": "offline_access" in self.wanted.plain,
            "is_held": "patient" in self.wanted.sides(),
            "action": self.request.path,
        }

    def _sealed(self, answer: HttpResponse) -> HttpResponse:
        """In no frame; and the form's answer may lead to the one address that was registered, and nowhere else."""
        answer["X-Frame-Options"] = "DENY"
        answer._csp_update = {"form-action": [addresses.origin_of(self.asked.redirect_uri)]}  # type: ignore[attr-defined]
        return answer

    def _yes(self, about: About | None) -> HttpResponse:
        """Grant what was left checked. Nothing that was not asked can be added by a form."""
        kept = set(self.sent.getlist("scope"))
        plain = frozenset(name for name in self.wanted.plain if name in kept or name in scopes.LAUNCH)
        wanted = Wanted(tuple(one for one in self.wanted.clinical if one.text() in kept), plain)
        if not wanted.clinical and "openid" not in plain:
            _, header = self._about()
            return self._consent(header, _nothing())
        if about is not None and not ("patient" in wanted.sides() or plain & set(scopes.LAUNCH)):
            about = None
        code = granting.answer_yes(self.asked, self.login, wanted, about=about, fhir_user=fhir_user(self.requester))
        if code is None:
            return errors.not_found(self.request, None)
        return sent_to(with_parameters(self.asked.redirect_uri, {"code": code, "state": self.asked.state}))


def fhir_user(requester: Requester) -> str:
    """Who the person is as a resource: a Practitioner of the directory, or the Patient; empty for who is neither."""
    if requester.practitioner_id:
        return (
            f"Practitioner/{Practitioner.objects.values_list('fhir_id', flat=True).get(id=requester.practitioner_id)}"
        )
    if requester.role is Role.PATIENT and requester.chart_id is not None:
        return f"Patient/{record.patient_of(requester.chart_id)}"
    return ""


def _nothing() -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-WEB-060",
        what="Nothing is left that the program may do.",
        undone="It was not let in.",
        to_do="Leave at least one line checked, or say no.",
    )
