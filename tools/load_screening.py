"""Waiting rooms full of tablets: ``python -m tools.load_screening --an-hour 10000 --minutes 10``.

A whole ``hallway serve`` on a data folder of its own, with its own durable database. Desks ask, tablets open their page
and answer one question after another at a person's pace, change answers, and send some twice as after a lost reply;
three clinics keep their worklists open. Printed: the time of a saved answer as the tablet waits for it. Checked: every
answer that was said to be kept stands in the record as it was given last, and no other.
"""

import argparse
import http.client
import os
import random
import re
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import msgspec

if TYPE_CHECKING:
    from uuid import UUID

    from hallway.identity.requester import Requester
    from hallway.ids import ChartId

_TOKEN = re.compile(r'csrfmiddlewaretoken" value="(\w+)"')
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_JSON = {"Accept": "application/json"}
ASKED = ("phq-2", "gad-2")
CLINICS = 3
LIST_EVERY = 10.0
"""Seconds after which an open worklist is asked for again."""
SENT_TWICE, CHANGED = 0.02, 0.05
"""Shares of answers whose reply is lost, and that are changed afterwards."""


@dataclass(slots=True)
class Clinic:
    """A practice, who asks there, the session with the worklist, and its patients."""

    by: "Requester"
    session: str
    charts: list["ChartId"]


@dataclass(slots=True)
class Tally:
    """Times in seconds, what was acknowledged by sitting, and what went wrong."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    answers: list[float] = field(default_factory=list[float])
    pages: list[float] = field(default_factory=list[float])
    lists: list[float] = field(default_factory=list[float])
    given: "dict[UUID, dict[str, str]]" = field(default_factory=dict)
    finished: "set[UUID]" = field(default_factory=set)
    wrong: list[str] = field(default_factory=list[str])


class Tablet:
    """One browser on one kept connection."""

    def __init__(self, port: int, secret: str, tally: Tally) -> None:
        """Nothing is opened yet."""
        self.port, self.tally = port, tally
        self.path = f"/q/{secret}/"
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.token = self.cookie = ""

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, *, json: bool = False) -> tuple[int, str]:
        """One request; the status and the body."""
        headers = {"Cookie": self.cookie, **(_JSON if json else {}), **(_FORM if form is not None else {})}
        self.line.request(method, path, urlencode(form) if form is not None else None, headers)
        reply = self.line.getresponse()
        body = reply.read().decode()
        for name, value in reply.getheaders():
            if name.lower() == "set-cookie" and value.startswith("csrftoken="):
                self.cookie = value.split(";")[0]
        return reply.status, body

    def post(self, form: dict[str, str], *, json: bool = False) -> tuple[int, str]:
        """A form of the page, with its token."""
        return self.ask("POST", self.path, {"csrfmiddlewaretoken": self.token, **form}, json=json)

    def open(self) -> None:
        """The first page, the first press, the page of the first question."""
        began = time.perf_counter()
        _, page = self.ask("GET", self.path)
        found = _TOKEN.search(page)
        self.token = found[1] if found else ""
        self.post({"step": "begin"})
        self.ask("GET", f"{self.path}?at=")
        with self.tally.lock:
            self.tally.pages.append(time.perf_counter() - began)

    def whole(self) -> dict[str, Any]:
        """What there is to ask."""
        return msgspec.json.decode(self.ask("GET", self.path, json=True)[1])

    def answer(self, given: dict[str, str], question: str, code: str, number: int) -> None:
        """Save one answer, timed; it counts as given once the server says so."""
        began = time.perf_counter()
        status, body = self.post(
            {"step": "answer", "question": question, "code": code, "number": str(number)}, json=True
        )
        took = time.perf_counter() - began
        with self.tally.lock:
            self.tally.answers.append(took)
            if status == http.client.OK and '"kept"' in body:
                given[question] = code
            else:
                self.tally.wrong.append(f"an answer was met with {status}")

    def lose_a_reply(self, question: str, code: str, number: int) -> None:
        """Send an answer and break off before the reply: whether it was kept is not known, so it is sent again."""
        headers = {"Cookie": self.cookie, **_JSON, **_FORM}
        form = {"csrfmiddlewaretoken": self.token, "step": "answer", "question": question}
        self.line.request("POST", self.path, urlencode({**form, "code": code, "number": str(number)}), headers)
        self.line.close()


def patient(tablet: Tablet, sitting_id: "UUID", dice: random.Random, pace: tuple[float, float]) -> None:
    """Somebody answers everything that is asked and sends it."""
    given: dict[str, str] = {}
    tablet.tally.given[sitting_id] = given
    try:
        tablet.open()
        number = 0
        for _ in range(4):
            whole = tablet.whole()
            held = whole["answers"]
            for one in whole["questions"]:
                key = f"{one['instrument']}/{one['question']}"
                if not one["put"] or key in held:
                    continue
                time.sleep(dice.uniform(*pace))
                number = _answer_one(tablet, given, one, number=number, dice=dice)
            status, _ = tablet.post({"step": "send"})
            if status == http.client.OK:
                tablet.tally.finished.add(sitting_id)
                return
        tablet.tally.wrong.append("a sitting found no end")
    except (OSError, http.client.HTTPException) as fault:
        tablet.tally.wrong.append(type(fault).__name__)
    finally:
        tablet.line.close()


def _answer_one(tablet: Tablet, given: dict[str, str], one: dict[str, Any], *, number: int, dice: random.Random) -> int:
    """Answer a question, perhaps twice over, perhaps otherwise a moment later; the count of the last answer sent."""
    key, codes = f"{one['instrument']}/{one['question']}", [choice["key"] for choice in one["choices"]]
    number += 1
    code = dice.choice(codes)
    if dice.random() < SENT_TWICE:
        tablet.lose_a_reply(key, code, number)
    tablet.answer(given, key, code, number)
    if dice.random() < CHANGED:
        number += 1
        tablet.answer(given, key, dice.choice(codes), number)
    return number


def clinician(port: int, session: str, tally: Tally, until: float) -> None:
    """A worklist that stays open."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while time.monotonic() < until:
        began = time.perf_counter()
        line.request("GET", "/worklist/", headers={"Cookie": f"hallway_session={session}"})
        reply = line.getresponse()
        reply.read()
        with tally.lock:
            tally.lists.append(time.perf_counter() - began)
            if reply.status != http.client.OK:
                tally.wrong.append(f"a worklist was met with {reply.status}")
        time.sleep(LIST_EVERY)


