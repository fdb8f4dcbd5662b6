"""One finding on its page: explained, told, asked, taken on or closed; what may not be told is asked for first."""

import re
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.db import connection

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.models import Consent
from hallway.consent.tests import town
from hallway.directory.models import CareTeamMember
from hallway.errors import HallwayError
from hallway.identity.requester import Role
from hallway.labels.source import Source
from hallway.loops.models import Loop
from hallway.loops.queries import worklist
from hallway.record import actions as record_actions
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.standards.fhir import r4
from hallway.talking.models import InformationRequest, Message, Thread
from hallway.triggers import queries
from hallway.triggers.models import Firing
from hallway.triggers.tests.made import fire
from hallway.web.chart.tests.test_pages import bare, client_of
from hallway.web.due import composing
from tests.journeys import seed

labels = import_module("hallway.triggers.migrations.0003_labels_name_their_fact")


@pytest.fixture
def world(fresh_db):
    made = seed.practices()
    seed.open_chart(made, "marisol")
    return made


def joined(world, login):
    """This clinician treats Marisol."""
    chart, by = world.charts["marisol"], world.requester(login)
    consent.join_team(
        chart,
        by=world.requester("carewell"),
        organization=by.organization_id,
        practitioner=by.practitioner_id,
        basis=CareTeamMember.Basis.ASSIGNED,
    )
    return chart, by


def kept(world, login, make):
    """One fact by a clinician, as a cause: kind, id, source, mask."""
    chart, by = joined(world, login)
    write = seed.FactWriter("journey-marisol", seed.key_of(world, by.organization_id), login)
    known = set(ids_of(world, by, chart))
    seed.store(world, [make(write)], chart=chart)
    [new] = [one for one in stored_of(world, by, chart) if one.id not in known]
    return chart, by, (new.kind, str(new.id), int(new.source_org), new.mask)


def stored_of(world, by, chart):
    from hallway.consent import gate

    return record.read_chart(gate.release(by, chart), route="test")


def ids_of(world, by, chart):
    return [one.id for one in stored_of(world, by, chart)]


def lithium(world):
    now = clock.now()
    chart, by, cause = kept(
        world, "mindham", lambda w: w.medicine("6448", "Lithium carbonate 300 mg", "twice a day", now)
    )
    to = world.requester("carewell").organization_id
    one = fire(chart, org=by.organization_id, causes=[cause], who=by.practitioner_id, to=to)
    Firing.objects.filter(id=one).update(parameters={"drug": "lithium"})
    return one


def lithium_again(world):
    """Another finding on the same order."""
    old = Firing.objects.order_by("fired_at").first()
    causes = [(*one[:2], one[3], one[4]) for one in old.causes]
    return fire(
        old.chart_id, org=old.organization_id, causes=causes, who=old.practitioner_id, to=old.counterpart_org_id
    )


def test_a_new_drug_is_explained_told_and_closed_in_one_press(world):
    one = lithium(world)
    client = client_of(world, "mindham")
    page = client.get(f"/due/{one}/").content.decode()
    assert "<h1>Lithium started 2 days ago by Dr. Mindham, primary care not yet told</h1>" in page
    assert "Health Net manual" in page
    assert "Lithium carbonate 300 mg" in page
    assert "Millbrook" in page
    assert "not yet told." not in page.split("<textarea")[1], "the message says what happened, not what is undone"
    sent = {"expected_version": 0, "to": world.requester("carewell").organization_id, "words": "Lithium was started."}
    answer = client.post(f"/due/{one}/message/", sent)
    assert (answer.status_code, answer["Location"]) == (302, f"/due/{one}/")
    row = Firing.objects.get()
    assert (row.state, row.outcome_kind, row.outcome_id) == ("done", "thread", str(Thread.objects.get().id))
    again = client.post(f"/due/{one}/message/", sent)
    assert again.status_code == 302, "the second press of the same person has happened once"
    assert Message.objects.count() == 1
    page = client.get(f"/due/{one}/").content.decode()
    assert "Done, Dr. Simon Mindham" in page
    assert "<h1>Lithium started 2 days ago by Dr. Mindham</h1>" in page, "what is done is no longer undone"


