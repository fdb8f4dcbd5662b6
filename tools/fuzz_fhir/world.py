"""The world that is fuzzed: the network of the proof with every kind of secret in it, behind the product's server."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hallway.app.prove import facts, hidden, network, serving
from hallway.app.prove.cast import MARKER, Cast

CALLERS = ("pcp", "pcp", "pcp", "therapist", "psychiatrist", "desk", "leader", "patient", "cardiologist", "agent")


@dataclass(slots=True)
class World:
    """``hidden`` are ids that nobody of the callers may learn of; ``process`` the server's process."""

    port: int
    cast: Cast
    hidden: tuple[str, ...]
    process: int

    @property
    def marker(self) -> bytes:
        """Stands in every hidden name and text."""
        return MARKER.lower().encode()

    def hidden_kind(self, one: str) -> str:
        """The resource type of a hidden id."""
        return "Patient" if one in self.cast.known.get("hidden_patient", []) else self.cast.kinds.get(one, "Condition")

    def absent(self, dice: random.Random) -> str:
        """An id in our form that is nobody's."""
        drawn = f"{dice.getrandbits(96):024x}"
        return f"019a{drawn[:4]}-{drawn[4:8]}-7{drawn[8:11]}-8{drawn[11:14]}-{drawn[14:]}00"

    def memory(self) -> int:
        """Resident bytes of the server and the processes it started."""
        return sum(_resident(one) for one in (self.process, *_children(self.process)))


def _resident(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)


def _children(process: int) -> list[int]:
    found: list[int] = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            if parent == process:
                found += [int(folder.name), *_children(int(folder.name))]
    return found


def build(seed: int) -> tuple[Cast, tuple[str, ...]]:
    """Fill the database in force; the hidden ids."""
    dice = random.Random(f"{seed}/secrets")  # noqa: S311 - repeatable on purpose
    cast = network.build()
    for secret in (*hidden.SECRETS, hidden.psychotherapy_note, hidden.program_record):
        secret(cast, dice)
    for key in ("marisol", "otto"):
        more = [facts.observation(cast.patients[key], "8867-4", 60 + n, facts.clock.now()) for n in range(12)]
        cast.known["resource"] += network.store(cast, "pcp", more)
    names = ("hidden_resource", "hidden_patient")
    return cast, tuple(dict.fromkeys(one for name in names for one in cast.known.get(name, [])))


@contextmanager
def served(cast: Cast, hidden_ids: tuple[str, ...]) -> Iterator[World]:
    """The server on the database in force."""
    before = set(_children(os.getpid()))
    with serving.serving(workers=1, threads=4) as port:
        (process,) = [one for one in _children(os.getpid()) if one not in before and _parent_is_us(one)]
        yield World(port, cast, hidden_ids, process)


def _parent_is_us(process: int) -> bool:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1]) == os.getpid()
