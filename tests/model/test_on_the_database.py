"""Spot checks of the model against the real database: a broken connection at every statement of a step, two people at
once, and random walks. HALLWAY_FULL=1 takes more of each.
"""

import itertools
import os
import random
import threading
from collections import Counter
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connections

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.loops.models import Loop
from hallway.referral import actions
from hallway.referral.models import Referral, ReferralStep
from hallway.referral.sight import look
from hallway.referral.states import TERMINAL, Side, State, Step, legal_steps
from hallway.referral.tests import hall as halls
from tests.model.acts import SIMPLE, act, person, wander, write_report

FULL = os.environ.get("HALLWAY_FULL") == "1"
TABLES = (
    "referral_referral",
    "referral_referralstep",
    "referral_visit",
    "loops_loop",
    "record_resource",
    "record_history",
    "record_chart",
    "consent_grant",
    "directory_careteammember",
    "ledger_line",
    "consultation_report",
    "consultation_reportline",
    "procrastinate_jobs",
)
PATH = (Step.SEND, Step.ACCEPT, Step.BOOK, Step.VISIT_KEPT, Step.REPORT, Step.ACKNOWLEDGE, Step.REOPEN)
CUT = set(PATH) if FULL else {Step.SEND, Step.REPORT}
SIDE_OF = {Step.SEND: Side.SENDER, Step.ACKNOWLEDGE: Side.SENDER, Step.REOPEN: Side.SENDER}


@pytest.fixture
def hall(fresh_db):
    found = halls.build(licence="physician")
    found.database = fresh_db
    return found


def snapshot(hall) -> dict[str, str]:
    url = f"{os.environ['HALLWAY_TEST_SERVER']}/{hall.database}"
    with psycopg.connect(url, autocommit=True) as connection:
        return {
            table: connection.execute(
                f"SELECT count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"
            ).fetchone()[0]
            for table in TABLES
        }


@contextmanager
def broken_at(statement: int):
    """The connection is cut just before the given statement of the step; yields how many ran."""
    real = psycopg.Cursor.execute
    ran = {"count": 0}

    def execute(self, query, params=None, **more):
        ran["count"] += 1
        if ran["count"] == statement:
            self.connection.pgconn.finish()
            raise psycopg.OperationalError("cut")
        return real(self, query, params, **more)

    psycopg.Cursor.execute = execute
    try:
        yield ran
    finally:
        psycopg.Cursor.execute = real


def break_everywhere(hall, take) -> int:
    """Cut ``take`` at its 1st, 2nd, ... statement until it comes through; nothing may be left of each attempt."""
    before = snapshot(hall)
    for statement in range(1, 500):
        try:
            with broken_at(statement):
                take()
        except HallwayError:
            raise
        except Exception:
            connections["default"].close()
            assert snapshot(hall) == before, f"half-done after a cut at statement {statement}"
        else:
            return statement - 1
    raise AssertionError("never came through")


def test_a_step_cut_at_any_statement_leaves_nothing_and_then_comes_through_once(hall):
    referral = actions.draft_referral(hall.pcp, hall.request())
    for step in PATH:
        who = person(hall, SIDE_OF.get(step, Side.RECEIVER))
        steps = ReferralStep.objects.count()
        if step not in CUT:
            act(hall, who, referral, step)
            continue
        cuts = break_everywhere(hall, lambda step=step, who=who: act_whole(hall, who, referral, step))
        assert cuts > 8, f"{step} was cut too rarely to prove anything"
        assert ReferralStep.objects.count() == steps + 1
    assert Referral.objects.get().state == "sent"


def act_whole(hall, who, referral, step):
    """A step in one transaction; a report is drafted and sent in three, so here they are held in one."""
    from hallway.storage.connection import transaction

    with transaction():
        act(hall, who, referral, step)


def prepare(hall, state: State) -> Referral:
    referral = hall.sent()
    for step, reached in ((Step.ACCEPT, State.ACCEPTED), (Step.BOOK, State.SCHEDULED), (Step.VISIT_KEPT, State.SEEN)):
        if state is State.SENT or Referral.objects.get(id=referral.id).state == state:
            break
        act(hall, hall.therapist, referral, step)
        if reached is state:
            break
    if state is State.REPORTED:
        write_report(hall.therapist, referral)
    return Referral.objects.get(id=referral.id)


