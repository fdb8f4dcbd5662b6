import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.db import connections

from conftest import TEMPLATE, admin, copy_template, point_django_at
from hallway.app.prove import asking, hidden, network, proof, worlds
from hallway.app.prove.asking import Ask
from hallway.app.prove.cast import Cast
from hallway.app.prove.proof import Secret
from hallway.app.prove.tally import Difference
from hallway.app.prove.worlds import Worlds
from hallway.fhirapi import door


@dataclass
class Stage:
    """A filled database that nobody is connected to, and who is in it."""

    template: str
    cast: Cast


@pytest.fixture
def stage(fresh_db):
    return _staged(fresh_db)


def _staged(name):
    with worlds.injected("stage", worlds.BEFORE):
        cast = network.build()
    door.close()
    connections["default"].close()
    return Stage(name, cast)


@dataclass
class Together:
    """Two worlds that are used by many tests: each hides every kind of secret, from dice of its own."""

    some: Worlds
    cast: Cast
    exits: list = field(default_factory=proof.all_exits)
    hidden_so_far: int = 0

    def hide(self, name: str, world: int) -> None:
        """One more secret in one world."""
        self.hidden_so_far += 1
        seed = f"together/{world}/{self.hidden_so_far}/{name}"
        at = worlds.BEFORE + worlds.timedelta(seconds=2 * self.hidden_so_far)
        proof.hide(self.some, self.cast, Secret(0, world, name, seed, at))

    def named(self, pattern: str) -> list:
        """Exits whose name matches."""
        return [one for one in self.exits if asking.re.search(pattern, one.name) and one.name not in proof.AGGREGATES]

    def asks(self, pattern: str, *, tries: int, seed: int = 3) -> Iterator[Ask]:
        """Questions to the exits of a pattern that only read, the same ones every time."""
        dice, exits = random.Random(f"{seed}/{pattern}"), self.named(pattern)
        assert exits, f"no exit is called {pattern}"
        for n in range(tries):
            ask = asking.made_up(exits[n % len(exits)], self.cast, dice)
            if ask is not None and ask.method == "GET":
                yield ask

    def compare(self, asks) -> list[Difference]:
        """The first difference among the answers to these questions, in a list; empty when all are alike."""
        application = asking.root()
        for ask in asks:
            first, second = proof.ask_all(application, self.some, ask, "1")
            if first != second:
                return [Difference(1, ask, first, second)]
        return []


@pytest.fixture(scope="module")
def together(django_db_blocker):
    name = f"t_{uuid.uuid4().hex[:12]}"
    copy_template(name)
    with django_db_blocker.unblock():
        point_django_at(name)
        try:
            stage = _staged(name)
            with worlds.copies(name, f"{name}_w", 2) as some:
                both = Together(some, stage.cast)
                both.hide("stranger_patient", 0)
                for secret in hidden.SECRETS:
                    both.hide(secret.__name__, 1)
                # Once more, from other dice: a leak of an order or a state shows only where these came apart.
                for once_more in ("program_record", "program_answer", "program_note", "program_answer"):
                    both.hide(once_more, 1)
                yield both
        finally:
            point_django_at(TEMPLATE)
            worlds.forget_administrator()
            admin(f"DROP DATABASE {name} WITH (FORCE)")
