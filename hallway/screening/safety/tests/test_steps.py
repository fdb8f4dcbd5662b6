"""From a yes to a safe disposition, on a real database: who is told, what is owed, who may know."""

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.consent.tests import town
from hallway.directory.models import Organization
from hallway.errors import HallwayError
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId
from hallway.labels.source import Source
from hallway.ledger import queries as ledger
from hallway.loops.actions import escalate_due
from hallway.loops.models import Loop
from hallway.loops.queries import worklist
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.screening.models import Safety, Sitting
from hallway.screening.safety import actions, hearing, queries, telling
from hallway.screening.safety.rows import book
from hallway.screening.safety.said import Said
from hallway.screening.safety.sight import look
from hallway.screening.safety.states import Step

LABEL = int(DataClass.GENERAL | DataClass.MH)


@dataclass
class World:
    chart: ChartId
    pcp: Requester
    colleague: Requester
    desk: Requester
    therapist: Requester

    def opened(self) -> uuid.UUID:
        return hear(self, self.sitting())

    def sitting(self) -> Sitting:
        now = clock.now()
        return Sitting.objects.create(
            id=uuid.uuid4(),
            chart_id=self.chart,
            organization_id=self.pcp.organization_id,
            practitioner_id=self.pcp.practitioner_id,
            mode="tablet",
            state="begun",
            asked_at=now,
            until_at=now + timedelta(hours=2),
            mask=LABEL,
        )


def hear(world: World, sitting: Sitting, code: str = "44260-8") -> uuid.UUID:
    hearing.critical_answer(
        {
            "chart_id": world.chart,
            "organization_id": world.pcp.organization_id,
            "kind": "sitting",
            "id": str(sitting.id),
            "code": code,
            "level": "urgent",
        }
    )
    return Safety.objects.order_by("-opened_at").first().id


@pytest.fixture
def world(fresh_db) -> World:
    clinic, other = town.organization("Millbrook", side="pc"), town.organization("Northgate")
    chart = town.new_patient(clinic)
    made = World(
        chart,
        town.person("Carewell", clinic, Role.PCP, licence="physician"),
        town.person("Second", clinic, Role.PCP, licence="physician"),
        town.person("Deskwell", clinic, Role.FRONT_DESK),
        town.person("Hearwell", other, Role.THERAPIST, licence="physician"),
    )
    for one in (clinic, other):
        consent.join_team(chart, by=town.LOADER, organization=one, basis="encounter")
    town.put(chart, other, DataClass.GENERAL)
    return made


def said(**values) -> Said:
    return Said(once=str(uuid.uuid4()), **values)


PARTS = {one.id: f"Words for {one.id}" for one in book().part}


def through(world: World, key: uuid.UUID, *, risk: str = "moderate") -> int:
    """Every step that going home asks for."""
    do = world.pcp
    actions.take_step(do, key, Step.TAKE, said())
    actions.take_step(do, key, Step.HERE, said())
    actions.take_step(do, key, Step.JUDGEMENT, said(code=risk, words="Thoughts, no plan, no intent."))
    actions.take_step(do, key, Step.PLAN, said(parts=PARTS))
    actions.take_step(do, key, Step.MEANS, said(code="medicines", words="Sister keeps the bottle."))
    actions.take_step(do, key, Step.LINE, said(language="es"))
    return actions.take_step(do, key, Step.FOLLOW_UP, said(code="24"))


def refused(code: str, act, *args, **kwargs) -> None:
    with pytest.raises(HallwayError) as caught:
        act(*args, **kwargs)
    assert caught.value.code == code


def owed(kind: str) -> list[Loop]:
    return list(Loop.objects.filter(kind=kind, closed_at__isnull=True))


def test_a_critical_answer_opens_it_once_for_the_clinician_who_asked_and_the_desk_hears(world):
    sitting = world.sitting()
    key = hear(world, sitting)
    assert hear(world, sitting) == key
    assert hear(world, sitting, code="93267-3") == key
    row = Safety.objects.get()
    assert (row.owner_practitioner_id, row.mask, row.state) == (world.pcp.practitioner_id, LABEL, "waiting")
    for who in (world.pcp, world.desk):
        shown = worklist(who).rows
        assert [(one.kind, one.harm, one.next_id, one.group) for one in shown] == [("safety", 4, key, "now")]
    assert worklist(world.colleague).rows == ()
    assert worklist(world.therapist).rows == ()


