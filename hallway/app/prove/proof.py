"""The proof: pairs of worlds, every exit or a drawn few, byte for byte."""

import copy
import os
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hallway.app.prove import asking, hidden, watching, worlds
from hallway.app.prove.asking import Ask, Reply
from hallway.app.prove.cast import Cast
from hallway.app.prove.exits import Exit, every_exit
from hallway.app.prove.tally import Tally
from hallway.app.prove.worlds import Worlds, injected, inside
from hallway.identity.models import LoginSession

ROUNDS_A_COPY = 25
"""Rounds of questions put to the same copies: each adds secrets to what is there."""

AGGREGATES = frozenset({"network:dashboard", "network:download"})
"""Exits that answer about everybody by their nature: network rates, with small cells left out. Declared, not proven."""

DEMO_ONLY = frozenset({"developers:client", "developers:sample", "developers:sample-key", "sign_in:demo"})
"""Exits that refuse everybody outside the demo; tests of ``web`` and ``identity`` hold them shut."""

OPERATOR_ONLY = frozenset({"metrics"})
"""Exits that the operator's own token opens and no caller here: counts by route and age, nothing of a record. They are
asked and compared as refusals."""

FILES = frozenset({"fhir:/fhir/exports/{id}/{file}"})
"""Files of an export that has run, in a folder that all worlds here share: ``tests/prove`` compares whole exports."""
BY_AN_EHR = frozenset({"ehr:back"})
"""Exits that only an EHR's own answer opens, which no proof calls for; ``tests/ehr`` has one that answers."""
NOBODY_HERE = frozenset({"emergency:call"}) | FILES | BY_AN_EHR
"""Exits that only an author of counseling notes at a program sees more of than a refusal: none of the callers is one.
They are asked and compared like every other; that they were answered is not demanded."""

FOLLOWED = 0.25
"""How often a page is followed further when a pair meets a drawn few exits; always when it meets all."""

LETTERS = "ABCDEFGHIJ"
"""Names of worlds that stand together."""

