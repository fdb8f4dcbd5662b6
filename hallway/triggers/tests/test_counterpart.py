"""A finding names whom it is owed to only to those who may know that they treat."""

from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.tests import town
from hallway.identity.requester import Role
from hallway.record.classes import DataClass
from hallway.triggers import queries
from hallway.triggers.tests import charts
from hallway.triggers.tests.charts import NOW, condition, put
from hallway.triggers.tests.made import fire


@pytest.fixture
def world(fresh_db):
    with clock.stopped_at(NOW):
        yield charts.world()


def test_a_program_is_named_while_its_record_flows_and_no_longer(world):
    program = town.organization("Program", is_part2=True)
    counselor = town.person("Harborer", program, Role.THERAPIST, licence="counselor", duty=True)
    witness = town.person("Witwell", world.pc, Role.FRONT_DESK)
    put(world.chart, program, condition(NOW, "F11.20"), mask=int(DataClass.PART2))
    own = put(world.chart, world.pc, condition(NOW, "E11.9"))
    causes = [("Condition", own, world.pc, 1)]
    one = fire(world.chart, org=world.pc, causes=causes, to=program)
    assert queries.firing(world.pcp, one).counterpart_org == 0, "found while it flowed, shown after it ended"
    form = town.signed(world.chart, "part2", of=counselor, to=world.pcp, witness=witness)
    assert queries.firing(world.pcp, one).counterpart_org == program
    with clock.stopped_at(NOW + timedelta(hours=1)):
        consent.revoke_consent(form, "oral", by=world.pcp, expected_version=2)
        assert queries.firing(world.pcp, one).counterpart_org == 0


def test_who_treats_and_may_be_known_is_named(world):
    own = put(world.chart, world.pc, condition(NOW, "E11.9"))
    one = fire(world.chart, org=world.pc, causes=[("Condition", own, world.pc, 1)], to=world.bh)
    assert queries.firing(world.pcp, one).counterpart_org == world.bh