def test_who_treats_the_patient_is_offered_first_and_of_others_the_page_says_that_they_are_referred_to(world):
    one = lithium(world)
    client, stranger = client_of(world, "mindham"), world.organizations[seed.cast.COMMONWELL]
    page = client.get(f"/due/{one}/").content.decode()
    listed = page.split('<select class="in" id="to"')[1].split("</select>")[0]
    offered = re.findall(r'<optgroup label="([^"]+)"', listed)
    assert offered[0] == "Millbrook Family Medicine"
    assert f"To be referred to first: {stranger.name}" in offered
    assert "Tell Millbrook" in page
    page = client.get(f"/due/{one}/?to={stranger.id}").content.decode()
    assert f"{stranger.name} is not known to treat" in page
    assert f"/referrals/new/{world.charts['marisol']}/?to={stranger.id}" in page
    assert f"/due/{one}/message/" not in page
    late = client.post(f"/due/{one}/message/", {"expected_version": 0, "to": stranger.id, "words": "Words of mine."})
    assert (late.status_code, "Words of mine." in late.content.decode()) == (422, True)


def test_a_finding_of_a_rule_that_is_gone_may_still_be_told(world):
    one = lithium(world)
    Firing.objects.filter(id=one).update(rule="L1")
    page = client_of(world, "mindham").get(f"/due/{one}/")
    assert page.status_code == 200
    assert b"The other side is to be told" in page.content


def test_what_is_told_keeps_the_classes_of_the_facts_behind_it(world):
    chart, by = joined(world, "mindham")
    alone = Source(by.organization_id, by.practitioner_id, carries=int(DataClass.MINOR_CONSENTED))
    part = r4.Observation(
        id="0195f2a0-0000-7000-8000-0000000000b1",
        status="final",
        code=r4.CodeableConcept(text="Lithium level"),
        subject=r4.Reference(reference=f"Patient/{record.patient_of(chart)}"),
    )
    consent.store([part], by=by, source=alone)
    [fact] = [one for one in stored_of(world, by, chart) if str(one.id) == part.id]
    assert fact.mask & int(DataClass.MINOR_CONSENTED)
    to = world.requester("carewell").organization_id
    form = {"expected_version": 0, "to": to, "words": "It is as high as it may be.", "wanted": "labs", "days": "7"}
    for act, told in (("message", Message), ("request", InformationRequest)):
        causes = [("Observation", part.id, int(by.organization_id), fact.mask)]
        one = fire(chart, org=by.organization_id, causes=causes, who=by.practitioner_id, to=to)
        assert client_of(world, "mindham").post(f"/due/{one}/{act}/", form).status_code == 302
        mask = told.objects.get().mask
        assert mask & int(DataClass.MINOR_CONSENTED), f"a {act} says no word of the consent, and is bound by it"


def test_labs_are_asked_of_the_other_side_or_taken_on(world):
    one = lithium(world)
    client = client_of(world, "mindham")
    millbrook = world.requester("carewell").organization_id
    form = {"expected_version": 0, "to": millbrook, "words": "Creatinine, TSH", "days": "7"}
    assert client.post(f"/due/{one}/labs/", form | {"words": ""}).status_code == 422
    assert client.post(f"/due/{one}/request/", form | {"days": "0", "wanted": "labs"}).status_code == 422
    assert Firing.objects.get().state == "open"
    assert client.post(f"/due/{one}/request/", form | {"wanted": "labs"}).status_code == 302
    asked = InformationRequest.objects.get()
    assert (asked.wanted, asked.to_org_id, asked.subject_id) == (["labs"], millbrook, one)
    Firing.objects.filter(id=one).update(state="open", closed_at=None, closed_by=0, version=0)
    assert client.post(f"/due/{one}/labs/", form).status_code == 302
    assert Firing.objects.get().outcome_kind == "Task"
    assert "They are ordered" in client.get(f"/due/{one}/").content.decode()
    loops = Loop.objects.filter(kind="labs", closed_at=None)
    assert loops.get().owner_practitioner_id == world.requester("mindham").practitioner_id
    assert client_of(world, "carewell").post(f"/due/{one}/ordered/").status_code == 404
    for _ in range(2):
        assert client.post(f"/due/{one}/ordered/").status_code == 302
    assert not loops.exists(), "the clock runs until they are ordered, and no longer"
    assert "They are ordered" not in client.get(f"/due/{one}/").content.decode()


