"""The drill of a revocation: many readers over HTTP while a consent is signed and taken back, again and again.

Two web workers of the product's own server; readers ask for one condition that only the consent opens, in every shape
it leaves in, and never rest while it is taken back. When a commit happened is what PostgreSQL says of it. An answer
whose request was begun after the commit of a revocation may not contain the condition; each is judged, because all
answers come to their end before the next signature.
"""

import http.client
import re
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import quantiles
from urllib.parse import urlencode
from uuid import UUID

import psycopg
from django.db import connections

from hallway import clock
from hallway.app.prove import facts, network, readers, walk
from hallway.app.prove.cast import Cast, sign_in
from hallway.app.prove.readers import CUT, Read, Watched, Wish
from hallway.app.prove.serving import serving
from hallway.consent import actions as consent
from hallway.consent.forms import standing
from hallway.fhirapi.sign_in import SESSION_COOKIE
from hallway.identity.requester import Role
from hallway.ids import ChartId, ConsentId
from hallway.ledger import queries as ledger
from hallway.record.classes import DataClass
from hallway.storage import database_url

_PATIENT = "marisol"
_REFUSED = (404, 410)
"""What a page or the FHIR door answers where a right is gone: not there, or gone while it was read."""
_FEWEST = 3
"""Revocations that a drill takes at least."""
_LONGEST = 5.0
"""Seconds for which a form stands, or stands revoked, at most."""
_SETTLED = 0.3
"""Seconds in which the readers are all at work again."""
_STANDS = """SELECT epoch, extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8,
    extract(epoch FROM clock_timestamp())::float8 FROM record_chart WHERE chart_id = %s::bigint"""
Say = Callable[["Found"], None]


@dataclass(frozen=True, slots=True)
class Shut:
    """One revocation: the click, the commit's own time, when it was first seen by another, its answer, the end."""

    clicked: float
    committed: float
    seen: float
    answered: float
    consent_id: ConsentId
    reads: tuple[Read, ...]
    """All answers begun after the click and before the next signature."""

    def stale(self) -> list[Read]:
        """Answers begun after the commit that contain what was withdrawn.

        A commit's time is taken a moment before the commit holds for others: what was begun between the two counts
        where it was begun after the commit was seen.
        """
        return [one for one in self.reads if one.shown and one.begun > self.seen]

    def within(self) -> list[Read]:
        """Answers begun between the commit's time and its being seen that contain what was withdrawn."""
        return [one for one in self.reads if one.shown and self.committed < one.begun <= self.seen]

    def judged(self) -> int:
        """Answers begun after the commit."""
        return sum(one.begun > self.committed for one in self.reads if one.status)

    def effect(self) -> float:
        """Seconds from the click to the end of the first answer that refuses; without one, as long as was waited."""
        ends = [one.ended for one in self.reads if one.status in (200, *_REFUSED) and not one.shown]
        return min(ends, default=self.clicked + 2 * _LONGEST) - self.clicked


@dataclass(slots=True)
class Found:
    """What the drill has seen."""

    paths: tuple[str, ...]
    begun: float = field(default_factory=time.monotonic)
    reads: list[Read] = field(default_factory=list[Read])
    shuts: list[Shut] = field(default_factory=list[Shut])
    told: int = 0

    def stale(self) -> list[Read]:
        """Answers begun after a revocation's commit that contain what was withdrawn."""
        return [one for shut in self.shuts for one in shut.stale()]

    def judged(self) -> int:
        """Answers begun while it was shut."""
        return sum(shut.judged() for shut in self.shuts)

    def cut(self) -> int:
        """Large answers that ended early because a revocation was committed while they went out."""
        return sum(one.status == CUT and self._is_crossed(one) for one in self.reads)

    def _is_crossed(self, read: Read) -> bool:
        return any(read.begun < shut.seen and shut.committed < read.ended for shut in self.shuts)

    def failed(self) -> dict[int, int]:
        """Answers that were none, by their status; 0 is a connection dropped, ``CUT`` one cut for nothing."""
        odd = [one.status for one in self.reads if one.status not in (200, *_REFUSED)]
        odd = [one for one in odd if one != CUT] + [CUT] * (odd.count(CUT) - self.cut())
        return {status: odd.count(status) for status in sorted(set(odd))}


def p95(seconds: Sequence[float]) -> float:
    """95th percentile of some durations, seconds."""
    return quantiles(seconds, n=20, method="inclusive")[-1] if len(seconds) > 1 else sum(seconds)


def drill(cast: Cast, *, number: int, reads: int, say: Say | None = None) -> Found:
    """Run it on the database in force, by so many readers, until so many answers have come."""
    sign_in(cast, "herself", chart_id=cast.charts[_PATIENT])
    condition = _condition(cast)
    found = Found(_paths(cast, condition))
    standing_form = ConsentId(UUID(cast.known["consent_id"][0]))
    version = standing.consent_for(cast.callers["pcp"], standing_form).version
    consent.revoke_consent(standing_form, "written", by=cast.callers["pcp"], expected_version=version)
    _enlarge(cast)
    first = _sign(cast)
    connections.close_all()
    header = f"Cookie: {SESSION_COOKIE}={cast.tokens['pcp']}"
    with serving() as port:
        # On a page the diagnosis is told by its code, at the FHIR door by its id.
        wish = Wish(port, found.paths, header, (condition.encode(), b"F32.1"))
        _check(wish)
        with readers.reading(wish, number) as watched:
            found.reads = watched.reads
            _Drill(cast, wish, found, watched, number).run(first, reads, say)
    found.told = _told(cast, found)
    return found


