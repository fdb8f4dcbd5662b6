"""What one side asks of the other: answered, declined, filed, or not known to have been."""

from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent import gate
from hallway.consent.tests import town
from hallway.directory.models import CareTeamMember, Organization
from hallway.errors import HallwayError
from hallway.identity.requester import system
from hallway.labels.source import Source
from hallway.loops import queries as loops
from hallway.loops.models import Loop
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.standards.fhir import r4
from hallway.talking import actions, queries
from hallway.talking.models import Contact, InformationRequest
from hallway.talking.tests import lane

pytestmark = pytest.mark.usefixtures("fresh_db")
State = InformationRequest.State


def mine(who):
    return [row.kind for row in loops.worklist(who, show="mine").rows]


def note_by(who, chart) -> str:
    """A progress note of theirs; its id."""
    part = r4.DocumentReference(
        id="0195f2a0-0000-7000-8000-000000000001",
        status="current",
        subject=r4.Reference(reference=f"Patient/{record.patient_of(chart)}"),
        content=(r4.DocumentReferenceContent(attachment=r4.Attachment(content_type="text/plain", data="SGk=")),),
    )
    consent.store([part], by=who, source=Source(who.organization_id, who.practitioner_id, note_kind="progress"))
    return part.id


def test_a_request_is_answered_with_what_goes_along_and_filed_into_the_note():
    here = lane.build()
    attached = town.put(here.chart, here.therapist.organization_id, DataClass.GENERAL, kind="Condition")
    asked = here.asked()
    assert mine(here.therapist) == ["answer_request"]
    assert mine(here.pcp) == []
    seen = queries.request_for(here.therapist, asked)
    assert (seen.state, seen.asks, seen.said.wanted) == (State.ASKED, False, ("behavioral", "medicines"))
    assert seen.said.words == "What do you treat, with what?"
    actions.answer_request(asked, by=here.therapist, words="Depression, weekly.", attached=(("Condition", attached),))
    assert mine(here.therapist) == []
    assert mine(here.pcp) == ["file_answer"]
    got = queries.request_for(here.pcp, asked)
    assert (got.state, got.answer.words, [str(one.id) for one in got.attached]) == (
        State.ANSWERED, "Depression, weekly.", [attached],
    )  # fmt: skip
    actions.file_answer(asked, by=here.pcp, note_id=note_by(here.pcp, here.chart))
    assert mine(here.pcp) == []
    assert queries.request_for(here.pcp, asked).state is State.FILED
    assert queries.request_list(here.pcp) == []


def test_nothing_of_another_practice_goes_along():
    here = lane.build()
    theirs = town.put(here.chart, here.pcp.organization_id, DataClass.GENERAL, kind="Condition")
    asked = here.asked()
    with pytest.raises(HallwayError) as error:
        actions.answer_request(asked, by=here.therapist, words="See there.", attached=(("Condition", theirs),))
    assert error.value.code == "H-TLK-004"


def test_an_answer_that_may_not_reach_the_asker_is_refused_and_a_no_is_not_felt():
    here = lane.build(licence="social_worker", state="MA")
    asked = here.asked()
    with pytest.raises(HallwayError) as error:
        actions.answer_request(asked, by=here.therapist, words="Depression.")
    assert error.value.code == "H-TLK-006"
    before = queries.request_for(here.pcp, asked)
    actions.decline_request(asked, by=here.therapist, reason="not_held")
    after = queries.request_for(here.pcp, asked)
    assert (before.state, before.version) == (after.state, after.version) == (State.ASKED, 0)
    assert [row.state for row in queries.request_list(here.pcp)] == [State.ASKED]
    assert queries.request_for(here.therapist, asked).state is State.DECLINED
    # The asker's own clock runs on: at its time they phone, as they would had nobody done anything.
    assert mine(here.pcp) == []
    later = clock.now() + timedelta(days=13)
    with clock.stopped_at(later):
        assert mine(here.pcp) == ["answer_request"]
    # Under a signature the same no is theirs to know, and to act on.
    here.signed()
    assert queries.request_for(here.pcp, asked).state is State.DECLINED
    assert mine(here.pcp) == ["ask_elsewhere"]


def test_an_answer_that_nobody_who_asked_could_read_is_refused_and_their_clock_runs_on():
    """Talking joins nobody to the team: who has left it since they asked is shown neither an answer nor a no."""
    here = lane.build()
    asked = here.asked()
    [member] = CareTeamMember.objects.filter(chart_id=here.chart, organization_id=here.pcp.organization_id)
    consent.leave_team(here.chart, by=system("loader"), member_id=member.id)
    with pytest.raises(HallwayError) as error:
        actions.answer_request(asked, by=here.therapist, words="Depression, weekly.")
    assert error.value.code == "H-TLK-011"
    assert mine(here.therapist) == ["answer_request"]
    actions.decline_request(asked, by=here.therapist, reason="by_phone")
    assert mine(here.therapist) == []
    running = Loop.objects.filter(subject_id=asked, closed_at=None, owner_org_id=here.pcp.organization_id)
    assert sorted(one.kind for one in running) == ["answer_request", "ask_elsewhere"]
    assert mine(here.pcp) == [], "what may not be told to them is on no list of theirs"