@pytest.mark.parametrize("gone", ["deleted", "restricted"])
def test_labs_taken_on_stay_owed_and_can_be_closed_when_nothing_behind_them_is_left(world, gone):
    """They are the practice's own record: whoever took them on is asked for them, whatever became of the fact."""
    one, chart = about_the_other_side(world)
    client = client_of(world, "carewell")
    form = {"expected_version": 0, "words": "Creatinine, TSH", "days": "7"}
    assert client.post(f"/due/{one}/labs/", form).status_code == 302
    [[kind, cause, *_]] = Firing.objects.get(id=one).causes
    writer = world.requester("mindham")
    if gone == "deleted":
        assert record_actions.delete(kind, cause, chart_id=chart, by=writer)
    else:
        consent.restrict(chart, by=writer, recipient_org=world.requester("carewell").organization_id)
    shown = client.get(f"/due/{one}/").content.decode()
    assert "Creatinine, TSH" in shown
    assert "Lithium" not in shown
    assert f"/due/{one}/" in client.get("/worklist/").content.decode(), "the row leads to it"
    assert client_of(world, "mindham").get(f"/due/{one}/").status_code == 404, "another practice's task"
    for _ in range(2):
        assert client.post(f"/due/{one}/ordered/").status_code == 302
    assert Loop.objects.get(kind="labs").closed_as == "ordered"
    assert "They are ordered" not in client.get(f"/due/{one}/").content.decode()


def test_labs_taken_on_are_no_row_and_no_page_of_the_leader(world):
    one, _ = about_the_other_side(world)
    labs = {"expected_version": 0, "words": "Lithium level", "days": "7"}
    assert client_of(world, "carewell").post(f"/due/{one}/labs/", labs).status_code == 302
    Loop.objects.filter(kind="labs").update(escalation=3, due_at=clock.now() - timedelta(days=9))
    practice = world.requester("carewell").organization_id
    leader, clinician = (town.person(f"New {role}", practice, role) for role in (Role.PRACTICE_LEADER, Role.PCP))
    for show in ("mine", "practice", "waiting", "closed"):
        assert "labs" not in {row.kind for row in worklist(leader, show=show).rows}
    assert worklist(leader, show="practice").counts["practice"] == 0
    assert "labs" in {row.kind for row in worklist(clinician, show="practice").rows}
    with pytest.raises(HallwayError):
        queries.labs(leader, one)
    assert queries.labs(clinician, one).labs.is_open


def test_a_row_of_before_goes_by_the_label_of_its_task_from_now_on(world):
    one, _ = about_the_other_side(world)
    labs = {"expected_version": 0, "words": "Creatinine, TSH", "days": "7"}
    assert client_of(world, "carewell").post(f"/due/{one}/labs/", labs).status_code == 302
    row = Loop.objects.filter(kind="labs")
    wanted = row.values("source_org_id", "mask", "also").get()
    row.update(source_org_id=1, mask=1, also=[[1, 1, 0, "MedicationRequest"]])
    found = Loop.objects.filter(kind="coordinate")
    named = found.values_list("also", flat=True).get()
    found.update(also=[label[:4] for label in named])
    with connection.cursor() as opened:
        opened.execute(labels.NAMED)
    labels.by_their_task(None, SimpleNamespace(connection=connection))
    assert row.values("source_org_id", "mask", "also").get() == wanted
    assert [len(label) for label in found.values_list("also", flat=True).get()] == [5]


