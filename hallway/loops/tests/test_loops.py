from datetime import UTC, datetime, timedelta

import pytest

from hallway import clock
from hallway.errors import HallwayError
from hallway.loops import rules
from hallway.loops.actions import escalate_due
from hallway.loops.queries import worklist
from hallway.loops.tables.clocks import CLOCKS, LoopKind

FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (FRIDAY, 1, datetime(2026, 11, 23, 15, 0, tzinfo=UTC)),
        (FRIDAY, 2, datetime(2026, 11, 24, 15, 0, tzinfo=UTC)),
        (FRIDAY, 0, FRIDAY),
        (datetime(2026, 10, 30, 15, 0, tzinfo=UTC), 1, datetime(2026, 11, 2, 16, 0, tzinfo=UTC)),
    ],
)
def test_business_days_skip_the_weekend_and_keep_the_local_hour(start, days, end):
    assert rules.add_business_days(start, days) == end


def test_a_loop_rises_from_owner_to_leader_to_both_sides():
    row = CLOCKS[LoopKind.ACCEPT]
    due = rules.due_at(row, FRIDAY)
    levels = [rules.escalation_at(row, due, due + timedelta(days=n)) for n in (-1, 0, 1, 3)]
    assert levels == [0, rules.OWNER, rules.LEADER, rules.BOTH]


def test_a_danger_rises_by_the_minute():
    row = CLOCKS[LoopKind.SAFETY]
    due = rules.due_at(row, FRIDAY)
    assert due == FRIDAY
    levels = [rules.escalation_at(row, due, due + timedelta(minutes=n)) for n in (0, 4, 5, 14, 15)]
    assert levels == [rules.OWNER, rules.OWNER, rules.LEADER, rules.LEADER, rules.BOTH]


def test_groups_put_what_is_late_or_dangerous_first():
    assert rules.group_of(FRIDAY, FRIDAY + timedelta(hours=1), harm=0) == "now"
    assert rules.group_of(FRIDAY, FRIDAY - timedelta(hours=1), harm=0) == "today"
    assert rules.group_of(FRIDAY, FRIDAY - timedelta(days=30), harm=3) == "now"
    assert rules.group_of(FRIDAY, FRIDAY - timedelta(days=3), harm=0) == "week"
    assert rules.group_of(FRIDAY, FRIDAY - timedelta(days=30), harm=0) == "later"


def test_an_unknown_list_or_a_foreign_cursor_is_refused(fresh_db):
    from hallway.consent.tests import town
    from hallway.identity.requester import Role

    who = town.person("Carewell", town.organization("Millbrook", side="pc"), Role.PCP)
    key = "00000000-0000-4000-8000-000000000000"
    too_harmful, no_zone = f"99999999999~2026-01-01T00:00:00+00:00~{key}", f"1~2026-01-01T00:00:00~{key}"
    wrong = ("1~x~y", "nonsense", too_harmful, no_zone)
    closed = (f"2026-01-01T00:00:00~{key}", f"0~2026-01-01T00:00:00+00:00~{key}", f"2026-01-01T00:00:00+00:00~{key}x")
    of_closed = ({"show": "closed", "after": text} for text in closed)
    for more in ({"show": "everything"}, *({"after": text} for text in wrong), *of_closed):
        with pytest.raises(HallwayError) as caught:
            worklist(who, **more)
        assert caught.value.code == "H-LOO-001"


def test_escalating_twice_changes_nothing(fresh_db):
    from hallway.consent.tests import town
    from hallway.identity.requester import Role
    from hallway.loops.actions import Owed, open_loop
    from hallway.record.classes import DataClass

    place = town.organization("Millbrook", side="pc")
    who = town.person("Carewell", place, Role.PCP)
    chart = town.new_patient(place)
    open_loop(Owed(chart, LoopKind.ACCEPT, place, place, place, int(DataClass.GENERAL), who.practitioner_id))
    later = clock.now() + timedelta(days=4)
    assert (escalate_due(clock.now()), escalate_due(later), escalate_due(later)) == (0, 1, 0)


