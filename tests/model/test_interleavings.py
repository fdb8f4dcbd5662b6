"""Every interleaving of both sides' steps, stale pages, and a crash between any two writes, on the product's tables.

The space is finite once a version is seen as what it is for the person: the page is current or it is not. So it is
explored whole, to every depth; the depth at which nothing new appears is asserted, so that a change shows.
"""

from collections import deque
from dataclasses import dataclass, replace

import pytest

from hallway.referral.states import TERMINAL, Side, State, Step
from tests.model.abstract import HIDDEN, Referral, believed, faults, offered, take

ROLES = ("manage", "comanage", "consult")


@dataclass(frozen=True)
class World:
    """The referral, and whether the page that each side has open is current."""

    referral: Referral
    sender_current: bool = True
    receiver_current: bool = True

    def current(self, side: Side) -> bool:
        return self.sender_current if side is Side.SENDER else self.receiver_current


def committed(world: World, step: Step, side: Side, *, answered: bool) -> World | None:
    """A step on a current page. ``answered`` is false when the server dies after the commit: the page stays old."""
    taken = take(world.referral, step, side)
    if taken is None:
        return None
    after, legal = taken
    told = legal.tells not in HIDDEN[after.hidden]
    sender = world.sender_current and not told
    if side is Side.SENDER:
        return World(after, sender_current=answered, receiver_current=False)
    receiver = answered if side is Side.RECEIVER else False
    return World(after, sender_current=sender, receiver_current=receiver)


def moves(world: World):
    """Every next world: a step by a side on a current page, answered or not; a reload; a deadline;
    the patient's signature, or its withdrawal.

    A crash between two writes, or an act on a stale page, gives the same world again: the writes of a step share one
    transaction, which ``test_on_the_database`` breaks at every statement to see that it is so.
    """
    for side in (Side.SENDER, Side.RECEIVER):
        yield from _moves_of(world, side)
    if world.referral.secret != "told":
        turned = replace(world.referral, signed=not world.referral.signed)
        yield replace(world, referral=turned, sender_current=False)
    for step in (Step.REPORT_OVERDUE, Step.CONFIRM_CANCELLATION):
        late = committed(world, step, Side.CLOCK, answered=True)
        if late is not None:
            yield late


def _moves_of(world: World, side: Side):
    if not world.current(side):
        name = "sender_current" if side is Side.SENDER else "receiver_current"
        yield replace(world, **{name: True})
        return
    for step in offered(world.referral, side):
        for answered in (True, False):
            after = committed(world, step, side, answered=answered)
            if after is not None:
                yield after


def explore(hidden: str, role: str) -> tuple[dict[World, int], dict[World, list[World]]]:
    """Every reachable world with its depth, and what follows from it."""
    start = World(Referral(secret=hidden, expected_role=role))
    depth, follows = {start: 0}, {}
    queue = deque([start])
    while queue:
        world = queue.popleft()
        follows[world] = list(dict.fromkeys(moves(world)))
        for after in follows[world]:
            if after not in depth:
                depth[after] = depth[world] + 1
                queue.append(after)
    return depth, follows


@pytest.fixture(scope="module", params=[(hidden, role) for hidden in HIDDEN for role in ROLES], ids="-".join)
def space(request):
    return explore(*request.param)


def test_the_whole_space_was_explored(space):
    depth, _ = space
    assert len(depth) >= 200, "smaller than it was: something became unreachable"
    assert 10 <= max(depth.values()) <= 40


def test_no_reachable_state_breaks_an_invariant(space):
    broken = {(world.referral.state, fault) for world in space[0] for fault in faults(world.referral)}
    assert broken == set()


def test_no_referral_is_ever_stuck(space):
    """From everywhere an end can be reached; and the sender with the clock alone can reach one."""
    depth, follows = space
    ends = {world for world in depth if world.referral.state in TERMINAL}
    back = {world: [] for world in depth}
    for world, afters in follows.items():
        for after in afters:
            back[after].append(world)
    reached, queue = set(ends), deque(ends)
    while queue:
        for before in back[queue.popleft()]:
            if before not in reached:
                reached.add(before)
                queue.append(before)
    assert set(depth) - reached == set()


def test_the_sender_and_the_clock_alone_can_end_every_sent_referral(space):
    for world in space[0]:
        assert can_end_alone(world.referral), world.referral


def can_end_alone(referral: Referral) -> bool:
    seen, queue = {referral}, deque([referral])
    while queue:
        one = queue.popleft()
        if one.state in TERMINAL:
            return True
        steps = [(step, Side.SENDER) for step in offered(one, Side.SENDER)]
        steps += [(Step.CONFIRM_CANCELLATION, Side.CLOCK), (Step.REPORT_OVERDUE, Side.CLOCK)]
        for step, side in steps:
            taken = take(one, step, side)
            if taken is not None and taken[0] not in seen:
                seen.add(taken[0])
                queue.append(taken[0])
    return False


def test_a_step_that_a_page_offers_is_never_refused_for_what_its_reader_may_not_know(space):
    for world in space[0]:
        referral = world.referral
        if believed(referral, Side.SENDER) is referral.state:
            continue
        for step in offered(referral, Side.SENDER):
            assert take(referral, step, Side.SENDER) is not None, (referral.state, referral.seen_state, step)


def test_a_step_sent_again_after_a_lost_answer_is_never_taken_twice(space):
    """After a commit whose answer was lost, the page is stale: the same press is a conflict, not a second step."""
    for world in space[0]:
        for side in (Side.SENDER, Side.RECEIVER):
            if world.current(side):
                for step in offered(world.referral, side):
                    lost = committed(world, step, side, answered=False)
                    assert lost is None or not lost.current(side)


def test_custody_moves_at_acceptance_and_at_nothing_else(space):
    for world, afters in space[1].items():
        for after in afters:
            if after.referral.custody != world.referral.custody:
                became = (world.referral.accepted, after.referral.accepted)
                given_back = after.referral.custody == "sender"
                assert became == (False, True) or given_back, (world.referral.state, after.referral.state)


def test_every_closed_referral_was_reported_and_read(space):
    closed = [world.referral for world in space[0] if world.referral.state is State.CLOSED]
    assert closed
    assert all(one.reported and one.acknowledged for one in closed)


def test_a_table_with_a_dead_end_is_caught(monkeypatch):
    """The checker can fail: without the sender's way out, a hidden referral is stuck."""
    from tests.model import abstract

    real = abstract.transition
    monkeypatch.setattr(
        abstract, "transition", lambda s, step, side: None if step is Step.REQUEST_CANCELLATION else real(s, step, side)
    )
    depth, _ = explore("program", "manage")
    assert not all(can_end_alone(world.referral) for world in depth)


def test_custody_moved_by_sending_is_caught(monkeypatch):
    from tests.model import abstract

    monkeypatch.setattr(abstract.rules, "custody_after", lambda step, custody, role: "receiver")
    depth, _ = explore("told", "manage")
    assert any("custody moved without acceptance" in faults(world.referral) for world in depth)