def test_it_rises_by_the_minute_until_every_clinician_of_the_practice_has_it(world):
    world.opened()
    now = clock.now()
    escalate_due(now + timedelta(minutes=4))
    assert worklist(world.colleague).rows == ()
    escalate_due(now + timedelta(minutes=6))
    assert [one.kind for one in worklist(world.colleague).rows] == ["safety"]
    assert worklist(world.colleague).rows[0].next_label == "Go on"


def test_it_does_not_end_before_its_steps_stand_and_then_a_call_is_owed(world):
    key = world.opened()
    refused("H-SAF-002", actions.close, world.pcp, key, disposition="mistaken", words="Slip", expected_version=0)
    version = through(world, key)
    refused("H-SAF-003", actions.close, world.pcp, key, disposition="", words="", expected_version=version)
    refused("H-SAF-005", actions.close, world.pcp, key, disposition="same_day_bh", words="", expected_version=version)
    refused("H-SAF-006", actions.close, world.pcp, key, disposition="mistaken", words="Slip", expected_version=version)
    refused(
        "H-SAF-008", actions.close, world.pcp, key, disposition="home_with_plan", words="", expected_version=version - 1
    )
    assert Safety.objects.get().closed_at is None
    actions.close(world.pcp, key, disposition="home_with_plan", words="", expected_version=version)
    assert owed("safety") == []
    [call] = owed("safety_call")
    assert call.due_at - clock.now() > timedelta(hours=23)
    seen = queries.protocol(world.pcp, key)
    assert seen.last("plan").parts == PARTS
    assert seen.last("judgement").words == "Thoughts, no plan, no intent."
    actions.take_step(world.pcp, key, Step.CONTACT, said(code="not_reached"))
    [again] = owed("safety_call")
    assert again.id != call.id
    actions.take_step(world.pcp, key, Step.CONTACT, said(code="in_danger", words="Worse tonight."))
    assert owed("safety_call") == []
    assert len(owed("safety")) == 1


def test_a_death_ends_the_steps_and_leaves_no_call_owed(world):
    key = world.opened()
    actions.take_step(world.pcp, key, Step.FOLLOW_UP, said(code="24"))
    version = actions.take_step(world.pcp, key, Step.LEFT, said())
    refused("H-SAF-004", actions.close, world.pcp, key, disposition="died", words=" ", expected_version=version)
    actions.close(world.pcp, key, disposition="died", words="Told by the hospital.", expected_version=version)
    assert owed("safety") == owed("safety_call") == []


def test_no_call_is_owed_after_a_death(world):
    key = world.opened()
    actions.close(world.pcp, key, disposition="home_with_plan", words="", expected_version=through(world, key))
    actions.take_step(world.pcp, key, Step.CONTACT, said(code="died", words="Told by the hospital."))
    assert owed("safety_call") == owed("safety") == []


def test_a_screener_asked_here_is_kept_and_opens_no_second_one(world):
    key = world.opened()
    answers = {"q1": "yes", "q2": "yes", "q3": "yes", "q4": "no", "q5": "no", "q6": "no"}
    actions.take_step(world.pcp, key, Step.QUESTIONS, said(instrument="cssrs", answers=answers))
    kept = record.read_chart(gate.release(world.pcp, world.chart), kinds=["QuestionnaireResponse", "Observation"])
    assert {one.kind for one in kept} == {"QuestionnaireResponse", "Observation"}
    assert heard(world) == []
    assert Safety.objects.count() == 1
    refused("H-SAF-003", actions.take_step, world.pcp, key, Step.QUESTIONS, said(instrument="phq-9", answers=answers))


def test_what_is_about_violence_by_others_opens_no_steps_for_suicide():
    assert not hearing.opens("safety")
    assert hearing.opens("44260-8")
    assert hearing.opens("a question that nobody knows")


def test_a_practice_that_has_charted_nothing_yet_sees_its_own_steps(world):
    new = town.organization("Newly")
    first = town.person("Firstly", new, Role.THERAPIST)
    consent.join_team(world.chart, by=town.LOADER, organization=new, basis="encounter")
    key = actions.press(first, world.chart)
    assert [one.next_id for one in worklist(first).rows] == [key]
    actions.take_step(first, key, Step.JUDGEMENT, said(code="low", words="A slip of the finger."))
    assert queries.protocol(first, key).standing.risk == "low"