def test_what_was_declined_keeps_no_place_in_the_list_of_who_declined_it():
    here = lane.build()
    for day in (1, 2):
        asked = here.asked(due_at=clock.now() + timedelta(days=day))
        actions.decline_request(asked, by=here.therapist, reason="too_wide")
    waits = here.asked()
    assert [row.id for row in queries.request_list(here.therapist, limit=1)] == [waits]
    # What this practice asked of others stands behind what it is to answer.
    actions.request(
        here.chart, by=here.therapist, to_org=here.pcp.organization_id, wanted=("medical",), words="What else?",
        due_at=clock.now() + timedelta(days=1),
    )  # fmt: skip
    assert [row.id for row in queries.request_list(here.therapist, limit=1)] == [waits]


def test_the_list_goes_on_and_what_waits_for_the_reader_stands_first():
    here = lane.build()
    waits = [here.asked(due_at=clock.now() + timedelta(days=day)) for day in (3, 4, 5)]
    answered = actions.request(
        here.chart, by=here.therapist, to_org=here.pcp.organization_id, wanted=("medical",), words="What else?",
        due_at=clock.now() + timedelta(days=9),
    )  # fmt: skip
    open_one = actions.request(
        here.chart, by=here.therapist, to_org=here.pcp.organization_id, wanted=("labs",), words="Labs?",
        due_at=clock.now() + timedelta(days=1),
    )  # fmt: skip
    actions.answer_request(answered, by=here.pcp, words="Asthma.")
    seen, after = [], ""
    for _ in range(3):
        page = queries.request_page(here.therapist, limit=2, after=after)
        seen += [row.id for row in page.rows]
        after = page.after
    assert seen == [*waits, answered, open_one]
    assert after == ""
    for foreign in ("x", "2~2026-01-01T00:00:00+00:00~x", f"1~2026-01-01~{answered}"):
        with pytest.raises(HallwayError) as error:
            queries.request_page(here.therapist, after=foreign)
        assert error.value.code == "H-TLK-012"


def held(here) -> list[str]:
    """How the held treatments stand, the first first."""
    found = record.read_chart(gate.release(here.therapist, here.chart), kinds=("ServiceRequest",), route="test")
    return [one.view(r4.ServiceRequest).status for one in sorted(found, key=lambda one: one.id)]


def outside() -> int:
    """A practice that is not on Hallway."""
    place = town.organization("Paperwell", side="pc", state="NY")
    Organization.objects.filter(id=place).update(on_hallway=False, kind="outside")
    return place


def test_what_was_declined_is_owed_to_its_asker_until_they_take_it_back():
    here = lane.build()
    asked = here.evaluation(here.pcp.organization_id)
    actions.decline_request(asked, by=here.pcp, reason="ask_elsewhere")
    assert mine(here.therapist) == ["ask_elsewhere"]
    assert mine(here.pcp) == []
    assert [row.is_readers_turn for row in queries.request_list(here.therapist)] == [True]
    assert held(here) == ["on-hold"]
    actions.withdraw_request(asked, by=here.therapist, expected_version=1)
    assert mine(here.therapist) == []
    assert queries.request_for(here.therapist, asked).held_status == "revoked", "nobody is asked about it any more"
    assert {queries.request_for(who, asked).state for who in (here.therapist, here.pcp)} == {State.WITHDRAWN}
    with pytest.raises(HallwayError) as error:
        actions.withdraw_request(asked, by=here.therapist, expected_version=2)
    assert error.value.code == "H-TLK-007"


def test_what_was_declined_may_be_asked_elsewhere_and_the_treatment_waits_for_the_new_answer():
    here = lane.build()
    asked = here.evaluation(here.pcp.organization_id)
    actions.decline_request(asked, by=here.pcp, reason="ask_elsewhere")
    elsewhere = outside()
    again = here.evaluation(elsewhere, instead_of=actions.Instead(asked, 1))
    assert queries.request_for(here.therapist, asked).state is State.WITHDRAWN
    assert held(here) == ["revoked", "on-hold"]
    assert [row.next_id for row in loops.worklist(here.therapist, show="mine").rows] == [again]
    with pytest.raises(HallwayError) as error:
        here.evaluation(elsewhere, instead_of=actions.Instead(asked, 1))
    assert error.value.code == "H-TLK-007", "a second press asks nobody twice"
    assert InformationRequest.objects.count() == 2


