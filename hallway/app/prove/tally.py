"""What a proof has found: answers that differ, and how often every exit was met."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hallway.app.prove.asking import Ask, Reply
from hallway.app.prove.exits import Exit


@dataclass(frozen=True, slots=True)
class Difference:
    """Two answers that differ: what was asked, and where they part."""

    round: int
    ask: Ask
    first: Reply
    second: Reply

    def __str__(self) -> str:
        """For the person who mends it. It quotes invented patients only."""
        if self.first.status != self.second.status:
            return f"round {self.round}, {self.ask}: status {self.first.status} and {self.second.status}"
        if self.first.headers != self.second.headers:
            apart = set(self.first.headers) ^ set(self.second.headers)
            return f"round {self.round}, {self.ask}: headers {sorted(apart)}"
        if self.first.said != self.second.said:
            return f"round {self.round}, {self.ask}: the log says {self.first.said} and {self.second.said}"
        one, two = self.first.body, self.second.body
        at = next((n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
        here = slice(max(0, at - 60), at + 60)
        return f"round {self.round}, {self.ask}: at byte {at} {one[here]!r} and {two[here]!r}"


@dataclass(slots=True)
class Tally:
    """What a proof has done. ``met`` counts pairs that an exit was asked in, ``answered`` its answers that were more
    than a refusal, ``faults`` the answers that failed alike in both worlds.
    """

    pairs: int = 0
    copies: int = 0
    asked: int = 0
    differences: list[Difference] = field(default_factory=list[Difference])
    met: Counter[str] = field(default_factory=Counter[str])
    answered: Counter[str] = field(default_factory=Counter[str])
    faults: Counter[str] = field(default_factory=Counter[str])

    def add(self, other: "Tally") -> None:
        """Take in what somebody else has found."""
        self.pairs += other.pairs
        self.copies += other.copies
        self.asked += other.asked
        self.differences += other.differences
        for mine, theirs in ((self.met, other.met), (self.answered, other.answered), (self.faults, other.faults)):
            mine.update(theirs)

    def finish(self, met: Iterable[str], pairs: int) -> None:
        """A round is over: so many pairs have met these exits."""
        self.pairs += pairs
        self.met.update(dict.fromkeys(met, pairs))

    def note(self, number: int, ask: Ask, first: Reply, others: Sequence[Reply]) -> bool:
        """Count one question and its answers, the first compared with every other; whether all are alike."""
        self.asked += len(others)
        apart = [Difference(number, ask, first, other) for other in others if other != first]
        if apart:
            self.differences += apart
            return False
        if first.status >= 500:
            self.faults[ask.exit] += 1
        elif first.status < 400 or first.status in {409, 410, 422}:
            self.answered[ask.exit] += 1
        return True

    def fewest(self, exits: Iterable[Exit]) -> int:
        """In how many pairs the exit that was asked least was asked."""
        return min((self.met[one.name] for one in exits), default=0)