def test_the_same_press_sent_twice_is_one_step(world):
    key, once = world.opened(), said(language="en")
    actions.take_step(world.pcp, key, Step.LINE, once)
    actions.take_step(world.pcp, key, Step.LINE, once)
    assert [one.step for one in queries.protocol(world.pcp, key).entries] == ["line"]


def test_the_desk_says_where_the_person_is_and_reads_no_words(world):
    key = world.opened()
    through(world, key)
    actions.take_step(world.desk, key, Step.LEFT, said())
    seen = queries.protocol(world.desk, key)
    assert seen.state == "left"
    assert all(one.words == "" and one.parts == {} for one in seen.entries)
    refused("H-SAF-009", actions.take_step, world.desk, key, Step.JUDGEMENT, said(code="low", words="Fine"))


def test_the_practices_list_tells_whoever_may_open_it(world):
    key = world.opened()
    leader = town.person("Leadwell", world.pcp.organization_id, Role.PRACTICE_LEADER)
    for reader in (world.pcp, world.desk, leader):
        assert queries.protocol(reader, key).id == key
        assert [one.id for one, _ in queries.running(reader)] == [key]


def test_nobody_of_another_practice_knows_of_it(world):
    key = world.opened()
    refused("H-CON-001", queries.protocol, world.therapist, key)
    refused("H-CON-001", actions.take_step, world.therapist, key, Step.TAKE, said())
    assert queries.running(world.therapist) == []
    assert queries.running_of(gate.release(world.therapist, world.chart)) is None
    assert queries.running_of(gate.release(world.pcp, world.chart)).id == key


def test_another_practice_is_told_what_the_gate_lets_and_owes_reading_it(world):
    key = world.opened()
    actions.take_step(world.pcp, key, Step.TOLD, said(to_org=world.therapist.organization_id, words="Call me at 4."))
    [told] = owed("safety_told")
    assert [one.kind for one in worklist(world.therapist).rows] == ["safety_told"]
    word = queries.word(world.therapist, told.subject_id)
    assert word.words[-1] == "Call me at 4."
    refused("H-CON-001", queries.word, world.pcp, told.subject_id)
    actions.read_word(world.therapist, told.subject_id)
    assert owed("safety_told") == []
    elsewhere = town.organization("Elsewhere")
    stranger = town.person("Stranger", elsewhere, Role.PSYCHIATRIST, licence="psychiatrist")
    refused("H-CON-001", gate.release, stranger, world.chart)
    actions.take_step(world.pcp, key, Step.TOLD, said(to_org=elsewhere))
    assert queries.word(stranger, owed("safety_told")[0].subject_id).words
    refused("H-SAF-010", actions.take_step, world.pcp, key, Step.TOLD, said(to_org=world.pcp.organization_id))


def test_a_practice_that_nobody_reads_for_is_called_and_never_told_from_here(world):
    feed = town.organization("Farfield")
    Organization.objects.filter(id=feed).update(on_hallway=False)
    town.put(world.chart, feed, DataClass.GENERAL)
    key = world.opened()
    here, elsewhere = telling.practices(world.pcp, look(world.pcp, key))
    assert [one.id for one in here] == [world.therapist.organization_id]
    assert [one.id for one in elsewhere] == [feed]
    assert feed not in [one.id for one in telling.everybody(world.pcp)]
    refused("H-SAF-010", actions.take_step, world.pcp, key, Step.TOLD, said(to_org=feed))
    assert owed("safety_told") == []
    actions.take_step(world.pcp, key, Step.TOLD, said(recipient="practice", words="Dr. Ada at Farfield"))
    assert queries.protocol(world.pcp, key).last("told").code == "practice"


def test_who_may_be_told_counts_the_sources_and_reads_no_chart(world):
    key = world.opened()
    telling.practices(world.pcp, look(world.pcp, key))
    assert [line.act for line in ledger.lines_of(world.chart) if line.route == "safety/tell"] == ["count"]