def _condition(cast: Cast) -> str:
    """The id of what the consent opens: of the first patient's conditions, two of primary care's, the therapist's."""
    return [one for one in cast.known["resource"] if cast.kinds[one] == "Condition"][2]


def _paths(cast: Cast, condition: str) -> tuple[str, ...]:
    """Every shape the condition leaves in; what is cheap stands there oftener."""
    patient, chart = cast.patients[_PATIENT], cast.charts[_PATIENT]
    read = [f"/fhir/Condition/{condition}", f"/fhir/Condition/{condition}/_history"]
    search = f"/fhir/Condition?patient={patient}"
    pages = [f"/charts/{chart}/problems/", f"/charts/{chart}/"]
    whole = f"/fhir/Patient/{patient}/$everything?_type=Patient,Condition,Observation,MedicationRequest,Encounter"
    large = f"/fhir/DiagnosticReport?patient={patient}"
    return (*(*read * 5, *[search] * 4, *[whole] * 3, *pages) * 4, large)


def _enlarge(cast: Cast) -> None:
    """Reports that make an answer leave in parts; each names the diagnosis at its end."""
    at = clock.now()
    made = [facts.report(cast.patients[_PATIENT], 500_000, at - timedelta(days=n), end=" F32.1") for n in range(3)]
    network.store(cast, "therapist", made)


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


def _check(wish: Wish) -> None:
    """While the consent stands every path must show it: else the drill would prove nothing."""
    for path in dict.fromkeys(wish.paths):
        if not readers.once(wish, wish.paths.index(path)).shown:
            raise AssertionError(f"The drill reads {path}, which does not show what the consent opens.")


@dataclass(frozen=True, slots=True)
class _Drill:
    """A form is taken back over HTTP, as a clinician at the desk does, and signed again, while everybody reads."""

    cast: Cast
    wish: Wish
    found: Found
    watched: Watched
    number: int

    def run(self, form: ConsentId, most: int, say: Say | None) -> None:
        """Until so many answers have come, and a few revocations at least were made."""
        while True:
            self._wait_until_shown()
            self.found.shuts.append(self._shut(form))
            if say is not None:
                say(self.found)
            if len(self.watched.reads) >= most and len(self.found.shuts) >= _FEWEST:
                return
            form = _sign(self.cast)
            connections.close_all()
            self.watched.go_on()

    def _wait_until_shown(self) -> None:
        """Every reader has seen what the form opens, on the average, and all are at work."""
        begun = time.time()
        self.watched.watch(
            lambda came: sum(one.shown and one.begun > begun for one in came) >= self.number, most=_LONGEST
        )
        self.watched.watch(lambda _: False, most=_SETTLED)

    def _shut(self, form: ConsentId) -> Shut:
        """One revocation, and every answer begun after its click; at the end all readers rest."""
        client = http.client.HTTPConnection("127.0.0.1", self.wish.port, timeout=60)
        first = len(self.watched.reads)
        with _looking(self.cast.charts[_PATIENT]) as look:
            clicked, answered = _revoke(client, self.cast.tokens["therapist"], form)
            client.close()
            look.join(_LONGEST)
        self.watched.watch(lambda came: sum(one.begun > look.seen for one in came) >= 2 * self.number, most=_LONGEST)
        self.watched.rest()
        reads = tuple(one for one in self.watched.reads[first:] if one.begun > clicked)
        return Shut(clicked, look.committed, look.seen, answered, form, reads)


class _Look(threading.Thread):
    """Looks at the chart on a connection of its own until its rights have changed: when that was, and who saw it."""

    def __init__(self, chart_id: ChartId) -> None:
        super().__init__(daemon=True)
        self.chart_id = chart_id
        self.committed = self.seen = 0.0
        self.link = psycopg.connect(database_url.current(), autocommit=True)
        self.before = self.stands()[0]

    def stands(self) -> tuple[int, float, float]:
        """The chart's epoch, the time of the commit it is from, and the time of this look."""
        row = self.link.execute(_STANDS, [self.chart_id]).fetchone()
        assert row is not None
        return row

    def run(self) -> None:
        """Look every millisecond."""
        while True:
            epoch, committed, now = self.stands()
            if epoch != self.before:
                self.committed, self.seen = committed, now
                return
            time.sleep(0.001)


@contextmanager
def _looking(chart_id: ChartId) -> Generator[_Look]:
    look = _Look(chart_id)
    look.start()
    try:
        yield look
    finally:
        look.link.close()


def _revoke(client: http.client.HTTPConnection, token: str, form: ConsentId) -> tuple[float, float]:
    """Open the page, press the button; when it was pressed, and when that was answered."""
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
    return clicked, time.time()


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
