"""The proof: pairs of worlds, every exit, byte for byte."""

import copy
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from hallway.app.prove import asking, hidden, worlds
from hallway.app.prove.asking import Ask, Reply
from hallway.app.prove.cast import Cast
from hallway.app.prove.exits import Exit, every_exit
from hallway.app.prove.worlds import World, injected, inside

PAIRS_A_COPY = 25
"""Pairs made from one pair of copies: each adds secrets to what is there."""

AGGREGATES = frozenset({"network:dashboard", "network:download"})
"""Exits that answer about everybody by their nature: network rates, with small cells left out. Declared, not proven."""

DEMO_ONLY = frozenset({"sign_in:demo"})
"""Exits that refuse everybody outside the demo; a test of ``identity`` holds them shut."""

OPENS_RIGHTS = ("/emergency", "/consents", "/sign-out", "/role", "/sign-in", "/restrict")
"""A form sent here may lawfully open or close something, so the worlds are made anew afterwards."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Two answers that differ: what was asked, and where they part."""

    pair: int
    ask: Ask
    first: Reply
    second: Reply

    def __str__(self) -> str:
        """For the person who mends it. It quotes invented patients only."""
        if self.first.status != self.second.status:
            return f"pair {self.pair}, {self.ask}: status {self.first.status} and {self.second.status}"
        if self.first.headers != self.second.headers:
            apart = set(self.first.headers) ^ set(self.second.headers)
            return f"pair {self.pair}, {self.ask}: headers {sorted(apart)}"
        one, two = self.first.body, self.second.body
        at = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
        here = slice(max(0, at - 60), at + 60)
        return f"pair {self.pair}, {self.ask}: at byte {at} {one[here]!r} and {two[here]!r}"


@dataclass(slots=True)
class Tally:
    """What a proof has done: ``answered`` counts the answers of each exit that were more than a refusal."""

    pairs: int = 0
    asked: int = 0
    differences: list[Difference] = field(default_factory=list[Difference])
    answered: dict[str, int] = field(default_factory=dict[str, int])
    faults: dict[str, int] = field(default_factory=dict[str, int])


def prove(template: str, cast: Cast, exits: Sequence[Exit], *, pairs: int, seed: int, stops: bool = False) -> Tally:
    """Compare ``pairs`` pairs of worlds, each asked at every exit. Tells all; ``stops`` ends it at a difference."""
    tally = Tally()
    done = 0
    while done < pairs and not (stops and tally.differences):
        with worlds.pair(template, f"hallway_prove_{seed}_{done}") as two:
            most = 5 if stops else PAIRS_A_COPY
            done += _on_one_copy(two, cast, exits, tally, seed=seed, first=done, most=min(most, pairs - done))
    return tally


def _on_one_copy(
    two: tuple[World, World], cast: Cast, exits: Sequence[Exit], tally: Tally, *, seed: int, first: int, most: int
) -> int:
    """Pairs on one pair of copies; fewer than ``most`` when a form may have opened a right."""
    application = asking.root()
    own = copy.deepcopy(cast)
    for number in range(first, first + most):
        dice = random.Random(f"{seed}/{number}")  # noqa: S311 - a proof that cannot be repeated proves nothing
        hide_in_both(two, own, f"{seed}/{number}", step=number - first)
        is_spent = False
        for ask in _asks(exits, own, dice):
            is_spent = _compare(application, two, ask, tally, number, dice) or is_spent
        tally.pairs += 1
        if is_spent:
            return number - first + 1
    return most


def hide_in_both(two: tuple[World, World], cast: Cast, seed: str, *, step: int) -> None:
    """Other secrets in each world, each in its own moment between the common past and the present."""
    for world, name in zip(two, "ab", strict=True):
        dice = random.Random(f"{seed}/{name}")  # noqa: S311 - repeatable on purpose
        at = worlds.BEFORE + timedelta(seconds=step * 20 + dice.randrange(1, 20))
        with inside(world), injected(f"{seed}/{name}", at):
            hidden.hide(cast, dice)


def _asks(exits: Sequence[Exit], cast: Cast, dice: random.Random) -> Iterator[Ask]:
    for one in exits:
        ask = asking.made_up(one, cast, dice)
        if ask is not None and one.name not in AGGREGATES:
            yield ask


def _compare(
    application: asking.WSGI, two: tuple[World, World], ask: Ask, tally: Tally, number: int, dice: random.Random
) -> bool:
    """Ask in both worlds, then what the page shows; whether the worlds are spent."""
    first = _both(application, two, ask, tally, number)
    if first is not None and first.status == 405:
        ask = replace(ask, method="POST", query="")
        first = _both(application, two, ask, tally, number)
    spent = ask.method == "POST" and any(part in ask.path for part in OPENS_RIGHTS)
    if first is None or first.status != 200 or b"<html" not in first.body[:400]:
        return spent
    for following in asking.followed(ask, first, dice):
        if following.exit in AGGREGATES:
            continue
        _both(application, two, following, tally, number)
        spent = spent or (following.method == "POST" and any(part in following.path for part in OPENS_RIGHTS))
    return spent


def _both(application: asking.WSGI, two: tuple[World, World], ask: Ask, tally: Tally, number: int) -> Reply | None:
    """The answer, or None when there were two."""
    replies: list[Reply] = []
    for world in two:
        with inside(world), injected(f"{number}/{ask}"):
            replies.append(asking.call(application, ask))
    tally.asked += 1
    first, second = replies
    if first != second:
        tally.differences.append(Difference(number, ask, first, second))
        return None
    if first.status >= 500:
        tally.faults[ask.exit] = tally.faults.get(ask.exit, 0) + 1
    elif first.status < 400 or first.status in {409, 410, 422}:
        tally.answered[ask.exit] = tally.answered.get(ask.exit, 0) + 1
    return first


def uncovered(exits: Iterable[Exit], tally: Tally) -> list[str]:
    """Exits that never gave more than a refusal: the proof has said nothing about them."""
    spared = AGGREGATES | DEMO_ONLY
    return sorted(one.name for one in exits if one.name not in spared and not tally.answered.get(one.name))


def all_exits() -> list[Exit]:
    """Every exit there is."""
    return every_exit()