_RIGHTS = "SELECT sum(epoch) FROM record_chart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What is to be proven. ``each`` is how many exits a pair meets, 0 for all; ``stops`` ends it at a difference.

    ``worlds`` stand together and are asked the same in a round: the first makes a pair with every other. More of them
    is less work for a pair, and fewer different questions.
    """

    template: str
    cast: Cast
    exits: tuple[Exit, ...]
    pairs: int
    seed: int
    each: int = 0
    worlds: int = 2
    stops: bool = False

    @property
    def a_batch(self) -> int:
        """Rounds in a piece of work."""
        return 5 if self.stops else ROUNDS_A_COPY

    @property
    def rounds(self) -> int:
        """How often something is hidden and everything asked."""
        return -(-self.pairs // (self.worlds - 1))

    @property
    def batches(self) -> int:
        """How many pieces of work there are; each can be repeated by itself."""
        return -(-self.rounds // self.a_batch)

    def askable(self) -> list[Exit]:
        """Exits that a proof compares."""
        return [one for one in self.exits if one.name not in AGGREGATES]


@dataclass(frozen=True, slots=True)
class Secret:
    """One hidden fact of one world: which, and everything that its making draws from."""

    number: int
    world: int
    name: str
    seed: str
    at: datetime

    def __str__(self) -> str:
        """For a counterexample."""
        return f"{self.name} in world {LETTERS[self.world]} (round {self.number})"


def prove(
    template: str,
    cast: Cast,
    exits: Sequence[Exit],
    *,
    pairs: int,
    seed: int,
    stops: bool = False,
    worlds: int = 2,
) -> Tally:
    """Compare ``pairs`` pairs of worlds, each asked at every exit, in this process."""
    scope = Scope(
        template=template, cast=cast, exits=tuple(exits), pairs=pairs, seed=seed, stops=stops, worlds=worlds
    )  # fmt: skip
    tally = Tally()
    for number in range(scope.batches):
        tally.add(prove_batch(scope, number))
        if stops and tally.differences:
            break
    return tally


def prove_batch(scope: Scope, batch: int) -> Tally:
    """The rounds of one batch: on one set of copies, or on several when a form opened a right."""
    tally = Tally()
    first, end = batch * scope.a_batch, min((batch + 1) * scope.a_batch, scope.rounds)
    while first < end and not (scope.stops and tally.differences):
        with worlds.copies(scope.template, f"hallway_prove_{os.getpid()}_{first}", scope.worlds) as some:
            tally.copies += 1
            first = _on_one_copy(some, scope, tally, first=first, end=end)
    return tally


def _on_one_copy(some: Worlds, scope: Scope, tally: Tally, *, first: int, end: int) -> int:
    """Rounds on one set of copies; the number of the first round that is not done."""
    application = asking.root()
    cast = copy.deepcopy(scope.cast)
    for number in range(first, end):
        for secret in secrets_of(scope, number, step=number - first):
            hide(some, cast, secret)
        look(some, cast, number, step=number - first)
        talk = Talk(some, cast, tally, number=number, seed=f"{scope.seed}/{number}", application=application)
        is_spent = False
        for ask in _asks(scope, cast, number, talk.dice):
            is_spent = talk.ask_on(ask, follows=FOLLOWED if scope.each else 1.0) or is_spent
        tally.finish(talk.met, scope.worlds - 1)
        if is_spent:
            return number + 1
    return end


def secrets_of(scope: Scope, number: int, *, step: int) -> list[Secret]:
    """What a round hides in its worlds, each in its own moment between the common past and the present."""
    made: list[Secret] = []
    for world in range(scope.worlds):
        seed = f"{scope.seed}/{number}/{LETTERS[world]}"
        dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
        at = worlds.BEFORE + timedelta(seconds=step * 20 + dice.randrange(1, 20))
        for n, name in enumerate(hidden.chosen(dice)):
            made.append(Secret(number, world, name, f"{seed}/{n}", at))
    return made


def hide(some: Worlds, cast: Cast, secret: Secret) -> None:
    """Put one secret into its world. What it draws depends on nothing but its own seed, so others may be left out."""
    dice = random.Random(secret.seed)  # noqa: S311 - repeatable on purpose
    with inside(some[secret.world]), injected(secret.seed, secret.at):
        hidden.BY_NAME[secret.name](cast, dice)


def look(some: Worlds, cast: Cast, number: int, *, step: int) -> None:
    """The rules look in every world at what the last round's questions and this round's secrets changed."""
    for world in some:
        with inside(world):
            watching.look(cast, f"look/{number}", worlds.BEFORE + timedelta(seconds=20 * step + 20))


def _asks(scope: Scope, cast: Cast, number: int, dice: random.Random) -> Iterator[Ask]:
    for one in drawn(scope.askable(), scope.seed, number, scope.each):
        ask = asking.made_up(one, cast, dice)
        if ask is not None:
            yield ask


def drawn(exits: Sequence[Exit], seed: int, number: int, each: int) -> Sequence[Exit]:
    """The exits that a round meets: the next cards of decks that hold every exit once, so that all are met alike."""
    if not each or each >= len(exits):
        return exits
    cards: list[Exit] = []
    for deck in range(number * each // len(exits), ((number + 1) * each - 1) // len(exits) + 1):
        shuffled = random.Random(f"{seed}/deck/{deck}").sample(exits, len(exits))  # noqa: S311 - repeatable on purpose
        begin, end = number * each - deck * len(exits), (number + 1) * each - deck * len(exits)
        cards += shuffled[max(0, begin) : max(0, end)]
    return cards


class Talk:
    """One round's questions and answers. ``met`` are the exits asked so far."""

    def __init__(
        self, some: Worlds, cast: Cast, tally: Tally, *, number: int, seed: str, application: asking.WSGI
    ) -> None:
        """Nothing is asked yet."""
        self._application, self._some, self._tally, self._round = application, some, tally, number
        self._cast, self._asked = cast, 0
        self.dice = random.Random(seed)  # noqa: S311 - a proof that cannot be repeated proves nothing
        self.met: set[str] = set()

    def ask_on(self, ask: Ask, *, follows: float) -> bool:
        """Ask in every world, then what the page shows; whether a form has opened a right, so the worlds are spent."""
        first, spent = self._ask(ask)
        if first is not None and first.status == 405:
            ask = replace(ask, method="POST", query="")
            first, spent = self._ask(ask)
        if first is None or first.status != 200 or b"<html" not in first.body[:400] or self.dice.random() >= follows:
            return spent
        for following in asking.followed(ask, first, self.dice):
            if following.exit not in AGGREGATES:
                spent = self._ask(following)[1] or spent
        return spent

    def _ask(self, ask: Ask) -> tuple[Reply | None, bool]:
        """The answer, or None when there was more than one; and whether a right was changed by it."""
        rights = self._rights() if ask.method == "POST" else None
        # Every question has a number: the same one asked twice must not be given the same ids.
        self._asked += 1
        first, *others = ask_all(self._application, self._some, ask, f"{self._round}/{self._asked}")
        self.met.add(ask.exit)
        alike = self._tally.note(self._round, ask, first, others)
        if ask.method == "POST" and ask.exit.startswith("sign_in:"):
            self._sign_in_again()
        return (first if alike else None), rights is not None and rights != self._rights()

    def _sign_in_again(self) -> None:
        """Whoever signed out or took off a role stands at the door as before: making new worlds for it costs more."""
        for world in self._some:
            with inside(world):
                now_there = {row["id"]: row for row in LoginSession.objects.values()}
                for row in self._cast.sessions:
                    if now_there.get(row["id"]) != row:
                        LoginSession.objects.filter(id=row["id"]).update(**row)

    def _rights(self) -> object:
        with self._some[0].django.cursor() as cursor:
            return cursor.execute(_RIGHTS).fetchone()


def ask_all(application: asking.WSGI, some: Worlds, ask: Ask, seed: str) -> list[Reply]:
    """The answers of all worlds, each with the same instant and the same random bytes, which follow from ``seed``."""
    replies: list[Reply] = []
    for world in some:
        with inside(world), injected(f"{seed}/{ask}"):
            replies.append(asking.call(application, ask))
    return replies


def uncovered(exits: Iterable[Exit], tally: Tally) -> list[str]:
    """Exits that never gave more than a refusal: the proof has said nothing about them."""
    spared = AGGREGATES | DEMO_ONLY | NOBODY_HERE | OPERATOR_ONLY
    return sorted(one.name for one in exits if one.name not in spared and not tally.answered.get(one.name))


def all_exits() -> list[Exit]:
    """Every exit there is."""
    return every_exit()
