"""A moment fires once whoever looks and however often, rests on what flows, and goes with its facts."""

import json
import threading
import uuid
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connections

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.tests import town
from hallway.directory.models import PractitionerRole
from hallway.identity.requester import Role
from hallway.loops.actions import Owed, close_subject, escalate_due, open_loop
from hallway.loops.models import Loop
from hallway.loops.queries import loops_of_chart, worklist
from hallway.loops.tables.clocks import LoopKind
from hallway.record import actions as record_actions
from hallway.record.classes import DataClass
from hallway.storage.connection import cursor
from hallway.triggers import dry_run, hearing, looking, queries, rules
from hallway.triggers.models import Firing, Tuning, Watch
from hallway.triggers.tests import charts
from hallway.triggers.tests.charts import DAY, MH, NOW, condition, lithium, look, put

renaming = import_module("hallway.triggers.migrations.0004_screens_by_their_instant")


@pytest.fixture
def world(fresh_db, monkeypatch):
    with clock.stopped_at(NOW):
        made = charts.world()
        monkeypatch.setattr(looking, "ROWS", charts.only("T1"))
        yield made


def states() -> list[tuple[str, str]]:
    return list(Firing.objects.order_by("occurred_at", "id").values_list("rule", "state"))


def reads() -> int:
    with cursor() as opened:
        row = opened.execute("SELECT count(*) FROM ledger_line").fetchone()
    return int(row[0]) if row else 0


def test_a_new_psychotropic_fires_once_for_the_prescribers_practice_and_stands_on_their_list(world):
    order = put(world.chart, world.bh, lithium(NOW), mask=MH, author=world.psychiatrist.practitioner_id)
    for _ in range(3):
        hearing.charts_changed({"chart_ids": str(world.chart)})
    fired = Firing.objects.get()
    assert (fired.rule, fired.organization_id, fired.counterpart_org_id) == ("T1", world.bh, world.pc)
    assert fired.causes == [["MedicationRequest", order, 1, world.bh, MH, world.psychiatrist.practitioner_id]]
    (row,) = worklist(world.psychiatrist).rows
    assert (row.next_url, row.next_id, row.due_at) == ("due:show", fired.id, NOW + 3 * DAY)
    assert row.why == "New psychotropic: tell primary care"
    assert states() == [("T1", "open")]


@pytest.mark.parametrize("also_treats", [False, True])
def test_what_the_desk_wrote_down_is_owed_by_a_clinician_here(world, also_treats):
    desk = town.person("Deskwell", world.bh, Role.FRONT_DESK)
    if also_treats:
        first = PractitionerRole.objects.get(practitioner_id=desk.practitioner_id)
        first.pk, first.fhir_id, first.role = None, "role-second", Role.THERAPIST
        first.save(force_insert=True)
    put(world.chart, world.bh, lithium(NOW), mask=MH, author=desk.practitioner_id)
    look(world.chart)
    assert Firing.objects.get().practitioner_id == (desk if also_treats else world.psychiatrist).practitioner_id
    assert len(worklist(world.psychiatrist).rows) == (0 if also_treats else 1)


def test_a_row_of_a_clock_stands_however_long_ago_the_clock_ended(world, monkeypatch):
    monkeypatch.setattr(looking, "ROWS", charts.only("T32"))
    opened = uuid.uuid4()
    put(world.chart, world.pc, condition(NOW))
    with clock.stopped_at(NOW):
        open_loop(
            Owed(
                chart_id=world.chart,
                kind=LoopKind.TELL_PATIENT,
                owner_org=world.pc,
                for_org=world.pc,
                source_org=world.pc,
                mask=1,
                subject_id=opened,
            )
        )
    look(world.chart)
    with clock.stopped_at(NOW + DAY):
        close_subject(opened, closed_as="told")
    put(world.chart, world.pc, condition(NOW))
    look(world.chart, NOW + 500 * DAY)
    assert states() == [("T32", "open")]


def test_a_chart_that_has_not_changed_is_not_read_again(world):
    put(world.chart, world.bh, lithium(NOW), mask=MH)
    look(world.chart)
    before = reads()
    look(world.chart)
    assert reads() == before
    put(world.chart, world.bh, condition(NOW), mask=MH)
    look(world.chart)
    assert reads() > before


