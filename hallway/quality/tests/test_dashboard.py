import random
import statistics
from datetime import UTC, date, datetime, timedelta

import pytest

from hallway.quality import rules
from hallway.quality.queries import dashboard_of
from hallway.quality.rules import Fact, Share

NOW = datetime(2026, 11, 21, tzinfo=UTC)
START = datetime(2026, 6, 1, tzinfo=UTC)


def fact(**changes) -> Fact:
    values = {
        "recipient_type": "therapist",
        "is_behavioral": True,
        "clinician": 1,
        "receiver_org": 7,
        "sent_at": START,
        "accepted_at": START + timedelta(days=1),
        "seen_at": START + timedelta(days=10),
        "reported_at": START + timedelta(days=16),
        "acknowledged_at": START + timedelta(days=18),
        "hand_off": "neither",
        "has_draft": False,
    }
    return Fact(**(values | changes))


def page(facts):
    return dashboard_of(facts, from_on=date(2026, 1, 1), until_on=date(2026, 11, 20), now=NOW)


def days(n):
    return START + timedelta(days=n)


def test_the_hand_worked_example(fresh_db):
    """60 referrals to therapists: 20 reported and read in time, 12 read too late, 13 not reported, 15 never seen.

    By hand: seen 60 - 15 = 45; reports 20 of 45 = 44.4 -> 44%. Came within 30 days: of the 45 seen, 33 on day 10 and 12
    on day 40; sent long ago, so 33 of 60 = 55%. Days to report: 20 times 6 and 12 times 5: median of 32 = 6, nine in
    ten = 6.
    """
    facts = [fact() for _ in range(20)]
    facts += [fact(seen_at=days(40), reported_at=days(45), acknowledged_at=days(80)) for _ in range(12)]
    facts += [fact(reported_at=None, acknowledged_at=None) for _ in range(13)]
    facts += [fact(seen_at=None, reported_at=None, acknowledged_at=None) for _ in range(15)]
    found = page(facts)
    assert (found.behavioral_reports.numerator, found.behavioral_reports.denominator) == (20, 45)
    assert found.behavioral_reports.percent == 44
    assert (found.follow_through.numerator, found.follow_through.denominator) == (33, 60)
    assert found.follow_through.percent == 55
    assert (found.to_report.count, found.to_report.median_days, found.to_report.ninth_days) == (32, 6.0, 6.0)
    assert (found.to_first_visit.median_days, found.to_first_visit.ninth_days) == (10.0, 40.0)
    assert [(row.step, row.referrals) for row in found.stuck] == [("Seen, report not started", 13)]


def random_facts(seed: int, size: int) -> list[Fact]:
    dice = random.Random(seed)
    made = []
    for _ in range(size):
        kind = dice.choice(["therapist", "psychiatrist", "cardiology", "oncology"])
        sent = START + timedelta(days=dice.randrange(160), hours=dice.randrange(24))
        seen = sent + timedelta(days=dice.randrange(50)) if dice.random() < 0.7 else None
        reported = seen + timedelta(days=dice.randrange(30)) if seen and dice.random() < 0.6 else None
        read = reported + timedelta(days=dice.randrange(15)) if reported and dice.random() < 0.8 else None
        made.append(
            fact(
                recipient_type=kind,
                is_behavioral=kind in {"therapist", "psychiatrist"},
                clinician=dice.randrange(12),
                sent_at=sent,
                accepted_at=sent + timedelta(days=1),
                seen_at=seen,
                reported_at=reported,
                acknowledged_at=read,
                hand_off=dice.choice(["met", "phoned", "neither"]),
                has_draft=dice.random() < 0.3,
                is_hidden=reported is None and dice.random() < 0.2,
            )
        )
    return made


