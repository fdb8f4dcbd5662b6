"""Sittings on a real database: keys, answers in any order, finishing into the record, and what is told to whom."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import msgspec
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.consent.models import MinorService
from hallway.consent.queries import headers
from hallway.consent.tests import town
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester, Role, system
from hallway.ids import ChartId
from hallway.loops.models import Loop
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.record.stored import instant
from hallway.screening.asking import actions, keys, queries
from hallway.screening.asking.actions import Paper, Ways, Wish
from hallway.screening.models import Answer, Safety, Sitting, SittingKey
from hallway.screening.safety import hearing as safety
from hallway.storage.connection import cursor


@dataclass
class Hall:
    pcp: Requester
    counselor: Requester
    desk: Requester
    chart: ChartId


@pytest.fixture
def hall(fresh_db):
    """Primary care, its desk and its patient; a counselor of a program who treats the patient too."""
    family, harbor = town.organization("Millbrook", side="pc"), town.organization("Harbor", is_part2=True)
    made = Hall(
        pcp=town.person("Carewell", family, Role.PCP, licence="physician"),
        counselor=town.person("Harborer", harbor, Role.THERAPIST, licence="counselor", duty=True),
        desk=town.person("Deskwell", family, Role.FRONT_DESK),
        chart=town.new_patient(family),
    )
    for one in (family, harbor):
        consent.join_team(made.chart, by=system("test"), organization=one, basis="assigned")
    return made


def born(hall):
    return headers(hall.pcp, [hall.chart])[hall.chart].birth_date


def tablet(hall, *instruments):
    asked = actions.ask(hall.chart, instruments or ("phq-2",), by=hall.pcp, mode="tablet")
    return asked.sitting_id, Ways(asked.secret)


def heard(event):
    with cursor() as opened:
        rows = opened.execute("SELECT args FROM procrastinate_jobs ORDER BY id").fetchall()
    return [row[0] for row in rows if row[0].get("event_type") == event]


def filed(hall, kind):
    release = gate.release(hall.pcp, hall.chart)
    return record.read_chart(release, kinds=[kind], route="test")


def answer_all(ways, instrument, codes, start=1):
    for number, (question, code) in enumerate(codes.items(), start=start):
        actions.answer(ways, instrument, question, code, number=number)


def test_a_short_form_that_is_positive_goes_on_and_carries_its_answers_into_the_record(hall):
    sitting_id, ways = tablet(hall)
    answer_all(ways, "phq-2", {"q1": "3", "q2": "2"})
    assert actions.finish(ways) is False, "more questions follow"
    assert actions.finish(ways) is False, "and they are still to be answered"
    answer_all(ways, "phq-9", {f"q{n}": "1" for n in range(3, 9)} | {"q9": "0", "difficulty": "0"}, start=3)
    assert actions.finish(ways) is True
    sitting = Sitting.objects.get(id=sitting_id)
    assert sitting.state == "finished"
    assert not Answer.objects.filter(sitting=sitting).exists()
    found = [msgspec.json.decode(row.body) for row in filed(hall, "Observation")]
    values = [one["valueQuantity"]["value"] for one in found if "valueQuantity" in one]
    assert sorted(values) == [5, 11]
    assert len(sitting.filed) == len(filed(hall, "Observation")) + len(filed(hall, "QuestionnaireResponse"))
    assert [one["sitting_id"] for one in heard("SittingFinished")] == [str(sitting_id)]
    assert sitting.mask & int(DataClass.MH)
    assert Loop.objects.get(kind="screen").subject_id == sitting_id
    assert actions.finish(ways) is True, "a page that is sent twice is told the same"
    assert len(heard("SittingFinished")) == 1


def test_what_nobody_asked_aloud_is_marked_as_the_patients_own_word(hall):
    _, ways = tablet(hall)
    answer_all(ways, "phq-2", {"q1": "0", "q2": "0"})
    assert actions.finish(ways)
    (own,) = filed(hall, "QuestionnaireResponse")
    assert own.is_told_by_patient
    actions.type_in(hall.chart, by=hall.pcp, mode="phone", paper=Paper(answers={"phq-2": {"q1": "0", "q2": "1"}}))
    assert sorted(one.is_told_by_patient for one in filed(hall, "QuestionnaireResponse")) == [False, True]
    assert not Loop.objects.filter(kind="screen").exists(), "nothing positive, nothing owed"


def test_the_last_answer_by_the_clients_count_stands_in_whatever_order_they_come(hall):
    sitting_id, ways = tablet(hall)
    assert actions.answer(ways, "phq-2", "q1", "3", number=5).is_kept
    assert not actions.answer(ways, "phq-2", "q1", "0", number=4).is_kept
    assert not actions.answer(ways, "phq-2", "q1", "3", number=5).is_kept
    assert queries.answers_of(sitting_id) == {"phq-2": {"q1": "3"}}
    assert actions.answer(ways, "phq-2", "q1", "1", number=6).is_kept
    assert queries.answers_of(sitting_id) == {"phq-2": {"q1": "1"}}


def test_a_critical_answer_is_announced_before_anything_is_finished_and_once(hall):
    sitting_id, ways = tablet(hall, "phq-9")
    assert not actions.answer(ways, "phq-9", "q1", "3", number=1).must_stay
    assert actions.answer(ways, "phq-9", "q9", "2", number=2).must_stay
    actions.answer(ways, "phq-9", "q9", "2", number=2)
    actions.answer(ways, "phq-9", "q9", "3", number=3)
    (told,) = heard("CriticalAnswer")
    assert (told["kind"], told["id"], told["code"]) == ("sitting", str(sitting_id), "44260-8")
    assert told["organization_id"] == str(hall.pcp.organization_id)


def test_a_link_opens_by_the_birth_date_alone_and_shuts_after_five_wrong_ones(hall):
    asked = actions.ask(hall.chart, ["phq-2"], by=hall.pcp, mode="link")
    session = actions.open_with_birth_date(asked.secret, born(hall))
    actions.answer(Ways(asked.secret, session), "phq-2", "q1", "1", number=1)
    for ways in (Ways(asked.secret), Ways(session), Ways(session, session), Ways(asked.secret, asked.secret)):
        with pytest.raises(HallwayError) as refused:
            actions.answer(ways, "phq-2", "q1", "0", number=2)
        assert refused.value.code == "H-ASK-001"
    for _ in range(keys.TRIES):
        with pytest.raises(HallwayError):
            actions.open_with_birth_date(asked.secret, date(1900, 1, 1))
    with pytest.raises(HallwayError):
        actions.open_with_birth_date(asked.secret, born(hall))


def test_expired_shut_unknown_and_finished_are_one_answer(hall):
    words = set()

    def refused(secret):
        with pytest.raises(HallwayError) as error:
            actions.open_with_birth_date(secret, born(hall))
        words.add((error.value.kind, error.value.code, str(error.value)))

    refused("unknown")
    one = actions.ask(hall.chart, ["phq-2"], by=hall.pcp, mode="link")
    actions.withdraw(one.sitting_id, by=hall.pcp)
    refused(one.secret)
    two = actions.ask(hall.chart, ["phq-2"], by=hall.pcp, mode="link")
    with clock.stopped_at(clock.now() + timedelta(days=8)):
        refused(two.secret)
    _, ways = tablet(hall)
    answer_all(ways, "phq-2", {"q1": "0", "q2": "0"})
    actions.finish(ways)
    refused(ways.secret)
    assert len(words) == 1


@pytest.mark.parametrize("ended", ["expired", "withdrawn", "handed over again"])
def test_a_sign_of_danger_that_a_tablet_brings_too_late_is_heeded_though_it_is_not_kept(hall, ended):
    sitting_id, ways = tablet(hall, "phq-9")
    answer_all(ways, "phq-9", {"q1": "1"})
    end_of(sitting_id, ended, hall)
    for question, code in (("q2", "3"), ("q9", "2"), ("q9", "2"), ("q9", "never"), ("q10", "2"), ("q9", "")):
        with pytest.raises(HallwayError) as refused:
            actions.answer(ways, "phq-9", question, code, number=9)
        assert refused.value.code == "H-ASK-001", "the page is told what it is told of any other"
    told = heard("CriticalAnswer")
    assert {(one["kind"], one["id"], one["code"]) for one in told} == {("sitting", str(sitting_id), "44260-8")}
    for one in told:
        safety.critical_answer(one)
    assert Safety.objects.get().chart_id == hall.chart
    assert {code for given in queries.answers_of(sitting_id).values() for code in given.values()} <= {"1"}


def end_of(sitting_id, how, hall):
    if how == "withdrawn":
        actions.withdraw(sitting_id, by=hall.pcp)
    if how == "handed over again":
        actions.renew_key(sitting_id, by=hall.pcp)
    if how == "expired":
        Sitting.objects.filter(id=sitting_id).update(until_at=clock.now())
        actions.end_expired(clock.now())


def test_nothing_is_heeded_by_a_secret_that_was_no_tablets_or_is_long_over(hall):
    _, ways = tablet(hall, "phq-9")
    link = actions.ask(hall.chart, ["phq-9"], by=hall.pcp, mode="link")
    for one, days in ((Ways("never-was"), 0), (Ways(link.secret), 0), (ways, 8)):
        with clock.stopped_at(clock.now() + timedelta(days=days)), pytest.raises(HallwayError) as refused:
            actions.answer(one, "phq-9", "q9", "3", number=1)
        assert refused.value.code == "H-ASK-001"
    assert heard("CriticalAnswer") == []


def test_the_seven_days_of_a_late_answer_are_those_of_its_own_handing_over(hall):
    link, now = actions.ask(hall.chart, ["phq-9"], by=hall.pcp, mode="link"), clock.now()
    with clock.stopped_at(now + timedelta(days=6)):
        actions.renew_key(link.sitting_id, by=hall.pcp)
    with clock.stopped_at(now + timedelta(days=8)):
        handed = actions.renew_key(link.sitting_id, by=hall.pcp, mode="tablet")
    for days, signs in ((16, 0), (9, 1)):
        with clock.stopped_at(now + timedelta(days=days)), pytest.raises(HallwayError):
            actions.answer(Ways(handed.secret), "phq-9", "q9", "2", number=1)
        assert len(heard("CriticalAnswer")) == signs


def test_no_secret_is_stored(hall):
    asked = actions.ask(hall.chart, ["phq-2"], by=hall.pcp, mode="link")
    session = actions.open_with_birth_date(asked.secret, born(hall))
    stored = b"".join(bytes(one) for one in SittingKey.objects.values_list("digest", flat=True))
    assert asked.secret.encode() not in stored
    assert session.encode() not in stored


def test_whoever_stops_half_way_has_it_filed_as_stopped_without_a_total(hall):
    sitting_id, ways = tablet(hall, "phq-9")
    answer_all(ways, "phq-9", {"q1": "3", "q2": "3"})
    actions.stop(ways)
    (one,) = filed(hall, "QuestionnaireResponse")
    assert b'"status":"stopped"' in one.body
    assert not [row for row in filed(hall, "Observation") if b"valueQuantity" in row.body]
    assert Sitting.objects.get(id=sitting_id).state == "finished"
    assert Loop.objects.get(kind="screen").subject_id == sitting_id, "what is not whole is read, positive or not"


def test_whoever_leaves_one_of_two_questionnaires_out_is_read_too(hall):
    actions.type_in(hall.chart, by=hall.pcp, mode="paper", paper=Paper(answers={"phq-2": {"q1": "0", "q2": "0"}}))
    assert not Loop.objects.filter(kind="screen").exists()
    two = {"phq-2": {"q1": "0", "q2": "0"}, "gad-2": {"q1": ""}}
    sitting_id = actions.type_in(hall.chart, by=hall.pcp, mode="paper", paper=Paper(answers=two))
    assert Loop.objects.get(kind="screen").subject_id == sitting_id


def test_whoever_declines_is_asked_no_more_and_nothing_is_filed(hall):
    sitting_id, ways = tablet(hall)
    actions.decline(ways)
    sitting = Sitting.objects.get(id=sitting_id)
    assert (sitting.state, sitting.ended_as, sitting.filed) == ("ended", "declined", [])
    assert filed(hall, "QuestionnaireResponse") == []


def test_what_was_answered_and_never_sent_is_filed_when_the_time_is_over(hall):
    sitting_id, ways = tablet(hall)
    answer_all(ways, "phq-2", {"q1": "3"})
    empty_id, _ = tablet(hall)
    with clock.stopped_at(clock.now() + timedelta(hours=3)):
        assert actions.end_expired(clock.now()) == 2
        assert actions.end_expired(clock.now()) == 0
    assert Sitting.objects.get(id=sitting_id).state == "finished"
    ended = Sitting.objects.get(id=empty_id)
    assert (ended.state, ended.ended_as) == ("ended", "expired")
    assert len(filed(hall, "QuestionnaireResponse")) == 1


def test_what_waited_for_the_end_of_its_time_is_dated_by_its_answers(hall):
    asked = actions.ask(hall.chart, ["phq-9", "gad-2"], by=hall.pcp, mode="tablet")
    given = clock.now()
    with clock.stopped_at(given):
        answer_all(Ways(asked.secret), "phq-9", {"q1": "3", "q9": "1"})
    with clock.stopped_at(given + timedelta(hours=1)):
        answer_all(Ways(asked.secret), "gad-2", {"q1": "1"})
    with clock.stopped_at(given + timedelta(hours=30)):
        assert actions.end_expired(clock.now()) == 1
    dated = {msgspec.json.decode(one.body)["authored"] for one in filed(hall, "QuestionnaireResponse")}
    assert dated == {instant(given).decode(), instant(given + timedelta(hours=1)).decode()}


def test_a_new_key_shuts_the_one_before(hall):
    asked = actions.ask(hall.chart, ["phq-2"], by=hall.pcp, mode="tablet")
    again = actions.renew_key(asked.sitting_id, by=hall.pcp)
    with pytest.raises(HallwayError):
        actions.answer(Ways(asked.secret), "phq-2", "q1", "1", number=1)
    assert actions.answer(Ways(again.secret), "phq-2", "q1", "1", number=1).is_kept


def test_a_proxy_stands_in_the_response_by_relation(hall):
    wish = Wish(answered_by="proxy", proxy_relation="parent", language="es")
    asked = actions.ask(hall.chart, ["phq-2"], by=hall.pcp, mode="tablet", wish=wish)
    answer_all(Ways(asked.secret), "phq-2", {"q1": "0", "q2": "0"})
    actions.finish(Ways(asked.secret))
    (one,) = filed(hall, "QuestionnaireResponse")
    body = msgspec.json.decode(one.body)
    assert body["source"] == {"reference": "#proxy"}
    assert body["contained"][0]["relationship"][0]["coding"][0]["code"] == "PRN"
    assert body["language"] == "es"


def test_nobody_asks_a_patient_whose_chart_does_not_open_to_them(hall):
    stranger = town.person("Kindley", town.organization("Fern"), Role.THERAPIST, licence="counselor")
    with pytest.raises(HallwayError) as refused:
        actions.ask(hall.chart, ["phq-2"], by=stranger, mode="link")
    assert refused.value.kind is Kind.NOT_FOUND
    asked = actions.ask(hall.chart, ["phq-2"], by=hall.pcp, mode="link")
    assert queries.sitting(hall.counselor, asked.sitting_id) is None
    with pytest.raises(HallwayError):
        actions.withdraw(asked.sitting_id, by=hall.counselor)
    assert [one.id for one in queries.sittings_of(hall.pcp, hall.chart)] == [asked.sitting_id]
    assert queries.sittings_of(hall.counselor, hall.chart) == []


@pytest.mark.parametrize(
    ("instruments", "mode", "code"),
    [([], "link", "H-ASK-004"), (["nothing"], "link", "H-ASK-002"), (["phq-2"], "carrier pigeon", "H-ASK-005")],
)
def test_what_cannot_be_asked_is_refused_with_its_reason(hall, instruments, mode, code):
    with pytest.raises(HallwayError) as refused:
        actions.ask(hall.chart, instruments, by=hall.pcp, mode=mode)
    assert refused.value.code == code


def test_the_desk_hands_over_for_a_clinician_and_takes_back(hall):
    wish = Wish(practitioner=hall.pcp.practitioner_id)
    asked = actions.ask(hall.chart, ["phq-2"], by=hall.desk, mode="tablet", wish=wish)
    assert Sitting.objects.get(id=asked.sitting_id).practitioner_id == hall.pcp.practitioner_id
    again = actions.renew_key(asked.sitting_id, by=hall.desk, mode="link")
    with pytest.raises(HallwayError):
        keys.sitting_by(Ways(again.secret))
    actions.withdraw(asked.sitting_id, by=hall.desk)
    assert Sitting.objects.get(id=asked.sitting_id).ended_as == "withdrawn"


def test_what_a_minor_is_asked_in_a_service_of_their_own_carries_that_class(hall):
    young = town.new_patient(hall.counselor.organization_id, given="Nia", born_on="2011-05-01")
    consent.join_team(young, by=system("test"), organization=hall.counselor.organization_id, basis="assigned")
    MinorService.objects.create(
        id=ids.new_uuid(clock.now()), chart_id=young, organization_id=hall.counselor.organization_id,
        practitioner_id=hall.counselor.practitioner_id, service="mental_health", rule_id="X", facts=[],
        from_at=clock.now(),
    )  # fmt: skip
    asked = actions.ask(young, ["phq-2"], by=hall.counselor, mode="tablet")
    assert Sitting.objects.get(id=asked.sitting_id).mask & int(DataClass.MINOR_CONSENTED)
    answer_all(Ways(asked.secret), "phq-2", {"q1": "0", "q2": "0"})
    actions.finish(Ways(asked.secret))
    release = gate.release(hall.counselor, young)
    found = record.read_chart(release, kinds=["QuestionnaireResponse", "Observation"], route="test")
    assert found
    assert all(one.mask & int(DataClass.MINOR_CONSENTED) for one in found)


def test_a_programs_sitting_carries_its_label_and_no_other_practice_knows_of_it(hall):
    asked = actions.ask(hall.chart, ["phq-2"], by=hall.counselor, mode="link")
    assert Sitting.objects.get(id=asked.sitting_id).mask & int(DataClass.PART2)
    assert queries.sitting(hall.counselor, asked.sitting_id)
    assert queries.sitting(hall.pcp, asked.sitting_id) is None


def test_one_sitting_that_cannot_be_ended_keeps_no_other_back(hall):
    broken, ways = tablet(hall)
    answer_all(ways, "phq-2", {"q1": "1"})
    Sitting.objects.filter(id=broken).update(instruments=["no-longer-here"])
    whole, ways = tablet(hall)
    answer_all(ways, "phq-2", {"q1": "1"})
    later = clock.now() + timedelta(days=8)
    Sitting.objects.filter(id=broken).update(until_at=clock.now() + timedelta(minutes=1))
    assert actions.end_expired(later) == 1
    assert [Sitting.objects.get(id=one).state for one in (broken, whole)] == ["begun", "finished"]
    assert Answer.objects.filter(sitting=broken).exists()


def test_what_was_answered_before_questions_are_taken_back_is_filed_as_stopped(hall):
    sitting_id, ways = tablet(hall, "phq-9")
    answer_all(ways, "phq-9", {"q1": "3", "q9": "1"})
    actions.withdraw(sitting_id, by=hall.desk)
    sitting = Sitting.objects.get(id=sitting_id)
    assert (sitting.state, sitting.ended_as) == ("finished", "withdrawn")
    (one,) = filed(hall, "QuestionnaireResponse")
    assert b'"status":"stopped"' in one.body
    assert one.is_told_by_patient
    assert Loop.objects.get(kind="screen").subject_id == sitting_id
    with pytest.raises(HallwayError):
        actions.answer(ways, "phq-9", "q1", "0", number=9)
    for again in (actions.withdraw, actions.renew_key):
        with pytest.raises(HallwayError) as refused:
            again(sitting_id, by=hall.desk)
        assert refused.value.code == "H-ASK-007"


def test_what_was_passed_over_alone_is_taken_back_without_a_trace_in_the_record(hall):
    sitting_id, ways = tablet(hall)
    answer_all(ways, "phq-2", {"q1": ""})
    actions.withdraw(sitting_id, by=hall.pcp)
    assert Sitting.objects.get(id=sitting_id).ended_as == "withdrawn"
    assert filed(hall, "QuestionnaireResponse") == []


def test_each_answer_keeps_a_link_open_for_another_hour(hall):
    asked = actions.ask(hall.chart, ["phq-9"], by=hall.pcp, mode="link")
    ways = Ways(asked.secret, actions.open_with_birth_date(asked.secret, born(hall)))
    begun = clock.now()
    for number in range(1, 4):
        with clock.stopped_at(begun + timedelta(minutes=50 * number)):
            assert actions.answer(ways, "phq-9", f"q{number}", "1", number=number).is_kept
    with clock.stopped_at(begun + timedelta(minutes=150 + 61)), pytest.raises(HallwayError):
        actions.answer(ways, "phq-9", "q4", "1", number=4)


@pytest.mark.parametrize("press", [actions.finish, actions.stop])
def test_of_two_presses_at_once_the_second_is_told_what_the_first_was(hall, monkeypatch, press):
    _, ways = tablet(hall)
    answer_all(ways, "phq-2", {"q1": "0", "q2": "0"})
    opened = keys.sitting_by

    def waits_for_the_other(ways, *, lock=False):
        monkeypatch.setattr(keys, "sitting_by", opened)
        press(ways)
        return opened(ways, lock=lock)

    monkeypatch.setattr(keys, "sitting_by", waits_for_the_other)
    press(ways)
    assert len(filed(hall, "QuestionnaireResponse")) == 1


def test_whoever_takes_a_sitting_and_its_key_takes_the_sitting_first(hall):
    asked = actions.ask(hall.chart, ["phq-2"], by=hall.pcp, mode="link")
    with CaptureQueriesContext(connection) as said:
        actions.open_with_birth_date(asked.secret, born(hall))
    locks = [one["sql"] for one in said.captured_queries if "FOR UPDATE" in one["sql"]]
    assert [re.search(r'FROM "(\w+)"', one)[1] for one in locks] == ["screening_sitting", "screening_sittingkey"]