def test_a_word_that_nobody_reads_comes_back_to_whoever_sent_it(world):
    key = world.opened()
    actions.take_step(world.pcp, key, Step.TOLD, said(to_org=world.therapist.organization_id))
    escalate_due(clock.now() + timedelta(hours=3))
    assert "safety_told" in [one.kind for one in worklist(world.pcp).rows]
    assert "safety_told" not in [one.kind for one in worklist(world.colleague).rows]


def test_a_refused_word_by_telephone_leaves_its_line(world):
    key = world.opened()
    refused("H-SAF-007", actions.take_step, world.pcp, key, Step.TOLD, said(recipient="police"))
    assert queries.protocol(world.pcp, key).entries == ()
    acts = [line.act for line in ledger.lines_of(world.chart) if line.act.startswith("disclosure")]
    assert acts == ["disclosure.refused"]


@pytest.mark.parametrize("step", [Step.HERE, Step.LEFT])
def test_what_is_known_of_where_they_are_or_went_is_kept(world, step):
    key = world.opened()
    actions.take_step(world.pcp, key, step, said(words="12 Elm St, blue Honda."))
    assert queries.protocol(world.pcp, key).last(str(step)).words == "12 Elm St, blue Honda."
    assert all(one.words == "" for one in queries.protocol(world.desk, key).entries)


def test_a_part_2_program_has_no_permission_to_warn(world):
    program = town.organization("Harbor", is_part2=True)
    counselor = town.person("Harborer", program, Role.THERAPIST, duty=True)
    town.put(world.chart, program, DataClass.GENERAL | DataClass.PART2)
    consent.join_team(world.chart, by=town.LOADER, organization=program, basis="encounter")
    key = actions.press(counselor, world.chart)
    assert Safety.objects.get().mask & DataClass.PART2
    to = said(to_org=world.pcp.organization_id)
    refused("H-SAF-007", actions.take_step, counselor, key, Step.TOLD, to)
    family = said(recipient="family", has_stated=True)
    refused("H-SAF-007", actions.take_step, counselor, key, Step.TOLD, family)
    assert owed("safety_told") == []
    actions.take_step(counselor, key, Step.TOLD, said(recipient="emergency_care", has_stated=True, words="Dr. Ada, ED"))
    assert worklist(world.pcp).rows == ()


def test_family_may_be_told_of_a_serious_and_imminent_threat_once_the_clinician_states_it(world):
    key = world.opened()
    refused("H-SAF-007", actions.take_step, world.pcp, key, Step.TOLD, said(recipient="family"))
    actions.take_step(world.pcp, key, Step.TOLD, said(recipient="family", has_stated=True))
    assert queries.protocol(world.pcp, key).last("told").code == "family"


def score(world: World, *, answer: int | str, hours_ago: int = 0, at: str = "", code: str = "44260-8") -> str:
    """An answer from another system: a number, or the code of an answer. ``at``: its date as it was sent."""
    patient = record.patient_of(world.chart)
    coded = {"valueCodeableConcept": {"coding": [{"system": "http://loinc.org", "code": answer}]}}
    body = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": code}]},
        "subject": {"reference": f"Patient/{patient}"},
        "effectiveDateTime": at or (clock.now() - timedelta(hours=hours_ago)).isoformat(timespec="seconds"),
        **({"valueInteger": answer} if isinstance(answer, int) else coded),
    }
    made = consent.store([json.dumps(body).encode()], by=town.LOADER, source=Source(world.pcp.organization_id))
    return str(made[0].id)


def heard(world: World) -> list[dict[str, str]]:
    """What is announced of these charts now, and heard."""
    from django.db import connection

    hearing.charts_changed({"chart_ids": str(world.chart)})
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE args->>'event_type' = 'CriticalAnswer' ORDER BY id")
        found = [json.loads(row[0]) if isinstance(row[0], str) else row[0] for row in cursor.fetchall()]
    for one in found:
        hearing.critical_answer(one)
    return found


def test_a_fresh_score_from_elsewhere_opens_it_once_and_an_old_or_negative_one_never(world):
    score(world, hours_ago=30, answer=3)
    score(world, hours_ago=1, answer=0)
    assert heard(world) == []
    key = score(world, hours_ago=1, answer=2)
    assert {one["id"] for one in heard(world)} == {key}
    heard(world)
    row = Safety.objects.get()
    assert (row.opened_by, row.cause_id) == ("elsewhere", key)
