"""Requests: made up for every exit, and read off the pages that were shown; asked in process, as a server would."""

import logging
import random
import re
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.urls import Resolver404, resolve

from hallway.app.front.application import identified
from hallway.app.logs import PlainLines
from hallway.app.prove import (
    backends,
    calls,
    defining,
    ehrs,
    programs,
    reading,
    searched,
    shaped,
    sittings,
    subscribing,
    written,
)
from hallway.app.prove.cast import MARKER, Cast
from hallway.app.prove.exits import Exit
from hallway.app.prove.facts import new_id
from hallway.fhirapi.application import WSGI, in_front_of
from hallway.fhirapi.sign_in import SESSION_COOKIE
from hallway.identity.requester import Role

SHAPED = {
    **shaped.SHAPED, **programs.SHAPED, **subscribing.SHAPED, **ehrs.SHAPED, **defining.SHAPED, **backends.SHAPED,
    **sittings.SHAPED,
}  # fmt: skip
HOST = "127.0.0.1:8000"
ROLE_OF_KEY = {
    "pcp": Role.PCP, "desk": Role.FRONT_DESK, "biller": Role.BILLER, "leader": Role.PRACTICE_LEADER,
    "privacy": Role.PRIVACY_OFFICER, "manager": Role.BH_CARE_MANAGER, "therapist": Role.THERAPIST,
    "psychiatrist": Role.PSYCHIATRIST, "cardiologist": Role.MEDICAL_SPECIALIST,
    "administrator": Role.NETWORK_ADMINISTRATOR, "patient": Role.PATIENT,
    "agent": Role.REPRESENTATIVE,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ask:
    """One request by one person; ``token`` empty for nobody."""

    exit: str
    caller: str
    token: str
    path: str
    method: str = "GET"
    query: str = ""
    form: tuple[tuple[str, str], ...] = ()
    is_htmx: bool = False
    bearer: str = ""
    """The credential of a program; a program sends no cookie."""
    sent: bytes = b""
    """JSON that a program sends."""
    sent_as: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()
    cookie: str = ""
    """A further cookie of the person's browser."""

    def __str__(self) -> str:
        """For the report of a difference."""
        return f"{self.caller}: {self.method} {self.path}{'?' if self.query else ''}{self.query} ({self.exit})"


@dataclass(frozen=True, slots=True)
class Reply:
    """Everything that goes over the wire, and ``said``: what went into the log meanwhile."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    said: tuple[str, ...] = ()


class _Listener(logging.Handler):
    """Keeps log lines as they would be written."""

    def __init__(self) -> None:
        """Nothing was said yet."""
        super().__init__()
        self.setFormatter(PlainLines())
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.said.append(self.format(record))


class _PagesHandler(WSGIHandler):
    """Django without the check of form tokens: a proof posts what a page shows, not what a forger could."""

    class request_class(WSGIRequest):  # noqa: N801 - Django's name for it
        """Django's own request, with the switch its test client uses."""

        _dont_enforce_csrf_checks = True


def root() -> WSGI:
    """The root callable, as it is served."""
    return identified(in_front_of(_PagesHandler()))


def call(application: WSGI, ask: Ask) -> Reply:
    """Ask, in the world in force."""
    form = ask.sent or urlencode(ask.form).encode()
    got: list[Any] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": ask.method,
        "PATH_INFO": ask.path,
        "QUERY_STRING": ask.query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": HOST,
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(form),
        "wsgi.errors": BytesIO(),
        "CONTENT_TYPE": "application/x-www-form-urlencoded" if ask.method == "POST" else "",
        "CONTENT_LENGTH": str(len(form)),
        "HTTP_ORIGIN": f"http://{HOST}",
    }
    if ask.sent:
        environ["CONTENT_TYPE"] = ask.sent_as
    environ.update({f"HTTP_{name.upper().replace('-', '_')}": value for name, value in ask.headers})
    if ask.bearer:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {ask.bearer}"
    if ask.token:
        environ["HTTP_COOKIE"] = "; ".join(one for one in (f"{SESSION_COOKIE}={ask.token}", ask.cookie) if one)
    if ask.is_htmx:
        environ["HTTP_HX_REQUEST"] = "true"

    def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        got.extend((status, headers))

    listener, root_of_logs = _Listener(), logging.getLogger()
    root_of_logs.addHandler(listener)
    try:
        answered = application(environ, start)
        try:
            body = b"".join(answered)
        finally:
            getattr(answered, "close", lambda: None)()
    finally:
        root_of_logs.removeHandler(listener)
    return Reply(int(got[0].split()[0]), tuple((name, value) for name, value in got[1]), body, tuple(listener.said))


