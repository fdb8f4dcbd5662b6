"""The drill of a revocation: many readers over HTTP while a consent is signed and taken back, again and again.

Two web workers of the product's own server; readers ask for one condition that only the consent opens, in every shape
it leaves in. When a commit happened is what PostgreSQL says of it. An answer whose request was begun after the commit
of a revocation, and before the next signature, may not contain the condition; that is all, and it is judged for each.
"""

import http.client
import random
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from urllib.parse import urlencode
from uuid import UUID

from django.db import connections

from hallway.app.prove import network, walk
from hallway.app.prove.cast import Cast, sign_in
from hallway.app.prove.serving import serving
from hallway.consent import actions as consent
from hallway.consent import standing
from hallway.fhirapi.sign_in import SESSION_COOKIE
from hallway.identity.requester import Role
from hallway.ids import ChartId, ConsentId
from hallway.ledger import queries as ledger
from hallway.record.classes import DataClass
from hallway.storage.connection import cursor

_PATIENT = "marisol"
_FEWEST = 3
"""Revocations that a drill takes at least."""
_OPEN_SECONDS = _SHUT_SECONDS = 0.4
_COMMITTED = """SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8 FROM record_chart
    WHERE chart_id = %s::bigint"""


@dataclass(frozen=True, slots=True)
class Read:
    """One answer: when its request was begun and its last byte came, and whether the condition was in it."""

    begun: float
    ended: float
    shown: bool
    path: int


@dataclass(frozen=True, slots=True)
class Shut:
    """One revocation: the click, its commit, and when the next signature was begun."""

    clicked: float
    committed: float
    until: float
    consent_id: ConsentId


@dataclass(slots=True)
class Found:
    """What the drill has seen."""

    reads: list[Read] = field(default_factory=list[Read])
    shuts: list[Shut] = field(default_factory=list[Shut])
    failed: int = 0
    told: int = 0

    def stale(self) -> list[Read]:
        """Answers begun after a revocation's commit that contain what was withdrawn."""
        return [one for one in self.reads if one.shown and any(s.committed < one.begun < s.until for s in self.shuts)]

    def judged(self) -> int:
        """Answers begun while it was shut."""
        return sum(any(s.committed < one.begun < s.until for s in self.shuts) for one in self.reads)

    def effects(self) -> list[float]:
        """Seconds from each click to the end of the first answer that refuses."""
        seconds: list[float] = []
        for shut in self.shuts:
            ends = [one.ended for one in self.reads if not one.shown and shut.clicked < one.begun < shut.until]
            if ends:
                seconds.append(min(ends) - shut.clicked)
        return seconds

    def p95(self) -> float:
        """95th percentile of ``effects``, seconds."""
        seconds = self.effects()
        return quantiles(seconds, n=20)[-1] if len(seconds) > 1 else sum(seconds)


def drill(cast: Cast, *, readers: int, reads: int) -> Found:
    """Run it on the database in force until so many answers have come."""
    sign_in(cast, "herself", chart_id=cast.charts[_PATIENT])
    condition = _condition(cast)
    paths = _paths(cast, condition)
    found, enough = Found(), threading.Event()
    standing_form = ConsentId(UUID(cast.known["consent_id"][0]))
    version = standing.consent_for(cast.callers["pcp"], standing_form).version
    consent.revoke_consent(standing_form, "written", by=cast.callers["pcp"], expected_version=version)
    first = _sign(cast)
    connections.close_all()
    with serving() as port:
        _check(port, cast, paths, condition)
        crew = [
            threading.Thread(target=_read_on, args=(port, cast, paths, condition, found, n, reads, enough), daemon=True)
            for n in range(readers)
        ]
        for one in crew:
            one.start()
        _sign_and_revoke(port, cast, first, found, enough)
        for one in crew:
            one.join(60)
    found.told = _told(cast, found)
    return found


def _condition(cast: Cast) -> str:
    """The id of what the consent opens: of the first patient's conditions, two of primary care's, the therapist's."""
    return [one for one in cast.known["resource"] if cast.kinds[one] == "Condition"][2]


def _paths(cast: Cast, condition: str) -> list[str]:
    """Every shape the condition leaves in; what is cheap stands there oftener."""
    patient, chart = cast.patients[_PATIENT], cast.charts[_PATIENT]
    read = [f"/fhir/Condition/{condition}", f"/fhir/Condition/{condition}/_history"]
    search = f"/fhir/Condition?patient={patient}"
    pages = [f"/charts/{chart}/problems/", f"/charts/{chart}/"]
    return [*read * 5, *[search] * 4, *[f"/fhir/Patient/{patient}/$everything"] * 3, *pages]