def test_what_rises_by_the_minute_is_not_kept_back_by_what_is_merely_late(fresh_db, monkeypatch):
    from hallway.consent.tests import town
    from hallway.identity.requester import Role
    from hallway.loops import actions
    from hallway.loops.actions import Owed, open_loop
    from hallway.loops.models import Loop
    from hallway.record.classes import DataClass

    place = town.organization("Millbrook", side="pc")
    who = town.person("Carewell", place, Role.PCP)
    chart = town.new_patient(place)
    now = clock.now()
    for kind, days in ((LoopKind.ACCEPT, 9), (LoopKind.ACCEPT, 9), (LoopKind.SAFETY, 0), (LoopKind.RE_OFFER, 0)):
        due_at = now - timedelta(days=days)
        open_loop(Owed(chart, kind, place, place, place, int(DataClass.GENERAL), who.practitioner_id, due_at=due_at))
    Loop.objects.filter(kind="accept").update(escalation=rules.LEADER, due_at=now - timedelta(minutes=1))
    monkeypatch.setattr(actions, "_AT_ONCE", 1)
    escalate_due(now + timedelta(minutes=1))
    assert set(Loop.objects.filter(kind__in=("safety", "re_offer")).values_list("escalation", flat=True)) == {1}


def test_a_list_longer_than_a_page_goes_on_where_it_stopped(fresh_db):
    from hallway.consent.tests import town
    from hallway.identity.requester import Role
    from hallway.loops.actions import Owed, open_loop
    from hallway.record.classes import DataClass

    place = town.organization("Millbrook", side="pc")
    who = town.person("Carewell", place, Role.PCP)
    chart = town.new_patient(place)
    for kind in (LoopKind.ACCEPT, LoopKind.CHOOSE_AGAIN, LoopKind.RE_OFFER, LoopKind.ACCEPT, LoopKind.REPORT):
        open_loop(Owed(chart, kind, place, place, place, int(DataClass.GENERAL), who.practitioner_id))
    whole = [row.id for row in worklist(who).rows]
    pages, after = [], ""
    while True:
        page = worklist(who, limit=2, after=after)
        pages += [row.id for row in page.rows]
        after = page.after
        if not after:
            break
    assert pages == whole
    assert len(whole) == 5
    assert worklist(who).rows[0].kind == "choose_again"


def test_what_was_closed_is_shown_once_each_the_latest_first_however_many_pages_it_has(fresh_db):
    from hallway.consent.tests import town
    from hallway.identity.requester import Role
    from hallway.loops.actions import Owed, open_loop
    from hallway.loops.models import Loop
    from hallway.loops.queries import loop_of_chart
    from hallway.record.classes import DataClass

    place = town.organization("Millbrook", side="pc")
    who = town.person("Carewell", place, Role.PCP)
    chart, now = town.new_patient(place), clock.now()
    kinds = (LoopKind.RE_OFFER, LoopKind.ACCEPT, LoopKind.CHOOSE_AGAIN, LoopKind.ACCEPT, LoopKind.RE_OFFER)
    for kind, hours in zip(kinds, (5, 1, 3, 3, 2), strict=True):
        loop = open_loop(Owed(chart, kind, place, place, place, int(DataClass.GENERAL), who.practitioner_id))
        Loop.objects.filter(id=loop).update(closed_at=now - timedelta(hours=hours), closed_as="done")
    pages, after = [], ""
    while len(pages) < 10:
        page = worklist(who, show="closed", limit=1, after=after)
        pages += page.rows
        if not (after := page.after):
            break
    assert [(now - row.closed_at).seconds // 3600 for row in pages] == [1, 2, 3, 3, 5]
    assert len({row.id for row in pages}) == 5
    assert all(loop_of_chart(who, chart, row.id) for row in pages)
    Loop.objects.filter(id=pages[0].id).update(closed_at=now - timedelta(days=8))
    assert loop_of_chart(who, chart, pages[0].id) is None
    stranger = town.person("Hearwell", town.organization("Northgate", side="bh"), Role.THERAPIST)
    assert loop_of_chart(stranger, chart, pages[1].id) is None