def test_two_workers_at_once_make_one_firing(world):
    put(world.chart, world.bh, lithium(NOW), mask=MH)
    failed: list[Exception] = []

    def work():
        try:
            look(world.chart)
        except Exception as error:
            failed.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert not failed
    assert states() == [("T1", "open")]
    assert Loop.objects.filter(kind="coordinate").count() == 1


def test_what_was_entered_in_error_is_taken_back_and_what_was_acted_on_stays(world):
    order = put(world.chart, world.bh, lithium(NOW), mask=MH)
    look(world.chart)
    put(world.chart, world.bh, lithium(NOW, status="entered-in-error"), mask=MH, rid=order)
    look(world.chart)
    assert states() == [("T1", "withdrawn")]
    assert Loop.objects.get(kind="coordinate").closed_as == "withdrawn"
    put(world.chart, world.bh, lithium(NOW), mask=MH, rid=order)
    look(world.chart)
    assert states() == [("T1", "open")], "true after all: the same row, not a second"
    Firing.objects.update(state="done", closed_at=NOW, closed_by=1)
    put(world.chart, world.bh, lithium(NOW, status="entered-in-error"), mask=MH, rid=order)
    look(world.chart)
    assert states() == [("T1", "done")]


def test_an_old_firing_stays_open_until_a_person_closes_it(world):
    put(world.chart, world.bh, lithium(NOW), mask=MH)
    look(world.chart)
    with clock.stopped_at(NOW + 200 * DAY):
        put(world.chart, world.bh, condition(NOW), mask=MH)
    look(world.chart, NOW + 200 * DAY)
    assert states() == [("T1", "open")]


def test_what_is_withheld_fires_nothing_and_what_is_withheld_later_is_taken_back(world, monkeypatch):
    monkeypatch.setattr(looking, "ROWS", charts.row())
    program = town.organization("Program", is_part2=True)
    put(world.chart, program, condition(NOW, "F11.20"), mask=int(DataClass.PART2))
    look(world.chart)
    assert states() == []
    assert not Loop.objects.exists()
    put(world.chart, world.bh, condition(NOW), mask=MH)
    look(world.chart)
    assert states() == [("T999", "open")]
    assert [row.why for row in worklist(world.pcp).rows] == ["A rule of the tests"]
    with clock.stopped_at(NOW + timedelta(hours=1)):
        consent.restrict(world.chart, by=world.psychiatrist, recipient_org=world.pc)
        assert worklist(world.pcp).rows == (), "the list is shut with the commit"
    look(world.chart, NOW + timedelta(hours=1))
    assert states() == [("T999", "withdrawn")]


def test_of_two_near_moments_the_second_is_part_of_the_first_and_stands_alone_when_that_goes(world, monkeypatch):
    monkeypatch.setattr(looking, "ROWS", charts.row(suppress_days=7))
    first = put(world.chart, world.bh, condition(NOW - 3 * DAY), mask=MH)
    put(world.chart, world.bh, condition(NOW - DAY, "F41.1"), mask=MH)
    put(world.chart, world.bh, condition(NOW - 20 * DAY, "F60.3"), mask=MH)
    look(world.chart)
    assert states() == [("T999", "open"), ("T999", "open"), ("T999", "merged")]
    assert Loop.objects.filter(closed_at=None).count() == 2
    gone = condition(NOW - 3 * DAY) | {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}}
    put(world.chart, world.bh, gone, mask=MH, rid=first)
    look(world.chart)
    assert states() == [("T999", "open"), ("T999", "withdrawn"), ("T999", "open")]


def test_what_a_person_closed_swallows_nothing_that_came_later(world, monkeypatch):
    """They decided without knowing of it; what was part of it when they decided is decided with it."""
    monkeypatch.setattr(looking, "ROWS", charts.row(suppress_days=7))
    put(world.chart, world.bh, condition(NOW - 3 * DAY), mask=MH)
    put(world.chart, world.bh, condition(NOW - 2 * DAY, "F41.1"), mask=MH)
    look(world.chart)
    assert states() == [("T999", "open"), ("T999", "merged")]
    Firing.objects.filter(state="open").update(state="not_needed", reason="other", closed_at=NOW, closed_by=1)
    look(world.chart, NOW + timedelta(hours=1))
    put(world.chart, world.bh, condition(NOW - DAY, "F20.0"), mask=MH)
    look(world.chart, NOW + timedelta(hours=1))
    assert states() == [("T999", "not_needed"), ("T999", "merged"), ("T999", "open")]


