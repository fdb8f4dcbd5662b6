"""What a ledger line costs: bytes on disk, and milliseconds of a read at 1, 8 and 32 clients.

The ledger is first filled with the lines of a mix of chart reads (``MIX``), over ten thousand charts and two hundred
readers: the first 20,000 by the reading statements themselves, then those over again. Then it is sealed. The bytes are
those of every table of the ledger with its indexes, over the lines. They are set against the bytes that the same mix
answers for a chart of 300 resources.

Clients ask at a pace, as people at work do, so that what is measured is an answer and not a queue: each five times a
second, with a line and without one by turns, all in the same server.
"""

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles

import msgspec
from django.db import connections

from hallway import clock, ids
from hallway.app.bench.figure import Figure
from hallway.app.bench.record_client import Server, serving, wrong
from hallway.app.prove.cast import Cast, sign_in
from hallway.consent import gate
from hallway.ids import AccountId, ResourceId
from hallway.ledger import sealer
from hallway.ledger.lines import line_for
from hallway.ledger.queries import verify_database
from hallway.ledger.standalone import Verified
from hallway.record import actions, searching, store
from hallway.record.criteria import Query, Tokens
from hallway.record.evidence import Release
from hallway.record.finding import Bound
from hallway.record.recount import Wanted
from hallway.storage.connection import Cursor, cursor, transaction

TAB = ("Condition", "MedicationRequest", "Observation", "Encounter", "DocumentReference")
SEARCHED = "code=http://loinc.org|44261-6"
QUERY, BOUND = Query("Observation", (Tokens((SEARCHED,)),)), Bound()
SEARCH = searching.finding_in_chart(QUERY, BOUND, several=False)
MIX = {"whole record": 5, "a tab of the chart": 35, "search": 20, "one resource": 40}
"""Reads of each hundred. Published, so that anybody can weigh them otherwise."""
CHARTS, READERS, AT_ONCE, READ = 10_000, 200, 500, 20_000
"""``READ`` lines at most are left by reading statements; further ones are those again, of other items, in order."""
PACE, REQUESTS = 0.2, 120
"""Seconds between the requests of one client, and how many of them a round has."""
TABLES = ("ledger_line", "ledger_way", "ledger_plan", "ledger_head", "ledger_tip")


def figures(cast: Cast, patient: ResourceId, *, lines: int, rounds: int) -> Iterator[Figure]:
    """Bytes first, then the cost with that many lines in the ledger."""
    _fill(cast, patient, lines)
    checked = _seal()
    token = sign_in(cast, "pcp")  # after the filling: a login session does not outlive so long a silence
    connections.close_all()
    with serving(token, threads=16) as server:
        yield _bytes(server, patient, checked)
        for clients in (1, 8, 32):
            yield _cost(server, patient, clients=clients, rounds=rounds, requests=REQUESTS if lines > 1000 else 10)


# Filling -------------------------------------------------------------------------------------------------------------