def fill(patients: int) -> list[Clinic]:
    """Three clinics with their clinician and patients, in the database in force."""
    from hallway.consent import actions as consent
    from hallway.consent.tests import town
    from hallway.identity import actions as identity
    from hallway.identity.login import Hat
    from hallway.identity.requester import Role, system

    made: list[Clinic] = []
    for number in range(CLINICS):
        place = town.organization(f"Clinic{number}", side="pc")
        by = town.person(f"Doctor{number}", place, Role.PCP, licence="physician")
        account = identity.create_account(f"d{number}@example.test", "Somebody", practitioner_id=by.practitioner_id)
        opened = identity.open_verified(account)
        identity.wear(opened.session_id, Hat(0, Role.PCP, place, "A clinic"))
        charts = [town.new_patient(place, given=f"Number{one}") for one in range(patients // CLINICS)]
        for chart in charts:
            consent.join_team(
                chart, by=system("load"), organization=place, basis="assigned", practitioner=by.practitioner_id
            )
        made.append(Clinic(by, opened.token, charts))
    return made


def run(port: int, clinics: Sequence[Clinic], wish: argparse.Namespace) -> Tally:
    """Desks ask at an even rate; each sitting is a tablet of its own."""
    from hallway.screening.asking import actions

    tally, dice = Tally(), random.Random(20261122)  # noqa: S311 - repeatable on purpose
    ends = time.monotonic() + wish.minutes * 60
    lists = [threading.Thread(target=clinician, args=(port, one.session, tally, ends)) for one in clinics]
    tablets: list[threading.Thread] = []
    for one in lists:
        one.start()
    due, between = time.monotonic(), 3600 / wish.an_hour
    while due < ends:
        time.sleep(max(0.0, due - time.monotonic()))
        clinic = dice.choice(list(clinics))
        asked = actions.ask(dice.choice(clinic.charts), ASKED, by=clinic.by, mode="tablet")
        tablet = Tablet(port, asked.secret, tally)
        own = random.Random(dice.random())  # noqa: S311 - repeatable on purpose
        made = threading.Thread(target=patient, args=(tablet, asked.sitting_id, own, (wish.pace / 2, wish.pace * 1.5)))
        tablets.append(made)
        made.start()
        due += between
    for one in (*tablets, *lists):
        one.join()
    return tally


def look(tally: Tally, clinics: Sequence[Clinic]) -> int:
    """Compare what was acknowledged with the record and with what waits; how many answers agree."""
    from hallway.screening.asking import queries
    from hallway.screening.models import Sitting

    bodies = _responses(clinics)
    agreed = 0
    for sitting_id, given in tally.given.items():
        sitting = Sitting.objects.get(id=sitting_id)
        stands: dict[str, str] = {}
        for kept in sitting.filed:
            stands |= bodies.get(kept.removeprefix("QuestionnaireResponse/"), {})
        if sitting_id not in tally.finished:
            held = queries.answers_of(sitting_id)
            stands = {f"{one}/{key}": code for one, answers in held.items() for key, code in answers.items()}
        for key, code in given.items():
            if stands.get(key) == code:
                agreed += 1
            else:
                tally.wrong.append("an answer is lost or another stands")
    return agreed


def _responses(clinics: Sequence[Clinic]) -> dict[str, dict[str, str]]:
    """Every response in the record, by id: question to answer."""
    from hallway.consent import gate
    from hallway.record import queries as record
    from hallway.screening.instruments.resources import read_response
    from hallway.standards.fhir import r4

    found: dict[str, dict[str, str]] = {}
    for clinic in clinics:
        for chart in clinic.charts:
            release = gate.release(clinic.by, chart)
            for stored in record.read_chart(release, kinds=["QuestionnaireResponse"], route="load"):
                reading = read_response(stored.view(r4.QuestionnaireResponse))
                if reading is not None:
                    answers = {f"{reading.instrument_key}/{key}": code for key, code in reading.answers.items()}
                    found[str(stored.id)] = answers
    return found


def percentile(times: Sequence[float], share: float) -> float:
    """In milliseconds."""
    ordered = sorted(times)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def told(tally: Tally, agreed: int, wish: argparse.Namespace) -> None:
    """Print the figures."""
    from hallway.app.bench.figure import Figure

    dataset = f"{len(tally.given)} screenings at {wish.an_hour}/h, {CLINICS} worklists open, {os.cpu_count()} cores"
    checked = f"{agreed} answers acknowledged stand as given last, {len(tally.wrong)} faults"
    for name, times, share in (
        ("saved_answer_p50", tally.answers, 0.50),
        ("saved_answer_p95", tally.answers, 0.95),
        ("saved_answer_p99", tally.answers, 0.99),
        ("tablet_opened_p95", tally.pages, 0.95),
        ("worklist_p95", tally.lists, 0.95),
    ):
        figure = Figure(name, round(percentile(times, share), 2), "ms", None, None, dataset, checked)
        print(figure.json_line() if wish.json else figure.text_line())
    sys.stdout.flush()


def main() -> int:
    """0 when no answer was lost and nothing went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--an-hour", type=int, default=10_000, help="screenings an hour (default 10,000)")
    parser.add_argument("--minutes", type=float, default=10, help="for how long (default 10)")
    parser.add_argument("--pace", type=float, default=2.0, help="seconds a person takes for a question (default 2)")
    parser.add_argument("--patients", type=int, default=300, help="patients of the three clinics (default 300)")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    wish = parser.parse_args()
    from tests.running.kit import running_hallway

    with running_hallway() as hallway:
        hallway.start()
        try:
            os.environ |= {
                "HALLWAY_DATABASE_URL": hallway.url(),
                "HALLWAY_SECRET_KEY": "load",
                "DJANGO_SETTINGS_MODULE": "hallway.app.settings",
            }
            import django

            django.setup()
            clinics = fill(wish.patients)
            tally = run(hallway.port, clinics, wish)
            agreed = look(tally, clinics)
        finally:
            hallway.stop()
    told(tally, agreed, wish)
    for wrong in sorted(set(tally.wrong))[:20]:
        print(f"wrong: {wrong} ({tally.wrong.count(wrong)} times)", file=sys.stderr)
    return 1 if tally.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