def test_what_was_swallowed_by_one_that_was_closed_before_stands_alone(world, monkeypatch):
    monkeypatch.setattr(looking, "ROWS", charts.row(suppress_days=7))
    put(world.chart, world.bh, condition(NOW - 3 * DAY), mask=MH)
    put(world.chart, world.bh, condition(NOW - DAY, "F41.1"), mask=MH)
    look(world.chart)
    Firing.objects.filter(state="open").update(state="done", closed_at=NOW - timedelta(hours=1), closed_by=1)
    put(world.chart, world.bh, condition(NOW - 300 * DAY), mask=MH)
    look(world.chart)
    assert states() == [("T999", "done"), ("T999", "open")]
    assert Loop.objects.filter(kind="coordinate", closed_at=None).count() == 2, "one of them was never closed here"


def test_a_second_positive_answer_of_a_day_is_told_though_the_first_was_closed(world, monkeypatch):
    monkeypatch.setattr(looking, "ROWS", charts.only("T23"))
    for hours, state in ((3, "done"), (1, "open")):
        put(world.chart, world.bh, charts.positive_answer(NOW - timedelta(hours=hours)), mask=MH)
        look(world.chart)
        if state == "done":
            Firing.objects.update(state="done", closed_at=NOW, closed_by=1)
    assert states() == [("T23", "done"), ("T23", "open")]


def test_two_alcohol_screens_of_one_day_are_told_each_by_its_own_result(world, monkeypatch):
    monkeypatch.setattr(looking, "ROWS", charts.only("T33"))
    put(world.chart, world.pc, lithium(NOW - 9 * DAY, name="sertraline") | charts.LORAZEPAM)
    first = put(world.chart, world.bh, charts.drinking(NOW - timedelta(hours=3), days=1))
    put(world.chart, world.bh, charts.drinking(NOW - timedelta(hours=1), days=12))
    look(world.chart)
    assert states() == [("T33", "open"), ("T33", "merged")]
    put(world.chart, world.bh, charts.drinking(NOW, days=0), rid=first)
    look(world.chart)
    assert states() == [("T33", "withdrawn"), ("T33", "open")], "the first was wrong, the second stands on its own"


def test_a_positive_answer_is_heard_by_every_clinician_here_within_minutes(world, monkeypatch):
    monkeypatch.setattr(looking, "ROWS", charts.only("T23"))
    colleague = town.person("Othermind", world.bh, Role.THERAPIST)
    put(world.chart, world.bh, charts.positive_answer(NOW), mask=1)
    look(world.chart)
    due = Firing.objects.get().due_at
    heard = []
    for minutes in (4, 5):
        with clock.stopped_at(due + timedelta(minutes=minutes)):
            escalate_due(clock.now())
            rows = worklist(colleague).rows
            heard.append([(row.next_url, row.next_id) for row in rows])
    assert heard == [[], [("due:show", Firing.objects.get().id)]]
    assert rows[0].hears_next.startswith("Every clinician of your practice has heard;")
    assert rows[0].is_mine


@pytest.mark.parametrize("state", ["open", "not_needed"])
@pytest.mark.parametrize("days", [3, 70])
def test_an_alcohol_screen_told_by_its_day_before_stands_as_it_was(world, monkeypatch, state, days):
    """Else the upgrade would take back what is open, drop what is old, and tell again what a person closed."""
    monkeypatch.setattr(looking, "ROWS", charts.only("T33"))
    put(world.chart, world.pc, lithium(NOW - DAY, name="sertraline") | charts.LORAZEPAM)
    put(world.chart, world.bh, charts.drinking(NOW, days=12))
    look(world.chart)
    told = Firing.objects.get()
    closed = {} if state == "open" else {"closed_at": NOW, "closed_by": 1, "reason": "known"}
    Firing.objects.update(occasion=f"day/{NOW.date()}", state=state, **closed)
    with cursor() as opened:
        opened.execute(renaming.RENAMED.replace("%", "%%"), ())
    with clock.stopped_at(NOW + days * DAY):
        looking.look(world.chart, is_forced=True)
    assert list(Firing.objects.values_list("id", "occasion", "state")) == [(told.id, told.occasion, state)]


