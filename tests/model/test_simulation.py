"""A hundred thousand referrals: hurried people, stale pages, lost answers, deadlines. Seeded, no database."""

import random
from collections import Counter
from dataclasses import dataclass, field, replace

from hallway.referral.states import TERMINAL, Side, Step
from tests.model.abstract import HIDDEN, Referral, faults, offered, take

COUNT = 100_000
PATIENCE = 400
"""Acts after which a referral that has not ended counts as stuck."""
ENDING = {Step.REQUEST_CANCELLATION, Step.WITHDRAW, Step.REROUTE}


@dataclass
class Walk:
    """One referral in hurried hands. ``history`` holds one mark for each press that became a step."""

    dice: random.Random
    referral: Referral
    pages: dict[Side, int] = field(default_factory=lambda: {Side.SENDER: 1, Side.RECEIVER: 1})
    version: dict[Side, int] = field(default_factory=lambda: {Side.SENDER: 1, Side.RECEIVER: 1})
    again: dict[Side, tuple[int, Step]] = field(default_factory=dict)
    history: list[int] = field(default_factory=list)
    checks_versions: bool = True

    def act(self, mark: int, *, keen: bool) -> None:
        """Somebody presses something, or a deadline does; or presses again what seemed to have got lost."""
        side = self.dice.choice([Side.SENDER, Side.RECEIVER, Side.RECEIVER, Side.CLOCK])
        press = self.again.pop(side, None) or self._new_press(mark, side, keen=keen)
        if press is None or (
            side is not Side.CLOCK and self.checks_versions and self.pages[side] != self.version[side]
        ):
            return  # nothing to do, or a stale page: a conflict, and nothing changes
        taken = take(self.referral, press[1], side)
        if taken is None or self.dice.random() < 0.05:
            return  # refused, or the server died before the commit: nothing changes
        self.referral, legal = taken
        self.history.append(press[0])
        self.version[Side.RECEIVER] += 1
        self.version[Side.SENDER] += legal.tells not in HIDDEN[self.referral.hidden]
        if side is not Side.CLOCK and self.dice.random() < 0.9:
            self.pages[side] = self.version[side]
        elif side is not Side.CLOCK:
            self.again[side] = press  # the answer was lost: they press again, on the page they still have

    def _is_stale(self, side: Side) -> bool:
        return side is not Side.CLOCK and self.checks_versions and self.pages[side] != self.version[side]

    def _new_press(self, mark: int, side: Side, *, keen: bool) -> tuple[int, Step] | None:
        if side is not Side.CLOCK and self.dice.random() < 0.8:
            self.pages[side] = self.version[side]
        steps = steps_of(self.referral, side, keen=keen)
        return (mark, self.dice.choice(steps)) if steps else None

    def sign_or_take_back(self) -> None:
        """The patient consents, or takes it back."""
        if self.referral.secret != "told":
            self.referral = replace(self.referral, signed=not self.referral.signed)
            self.version[Side.SENDER] += 1

    def run(self) -> "Walk":
        """Until it ends, or patience does."""
        for mark in range(PATIENCE):
            if self.referral.state in TERMINAL and self.dice.random() < 0.9:
                break
            if self.dice.random() < 0.1:
                self.sign_or_take_back()
            self.act(mark, keen=mark > PATIENCE // 4 or self.dice.random() < 0.2)
            assert not faults(self.referral), self.referral
        return self


def steps_of(referral: Referral, side: Side, *, keen: bool) -> list[Step]:
    """What somebody would press now; few end a referral lightly. A deadline presses its own."""
    if side is Side.CLOCK:
        return [Step.REPORT_OVERDUE, Step.CONFIRM_CANCELLATION]
    return [step for step in offered(referral, side) if keen or step not in ENDING]


def begin(dice: random.Random) -> Walk:
    roles = ["manage", "comanage", "consult"]
    return Walk(dice, Referral(secret=dice.choice(list(HIDDEN)), expected_role=dice.choice(roles)))


def test_no_simulated_referral_is_lost_duplicated_or_stuck():
    dice = random.Random(20261121)
    ends = Counter()
    for _ in range(COUNT):
        walk = begin(dice).run()
        assert walk.referral.state in TERMINAL, f"stuck: {walk.referral}"
        assert len(set(walk.history)) == len(walk.history), "one press became two steps"
        ends[walk.referral.state] += 1
    assert sum(ends.values()) == COUNT
    assert set(ends) == TERMINAL, "an end that no walk reached was not tested"


def test_without_versions_a_press_would_be_taken_twice():
    """The simulation can fail: when pages carry no version, presses are doubled."""
    dice = random.Random(20261121)
    walks = [begin(dice) for _ in range(500)]
    for walk in walks:
        walk.checks_versions = False
        walk.run()
    assert any(len(set(walk.history)) < len(walk.history) for walk in walks)
