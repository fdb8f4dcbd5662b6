"""Bench ``worklist``: a clinician's first page over HTTP, in a small network and in one a thousand times as large.

- ``worklist_growth``: p50 among many patients, and its ratio to the p50 among few; the practices are of one size in
  both, so what is measured is what the network around them costs. ``worklist_slowest``: p99 among the many.
- ``page_cost``: the page to its bare query and template (``worklist_server``), by turns in the same process.

The gate is on, every answer leaves its ledger line, and each page is compared with the rows that may flow. One page in
four rows is withheld by its label.
"""

import argparse
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import NamedTuple

from django.db import connections

from hallway import clock
from hallway.app.bench import gate_lists, scratch
from hallway.app.bench.figure import Figure
from hallway.app.bench.record_client import Server, serving, wrong
from hallway.directory.models import Practitioner, PractitionerRole
from hallway.identity import actions as identity
from hallway.identity.login import Hat
from hallway.identity.requester import Role
from hallway.ids import OrganizationId, PractitionerId
from hallway.storage.connection import cursor
from hallway.web.middleware import COOKIE

NAME = "worklist"
SERVER = "hallway.app.bench.worklist_server:application"
EACH = 4
"""Rows a patient: a clinician of these practices owes forty things, thirty of which may flow."""
GROWTH, READERS, SAMPLES, WARM = 1_000, 40, 400, 80
SEED = 20261122
_ROW = re.compile(rb'id="loop-([0-9a-f-]{36})"')


class _Reader(NamedTuple):
    """One clinician who is signed in."""

    practice: int
    practitioner: int
    token: str


@dataclass(frozen=True, slots=True)
class _Spent:
    """Milliseconds of each sample: the page, and its bare query and template."""

    page: Sequence[float]
    bare: Sequence[float]
    shape: str


def run(options: argparse.Namespace) -> Iterator[Figure]:
    """The three figures. ``--patients`` is the small network (default 1,000)."""
    few, growth, samples = (200, 5, 20) if options.quick else (options.patients, GROWTH, SAMPLES)
    small = _network(few, samples)
    large = _network(few * growth, samples)
    shape = f"{large.shape} : {small.shape}; practices of {gate_lists.CLINICIANS} clinicians at both sizes"
    checked = f"{samples} pages at each size hold the reader's rows without the one in four of a withheld label"
    p50, before = median(large.page), median(small.page)
    yield Figure("worklist_growth", p50, "ms, p50", before, p50 / before, shape, checked)
    slowest = quantiles(large.page, n=100)[-1]
    yield Figure("worklist_slowest", slowest, "ms, p99", None, None, large.shape, checked)
    bare = median(large.bare)
    checked = f"{checked}; the bare side gave the same rows"
    yield Figure("page_cost", p50, "ms, p50", bare, p50 / bare, f"its bare query and template; {large.shape}", checked)


def _network(patients: int, samples: int) -> _Spent:
    with scratch.database("worklist"):
        grants = gate_lists.fill(patients * EACH, each=EACH)
        readers = _readers(patients)
        connections.close_all()
        with serving("", application=SERVER) as server:
            page, bare = _asked(server, readers, samples)
        shape = f"{patients:,} patients, {patients * EACH:,} rows, {grants:,} grants"
        return _Spent(page, bare, shape)


def _readers(patients: int) -> list[_Reader]:
    """Clinicians drawn by lot, each with an account of their own."""
    practices = max(2, patients // gate_lists.CHARTS_A_PRACTICE)
    every = [(practice + 1, number + 1) for practice in range(practices) for number in range(gate_lists.CLINICIANS)]
    dice = random.Random(SEED)  # noqa: S311 - a workload, not a secret
    return [_signed_in(practice, practice * 100 + number) for practice, number in dice.sample(every, READERS)]


def _signed_in(practice: int, number: int) -> _Reader:
    person = Practitioner.objects.create(id=number, fhir_id=f"p{number}", family=f"Reader {number}")
    held = PractitionerRole.objects.create(
        fhir_id=f"r{number}", practitioner=person, organization_id=practice, role=Role.PCP, from_on=clock.today()
    )
    account = identity.create_account(f"{number}@example.org", person.family, practitioner_id=PractitionerId(number))
    opened = identity.open_verified(account)
    hat = Hat(
        practitioner_role_id=held.id, role=Role.PCP, organization_id=OrganizationId(practice), organization_name="Bench"
    )
    identity.wear(opened.session_id, hat)
    return _Reader(practice, number, opened.token)


def _asked(server: Server, readers: Sequence[_Reader], samples: int) -> tuple[list[float], list[float]]:
    """Page and bare by turns, each reader in turn; the first are not counted."""
    spent: dict[str, list[float]] = {"page": [], "bare": []}
    for number in range(-min(WARM, samples), samples):
        reader = readers[number % len(readers)]
        owed = _owed(reader)
        for side in ("page", "bare") if number % 2 else ("bare", "page"):
            took, body = _get(server, reader, side)
            if sorted(_ROW.findall(body)) != owed:
                raise wrong("A page shows too little, too much or somebody else's.")
            if number >= 0:
                spent[side].append(1000 * took)
    return spent["page"], spent["bare"]


def _get(server: Server, reader: _Reader, side: str) -> tuple[float, bytes]:
    begun = time.perf_counter()
    server.client.request("GET", "/worklist/", headers={"Cookie": f"{COOKIE}={reader.token}", "X-Bench": side})
    answer = server.client.getresponse()
    body = answer.read()
    took = time.perf_counter() - begun
    if answer.status != 200:
        raise wrong("A page was refused.")
    return took, body


def _owed(reader: _Reader) -> list[bytes]:
    """What of theirs may flow, counted without the gate."""
    with cursor() as opened:
        rows = opened.execute(
            "SELECT id::text FROM loops_loop WHERE owner_org_id = %s::int AND owner_practitioner_id = %s::int"
            " AND mask = 1 AND closed_at IS NULL ORDER BY 1",
            [reader.practice, reader.practitioner],
        ).fetchall()
    return [row[0].encode() for row in rows]