@pytest.mark.parametrize("minutes", [0, 45])
def test_a_positive_answer_rises_by_the_minute_no_longer_once_the_safety_steps_are_open(world, monkeypatch, minutes):
    """Begun before anybody else has heard, or after all have: the steps alone are the danger from then on."""
    monkeypatch.setattr(looking, "ROWS", charts.only("T23"))
    colleague = town.person("Othermind", world.bh, Role.THERAPIST)
    put(world.chart, world.bh, charts.positive_answer(NOW - 2 * DAY), mask=1)
    look(world.chart)
    with clock.stopped_at(NOW + timedelta(minutes=minutes)):
        escalate_due(clock.now())
        opened = {"chart_id": int(world.chart), "safety_id": str(uuid.uuid4())}
        hearing.safety_opened(opened | {"organization_id": int(world.pc)})
        assert Loop.objects.get().rises_as == "safety", "the steps of another practice are not this one's"
        hearing.safety_opened(opened | {"organization_id": int(world.bh)})
        hearing.safety_opened(opened | {"organization_id": int(world.bh)})
    with clock.stopped_at(NOW + timedelta(minutes=minutes + 45)):
        escalate_due(clock.now())
        look(world.chart, clock.now())
        assert worklist(colleague).rows == ()
        assert states() == [("T23", "open")], "a person closes it"


@pytest.mark.parametrize(
    ("drug", "rule", "checks"),
    [
        ("lithium", "T22", ["calcium", "kidney function", "lithium level", "thyroid (TSH)"]),
        ("valproate", "T22", ["blood count", "liver tests", "valproate level"]),
        ("carbamazepine", "T22", ["blood count", "carbamazepine level", "liver tests", "sodium"]),
        ("clozapine", "T22", ["neutrophil count"]),
        ("olanzapine", "T21", ["blood pressure", "glucose or A1c", "lipids", "weight"]),
    ],
)
def test_every_check_of_a_drug_that_is_over_time_is_told_by_itself(world, monkeypatch, drug, rule, checks):
    """One of them is closed without the others, and no other is hidden behind it."""
    monkeypatch.setattr(looking, "ROWS", charts.only(rule))
    order = lithium(NOW - 45 * DAY) | {"medicationCodeableConcept": {"text": drug}}
    put(world.chart, world.bh, order, mask=MH)
    look(world.chart)
    opened = Firing.objects.filter(state="open")
    assert sorted({one.parameters["check"] for one in opened}) == checks


def test_a_moment_is_part_only_of_one_that_everybody_may_know_who_may_know_of_it(world, monkeypatch):
    """Else a hidden finding would swallow one that is owed, and its colleagues would be told of neither."""
    monkeypatch.setattr(looking, "ROWS", charts.row(suppress_days=7))
    put(world.chart, world.bh, condition(NOW - 3 * DAY), mask=MH)
    put(world.chart, world.bh, condition(NOW - 2 * DAY, "F41.1"), mask=1)
    look(world.chart)
    assert states() == [("T999", "open"), ("T999", "open")]
    put(world.chart, world.bh, condition(NOW - DAY, "F60.3"), mask=MH)
    look(world.chart)
    assert states()[2] == ("T999", "merged"), "whoever may know of the last may know of the first"
    own = world.psychiatrist.practitioner_id
    put(world.chart, world.bh, condition(NOW - DAY, "F20.0"), mask=MH, author=own)
    look(world.chart)
    assert sorted(state for _, state in states()) == ["merged", "open", "open", "open"], "an author's own stays alone"