def second_computation(facts, kind):
    """The same figure by another road: counters over tuples, no function of the first."""
    yes = no = unknown = 0
    per = {}
    for f in facts:
        if f.recipient_type != kind or f.seen_at is None:
            continue
        if f.is_hidden:
            unknown += 1
            continue
        late = f.acknowledged_at is None or (f.acknowledged_at - f.seen_at) > timedelta(days=30)
        got = f.reported_at is not None and not late
        yes, no = yes + got, no + (not got)
        mine = per.setdefault(f.clinician, [0, 0])
        mine[0] += got
        mine[1] += 1
    usual = sum(1 for got, all_ in per.values() if 2 * got >= all_)
    gaps = [
        (f.reported_at - f.seen_at) / timedelta(days=1)
        for f in facts
        if f.recipient_type == kind and f.seen_at and f.reported_at and not f.is_hidden
    ]
    return yes, yes + no + unknown, unknown, usual, len(per), round(statistics.median(gaps), 1) if gaps else None


@pytest.mark.parametrize("seed", range(20))
def test_the_dashboard_equals_a_second_computation(fresh_db, seed):
    facts = random_facts(seed, 600)
    for row in page(facts).asked_of:
        yes, all_, unknown, usual, people, median = second_computation(facts, row.recipient_type)
        assert row.days.median_days == median
        if row.reports.denominator is None:
            continue
        assert (row.reports.numerator, row.reports.denominator) == (yes, all_)
        assert (row.clinicians.numerator, row.clinicians.denominator) == (usual, people)
        if unknown >= 11:  # fewer count as no and widen nothing
            assert row.reports.low == int(100 * yes / all_ + 0.5)
            assert row.reports.high == int(100 * (yes + unknown) / all_ + 0.5)


def test_what_consent_hides_widens_the_rate_and_never_moves_it_out_of_its_bounds():
    base = [fact() for _ in range(30)] + [fact(reported_at=None, acknowledged_at=None) for _ in range(30)]
    hidden = [*base[:48], *(fact(reported_at=None, acknowledged_at=None, is_hidden=True) for _ in range(12))]
    share = rules.reports(hidden)
    assert share == Share(30, 60, 12)
    assert 30 / 60 <= (30 + 6) / 60 <= (30 + 12) / 60


@pytest.mark.parametrize("numerator", range(61))
def test_no_cell_of_one_to_ten_is_shown_on_either_side(numerator):
    share = Share(numerator, 60)
    assert share.is_large == (numerator in {0, 60} or (numerator >= 11 and 60 - numerator >= 11))


def test_one_small_row_takes_another_with_it_so_that_the_sum_does_not_give_it_away():
    assert rules.shown([Share(20, 40), Share(3, 30), Share(25, 60)]) == [False, False, True]
    assert rules.shown([Share(20, 40), Share(30, 60)]) == [True, True]


@pytest.mark.parametrize(
    ("share", "at_least"),
    [
        (Share(40, 45), 70),  # 5 did not: only "fewer than 11 of 45" may be said, so over 70 %
        (Share(14, 24), 50),
        (Share(11, 13), None),  # "over 20 %" would say next to nothing
        (Share(20, 40), None),  # exact
        (Share(45, 45), None),  # exact: nobody is pointed at
        (Share(5, 45), None),  # few came back: nothing is said
        (Share(40, 60, 11), None),
    ],
)
def test_a_small_complement_leaves_a_bound_in_steps_of_ten(share, at_least):
    assert share.at_least == at_least
    if at_least is not None:
        # Whatever the hidden complement is, below eleven, the bound holds and is the same.
        for rest in range(1, 11):
            same = Share(share.denominator - rest, share.denominator)
            assert same.at_least == at_least
            assert 100 * same.numerator / same.denominator >= at_least


def test_a_few_unknown_ones_count_as_no_and_eleven_widen_the_range():
    assert Share(20, 40, 10).settled == Share(20, 40)
    assert Share(20, 40, 11).settled == Share(20, 40, 11)


def test_cross_penetration_both_ways_by_hand():
    """100 behavioral: 40 in both and known, 20 in both unknown to each other, 40 alone; 200 in primary care alone."""
    groups = [(True, True, True, 40), (True, True, False, 20), (True, False, False, 40), (False, True, False, 200)]
    assert rules.cross_penetration(groups) == (Share(40, 100, 20), Share(40, 260, 20))
    few = [(True, True, True, 40), (True, True, False, 3), (True, False, False, 40)]
    assert rules.cross_penetration(few)[0] == Share(40, 83), "a range over three people would point at them"
