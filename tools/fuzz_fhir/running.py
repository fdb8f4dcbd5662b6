"""The run: one request after another, each judged, the server's memory watched."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

from django.db import connections

from hallway.fhirapi import door
from tools.fuzz_fhir import bending, bombs, judging, world
from tools.fuzz_fhir.bases import Ground
from tools.fuzz_fhir.judging import Finding, Judge
from tools.fuzz_fhir.wire import Answer, Request, Wire

SAMPLES = 40
FLAT = 48 * 1024 * 1024
"""Bytes that the server may grow from the second quarter of a run to its last."""
MOST_FINDINGS = 500


@dataclass(slots=True)
class Run:
    """What was asked and what was found. ``memory`` of the server in bytes, at even intervals."""

    requests: int = 0
    twins: int = 0
    bombs: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    slowest: float = 0.0

    def told(self) -> dict[str, object]:
        """For a line of JSON."""
        return {
            "name": "fuzz_fhir",
            "requests": self.requests,
            "twins": self.twins,
            "bombs": self.bombs,
            "statuses": {str(status): count for status, count in sorted(self.statuses.items())},
            "findings": len(self.findings),
            "slowest_seconds": round(self.slowest, 2),
            "memory_mb": [round(one / 1024**2, 1) for one in self.memory[:: max(1, len(self.memory) // 8)]],
            "grown_mb": round(self.grown() / 1024**2, 1),
        }

    def grown(self) -> float:
        """Bytes by which the server's memory grew from the second quarter to the last."""
        quarter = len(self.memory) // 4
        return median(self.memory[-quarter:]) - median(self.memory[quarter : 2 * quarter]) if quarter else 0.0

    def note(self, number: int, request: Request, answer: Answer, faults: list[str]) -> None:
        """Count an answer."""
        self.statuses[answer.status] += 1
        self.slowest = max(self.slowest, answer.seconds)
        if faults and len(self.findings) < MOST_FINDINGS:
            told = repr(sorted(answer.headers.items())).encode() + b" " + answer.body
            self.findings += [Finding(number, what, request.raw(), told) for what in faults]


def run(
    *, requests: int, seed: int, bombs: bool = True, only: int = -1, say: Callable[[str], None] = lambda _: None
) -> Run:
    """Fill the database in force, serve it, and ask."""
    cast, hidden = world.build(seed)
    door.close()
    connections.close_all()
    with world.served(cast, hidden) as served:
        return _ask_all(served, requests=requests, seed=seed, bombs_too=bombs, only=only, say=say)


def _ask_all(
    served: world.World, *, requests: int, seed: int, bombs_too: bool, only: int, say: Callable[[str], None]
) -> Run:
    ground, found, wire = Ground(served), Run(), Wire(served.port)
    judge = Judge(served.marker, served.hidden)
    for number in range(requests):
        dice = random.Random(f"{seed}/{number}")  # noqa: S311 - repeatable on purpose
        request = ground.one(dice)
        bending.bend(request, dice)
        answer = wire.ask(request)
        if number == only:
            say(f"{request.raw()!r}\n{answer}")
        found.requests += 1
        found.note(number, request, answer, judge.faults(request, answer))
        if answer.status == 200:
            ground.note(answer.body)
        _twin(found, wire, served, number, request, answer, dice)
        if number % max(1, requests // SAMPLES) == 0:
            found.memory.append(served.memory())
            if number % max(1, requests // 10) == 0:
                say(f"{number} asked, {len(found.findings)} findings, {found.memory[-1] / 1024**2:.0f} MB")
    if bombs_too:
        _throw(found, wire, ground, judge, say)
    found.memory.append(served.memory())
    if found.grown() > FLAT:
        found.findings.append(Finding(requests, f"memory grew by {found.grown() / 1024**2:.0f} MB", b"", b""))
    return found


def _twin(
    found: Run, wire: Wire, served: world.World, number: int, request: Request, answer: Answer, dice: random.Random
) -> None:
    """The same about something that was never there: it must be answered alike."""
    named = next((one for one in served.hidden if one in request.path or one.encode() in request.body), None)
    if named is None or (answer.status < 300 and request.method not in {"GET", "HEAD"}):
        return
    absent = served.absent(dice)
    other = Request(
        request.method, request.path.replace(named, absent), request.headers,
        request.body.replace(named.encode(), absent.encode()), request.chunked,
    )  # fmt: skip
    second = wire.ask(other)
    found.twins += 1
    if not judging.alike(answer, second, named, absent):
        told = f"{second.status} {second.headers} ".encode() + second.body
        found.findings.append(
            Finding(number, "hidden and absent are answered apart", request.raw(), _apart(answer, told))
        )


def _apart(answer: Answer, told: bytes) -> bytes:
    return f"{answer.status} {answer.headers} ".encode() + answer.body[:600] + b"\n  < " + told[:600]


def _throw(found: Run, wire: Wire, ground: Ground, judge: Judge, say: Callable[[str], None]) -> None:
    """The bombs, one by one; after each the server must still answer."""
    for number, bomb in enumerate(bombs.all_of(ground)):
        answer = wire.ask(bomb.request)
        found.bombs += 1
        faults = judge.faults(bomb.request, answer, slow=bomb.seconds)
        if answer.status not in bomb.allowed and answer.status < 500:
            faults.append(f"answered {answer.status}")
        found.note(-1 - number, bomb.request, answer, [f"{bomb.name}: {one}" for one in faults])
        say(f"{bomb.name}: {answer.status} in {answer.seconds:.2f} s, {ground.world.memory() / 1024**2:.0f} MB")