def about_the_other_side(world):
    """A finding of primary care on what the psychiatrist ordered, and its chart."""
    chart, _, cause = kept(
        world, "mindham", lambda w: w.medicine("6448", "Lithium carbonate 300 mg", "twice a day", clock.now())
    )
    pcp = world.requester("carewell")
    return fire(chart, org=pcp.organization_id, causes=[cause], who=pcp.practitioner_id), chart


def test_labs_taken_on_with_a_message_stand_or_fall_with_it(world):
    one = lithium(world)
    client = client_of(world, "mindham")
    form = {"expected_version": 0, "to": world.requester("carewell").organization_id, "words": "Lithium was started."}
    assert client.post(f"/due/{one}/message/", form | {"labs": "Level", "days": "0"}).status_code == 422
    assert not Message.objects.exists()
    assert not Loop.objects.filter(kind="labs").exists()
    assert client.post(f"/due/{one}/message/", form | {"labs": "Level", "days": "5"}).status_code == 302
    assert Firing.objects.get().outcome_kind == "thread"
    assert Loop.objects.filter(kind="labs", closed_at=None).count() == 1


def test_somebody_who_acted_first_is_named_and_the_words_are_kept(world):
    one = lithium(world)
    client = client_of(world, "mindham")
    closing = {"expected_version": 0, "state": "not_needed", "reason": "told_already"}
    assert client_of(world, "hearwell").post(f"/due/{one}/close/", closing).status_code == 302
    millbrook = world.requester("carewell").organization_id
    answer = client.post(f"/due/{one}/message/", {"expected_version": 0, "to": millbrook, "words": "My own words"})
    assert answer.status_code == 409
    assert b"acted on this first" in answer.content
    assert b"My own words" in answer.content
    assert not Message.objects.exists(), "nothing of the second one was sent"


def test_another_press_after_ones_own_is_told_that_nothing_of_it_was_sent(world):
    one = lithium(world)
    client = client_of(world, "mindham")
    millbrook = world.requester("carewell").organization_id
    labs = {"expected_version": 0, "words": "Creatinine, TSH", "days": "7"}
    told = {"expected_version": 0, "to": millbrook, "words": "Lithium was started.", "days": "7", "wanted": "labs"}
    closing = {"expected_version": 0, "state": "done"}
    assert client.post(f"/due/{one}/labs/", labs).status_code == 302
    assert client.post(f"/due/{one}/labs/", labs).status_code == 302, "the same press has happened once"
    for act, form in (("message", told), ("request", told), ("close", closing), ("labs", labs | {"words": "TSH"})):
        answer = client.post(f"/due/{one}/{act}/", form)
        assert answer.status_code == 409, act
        assert form.get("words", "").encode() in answer.content
    assert not Message.objects.exists()
    assert not InformationRequest.objects.exists()


def test_other_words_after_ones_own_message_are_kept_and_the_same_ones_have_gone_once(world):
    one = lithium(world)
    client = client_of(world, "mindham")
    millbrook = world.requester("carewell").organization_id
    told = {"expected_version": 0, "to": millbrook, "words": "Lithium was started.\r\nLevel to come."}
    assert [client.post(f"/due/{one}/message/", told).status_code for _ in range(2)] == [302, 302]
    for other in ({"words": "Lithium was stopped."}, {"labs": "Level", "days": "5"}, {"to": "999999"}):
        answer = client.post(f"/due/{one}/message/", told | other)
        assert answer.status_code in (409, 422), other
    assert b"Level" in client.post(f"/due/{one}/message/", told | {"labs": "Level", "days": "5"}).content
    assert Message.objects.count() == 1
    second = lithium_again(world)
    asked = {"expected_version": 0, "to": millbrook, "words": "Which?", "wanted": ["labs", "medicines"], "days": "7"}
    assert [client.post(f"/due/{second}/request/", asked).status_code for _ in range(2)] == [302, 302]
    assert client.post(f"/due/{second}/request/", asked | {"wanted": "labs"}).status_code == 409
    third = lithium_again(world)
    closing = {"expected_version": 0, "state": "not_needed", "reason": "told_already"}
    assert [client.post(f"/due/{third}/close/", closing).status_code for _ in range(2)] == [302, 302]
    assert client.post(f"/due/{third}/close/", closing | {"reason": "not_true"}).status_code == 409
    assert InformationRequest.objects.count() == 1


