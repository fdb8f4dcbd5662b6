"""Whose list a loop is on: by a table of loops, against the rule in plain words."""

from datetime import timedelta
from itertools import product

import pytest

from hallway import clock, ids
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, OrganizationId, PractitionerId
from hallway.loops import queries
from hallway.loops.models import Loop
from hallway.storage.connection import cursor

HERE, THERE, ME, ANOTHER, NOBODY = 1, 2, 11, 12, 0


def loops() -> list[Loop]:
    now = clock.now()
    every = product(
        ("report", "safety", "patient_ask"),
        (HERE, THERE),
        (ME, ANOTHER, NOBODY),
        (HERE, THERE),
        (ME, ANOTHER),
        range(4),
    )
    return [
        Loop(
            id=ids.new_uuid(now),
            chart_id=1,
            kind=kind,
            next_step="x",
            owner_org_id=org,
            owner_practitioner_id=owner,
            for_org_id=for_org,
            for_practitioner_id=for_whom,
            source_org_id=HERE,
            mask=1,
            opened_at=now,
            from_at=now - timedelta(days=1),
            due_at=now,
            escalation=escalation,
        )
        for kind, org, owner, for_org, for_whom, escalation in every
    ]


def is_mine(one: Loop, role: Role) -> bool:
    if one.owner_org_id == HERE:
        if one.owner_practitioner_id == ME or (one.kind == "safety" and one.escalation >= 2):
            return True
        if role is Role.PRACTICE_LEADER:
            return one.escalation >= 2
        if role is Role.FRONT_DESK and one.kind in {"safety", "patient_ask"}:
            return True
        if one.owner_practitioner_id == NOBODY:
            return True
    return one.for_org_id == HERE and one.for_practitioner_id == ME and one.escalation >= 3


@pytest.mark.parametrize("role", [Role.PCP, Role.PRACTICE_LEADER, Role.FRONT_DESK])
def test_my_list_holds_what_is_mine_and_nobodys_and_what_was_escalated_to_me(fresh_db, role):
    made = Loop.objects.bulk_create(loops())
    later = loops()[0]
    later.from_at = clock.now() + timedelta(days=1)
    later.save(force_insert=True)
    asker = Requester(AccountId(1), PractitionerId(ME), OrganizationId(HERE), role)
    which = queries._which(asker, "mine")
    with cursor() as opened:
        rows = opened.execute(f"SELECT id FROM loops_loop WHERE {which}", queries._parameters(asker)).fetchall()
    found = {row[0] for row in rows}
    assert found == {one.id for one in made if is_mine(one, role)}
    assert 0 < len(found) < len(made)