def at_once(*acts) -> list[object]:
    """Run each in a thread of its own with its own connection, started together; the error or None of each."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(n, one):
        try:
            gate.wait()
            one()
        except HallwayError as error:
            results[n] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


PAIRS = [
    (state, sender, receiver)
    for state in (State.SENT, State.ACCEPTED, State.SCHEDULED, State.SEEN)
    for sender in legal_steps(state, Side.SENDER)
    for receiver in legal_steps(state, Side.RECEIVER)
    if sender in SIMPLE and receiver in SIMPLE
]


@pytest.mark.parametrize(("state", "sender", "receiver"), PAIRS if FULL else PAIRS[::3])
def test_of_two_people_acting_at_once_one_wins_and_the_other_hears_who(
    hall, django_db_blocker, state, sender, receiver
):
    referral = prepare(hall, state)
    version = look(hall.pcp, referral.id).version
    before = ReferralStep.objects.count()
    if receiver in {Step.RESCHEDULE, Step.CANCEL_VISIT, Step.NO_SHOW, Step.VISIT_KEPT} and state is State.SEEN:
        act(hall, hall.therapist, referral, Step.BOOK)
        version, before = version + 1, before + 1
    errors = at_once(
        lambda: act(hall, hall.pcp, referral, sender, version=version),
        lambda: act(hall, hall.therapist, referral, receiver, version=version),
    )
    assert [error is None for error in errors].count(True) == 1, errors
    lost = next(error for error in errors if error is not None)
    assert (lost.kind, lost.code) == (Kind.CONFLICT, "H-REF-001")
    assert ReferralStep.objects.count() == before + 1


def test_the_same_press_twice_at_once_counts_once(hall, django_db_blocker):
    referral = prepare(hall, State.SENT)
    press = lambda: act(hall, hall.therapist, referral, Step.ACCEPT, version=2)  # noqa: E731
    errors = at_once(press, press, press)
    assert Counter(error is None for error in errors) == {True: 1, False: 2}
    assert ReferralStep.objects.filter(step="accept").count() == 1


def test_two_colleagues_who_draft_the_same_referral_make_one(hall, django_db_blocker):
    press = lambda: actions.draft_referral(hall.pcp, hall.request())  # noqa: E731
    errors = at_once(press, press)
    assert [error.code for error in errors if error] == ["H-REF-002"]
    assert Referral.objects.count() == 1


def test_random_walks_through_the_database_keep_every_invariant(hall):
    dice = random.Random(7)
    for _ in range(200 if FULL else 12):
        referral = actions.draft_referral(hall.pcp, hall.request(recipient_type="therapist"))
        act(hall, hall.pcp, referral, Step.SEND)
        wander(hall, referral, dice, lambda one, side: legal_steps(State(one.state), side))
        check(referral)
        finish(hall, referral)
        for later in Referral.objects.filter(state="draft"):
            act(hall, hall.pcp, later, Step.WITHDRAW)
    assert not Referral.objects.exclude(state__in=[state.value for state in TERMINAL]).exists()
    assert not Loop.objects.filter(closed_at=None).exclude(kind="talk").exists()


def check(referral) -> None:
    """History is whole and in order; custody did not move without acceptance; an open referral owes something."""
    referral.refresh_from_db()
    steps = list(ReferralStep.objects.filter(referral=referral).order_by("position"))
    assert [step.position for step in steps] == list(range(1, referral.version + 1))
    assert all(a.to_state == b.from_state for a, b in itertools.pairwise(steps))
    assert steps[-1].to_state == referral.state
    assert referral.custody == "sender" or referral.accepted_at is not None
    running = Loop.objects.filter(referral_id=referral.id, closed_at=None).count()
    assert (running > 0) == (State(referral.state) not in TERMINAL)


def finish(hall, referral) -> None:
    """Bring it to an end as the sender alone can: the sender is never stuck."""
    from datetime import timedelta

    for _ in range(3):
        referral.refresh_from_db()
        if referral.closed_at is not None:
            return
        steps = legal_steps(State(referral.state), Side.SENDER)
        if State(referral.state) is State.CANCEL_REQUESTED:
            with clock.stopped_at(clock.now() + timedelta(days=40)):
                actions.run_clocks(clock.now())
        else:
            act(hall, hall.pcp, referral, next(s for s in (Step.WITHDRAW, Step.REQUEST_CANCELLATION) if s in steps))
