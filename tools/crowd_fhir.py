"""Many clients on few patients: ``python -m tools.crowd_fhir --clients 64 --patients 10 --seconds 300``.

Each client reads, pages, updates under If-Match, creates and updates by a search, and sends transactions, as fast as it
is answered. Afterwards the record is looked at: every acknowledged increment is there and no other, no version stands
twice, what was created under a condition stands once, a transaction is there whole or not at all, and every page walk
saw each resource that stood throughout exactly once.
"""

import argparse
import json
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from tools.fuzz_fhir.wire import Answer, Request, Wire

SYSTEM = "urn:crowd"
LOINC = "http://loinc.org"
STANDING = 25
COUNTERS = 2
KEYS = 12
PEOPLE = ("pcp", "therapist")
JSON = "application/fhir+json"
Resource = dict[str, Any]


@dataclass(slots=True)
class Ground:
    """What stands before the crowd comes. ``counters`` and ``standing`` by patient; ``tokens`` by person."""

    port: int
    tokens: dict[str, str]
    patients: list[str]
    hidden: str
    absent: str
    counters: dict[str, list[str]] = field(default_factory=dict)
    standing: dict[str, set[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """What was done and what was wrong, by everybody; ``added`` are acknowledged increments of each counter."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    done: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    added: Counter[str] = field(default_factory=Counter)
    kept: set[str] = field(default_factory=set)
    keys: set[tuple[str, str]] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)

    def note(self, *, did: str = "", wrong: str = "") -> None:
        """Count one thing."""
        with self.lock:
            self.done[did] += bool(did)
            if wrong and len(self.wrong) < 50:
                self.wrong.append(wrong)

    def told(self) -> dict[str, object]:
        """For a line of JSON."""
        return {
            "name": "crowd_fhir",
            "done": dict(sorted(self.done.items())),
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "increments": sum(self.added.values()),
            "wrong": len(self.wrong),
        }


def observation(patient: str, code: str, **more: object) -> Resource:
    """A small one."""
    coded = {"coding": [{"system": LOINC, "code": code}]}
    made = {
        "resourceType": "Observation",
        "status": "final",
        "code": coded,
        "subject": {"reference": f"Patient/{patient}"},
    }
    return {**made, "effectiveDateTime": "2026-11-20T10:00:00Z", **more}


class Client:
    """One client: a connection, a person, and dice."""

    def __init__(self, ground: Ground, tally: Tally, number: int) -> None:
        self.ground, self.tally = ground, tally
        self.number = number
        self.dice = random.Random(number)  # noqa: S311 - repeatable on purpose
        self.token = ground.tokens[PEOPLE[number % len(PEOPLE)]]
        self.wire = Wire(ground.port)

    def ask(self, method: str, path: str, sent: object = None, **headers: str) -> Answer:
        """One request; an answer that tells of a defect is noted."""
        given = [("Host", f"127.0.0.1:{self.ground.port}"), ("Authorization", f"Bearer {self.token}"), ("Accept", JSON)]
        given += [(name.replace("_", "-"), value) for name, value in headers.items()]
        if sent is not None:
            given.append(("Content-Type", JSON))
        answer = self.wire.ask(Request(method, path, given, b"" if sent is None else json.dumps(sent).encode()))
        with self.tally.lock:
            self.tally.statuses[answer.status] += 1
        if answer.status == 0 or answer.status >= 500:
            self.tally.note(
                wrong=f"{method} {path.partition('?')[0]} was answered {answer.status}: {answer.body[:200]!r}"
            )
        return answer

    def run(self, until: float, most: int) -> None:
        """Do one thing after another, for a time or ``most`` times."""
        deeds: tuple[Callable[[str], None], ...] = (
            self.increment, self.increment, self.increment, self.create, self.upsert, self.transact, self.page,
            self.read, self.read, self.name_hidden,
        )  # fmt: skip
        while time.monotonic() < until and most:
            most -= 1
            self.dice.choice(deeds)(self.dice.choice(self.ground.patients))
        self.wire.close()

    def _counter(self, patient: str) -> tuple[str, Resource, str] | None:
        one = self.dice.choice(self.ground.counters[patient])
        found = self.ask("GET", f"/fhir/Observation/{one}")
        if found.status != 200:
            return None
        return one, json.loads(found.body), found.headers["etag"]

    def increment(self, patient: str) -> None:
        """Read, add one, write under the version read."""
        held = self._counter(patient)
        if held is None:
            return
        one, made, tag = held
        made["valueInteger"] += 1
        answer = self.ask("PUT", f"/fhir/Observation/{one}", made, If_Match=tag)
        if answer.status == 200:
            with self.tally.lock:
                self.tally.added[one] += 1
        elif answer.status not in {409, 412}:
            self.tally.note(wrong=f"an increment was answered {answer.status}: {answer.body[:200]!r}")
        self.tally.note(did="increment" if answer.status == 200 else "increment refused")

    def create(self, patient: str) -> None:
        """Create unless it is there; many want the same."""
        key = f"{patient[-4:]}-c{self.dice.randrange(KEYS)}-{int(time.monotonic())}"
        made = observation(patient, "8867-4", identifier=[{"system": SYSTEM, "value": key}])
        answer = self.ask(
            "POST", "/fhir/Observation", made, If_None_Exist=f"identifier={SYSTEM}|{key}&patient={patient}"
        )
        self._kept_once("create", patient, key, answer)

    def upsert(self, patient: str) -> None:
        """Update what a search finds, or create it."""
        key = f"{patient[-4:]}-u{self.dice.randrange(KEYS)}"
        made = observation(patient, "8867-4", identifier=[{"system": SYSTEM, "value": key}], valueInteger=self.number)
        where = f"identifier={quote(f'{SYSTEM}|{key}')}&patient={patient}"
        self._kept_once("conditional update", patient, key, self.ask("PUT", f"/fhir/Observation?{where}", made))

    def _kept_once(self, did: str, patient: str, key: str, answer: Answer) -> None:
        if answer.status in {200, 201}:
            with self.tally.lock:
                self.tally.keys.add((patient, key))
        elif answer.status not in {409, 412}:
            self.tally.note(wrong=f"a {did} was answered {answer.status}: {answer.body[:200]!r}")
        self.tally.note(did=f"{did} {answer.status}")

    def transact(self, patient: str) -> None:
        """A new resource and an increment together, or neither."""
        held = self._counter(patient)
        if held is None:
            return
        one, made, tag = held
        made["valueInteger"] += 1
        key = f"t-{self.number}-{self.dice.randrange(10**9)}"
        new = observation(patient, "8867-4", identifier=[{"system": SYSTEM, "value": key}])
        entries = [
            {"resource": new, "request": {"method": "POST", "url": "Observation"}},
            {"resource": made, "request": {"method": "PUT", "url": f"Observation/{one}", "ifMatch": tag}},
        ]
        answer = self.ask("POST", "/fhir", {"resourceType": "Bundle", "type": "transaction", "entry": entries})
        with self.tally.lock:
            if answer.status == 200:
                self.tally.added[one] += 1
                self.tally.kept.add(key)
        if answer.status not in {200, 409, 412}:
            self.tally.note(wrong=f"a transaction was answered {answer.status}: {answer.body[:200]!r}")
        self.tally.note(did="transaction" if answer.status == 200 else "transaction refused")

    def page(self, patient: str) -> None:
        """Walk all pages: what stands throughout is seen exactly once."""
        sort = self.dice.choice(("", "&_sort=_lastUpdated", "&_sort=-_lastUpdated", "&_sort=_id", "&_sort=date"))
        path = f"/fhir/Observation?patient={patient}{sort}&_count={self.dice.choice((5, 9, 17))}"
        seen: Counter[str] = Counter()
        while path:
            answer = self.ask("GET", path)
            if answer.status != 200:
                self.tally.note(wrong=f"a page was answered {answer.status}: {answer.body[:200]!r}")
                return
            bundle = json.loads(answer.body)
            seen.update(entry["resource"]["id"] for entry in bundle.get("entry", []) if "id" in entry["resource"])
            following = next((one["url"] for one in bundle["link"] if one["relation"] == "next"), "")
            parts = urlsplit(following)
            path = f"{parts.path}?{parts.query}" if following else ""
        times = [seen[one] for one in self.ground.standing[patient]]
        if set(times) != {1}:
            self.tally.note(
                wrong=f"pages{sort} showed {times.count(0)} not at all and {sum(n > 1 for n in times)} twice"
            )
        self.tally.note(did="page walk")

    def read(self, patient: str) -> None:
        """One that stands, and the whole record."""
        one = self.dice.choice(sorted(self.ground.standing[patient]))
        if self.ask("GET", f"/fhir/Observation/{one}").status != 200:
            self.tally.note(wrong="a resource that stands was not found")
        if self.dice.random() < 0.1:
            self.ask("GET", f"/fhir/Patient/{patient}/$everything")
        self.tally.note(did="read")

    def name_hidden(self, patient: str) -> None:
        """A reference to what is hidden is answered as one to what was never there."""
        answers: list[tuple[int, bytes]] = []
        for one in (self.ground.hidden, self.ground.absent):
            made = observation(patient, "8867-4", derivedFrom=[{"reference": f"Condition/{one}"}])
            answer = self.ask("POST", "/fhir/Observation", made)
            answers.append((answer.status, answer.body.replace(one.encode(), b"ID")))
        if answers[0] != answers[1] or answers[0][0] < 400:
            self.tally.note(wrong=f"hidden and absent were answered apart: {answers[0][:300]} {answers[1][:300]}")
        self.tally.note(did="hidden reference")


def prepare(ground: Ground, tally: Tally) -> None:
    """What stands throughout, and the counters at nought."""
    client = Client(ground, tally, 0)
    for patient in ground.patients:
        for name, count in (("counters", COUNTERS), ("standing", STANDING)):
            made = observation(patient, "8480-6", valueInteger=0)
            entry = {"resource": made, "request": {"method": "POST", "url": "Observation"}}
            sent = {"resourceType": "Bundle", "type": "transaction", "entry": [entry] * count}
            answer = json.loads(client.ask("POST", "/fhir", sent).body)
            ids = [one["response"]["location"].split("Observation/")[1].split("/")[0] for one in answer["entry"]]
            if name == "counters":
                ground.counters[patient] = ids
            else:
                ground.standing[patient] = set(ids)
    # The therapist's counters would be another practice's facts: whoever writes here is of the first.
    client.wire.close()


def crowd(ground: Ground, *, clients: int, seconds: float, most: int) -> Tally:
    """Let them in, wait until they are done, and look at what they left."""
    tally = Tally()
    prepare(ground, tally)
    until = time.monotonic() + seconds
    everybody = [
        threading.Thread(target=Client(ground, tally, number).run, args=[until, most], daemon=True)
        for number in range(clients)
    ]
    for one in everybody:
        one.start()
    for one in everybody:
        one.join(seconds + 120)
        if one.is_alive():
            tally.note(wrong="a client was never answered")
    _look(ground, tally)
    return tally


def _look(ground: Ground, tally: Tally) -> None:
    """Every promise, looked up."""
    client = Client(ground, tally, 0)
    for ids in ground.counters.values():
        for one in ids:
            _look_at_counter(client, tally, one)
    for patient, key in sorted(tally.keys):
        where = f"patient={patient}&identifier={quote(f'{SYSTEM}|{key}')}"
        found = json.loads(client.ask("GET", f"/fhir/Observation?{where}").body).get("entry", [])
        if len(found) != 1:
            tally.note(wrong=f"what was created under a condition stands {len(found)} times")
    stands: set[str] = set()
    for patient in ground.patients:
        whole = json.loads(client.ask("GET", f"/fhir/Patient/{patient}/$everything").body)
        names = [one for entry in whole["entry"] for one in entry["resource"].get("identifier", [])]
        stands |= {one["value"] for one in names if one.get("system") == SYSTEM and one["value"].startswith("t-")}
    if stands != tally.kept:
        tally.note(
            wrong=f"{len(stands - tally.kept)} refused transactions left something, {len(tally.kept - stands)} lost"
        )
    client.wire.close()


def _look_at_counter(client: Client, tally: Tally, one: str) -> None:
    versions = json.loads(client.ask("GET", f"/fhir/Observation/{one}/_history").body)["entry"]
    values = [entry["resource"]["valueInteger"] for entry in versions]
    tags = {entry["resource"]["meta"]["versionId"] for entry in versions}
    added = tally.added[one]
    if max(values) != added:
        tally.note(wrong=f"a counter stands at {max(values)} after {added} acknowledged increments")
    if len(versions) <= 900 and (sorted(values) != list(range(added + 1)) or len(tags) != len(versions)):
        tally.note(wrong="a version stands twice, or one is missing")


# By itself -----------------------------------------------------------------------------------------------------------


def stage(port: int, cast: Any, patients: list[str], hidden: str) -> Ground:
    """The ground for a server on ``port``."""
    absent = hidden[:-6] + "fedcba"
    return Ground(port, dict.fromkeys(PEOPLE, cast.tokens["pcp"]), patients, hidden, absent)


def fill(patients: int) -> tuple[Any, list[str], str]:
    """Charts of one practice in the database in force, and a hidden fact in the first of them."""
    from hallway import clock
    from hallway.app.prove import facts, network
    from hallway.app.prove.cast import people, sign_in

    cast = people(clock.today())
    for key in ("pcp", "therapist"):
        sign_in(cast, key)
    for number in range(patients):
        network.chart(cast, f"p{number}", "Pia", f"Person{number}", born=f"19{50 + number}-01-02")
    ids = [str(cast.patients[f"p{number}"]) for number in range(patients)]
    (hidden,) = network.store(cast, "counselor", [facts.condition(cast.patients["p0"], "F11.20", clock.now())])
    return cast, ids, hidden


def run(*, clients: int, patients: int, seconds: float, most: int = -1) -> Tally:
    """Fill the database in force, serve it, let the crowd in: for a time, or until each has done ``most`` things."""
    from django.db import connections

    from hallway.app.prove import serving
    from hallway.fhirapi import door

    cast, ids, hidden = fill(patients)
    door.close()
    connections.close_all()
    with serving.serving(workers=2, threads=8) as port:
        return crowd(stage(port, cast, ids, hidden), clients=clients, seconds=seconds, most=most)


def main() -> int:
    """Parse, run, tell."""
    parser = argparse.ArgumentParser(prog="python -m tools.crowd_fhir", description=__doc__)
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--patients", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=300)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hallway.app.settings")
    os.environ.setdefault("HALLWAY_SECRET_KEY", "only-for-proofs")
    import django

    django.setup()
    from hallway.app.bench import scratch
    from hallway.app.prove import server

    with server.running(), scratch.database("crowd"):
        found = run(clients=arguments.clients, patients=arguments.patients, seconds=arguments.seconds)
    for one in found.wrong:
        sys.stderr.write(f"{one}\n")
    print(json.dumps({**found.told(), "clients": arguments.clients, "seconds": arguments.seconds}))
    return 1 if found.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