def callers_of(exit_: Exit, cast: Cast) -> list[str]:
    """Who of the cast may use an exit; everybody for a public one."""
    access = exit_.access
    if access is None:
        return []
    if access.public or not access.roles:
        return sorted(cast.tokens)
    return sorted(key for key in cast.tokens if ROLE_OF_KEY.get(key) in access.roles)


def made_up(exit_: Exit, cast: Cast, dice: random.Random) -> Ask | None:
    """A request to an exit: mostly about what the caller knows, sometimes about what is hidden or was never there.

    None when the exit has a part that nothing in the cast can fill: the report of uncovered routes names it then.
    """
    shown = backends.bearer(cast, dice) if exit_.is_fhir and exit_.name not in backends.SHAPED else ""
    ask = _by_somebody(exit_, cast, dice)
    return replace(ask, caller="program", token="", bearer=shown) if ask is not None and shown else ask


def _by_somebody(exit_: Exit, cast: Cast, dice: random.Random) -> Ask | None:
    callers = callers_of(exit_, cast)
    if not callers:
        return None
    if (made := _made(exit_, cast, dice)) is not None:
        return made
    caller = _rather_a_reader(exit_, dice.choice(callers), dice)
    values = _parts(exit_, cast, dice)
    if values is None:
        return None
    if exit_.is_fhir:
        values = _fhir_parts(exit_, values, cast, dice)
        if exit_.name in SEARCHES:
            return _search(exit_, caller, values.get("id", ""), cast=cast, dice=dice)
    path = re.sub(r"\{(\w+)\}", lambda found: values[found[1]], exit_.shape)
    if exit_.is_fhir:
        query = urlencode(searched.past(dice)) if path.endswith("/_history") else _fhir_query(exit_, dice)
        headers = _known_already(exit_, values, cast, dice)
        return _by_program(Ask(exit_.name, caller, cast.tokens[caller], path, query=query, headers=headers), cast, dice)
    return Ask(exit_.name, caller, cast.tokens[caller], path, query=_page_query(dice), is_htmx=dice.random() < 0.2)


def _rather_a_reader(exit_: Exit, caller: str, dice: random.Random) -> str:
    """At the FHIR door as often as not somebody who reads charts: refusals of everybody else prove little."""
    own = shaped.aside(dice, "reader")
    return own.choice(("pcp", "therapist", "psychiatrist")) if exit_.is_fhir and own.random() < 0.5 else caller


def _known_already(exit_: Exit, values: dict[str, str], cast: Cast, dice: random.Random) -> tuple[tuple[str, str], ...]:
    """Header fields of a reader who has a version: this one, another, or any; or one of some time."""
    own = shaped.aside(dice, "known")
    if exit_.name != READ or own.random() < 0.6:
        return ()
    tags = (f'W/"{cast.versions.get(values["id"], "1")}"', 'W/"1", W/"2"', "*")
    times = ("Mon, 23 Nov 2026 16:50:00 GMT", "Mon, 23 Nov 2026 16:55:00 GMT", "Thu, 01 Jan 2015 00:00:00 GMT")
    return (own.choice((("If-None-Match", own.choice(tags)), ("If-Modified-Since", own.choice(times)))),)


def _by_program(ask: Ask, cast: Cast, dice: random.Random) -> Ask:
    """The same, now and then by a program that the person let in."""
    shown = programs.bearer_of(cast, ask.caller, dice)
    return replace(ask, token="", bearer=shown) if shown else ask


