"""Bench ``fhir``: what token check, gate and ledger leave of the door's speed, and how searches grow with patients.

- ``read``, ``search``, ``everything``: answers a second at 1, 8 and 32 clients. ``ratio`` is the share kept of the rate
  of the bare side: same process, same pool, same reading functions, without token check, gate and ledger
  (``fhir_server``). One resource by id; a search of one chart by code, 20 to a page; a chart of 300 resources.
- ``search_growth``: ten searches among 1,000 patients and among 100,000; see ``fhir_growth``.

The caller is a program with an access token. Both sides take turns in the same server process on the same data; the
median of the rounds counts.
"""

import argparse
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

import msgspec
from django.db import connections

from hallway import clock
from hallway.app.bench import fhir_growth, record, scratch
from hallway.app.bench.fhir_load import Crowd, request
from hallway.app.bench.figure import Figure
from hallway.app.bench.record_client import Server, serving, wrong
from hallway.app.prove import programs
from hallway.app.prove.cast import Cast, people, sign_in
from hallway.identity import registering
from hallway.identity.registering import Registration
from hallway.ids import AccountId
from hallway.storage.connection import cursor

NAME = "fhir"
CLIENTS = (1, 8, 32)
THREADS = 8
PAGE = 20
SIDES = ("gated", "bare")
SERVER = "hallway.app.bench.fhir_server:application"


class _Shape(NamedTuple):
    """One figure: its name, the addresses asked in turn, and what they ask for."""

    name: str
    paths: tuple[str, ...]
    words: str


def run(options: argparse.Namespace) -> Iterator[Figure]:
    """The three shares on a chart of 300 resources."""
    seconds, rounds = (0.2, 1) if options.quick else (1.5, max(3, options.rounds))
    with scratch.database("fhir"):
        cast = people(clock.today())
        sign_in(cast, "pcp")
        token = _token(cast)
        subject = record.chart_of(cast, "clear", 0.0)
        connections.close_all()
        with serving(token, threads=THREADS, application=SERVER) as server:
            for shape in _shapes(server, subject):
                checked = _check(server, shape)
                for clients in CLIENTS:
                    yield _share(server, shape, clients, seconds=seconds, rounds=rounds, checked=checked)
    if options.quick:
        yield from fhir_growth.run(patients=20, growth=3, samples=2)
    else:
        yield from fhir_growth.run(patients=options.patients, growth=100, samples=40)


def _token(cast: Cast) -> str:
    """The access token of a program that the primary care physician has let in for every patient."""
    said = Registration("Bench", "Bench", "public", programs.MOST, redirect_uris=(programs.BACK,))
    app = registering.register(said, by=AccountId(0)).app
    return programs.issued(cast, app, "pcp", about=None, text="openid user/*.rs").access


def _shapes(server: Server, subject: record.Subject) -> Sequence[_Shape]:
    """What is asked. The first answers also make the sides ready."""
    whole = f"/fhir/Patient/{subject.patient}/$everything"
    found = msgspec.json.decode(server.get(whole, "gated"))["entry"]
    ids = [entry["resource"]["id"] for entry in found if entry["resource"]["resourceType"] == "Observation"]
    searched = f"/fhir/Observation?patient={subject.patient}&code=http%3A%2F%2Floinc.org%7C44261-6&_count={PAGE}"
    return (
        _Shape("read", tuple(f"/fhir/Observation/{one}" for one in ids), "one Observation by id"),
        _Shape("search", (searched,), f"Observations of a patient by code, {PAGE} of them, next link"),
        _Shape("everything", (whole,), f"a chart of {subject.resources} resources"),
    )


def _check(server: Server, shape: _Shape) -> str:
    """What was verified. Raises HallwayError when the sides differ, or a line is missing or one too many."""
    for path in shape.paths[:20]:
        before = _lines()
        server.client.close()  # one that rests for half a minute is closed by the server; the next request opens one
        gated = server.get(path, "gated")
        between = _lines()
        bare = server.get(path, "bare")
        if between != before + 1 or _lines() != between:
            raise wrong("The gated side left no line or more than one, or the bare side left one.")
        if gated != bare:
            raise wrong("The two sides gave different answers.")
    return "same bytes on both sides, one ledger line a request on one and none on the other"


def _lines() -> int:
    with cursor() as opened:
        row = opened.execute("SELECT count(*) FROM ledger_line").fetchone()
    return int(row[0]) if row else 0


def _share(server: Server, shape: _Shape, clients: int, *, seconds: float, rounds: int, checked: str) -> Figure:
    """The rate of the product, and its share of the bare one: the median over rounds, sides by turns."""
    asked = {side: _requests(server, shape, side) for side in SIDES}
    crowd = Crowd(int(server.client.port), clients)
    pairs: list[tuple[float, float]] = []
    try:
        for side in SIDES:
            crowd.rate(asked[side], seconds / 3)
        for number in range(rounds):
            turn = SIDES if number % 2 else SIDES[::-1]
            rates = {side: crowd.rate(asked[side], seconds) for side in turn}
            pairs.append((rates["gated"], rates["bare"]))
    finally:
        crowd.close()
    return Figure(
        name=shape.name,
        value=median(gated for gated, _ in pairs),
        unit="requests/s",
        baseline=median(bare for _, bare in pairs),
        ratio=median(gated / bare for gated, bare in pairs),
        dataset=f"{shape.words}; {clients} client{'s' if clients > 1 else ''}, one process of {THREADS} threads",
        checked=checked,
    )


def _requests(server: Server, shape: _Shape, side: str) -> list[bytes]:
    headers = {"Authorization": f"Bearer {server.token}", "X-Bench": side}
    return [request(path, headers) for path in shape.paths]