def test_what_is_part_of_one_that_is_shut_later_stands_alone(world, monkeypatch):
    monkeypatch.setattr(looking, "ROWS", charts.row(suppress_days=7))
    first = put(world.chart, world.bh, condition(NOW - 3 * DAY), mask=1)
    put(world.chart, world.bh, condition(NOW - DAY, "F41.1"), mask=1)
    look(world.chart)
    assert states() == [("T999", "open"), ("T999", "merged")]
    put(world.chart, world.bh, condition(NOW - 3 * DAY), mask=MH, rid=first)
    look(world.chart)
    assert states() == [("T999", "open"), ("T999", "open")]


def test_time_alone_fires_at_the_tick_and_not_before(world, monkeypatch):
    waiting = [{"find": "fact", "kinds": ["Condition"], "whose": "other", "wait_days": 10}]
    monkeypatch.setattr(looking, "ROWS", charts.row(when=waiting))
    put(world.chart, world.bh, condition(NOW), mask=MH)
    look(world.chart)
    assert Watch.objects.get(organization_id=world.pc).next_at == NOW + 10 * DAY
    for days, found in ((9, []), (10, [("T999", "open")])):
        with clock.stopped_at(NOW + days * DAY):
            looking.look_due(clock.now())
        assert states() == found


def test_a_look_that_fails_for_one_practice_is_done_again_and_the_others_look(world, monkeypatch):
    put(world.chart, world.bh, lithium(NOW), mask=MH)
    evaluate = rules.evaluate

    def failing(chart, now, rows):
        if chart.practice == world.bh:
            raise RuntimeError
        return evaluate(chart, now, rows)

    monkeypatch.setattr(rules, "evaluate", failing)
    look(world.chart)
    assert states() == []
    assert set(Watch.objects.values_list("organization_id", flat=True)) == {world.bh, world.pc}
    monkeypatch.setattr(rules, "evaluate", evaluate)
    with clock.stopped_at(NOW + timedelta(minutes=1)):
        looking.look_due(clock.now())
    assert states() == [("T1", "open")]


def test_a_label_that_rises_is_the_label_of_the_firing_and_of_its_row_on_the_list(world, monkeypatch):
    monkeypatch.setattr(looking, "ROWS", charts.row())
    one = put(world.chart, world.bh, condition(NOW), mask=1)
    look(world.chart)
    put(world.chart, world.bh, condition(NOW), mask=MH, rid=one)
    look(world.chart)
    assert Firing.objects.get().causes[0][4] == MH
    assert Loop.objects.get().also == [[world.bh, MH, 0, "Condition", one]]


@pytest.mark.parametrize("way", ["written", "relabelled", "kept shut"])
def test_two_worlds_a_row_leaves_every_list_with_the_label_that_shuts_its_fact_out(world, monkeypatch, way):
    """Nobody has looked since: the list is as where the fact never was, in the moment in which its label rises."""
    monkeypatch.setattr(looking, "ROWS", charts.row())
    leader = town.person("Leadwell", world.pc, Role.PRACTICE_LEADER)
    put(world.chart, world.bh, condition(NOW - 5 * DAY, "F41.1"), mask=1)
    look(world.chart)

    def shown() -> tuple[object, ...]:
        # Long past due, so that the leader counts it.
        with clock.stopped_at(NOW + 30 * DAY):
            lists = [[row.id for row in worklist(world.pcp, show=show).rows] for show in ("mine", "practice")]
            of_chart = [row.id for row in loops_of_chart(world.pcp, world.chart)]
            found = [one.id for one in queries.firings_of(world.pcp, world.chart)]
            return lists, of_chart, found, worklist(world.pcp).counts, queries.late(leader)

    before = shown()
    assert len(before[1]) == 1
    one = put(world.chart, world.bh, condition(NOW), mask=1)
    look(world.chart)
    assert len(shown()[1]) == 2
    shut = int(DataClass.UNCLASSIFIED if way == "kept shut" else DataClass.MH | DataClass.PSYTHER_NOTE)
    if way == "written":
        put(world.chart, world.bh, condition(NOW), mask=shut, rid=one)
    else:
        label = town.labelled(world.chart, world.bh, shut, resource_id=one, body=json.dumps(condition(NOW)))
        record_actions.relabel([label], by=town.LOADER)
    assert shown() == before
    look(world.chart, NOW + timedelta(minutes=1))
    assert shown() == before, "nor does a look bring it back"