def _fill(cast: Cast, patient: ResourceId, count: int) -> None:
    """Leave the lines of ``count`` reads, by the reading statements, many reads a transaction."""
    dice = random.Random(1)  # noqa: S311 - the same data every time
    given = gate.release(cast.callers["pcp"], store.charts_of([patient])[patient])
    releases = _releases(given, min(CHARTS, max(10, count // 100)))
    reads = list(MIX)
    read_in_all = min(count, READ)
    for begun in range(0, read_in_all, AT_ONCE):
        drawn = Counter(dice.choices(reads, tuple(MIX.values()), k=min(AT_ONCE, read_in_all - begun)))
        with cursor() as opened:
            for read, times in drawn.items():
                statement, act, wanted = _statement(read, dice)
                rows = [_row(opened, dice.choice(releases), act, wanted, dice=dice) for _ in range(times)]
                opened.executemany(statement.encode(), rows)
    for begun in range(read_in_all, count, READ):
        with cursor() as opened:
            opened.execute(_AGAIN.encode(), [min(READ, count - begun)])
    connections.close_all()


_AGAIN = """
INSERT INTO ledger_line (at, way, plan, chart_id, position, epoch, also, detail)
SELECT at, way, plan, chart_id, position, epoch, also,
    CASE WHEN detail LIKE 'Observation/%%' THEN 'Observation/' || gen_random_uuid() ELSE detail END
FROM (SELECT * FROM ledger_line ORDER BY id LIMIT %s) AS read ORDER BY random()
"""


def _releases(given: Release, count: int) -> list[Release]:
    """The same right to each of ``count`` empty charts, each on a consent of its own, as one of many readers."""
    found: list[Release] = []
    with transaction():
        charts = [actions.new_chart(ResourceId(str(ids.new_uuid(clock.now())))) for _ in range(count)]
    for number, chart in enumerate(charts):
        consent = str(ids.new_uuid(clock.now()))
        clauses = tuple(replace(clause, consent_ids=(consent,)) for clause in given.clauses)
        reader = replace(given.requester, account_id=AccountId(1000 + number % READERS))
        found.append(replace(given, requester=reader, chart_id=chart, clauses=clauses, epoch=1))
    return found


def _statement(read: str, dice: random.Random) -> tuple[str, str, Wanted]:
    """The statement of a read of the mix, its act and what it asks for."""
    match read:
        case "one resource":
            return store.READ_ONE, "read", Wanted(("Observation",), str(uuid.UUID(int=dice.getrandbits(128))))
        case "search":
            return SEARCH, "search", Wanted.of(QUERY)
        case "whole record":
            return store.READ, "read", Wanted()
        case _:
            return store.READ, "read", Wanted(TAB)


def _row(opened: Cursor, release: Release, act: str, wanted: Wanted, *, dice: random.Random) -> dict[str, object]:
    """The parameters of one read with its line."""
    if wanted.id:
        wanted = replace(wanted, id=str(uuid.UUID(int=dice.getrandbits(128))))
    line = line_for(release, act, route=f"GET /fhir/{act}", detail=wanted.text())
    asked = {
        "kind": "Observation",
        "id": wanted.id,
        "kinds": "{" + ",".join(wanted.kinds) + "}" if wanted.kinds else None,
        "since": None,
        "limit": wanted.limit or None,
    }
    return {**store.plan_parameters((release,)), **asked, **BOUND.values, **line.bound(opened)}


def _seal() -> str:
    """Seal everything and verify it; what was done, in words."""
    begun = time.perf_counter()
    heads = sealer.seal()
    spent = time.perf_counter() - begun
    verified = Verified()
    if list(verify_database(verified, published=Path("/nowhere"))):
        raise wrong("The ledger of the bench does not verify.")
    return f"{verified.lines:,} lines sealed under {len(heads)} heads in {spent:.0f} s, all verified"


# Figures -------------------------------------------------------------------------------------------------------------


def _bytes(server: Server, patient: ResourceId, checked: str) -> Figure:
    """Bytes a line, and their share of the bytes that the mix answers."""
    with cursor() as opened:
        sizes = {
            table: int((opened.execute(f"SELECT pg_total_relation_size('{table}')").fetchone() or (0,))[0])
            for table in TABLES
        }
        (count,) = opened.execute("SELECT count(*) FROM ledger_line").fetchone() or (0,)
    each = sum(sizes.values()) / count
    answered = sum(weight * len(server.get(_path(server, patient, read), "gated")) for read, weight in MIX.items())
    parts = ", ".join(f"{table.removeprefix('ledger_')} {size / count:.1f}" for table, size in sizes.items())
    mix = ", ".join(f"{weight} % {read}" for read, weight in MIX.items())
    return Figure(
        name="line_bytes",
        value=each,
        unit="bytes on disk a line, indexes and seal included",
        baseline=answered / 100,
        ratio=each * 100 / answered,
        dataset=f"{count:,} reads: {mix} (from {READ:,} on those again, of other items);"
        " set against the mean answer of that mix, a chart of 300 resources",
        checked=f"{checked}; bytes a line: {parts}",
    )


def _path(server: Server, patient: ResourceId, read: str) -> str:
    """The address that a read of the mix asks for."""
    match read:
        case "whole record":
            return f"/fhir/Patient/{patient}/$everything"
        case "search":
            return f"/fhir/Observation?patient={patient}&{SEARCHED.replace('|', '%7C')}&_count=50"
        case "one resource":
            found = msgspec.json.decode(server.get(f"/fhir/Observation?patient={patient}&_count=1", "gated"))
            return f"/fhir/Observation/{found['entry'][0]['resource']['id']}"
        case _:
            return f"/fhir/Patient/{patient}/$everything?_type={','.join(TAB)}"


def _cost(server: Server, patient: ResourceId, *, clients: int, rounds: int, requests: int) -> Figure:
    """What a line adds at the 95th percentile: the median of rounds, both sides by turns under the same load."""
    path = _path(server.another(), patient, "one resource")
    costs: list[tuple[float, float]] = []
    for _ in range(rounds):
        before = _lines()
        times: dict[str, list[float]] = {"gated": [], "silent": []}
        asking = [
            threading.Thread(
                target=_ask,
                args=(server.another(), path, times),
                kwargs={"requests": requests, "offset": one / clients},
            )
            for one in range(clients)
        ]
        for one in asking:
            one.start()
        for one in asking:
            one.join()
        if _lines() != before + clients * requests // 2 or len(times["silent"]) != clients * requests // 2:
            raise wrong("The side with a line left none, or the side without left one.")
        with_line, without = (quantiles(times[mode], n=20)[-1] * 1000 for mode in ("gated", "silent"))
        costs.append((with_line - without, without))
    added, without = median(cost for cost, _ in costs), median(base for _, base in costs)
    return Figure(
        name="line_cost",
        value=added,
        unit="ms at p95",
        baseline=without,
        ratio=added / without,
        dataset=f"one resource by id, {clients} clients asking {1 / PACE:.0f} times a second each",
        checked="one side left a line for every read, the other none",
    )


def _ask(server: Server, path: str, times: dict[str, list[float]], *, requests: int, offset: float) -> None:
    """One client: its requests at its pace, with and without a line by turns."""
    server.get(path, "silent")
    begun = time.perf_counter() + offset * PACE
    for number in range(requests):
        time.sleep(max(0.0, begun + number * PACE - time.perf_counter()))
        mode = "gated" if number % 2 else "silent"
        times[mode].append(server.timed(path, mode))


def _lines() -> int:
    with cursor() as opened:
        row = opened.execute("SELECT count(*) FROM ledger_line").fetchone()
    return int(row[0]) if row else 0