def _made(exit_: Exit, cast: Cast, dice: random.Random) -> Ask | None:
    """A request of an exit whose parts belong together, by whoever makes such; None for any other."""
    if exit_.name in calls.EXITS:
        made = calls.made_up(exit_.name, cast, dice)
        path = re.sub(r"\{(\w+)\}", lambda found: made.values[found[1]], exit_.shape)
        return Ask(exit_.name, "gateway", "", path, method="POST", bearer=made.credential, sent=made.body)
    if exit_.name in SHAPED:
        return _shaped(exit_, cast, dice)
    if exit_.name in written.WRITES:
        return _written(exit_, cast, dice)
    return None


def _shaped(exit_: Exit, cast: Cast, dice: random.Random) -> Ask:
    made = SHAPED[exit_.name](cast, dice)
    caller = dice.choice(made.callers or callers_of(exit_, cast))
    caller = caller if made.callers else _rather_a_reader(exit_, caller, dice)
    path = re.sub(r"\{(\w+)\}", lambda found: made.values[found[1]], exit_.shape)
    if made.bearer or made.sent:
        shown = made.bearer or cast.tokens[caller]
        return Ask(
            exit_.name, caller, "", path, made.method, made.query, bearer=shown, sent=made.sent, headers=made.headers
        )
    is_htmx = made.method == "GET" and dice.random() < 0.2
    return Ask(
        exit_.name, caller, cast.tokens[caller], path, made.method, made.query, made.form, is_htmx, cookie=made.cookie,
        headers=made.headers,
    )  # fmt: skip


def _parts(exit_: Exit, cast: Cast, dice: random.Random) -> dict[str, str] | None:
    found = {name: _part(name, kind, cast, dice) for name, kind in exit_.parts}
    known = {name: value for name, value in found.items() if value is not None}
    return known if len(known) == len(found) else None


def _written(exit_: Exit, cast: Cast, dice: random.Random) -> Ask:
    """A write, by somebody who may write such things more often than not, by a patient, or by a program by itself.

    The session goes as a bearer token.
    """
    values, method, query, sent, kind, headers = written.WRITES[exit_.name](cast, dice)
    callers = callers_of(exit_, cast)
    often = [one for one in callers if one in ("pcp", "therapist", "psychiatrist")] * 4
    caller = dice.choice([*often, *callers, "patient", "system", "system"])
    path = re.sub(r"\{(\w+)\}", lambda found: values[found[1]], exit_.shape)
    token = cast.known["access_token_of_system"][0] if caller == "system" else cast.tokens[caller]
    return Ask(
        exit_.name, caller, "", path, method, query, bearer=token, sent=sent,
        sent_as=kind or "application/json", headers=headers,
    )  # fmt: skip


def _part(name: str, kind: str, cast: Cast, dice: random.Random) -> str | None:
    """A value for one part of an address."""
    if name in {"type", "version", "id", "file"}:
        return ""
    known, hidden = cast.known.get(name, []), cast.known.get(f"hidden_{name.removesuffix('_id')}", [])
    roll = dice.random()
    if hidden and roll < 0.25:
        return dice.choice(hidden)
    if known and roll < 0.9:
        return dice.choice(known)
    if kind == "uuid":
        return new_id()
    if kind == "int":
        return str(dice.randrange(10**6, 10**7))
    return dice.choice(known) if known else None


def _fhir_parts(exit_: Exit, values: dict[str, str], cast: Cast, dice: random.Random) -> dict[str, str]:
    kinds = (
        "Condition",
        "Observation",
        "MedicationRequest",
        "DocumentReference",
        "Encounter",
        "Patient",
        "Practitioner",
    )
    pools = ("resource", "resource", "hidden_resource", "patient_id", "hidden_patient")
    pool = cast.known.get(dice.choice(pools), [])
    if "Patient" in exit_.shape:
        pool = cast.known.get(dice.choice(("patient_id", "patient_id", "hidden_patient", "nobody")), [])
    one = dice.choice(pool) if pool else new_id()
    own = shaped.aside(dice, "version")
    if exit_.name in STANDING and own.random() < 0.6:
        one = own.choice(sorted(cast.versions))
    kind = cast.kinds.get(one) or dice.choice(kinds)
    return {
        **values,
        "type": kind,
        "id": one,
        "version": dice.choice((cast.versions.get(one) or "1", "2")),
        "file": "Patient-1.ndjson",
    }