def test_a_rule_that_is_switched_off_fires_no_more_and_leaves_what_fired_to_people(world, monkeypatch):
    monkeypatch.setattr(looking, "ROWS", charts.row())
    put(world.chart, world.bh, condition(NOW), mask=MH)
    look(world.chart)
    off = {"is_on": False, "reason": "too many", "by_account_id": 1, "from_at": NOW + timedelta(minutes=1)}
    Tuning.objects.create(organization_id=world.pc, rule="T999", **off)
    put(world.chart, world.bh, condition(NOW, "F41.1"), mask=MH)
    look(world.chart, NOW + timedelta(minutes=2))
    assert states() == [("T999", "open")]


def test_a_dry_run_counts_what_a_rule_would_have_done_and_keeps_nothing(world, monkeypatch):
    for days in (300, 200, 10):
        put(world.chart, world.bh, condition(NOW - days * DAY), mask=MH)
    program = town.organization("Program", is_part2=True)
    put(world.chart, program, condition(NOW - 100 * DAY, "F11.20"), mask=int(DataClass.PART2))
    own = charts.row(parameters={"wait": 0}, effective_from=NOW.date())
    monkeypatch.setattr(looking, "ROWS", own)
    monkeypatch.setattr(dry_run, "ROWS", own)
    look(world.chart)
    fired = Firing.objects.count()
    ran = dry_run.would_have_fired(world.pcp, "T999", {"wait": 1}, NOW - 250 * DAY)
    assert (ran.fired, ran.patients, ran.charts, ran.of) == (2, 1, 1, 1)
    assert [day for day, _ in ran.days] == [(NOW - days * DAY).date() for days in (200, 10)]
    assert Firing.objects.count() == fired


def test_two_worlds_that_differ_in_a_withheld_fact_have_the_same_watch_firings_and_list(world, monkeypatch):
    """A due date that stands only because of a withheld fact would tell of it."""
    waiting = [{"find": "fact", "kinds": ["Condition"], "wait_days": 10}, {"find": "fact", "kinds": ["Condition"]}]
    monkeypatch.setattr(looking, "ROWS", charts.row(when=waiting))
    put(world.chart, world.bh, condition(NOW), mask=MH)
    program = town.organization("Program", is_part2=True)

    def shown() -> tuple[object, ...]:
        look(world.chart)
        firings = Firing.objects.filter(organization_id=world.pc).order_by("id")
        with clock.stopped_at(NOW):
            rows = [(row.id, row.why, row.due_at) for row in worklist(world.pcp).rows]
            counts = worklist(world.pcp).counts
        next_at = Watch.objects.get(organization_id=world.pc).next_at
        return list(firings.values_list("id", "state", "due_at", "causes")), rows, counts, next_at

    before = shown()
    put(world.chart, program, condition(NOW - 5 * DAY, "F11.20"), mask=int(DataClass.PART2))
    assert shown() == before


def test_which_charts_a_dry_run_reads_does_not_follow_from_what_is_withheld(world, monkeypatch):
    own = charts.row()
    monkeypatch.setattr(looking, "ROWS", own)
    monkeypatch.setattr(dry_run, "ROWS", own)
    monkeypatch.setattr(dry_run, "MOST", 1)
    program = town.organization("Program", is_part2=True)
    other = town.new_patient(world.bh)
    consent.join_team(other, by=town.LOADER, organization=world.pc, basis="assigned", role="pcp")
    put(world.chart, world.bh, condition(NOW - 10 * DAY), mask=MH)
    put(other, world.bh, condition(NOW - 300 * DAY), mask=MH)
    found = set()
    for chart in (world.chart, other):
        look(chart)
    for minutes, chart in enumerate((world.chart, other, world.chart), start=1):
        put(chart, program, condition(NOW - 5 * DAY, "F11.20"), mask=int(DataClass.PART2))
        look(chart, NOW + timedelta(minutes=minutes))
        found.add(dry_run.would_have_fired(world.pcp, "T999", {}, NOW - 250 * DAY).fired)
    assert len(found) == 1, found