def _sign(cast: Cast) -> ConsentId:
    """The patient lets the social worker write to primary care."""
    by = cast.callers["therapist"]
    form = consent.compose_consent(
        consent.Composition(
            chart_id=cast.charts[_PATIENT],
            kind="release",
            discloser_org=by.organization_id,
            recipient_org=cast.organizations["millbrook"],
            classes=int(DataClass.GENERAL | DataClass.MH | DataClass.MA_SOCIAL_WORKER),
        ),
        by=by,
    )
    consent.sign_consent(form, consent.Signature("drawn", walk.STROKES), by=by, expected_version=1)
    return form


def _get(client: http.client.HTTPConnection, path: str, token: str) -> tuple[int, bytes]:
    client.request("GET", path, headers={"Cookie": f"{SESSION_COOKIE}={token}"})
    answer = client.getresponse()
    return answer.status, answer.read()


def _shows(status: int, body: bytes, condition: str) -> bool:
    """On a page the diagnosis is told by its code, at the FHIR door by its id."""
    return status == 200 and (condition.encode() in body or b"F32.1" in body)


def _check(port: int, cast: Cast, paths: Sequence[str], condition: str) -> None:
    """While the consent stands every path must show it: else the drill would prove nothing."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for path in dict.fromkeys(paths):
        if not _shows(*_get(client, path, cast.tokens["pcp"]), condition):
            raise AssertionError(f"The drill reads {path}, which does not show what the consent opens.")
    client.close()


def _read_on(
    port: int,
    cast: Cast,
    paths: Sequence[str],
    condition: str,
    found: Found,
    number: int,
    most: int,
    enough: threading.Event,
) -> None:
    """One reader, until enough answers have come."""
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    dice = random.Random(number)  # noqa: S311 - which page comes next is no secret
    while not enough.is_set():
        place = dice.randrange(len(paths))
        begun = time.time()
        try:
            status, body = _get(client, paths[place], cast.tokens["pcp"])
        except (OSError, http.client.HTTPException):
            found.failed += 1
            client.close()
            continue
        found.reads.append(Read(begun, time.time(), _shows(status, body, condition), place))
        if len(found.reads) >= most and len(found.shuts) >= _FEWEST:
            enough.set()


def _sign_and_revoke(port: int, cast: Cast, first: ConsentId, found: Found, enough: threading.Event) -> None:
    """Take it back over HTTP, as a clinician at the desk does, wait, and have it signed again."""
    form = first
    while not enough.wait(_OPEN_SECONDS):
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        clicked = _revoke(client, cast.tokens["therapist"], form)
        client.close()
        committed = _committed(cast.charts[_PATIENT])
        time.sleep(_SHUT_SECONDS)
        found.shuts.append(Shut(clicked, committed, time.time(), form))
        form = _sign(cast)


def _revoke(client: http.client.HTTPConnection, token: str, form: ConsentId) -> float:
    """Open the page, press the button; when it was pressed."""
    path = f"/consents/{form}/revoke/"
    client.request("GET", path, headers={"Cookie": f"{SESSION_COOKIE}={token}"})
    page = client.getresponse()
    body = page.read().decode()
    cookie = re.search(r"csrftoken=(\w+)", page.headers.get("Set-Cookie", ""))
    hidden = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', body)
    version = re.search(r'name="version" value="(\d+)"', body)
    assert cookie and hidden and version, "the page of a revocation has lost its form"  # noqa: PT018
    sent = urlencode({"csrfmiddlewaretoken": hidden[1], "version": version[1], "channel": "written"})
    headers = {
        "Cookie": f"{SESSION_COOKIE}={token}; csrftoken={cookie[1]}",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    clicked = time.time()
    client.request("POST", path, body=sent, headers=headers)
    answer = client.getresponse()
    answer.read()
    assert answer.status == 302, f"a revocation was answered by {answer.status}"
    return clicked


def _committed(chart_id: ChartId) -> float:
    """When the last change of a right on this chart was committed, by the database's own word."""
    with cursor() as opened:
        row = opened.execute(_COMMITTED, [chart_id]).fetchone()
    assert row is not None
    return float(row[0])


def _told(cast: Cast, found: Found) -> int:
    """Of the revoked forms under which something was shown, those whose list for the patient names the practice."""
    herself, told = cast.callers["herself"], 0
    assert herself.role is Role.PATIENT
    lines = ledger.lines_of(cast.charts[_PATIENT])
    shown = sum(one.shown for one in found.reads)
    if sum(one.practitioner_id == cast.practitioners["pcp"] for one in lines) < shown:
        raise AssertionError("Fewer lines were left than answers given.")
    for shut in found.shuts:
        served = standing.served_under(herself, shut.consent_id)
        told += any(one.place == "Millbrook Family Medicine" for one in served)
    return told


def stage() -> Cast:
    """The network of a proof, in the present: a drill runs by the clock on the wall."""
    return network.build()
