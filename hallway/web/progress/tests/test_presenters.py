"""Who stands in which group of the list, in which order, and with which reason: by example."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from hallway.ids import ChartId, PractitionerId
from hallway.record.stored import PatientHeader
from hallway.screening.targets.queries import Treated
from hallway.screening.targets.rows import rows_of
from hallway.screening.targets.rules import Reading, progress
from hallway.web.progress.presenters import Group, group_of, rows

TODAY = date(2026, 11, 22)


def treated(*totals, number=1):
    """Totals as (days ago, total)."""
    series = [Reading(TODAY - timedelta(days=days), total) for days, total in totals]
    made = progress("phq-9", None, series, 5, rows=rows_of("phq-9"), today=TODAY)
    header = PatientHeader(ChartId(number), f"Person {number}", date(1980, 1, 1), "female", "", "", deceased=False)
    return Treated(UUID(int=number), header, "phq-9", 5, PractitionerId(1), TODAY - timedelta(days=200), made)


@pytest.mark.parametrize(
    ("totals", "group", "reason"),
    [
        ([(70, 17), (14, 16)], Group.NOT_IMPROVING, "No change that matters: 17 to 16; no improvement since Sep 13"),
        ([(30, 10), (2, 18)], Group.NOT_IMPROVING, "Worse: 10 to 18"),
        (
            [(90, 16), (60, 3), (5, 14)],
            Group.NOT_IMPROVING,
            "Back up after remission: 16 to 14; no improvement since Sep 23",
        ),
        ([(70, 17), (40, 10)], Group.OVERDUE, "Was due Nov 10; last score Oct 13, 40 days ago"),
        ([], Group.OVERDUE, "Target set May 6, and no score yet"),
        ([(120, 17), (95, 16)], Group.LOST, "Last score Aug 19, 95 days ago"),
        ([(20, 17), (2, 12)], Group.UNDER_WAY, "Better, not yet a response: 17 to 12. Next score Dec 18"),
        ([(60, 17), (2, 4)], Group.AT_TARGET, "In remission: 17 to 4. Next score Dec 18"),
    ],
)
def test_each_group_with_its_reason(totals, group, reason):
    one = treated(*totals)
    assert group_of(one) is group
    assert rows([one], today=TODAY, names={"phq-9": "PHQ-9"})[0].reason == reason


def test_not_improving_comes_before_overdue_before_lost_and_the_longest_first():
    lost, overdue = treated((120, 17), (95, 16), number=1), treated((70, 17), (40, 10), number=2)
    flat, flatter = treated((70, 17), (14, 16), number=3), treated((80, 17), (14, 16), number=4)
    order = [row.treated.header.name for row in rows([lost, overdue, flat, flatter], today=TODAY, names={})]
    assert order == ["Person 4", "Person 3", "Person 2", "Person 1"]