def test_a_reader_of_another_practice_sees_no_finding_at_all(world):
    one = lithium(world)
    pcp = client_of(world, "carewell")
    assert bare(pcp.get(f"/due/{one}/")) == bare(pcp.get("/due/019ac000-0000-7000-8000-000000000000/"))


def test_what_a_program_may_not_tell_waits_for_exactly_one_form(world):
    now = clock.now()
    chart, by, cause = kept(world, "steadman", lambda w: w.condition("F11.20", "Opioid use disorder", now))
    assert cause[3] & int(DataClass.PART2)
    to = world.requester("carewell").organization_id
    one = fire(chart, org=by.organization_id, causes=[cause], who=by.practitioner_id, to=to, rule="T4")
    client = client_of(world, "steadman")
    page = client.get(f"/due/{one}/").content.decode()
    assert "Prepare exactly that form" in page
    assert f"/due/{one}/message/" not in page
    refused = client.post(f"/due/{one}/message/", {"expected_version": 0, "to": to, "words": "Told anyway"})
    assert refused.status_code == 409
    assert not Message.objects.exists()
    answer = client.post(f"/due/{one}/form/", {"to": to})
    form = Consent.objects.get()
    assert answer["Location"].startswith(f"/consents/sign/?form={form.id}&after=%2Fdue%2F{one}")
    witness = world.requester("deskwell").practitioner_id
    signature = consent.Signature("typed", b"Marisol Ejemplo", witness=witness)
    consent.sign_consent(form.id, signature, by=by, expected_version=form.version)
    page = client.get(f"/due/{one}/").content.decode()
    assert "The patient signed for this." in page
    told = client.post(f"/due/{one}/message/", {"expected_version": 0, "to": to, "words": "We treat her."})
    assert told.status_code == 302
    assert Message.objects.count() == 1
    assert now - clock.now() < timedelta()


def test_the_chart_says_the_finding_in_its_strip_to_its_owner_alone(world):
    one = lithium(world)
    chart = f"/charts/{world.charts['marisol']}/"
    said = "Lithium started 2 days ago by Dr. Mindham, primary care not yet told"
    told = client_of(world, "mindham").get(chart).content.decode()
    assert said in told
    assert f'href="/due/{one}/"' in told
    assert said not in client_of(world, "carewell").get(chart).content.decode()


def test_thoughts_of_suicide_lead_to_the_safety_steps_before_anything_is_told(world):
    chart, by, cause = kept(world, "mindham", lambda w: w.score(clock.now(), "PHQ-9", 14))
    one = fire(chart, org=by.organization_id, causes=[cause], who=by.practitioner_id, rule="T23")
    page = client_of(world, "mindham").get(f"/due/{one}/").content.decode()
    assert page.index(f'href="/safety/open/{chart}/"') < page.index("What may be told")


@pytest.mark.parametrize("words", ["Electroconvulsive therapy", "electroconvulsive therapy", "ect"])
def test_the_treatment_that_waits_is_chosen_from_what_was_planned(words):
    assert composing.treatment_of([], [words]) == "ect"
    assert composing.treatment_of([], ["psychotherapy"]) == ""
