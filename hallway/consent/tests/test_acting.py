"""Those who act for a patient: what reaches them, what never does, and how it ends."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hallway import clock
from hallway.consent import actions, gate, queries
from hallway.consent.grants.decision import Plan
from hallway.consent.rights import acting
from hallway.consent.tests import town
from hallway.consent.tests.test_gate import seen
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, OrganizationId, PractitionerId
from hallway.record import queries as record
from hallway.record.classes import DataClass

GENERAL = DataClass.GENERAL
ENTRY = acting.Entry(name="Paula Ejemplo", relation="mother", authority="parent", document="Birth certificate")
BORN_ON, NOW = "2012-03-02", datetime(2026, 11, 21, 15, 0, tzinfo=ZoneInfo("UTC"))


@pytest.fixture
def child(fresh_db):
    with clock.stopped_at(NOW):
        clinic = town.organization("Millbrook", side="pc")
        other = town.organization("Northgate")
        program = town.organization("Harbor", is_part2=True)
        pcp = town.person("Carewell", clinic, Role.PCP, licence="physician")
        desk = town.person("Deskwell", clinic, Role.FRONT_DESK)
        chart = town.new_patient(clinic, born_on=BORN_ON)
        world = {"pcp": pcp, "desk": desk, "chart": chart, "clinic": clinic, "other": other, "program": program}
        world["items"] = {
            "cold": town.put(chart, clinic, GENERAL),
            "alone": town.put(chart, clinic, GENERAL | DataClass.MINOR_CONSENTED),
            "contraception": town.put(chart, clinic, GENERAL | DataClass.REPRO),
            "counseling": town.put(chart, other, GENERAL | DataClass.MH),
            "session": town.put(chart, other, GENERAL | DataClass.PSYTHER_NOTE, author=pcp.practitioner_id),
            "program": town.put(chart, program, GENERAL | DataClass.PART2),
            "unread": town.put(chart, clinic, DataClass.UNCLASSIFIED),
        }
        yield world


def act(world, entry=ENTRY, by="desk"):
    made = acting.add_representative(world["chart"], entry, by=world[by])
    return Requester(
        AccountId(90 + made), PractitionerId(0), OrganizationId(0), Role.REPRESENTATIVE, chart_id=world["chart"],
        representative_id=made, name=entry.name,
    )  # fmt: skip


def of(world, requester):
    given = seen(requester, world["chart"])
    return {name for name, rid in world["items"].items() if rid in given}


def patient(world):
    return Requester(AccountId(8), PractitionerId(0), OrganizationId(0), Role.PATIENT, chart_id=world["chart"])


def test_a_parent_sees_the_childs_record_but_what_the_child_could_agree_to_alone(child):
    assert of(child, act(child)) == {"cold", "counseling"}


def test_what_a_parent_may_see_is_one_answer_in_the_query_and_in_memory(child):
    parent = act(child)
    release = gate.release(parent, child["chart"])
    plan = Plan(release)
    everything = record.read_chart(gate.release(patient(child), child["chart"]))
    given = {row.id for row in record.read_chart(release)}
    assert {row.id for row in plan.filter(everything)} == given
    assert given < {row.id for row in everything}


def test_a_parent_opens_no_other_chart_and_no_list_but_the_childs(child):
    parent = act(child)
    sibling = town.new_patient(child["clinic"], given="Otto", born_on=BORN_ON)
    with pytest.raises(HallwayError) as caught:
        gate.release(parent, sibling)
    assert caught.value.kind is Kind.NOT_FOUND
    assert set(queries.headers(parent, [child["chart"], sibling])) == {child["chart"]}


def test_two_parents_each_have_their_own_right(child):
    one, two = act(child), act(child)
    acting.decide_against(one.representative_id, "not_treated", "Hurts the child at home.", by=child["pcp"])
    assert of(child, one) == {"counseling"}, "the practice that decided so gives nothing; another decides for its own"
    assert of(child, two) == {"cold", "counseling"}


def test_the_minors_own_word_opens_what_only_the_minor_may_open_and_never_private_notes(child):
    parent = act(child)
    word = acting.agree_as_minor(parent.representative_id, by=patient(child), organization=OrganizationId(0))
    assert of(child, parent) == {"cold", "counseling", "alone", "contraception", "program"}
    acting.end_decision(word, by=patient(child))
    assert of(child, parent) == {"cold", "counseling"}


def test_a_desk_writes_down_the_minors_word_for_its_own_records_only_and_with_the_paper(child):
    parent = act(child)
    with pytest.raises(HallwayError):
        acting.agree_as_minor(parent.representative_id, by=child["desk"], organization=child["clinic"])
    with pytest.raises(HallwayError):
        acting.agree_as_minor(
            parent.representative_id, by=child["desk"], organization=child["other"], witness_of="Paper in folder 3"
        )
    acting.agree_as_minor(
        parent.representative_id, by=child["desk"], organization=child["clinic"], witness_of="Paper in folder 3"
    )
    assert of(child, parent) == {"cold", "counseling", "alone", "contraception"}


def test_what_was_agreed_twice_is_taken_back_with_one_word(child):
    parent, young = act(child), patient(child)
    once = acting.agree_as_minor(parent.representative_id, by=young, organization=OrganizationId(0))
    assert acting.agree_as_minor(parent.representative_id, by=young, organization=OrganizationId(0)) == once
    acting.end_decision(once, by=young)
    assert of(child, parent) == {"cold", "counseling"}
    again = acting.agree_as_minor(parent.representative_id, by=young, organization=OrganizationId(0))
    assert again != once
    assert "alone" in of(child, parent)


def test_a_word_that_a_desk_wrote_down_is_shown_to_the_young_person_and_to_that_desk_and_both_may_end_it(child):
    parent, young = act(child), patient(child)
    number = parent.representative_id
    elsewhere = town.person("Hearwell", child["other"], Role.THERAPIST)
    share_with(child, elsewhere)
    for who in ("patient", "desk"):
        acting.agree_as_minor(number, by=child["desk"], organization=child["clinic"], witness_of="Paper in folder 3")
        (mine,), (theirs,) = (acting.acting_for(by, child["chart"])[0].on_paper for by in (young, child["desk"]))
        assert (mine.organization, mine.reason, theirs.reason) == (
            "Millbrook (invented)",
            "",
            "Paper in folder 3",
        )
        assert acting.acting_for(elsewhere, child["chart"])[0].on_paper == ()
        acting.end_decision(mine.id, by=young if who == "patient" else child["desk"])
        assert of(child, parent) == {"cold", "counseling"}


def share_with(world, who):
    """Another practice shares the care."""
    actions.join_team(world["chart"], by=world["pcp"], organization=who.organization_id, basis="referral")


def test_a_parents_right_ends_on_the_eighteenth_birthday(child):
    parent = act(child)
    with clock.stopped_at(datetime(2030, 3, 1, 23, 59, tzinfo=ZoneInfo("UTC"))):
        assert of(child, parent) == {"cold", "counseling"}
    with clock.stopped_at(datetime(2030, 3, 2, 0, 0, tzinfo=ZoneInfo("UTC"))):
        assert of(child, parent) == set()


def test_a_parent_of_a_child_without_a_birth_date_sees_nothing(child):
    child["chart"] = town.new_patient(child["clinic"], given="Nadie", born_on="")
    child["items"] = {"cold": town.put(child["chart"], child["clinic"], GENERAL)}
    assert of(child, act(child)) == set()


def test_ending_an_entry_ends_what_it_opened(child):
    parent = act(child)
    acting.end_representative(parent.representative_id, "document_ended", by=child["desk"])
    assert of(child, parent) == set()


@pytest.mark.parametrize(("authority", "has_program"), [("court_guardian", True), ("health_care_agent", False)])
def test_who_stands_for_an_adult_sees_all_but_notes_apart_and_a_program_only_by_a_courts_order(
    child, authority, has_program
):
    entry = acting.Entry(name="Paul Ejemplo", relation="sibling", authority=authority, document="Order 12")
    given = of(child, act(child, entry))
    assert given == {"cold", "counseling", "alone", "contraception"} | ({"program"} if has_program else set())


def test_a_document_for_medicines_only_opens_nothing_else(child):
    drug = town.put(child["chart"], child["clinic"], GENERAL, kind="MedicationRequest")
    entry = acting.Entry(
        name="Ann Agent", relation="other", authority="health_care_agent", document="Proxy, medicines only",
        kinds=("Patient", "MedicationRequest"), until_at=NOW + timedelta(days=5),
    )  # fmt: skip
    agent = act(child, entry)
    assert drug in seen(agent, child["chart"])
    assert of(child, agent) == set()
    with clock.stopped_at(NOW + timedelta(days=5)):
        assert seen(agent, child["chart"]) == set()


def test_only_a_licensed_person_takes_a_right_away_and_says_why(child):
    parent = act(child)
    for by, reason in (("desk", "Hurts the child at home."), ("pcp", "no")):
        with pytest.raises(HallwayError):
            acting.decide_against(parent.representative_id, "not_treated", reason, by=child[by])
    assert of(child, parent) == {"cold", "counseling"}


def test_nobody_lets_themselves_in(child):
    parent = act(child)
    stranger = town.person("Strangewell", child["program"], Role.FRONT_DESK)
    with pytest.raises(HallwayError):
        acting.add_representative(child["chart"], ENTRY, by=parent)
    with pytest.raises(HallwayError):
        acting.agree_as_minor(parent.representative_id, by=parent, organization=OrganizationId(0))
    lone = town.new_patient(child["other"], given="Sola", born_on=BORN_ON)
    with pytest.raises(HallwayError) as caught:
        acting.add_representative(lone, ENTRY, by=stranger)
    assert caught.value.kind is Kind.NOT_FOUND
