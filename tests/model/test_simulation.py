"""Referrals by the tens of thousands: hurried people, stale pages, lost answers, deadlines. Seeded, no database.

The full count (100,000) runs with HALLWAY_FULL=1; a tenth of it in every run.
"""

import os
import random
from collections import Counter
from dataclasses import replace

from hallway.referral.states import TERMINAL, Side, Step
from tests.model.abstract import HIDDEN, Referral, faults, offered, take

COUNT = 100_000 if os.environ.get("HALLWAY_FULL") == "1" else 10_000
PATIENCE = 400
"""Acts after which a referral that has not ended counts as stuck."""
ENDING = {Step.REQUEST_CANCELLATION, Step.WITHDRAW, Step.REROUTE}


def walk(dice: random.Random) -> tuple[Referral, int, int]:
    """One referral from draft to its end: how it ended, steps committed, history lines written."""
    referral = Referral(secret=dice.choice(list(HIDDEN)), expected_role=dice.choice(["manage", "comanage", "consult"]))
    version = {Side.SENDER: 1, Side.RECEIVER: 1}
    pages = dict(version)
    steps = lines = 1
    for act in range(PATIENCE):
        if referral.state in TERMINAL and dice.random() < 0.9:
            return referral, steps, lines
        if referral.secret != "told" and dice.random() < 0.1:
            referral = replace(referral, signed=not referral.signed)
            version[Side.SENDER] += 1
        side = dice.choice([Side.SENDER, Side.RECEIVER, Side.RECEIVER, Side.CLOCK])
        if side is Side.CLOCK:
            choices = [Step.REPORT_OVERDUE, Step.CONFIRM_CANCELLATION]
        else:
            if dice.random() < 0.8:
                pages[side] = version[side]
            choices = [
                s for s in offered(referral, side) if s not in ENDING or act > PATIENCE // 4 or dice.random() < 0.2
            ]
        if not choices or (side is not Side.CLOCK and pages[side] != version[side]):
            continue  # nothing to do, or a stale page: a conflict, and nothing changes
        taken = take(referral, dice.choice(choices), side)
        if taken is None or dice.random() < 0.05:
            continue  # refused, or the server died before the commit: nothing changes
        referral, legal = taken
        steps, lines = steps + 1, lines + 1
        version[Side.RECEIVER] += 1
        version[Side.SENDER] += legal.tells not in HIDDEN[referral.hidden]
        if side is not Side.CLOCK and dice.random() < 0.95:
            pages[side] = version[side]  # else the answer was lost, and the page is old
        assert not faults(referral), (referral, legal)
    return referral, steps, lines


def test_no_simulated_referral_is_lost_duplicated_or_stuck():
    dice = random.Random(20261121)
    ends = Counter()
    for _ in range(COUNT):
        referral, steps, lines = walk(dice)
        assert referral.state in TERMINAL, f"stuck: {referral}"
        assert steps == lines
        ends[referral.state] += 1
    assert sum(ends.values()) == COUNT
    assert set(ends) == TERMINAL - {"pcp_elsewhere"} | ({"pcp_elsewhere"} & set(ends))