def test_what_is_asked_elsewhere_keeps_the_classes_of_the_facts_that_the_first_words_repeat():
    here = lane.build()
    asked = here.evaluation(here.pcp.organization_id, carries=int(DataClass.MINOR_CONSENTED))
    actions.decline_request(asked, by=here.pcp, reason="not_held")
    again = here.evaluation(here.pcp.organization_id, instead_of=actions.Instead(asked, 1))
    assert InformationRequest.objects.get(id=again).mask & DataClass.MINOR_CONSENTED


def test_only_the_asker_s_own_request_about_the_same_patient_is_replaced():
    here = lane.build()
    asked = here.evaluation(here.pcp.organization_id)
    chart = town.new_patient(here.pcp.organization_id)
    for place in (here.pcp.organization_id, here.therapist.organization_id):
        consent.join_team(chart, by=system("loader"), organization=place, basis="encounter")
    with pytest.raises(HallwayError) as error:
        actions.request(
            chart, by=here.therapist, to_org=here.pcp.organization_id, wanted=("labs",), words="",
            due_at=clock.now() + timedelta(days=7), instead_of=actions.Instead(asked, 0),
        )  # fmt: skip
    assert (error.value.code, queries.request_for(here.therapist, asked).state) == ("H-CON-001", State.ASKED)
    with pytest.raises(HallwayError):
        here.asked(instead_of=actions.Instead(asked, 0))


def test_an_answer_of_a_practice_that_is_not_on_hallway_is_filed_as_it_came_and_the_treatment_may_begin():
    here = lane.build()
    asked = here.evaluation(outside())
    note = note_by(here.therapist, here.chart)
    with pytest.raises(HallwayError) as error:
        actions.file_from_elsewhere(asked, by=here.therapist, note_id=note, came="message", expected_version=0)
    assert error.value.field == "came"
    actions.file_from_elsewhere(asked, by=here.therapist, note_id=note, came="phone", expected_version=0)
    assert queries.request_for(here.therapist, asked).state is State.FILED
    assert mine(here.therapist) == []
    assert (Contact.objects.get().channel, Contact.objects.get().outcome) == ("phone", "spoke")
    actions.release_treatment(asked, by=here.therapist, confirmed=("exam", "ecg", "labs", "risk"))
    assert held(here) == ["active"]


def test_who_is_on_hallway_answers_here_and_what_they_declined_may_still_come_another_way():
    here = lane.build()
    asked = here.evaluation(here.pcp.organization_id)
    note = note_by(here.therapist, here.chart)
    with pytest.raises(HallwayError) as error:
        actions.file_from_elsewhere(asked, by=here.therapist, note_id=note, came="phone", expected_version=0)
    assert error.value.code == "H-TLK-007"
    actions.decline_request(asked, by=here.pcp, reason="by_phone")
    actions.file_from_elsewhere(asked, by=here.therapist, note_id=note, came="phone", expected_version=1)
    assert queries.request_for(here.therapist, asked).state is State.FILED
    assert mine(here.therapist) == []


def test_who_acts_on_an_older_page_is_told_so():
    here = lane.build()
    asked = here.asked()
    actions.decline_request(asked, by=here.therapist, reason="too_wide")
    with pytest.raises(HallwayError) as error:
        actions.withdraw_request(asked, by=here.pcp, expected_version=0)
    assert error.value.code == "H-TLK-007"


def test_a_treatment_is_held_until_its_evaluation_is_back_read_and_every_row_is_ticked():
    here = lane.build()
    asked = actions.request(
        here.chart, by=here.therapist, to_org=here.pcp.organization_id, wanted=("evaluation",),
        words="ECT is considered.", due_at=clock.now() + timedelta(days=7), treatment="ect",
    )  # fmt: skip
    everything = ("exam", "ecg", "labs", "risk")
    assert queries.request_for(here.therapist, asked).held_status == "on-hold"
    with pytest.raises(HallwayError) as error:
        actions.release_treatment(asked, by=here.therapist, confirmed=everything)
    assert error.value.code == "H-TLK-009"
    with pytest.raises(HallwayError) as error:
        actions.answer_request(asked, by=here.pcp, words="Fit.", parts={"exam": "Normal"})
    assert error.value.field == "part-ecg"
    parts = {"exam": "Normal", "ecg": "QTc 420", "labs": "Normal", "risk": "None found"}
    actions.answer_request(asked, by=here.pcp, words="Fit for it.", parts=parts)
    assert "QTc 420" in queries.request_for(here.therapist, asked).answer.words
    actions.file_answer(asked, by=here.therapist, note_id=note_by(here.therapist, here.chart))
    with pytest.raises(HallwayError) as error:
        actions.release_treatment(asked, by=here.therapist, confirmed=("exam",))
    assert error.value.code == "H-TLK-010"
    actions.release_treatment(asked, by=here.therapist, confirmed=everything)
    assert queries.request_for(here.therapist, asked).held_status == "active"
