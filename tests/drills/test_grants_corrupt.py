"""A row of the compiled grants is not what the rules gave: nothing leaves, and the person is told."""

import pytest

from hallway.consent import gate
from hallway.consent.grants.rebuilding import rebuild_grants
from hallway.consent.models import Grant
from hallway.consent.tests import town
from hallway.errors import HallwayError
from hallway.record import actions as record
from hallway.record.classes import DataClass
from hallway.referral.tests import hall as halls
from tests.drills.kit import browser, holds_nobody

EVERYTHING = sum(DataClass)
CORRUPTIONS = {
    "a mask wider than its rules speak of": {"allow": EVERYTHING},
    "a mask of minus one": {"allow": -1},
    "a rule that nobody wrote": {"rule_ids": ["US-SUCH-RULE"]},
    "no rule at all": {"rule_ids": []},
    "a bit of a class that does not exist": {"allow": 1 << 50},
}


@pytest.fixture
def hall(fresh_db):
    made = halls.build()
    town.put(made.chart, made.pcp.organization_id, DataClass.PSYTHER_NOTE | DataClass.GENERAL, author=999)
    return made


def own_grants(hall):
    return Grant.objects.filter(chart_id=hall.chart, grantee_org=hall.pcp.organization_id, author=0)


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_nothing_leaves_by_a_row_that_its_rules_do_not_bear_out(hall, what):
    client = browser(hall)
    assert not holds_nobody(client.get(f"/charts/{hall.chart}/"))
    assert own_grants(hall).update(**CORRUPTIONS[what])
    record.bump_epoch([hall.chart])
    with pytest.raises(HallwayError) as refused:
        gate.release(hall.pcp, hall.chart)
    assert refused.value.code in {"H-CON-051", "H-CON-001"}
    reply = client.get(f"/charts/{hall.chart}/")
    assert reply.status_code in {404, 500}
    assert holds_nobody(reply)
    if refused.value.code == "H-CON-051":
        assert b"do not fit the rules" in reply.content


def test_worked_out_anew_they_hold_again(hall):
    own_grants(hall).update(allow=EVERYTHING)
    rebuild_grants([hall.chart])
    assert gate.release(hall.pcp, hall.chart)


def test_every_grant_that_the_compiler_makes_is_borne_out_by_its_rules(hall):
    from hallway.consent.grants.soundness import fits_rules

    hall.consent_back()
    rows = Grant.objects.filter(chart_id=hall.chart)
    assert rows.count() > 5
    for row in rows:
        assert fits_rules(row.allow, tuple(row.rule_ids)), (row.relation, row.purpose, row.rule_ids)
