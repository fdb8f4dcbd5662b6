"""What is shown of a firing, and how one ends: three ways, once, by whom it concerns."""

from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent.tests import town
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Role
from hallway.loops.models import Loop
from hallway.record.classes import DataClass
from hallway.triggers import actions, queries
from hallway.triggers.models import Firing, Tuning
from hallway.triggers.tests.made import fire


class World:
    def __init__(self):
        self.place = town.organization("Millbrook", side="pc")
        self.program = town.organization("Program", is_part2=True)
        self.pcp = town.person("Carewell", self.place, Role.PCP)
        self.lead = town.person("Leader", self.place, Role.PRACTICE_LEADER)
        self.stranger = town.person("Else", town.organization("Else", side="pc"), Role.PCP)
        self.chart = town.new_patient(self.place)
        self.own = town.put(self.chart, self.place, DataClass.GENERAL)
        self.secret = town.put(self.chart, self.program, DataClass.PART2)

    def fire(self, *, with_secret=False):
        causes = [("Condition", self.own, self.place, DataClass.GENERAL)]
        if with_secret:
            causes.append(("Condition", self.secret, self.program, DataClass.PART2))
        return fire(self.chart, org=self.place, causes=causes, who=self.pcp.practitioner_id)


@pytest.fixture
def world(fresh_db):
    return World()


def refused(kind, call, *args, **named):
    with pytest.raises(HallwayError) as caught:
        call(*args, **named)
    assert caught.value.kind is kind
    return caught.value


def test_a_firing_is_shown_only_where_every_fact_behind_it_flows(world):
    known, hidden = world.fire(), world.fire(with_secret=True)
    assert [str(one.id) for one in queries.firing(world.pcp, known).causes] == [world.own]
    assert [one.id for one in queries.firings_of(world.pcp, world.chart)] == [known]
    refused(Kind.NOT_FOUND, queries.firing, world.pcp, hidden)
    refused(Kind.NOT_FOUND, queries.firing, world.stranger, known)
    refused(Kind.NOT_FOUND, actions.close, hidden, by=world.pcp, state="done", expected_version=0)
    assert sum(one.fired for one in queries.noise(world.lead, clock.today() - timedelta(days=40))) == 1
    refused(Kind.FORBIDDEN, queries.noise, world.pcp, clock.today())


def test_a_leader_hears_how_many_are_past_due_and_with_whom_never_of_what_is_withheld(world):
    known, hidden, running = world.fire(), world.fire(with_secret=True), world.fire()
    assert queries.late(world.lead) == []
    Firing.objects.filter(id__in=[known, hidden]).update(due_at=clock.now() - timedelta(days=1))
    assert queries.late(world.lead) == [(world.pcp.practitioner_id, "T1", 1)]
    refused(Kind.NOT_FOUND, queries.firing, world.lead, running)
    refused(Kind.FORBIDDEN, queries.late, world.pcp)


def test_one_is_closed_once_in_one_of_three_ways(world):
    one = world.fire()
    refused(Kind.UNPROCESSABLE, actions.close, one, by=world.pcp, state="not_needed", expected_version=0)
    refused(Kind.UNPROCESSABLE, actions.close, one, by=world.pcp, state="withdrawn", expected_version=0)
    refused(Kind.NOT_FOUND, actions.close, one, by=world.lead, state="done", expected_version=0)
    actions.close(one, by=world.pcp, state="not_needed", reason="told_already", expected_version=0)
    clash = refused(Kind.CONFLICT, actions.close, one, by=world.pcp, state="done", expected_version=0)
    assert "Carewell acted on this first." in clash.what
    row = Firing.objects.get()
    assert (row.state, row.reason, row.closed_by, row.version) == (
        "not_needed",
        "told_already",
        world.pcp.practitioner_id,
        1,
    )
    assert Loop.objects.get().closed_as == "not_needed"
    [month] = queries.noise(world.lead, clock.today() - timedelta(days=40))
    assert (month.fired, month.not_needed, month.reasons) == (1, 1, {"told_already": 1})


def test_a_rule_is_tuned_by_the_leader_with_a_reason(world):
    refused(Kind.FORBIDDEN, actions.tune, "T1", by=world.pcp, is_on=False, parameters={}, reason="Too many")
    refused(Kind.UNPROCESSABLE, actions.tune, "T1", by=world.lead, is_on=False, parameters={}, reason=" ")
    actions.tune("T1", by=world.lead, is_on=False, parameters={"days": 60}, reason="Told at the daily huddle")
    row = Tuning.objects.get()
    assert (row.is_on, row.parameters, row.organization_id) == (False, {"days": 60}, world.place)