READ = "fhir:/fhir/{type}/{id}"
STANDING = {READ, f"{READ}/_history", f"{READ}/_history/{{version}}"}
"""Exits that are asked for what stands, more often than not: chance alone would seldom name it with its version."""
SEARCHES = {
    "fhir:/fhir", "fhir:/fhir/{type}", "fhir:/fhir/Patient/{id}/{type}", "fhir:POST /fhir/_search",
    "fhir:/fhir/_history", "fhir:/fhir/{type}/_history", "fhir:POST /fhir/{type}/_search",
    "fhir:POST /fhir/Patient/{id}/{type}/_search",
}  # fmt: skip
"""Exits whose parameters are made in ``searched``."""


def _search(exit_: Exit, caller: str, id_: str, *, cast: Cast, dice: random.Random) -> Ask:
    kind = dice.choice(searched.KINDS)
    path = exit_.shape.replace("{type}", kind).replace("{id}", id_)
    asked = searched.query_of(cast, exit_.shape, kind, dice)
    token = cast.tokens[caller]
    if exit_.name.startswith("fhir:POST"):
        return Ask(exit_.name, caller, token, path, "POST", form=tuple(parse_qsl(asked, keep_blank_values=True)))
    return _by_program(Ask(exit_.name, caller, token, path, query=asked), cast, dice)


def _fhir_query(exit_: Exit, dice: random.Random) -> str:
    """Nothing, what nobody understands, or where it is taken a shape."""
    own, asked = shaped.aside(dice, "shape"), dice.choice(("", "", "surprise=1"))
    return own.choice(("_summary=text", "_elements=code,subject", asked)) if asked and exit_.name == READ else asked


def _page_query(dice: random.Random) -> str:
    """Now and then a search, for names of this side and the other."""
    words = ("Ejem", "ejem", "Marisol", MARKER, f"Ejem{MARKER.lower()}", "1985-04-12", "Beispiel Otto", "zz")
    if dice.random() < 0.6:
        return ""
    return urlencode([(dice.choice(("q", "text", "name", "find", "search")), dice.choice(words))])


# What a page shows ---------------------------------------------------------------------------------------------------


def followed(ask: Ask, reply: Reply, dice: random.Random) -> list[Ask]:
    """A link of a page, and more often than not a form, to be asked next by the same person."""
    page = reading.read(reply.body)
    # Every page shows the way to the same few places and out; what only this page shows says more.
    own = [one for one in page.links if any(mark in one[0] for mark in "?0123456789")] or page.links
    asks = [_link(ask, *one) for one in dice.sample(own, min(1, len(own)))]
    forms = [one for one in page.forms if not one.action.startswith("/sign-out")]
    if forms and dice.random() < 0.6:
        asks.append(_filled(ask, dice.choice(forms), dice))
    return asks


def _name_of(path: str) -> str:
    """The exit that an address leads to."""
    try:
        return resolve(path).view_name
    except Resolver404:
        return "nowhere"


def _link(ask: Ask, address: str, is_htmx: bool) -> Ask:
    parts = urlsplit(address)
    return replace(
        ask, exit=_name_of(parts.path), method="GET", path=parts.path, query=parts.query, form=(), is_htmx=is_htmx
    )


def _filled(ask: Ask, form: reading.Form, dice: random.Random) -> Ask:
    """A form as a person might send it: what stands in it, something typed where nothing stands, some choices."""
    typed = ("Marisol", "Ejem", "2026-11-30", "why now?", "", MARKER)
    sent = [(name, value or dice.choice(typed)) for name, value in form.fields]
    sent += [(name, dice.choice(values)) for name, values in form.choices.items() if dice.random() < 0.8]
    target = urlsplit(form.action)
    path = target.path or ask.path
    name = _name_of(path)
    if form.method == "POST":
        return replace(ask, exit=name, method="POST", path=path, query=target.query, form=tuple(sent), is_htmx=False)
    kept = [*parse_qsl(target.query), *sent]
    return replace(ask, exit=name, method="GET", path=path, query=urlencode(kept), form=(), is_htmx=False)
