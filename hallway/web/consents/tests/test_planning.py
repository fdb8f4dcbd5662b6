"""Exactly the forms that the law asks for, state by state, and a plain word where it asks for none."""

import itertools
from collections import Counter
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from hallway.consent.forms.papers import last_instant
from hallway.consent.tests import town
from hallway.directory.models import Organization
from hallway.identity.requester import Role
from hallway.record.classes import DataClass
from hallway.web.consents import planning, questions

TODAY = date(2026, 6, 9)
ASKED = {"what": ["medicines", "visits"], "for": ["TREAT"], "until": ["year"], "tell": ["no"]}


@pytest.fixture
def asks(fresh_db):
    """A PCP in Connecticut, and a clinician whose state, licence and program each case chooses."""
    pc = town.person("Carewell", town.organization("Elm", side="pc", state="CT"), Role.PCP, licence="physician")

    count = itertools.count()

    def ask(*, state, licence, by_them=True, is_part2=False, form="", zone="", **changed):
        place = town.organization(f"There{state}{licence}{next(count)}", state=state, is_part2=is_part2)
        them = town.person(
            f"Hear{state}{next(count)}", place, Role.THERAPIST, licence=licence, state=state, duty=is_part2
        )
        here, there = (them, pc) if by_them else (pc, them)
        if zone:
            Organization.objects.update(timezone=zone)
        chart = town.new_patient(here.organization_id)
        sent = ASKED | {"to": [f"{there.organization_id}-{there.practitioner_id}"]} | changed
        choice = questions.parse(sent, form=form or ("part2" if is_part2 and by_them else "release"), today=TODAY)
        practice = Organization.objects.get(id=here.organization_id)
        return planning.plan(
            choice, planning.Desk(chart, practice, here.practitioner_id, "", Counter(), receiver=here.practitioner_id)
        )

    return ask


@pytest.mark.parametrize(
    ("state", "licence", "kinds"),
    [
        ("MA", "social_worker", ["release"]),
        ("MA", "counselor", ["release"]),
        ("MA", "psychologist", ["release"]),
        ("MA", "physician", []),
        ("CT", "social_worker", ["release"]),
        ("CT", "counselor", ["release"]),
        ("CT", "family_therapist", ["release"]),
        ("CT", "psychiatrist", ["release"]),
        ("CA", "physician", []),
        ("ME", "counselor", []),
    ],
)
def test_the_discloser_s_licence_and_state_decide_whether_a_signature_is_asked_for(asks, state, licence, kinds):
    made = asks(state=state, licence=licence)
    assert [one.composition.kind for one in made.forms] == kinds
    if not kinds:
        (said,) = made.not_asked
        assert said.grounds, "where nothing is asked for, a rule says so in words"
        assert not said.is_shut


@pytest.mark.parametrize("zone", ["America/New_York", "America/Los_Angeles"])
@pytest.mark.parametrize("day", ["2027-06-09", "2027-12-09"])
def test_a_form_holds_through_the_day_that_was_chosen_where_it_is_given_and_not_an_hour_longer(asks, zone, day):
    made = asks(
        state="MA", licence="social_worker", zone=zone, until=["day"], until_on=[day], ways=["both"], asks=["yes"]
    )
    assert len(made.forms) == 2
    for one in made.forms:
        local = one.composition.expires_at.astimezone(ZoneInfo(zone))
        assert (local - timedelta(seconds=1)).date().isoformat() == day
        assert local.time() == time()


def test_the_year_that_the_composer_offers_is_never_longer_than_california_allows():
    for day in (date(2026, 6, 9), date(2027, 6, 9), date(2028, 2, 29), date(2027, 2, 28)):
        begins = datetime.combine(day, time(), ZoneInfo("America/Los_Angeles"))
        ends = last_instant(questions.in_a_year(day), "America/Los_Angeles")
        assert ends - begins <= timedelta(days=366), day


def test_nothing_is_asked_for_that_no_law_asks_for_unless_the_patient_wants_it_on_paper(asks):
    assert asks(state="MA", licence="physician").forms == ()
    (made,) = asks(state="MA", licence="physician", asks=["yes"]).forms
    assert made.composition.kind == "release"


def test_two_ways_ask_for_the_signature_of_the_direction_that_needs_one(asks):
    made = asks(state="MA", licence="social_worker", by_them=False, ways=["both"])
    (form,) = made.forms
    (free,) = made.not_asked
    assert form.giver.startswith("ThereMA")
    assert form.receiver.startswith("Elm")
    assert free.giver.startswith("Elm")


def test_a_program_asks_for_its_own_form_and_its_own_form_covers_the_state_s_too(asks):
    made = asks(state="MA", licence="counselor", is_part2=True)
    (form,) = made.forms
    assert form.composition.kind == "part2"
    assert form.composition.classes & DataClass.PART2
    assert form.composition.classes & DataClass.MA_COUNSELOR


def test_one_permission_for_all_who_treat_names_no_one(asks):
    (form,) = asks(state="MA", licence="counselor", is_part2=True, form="part2_tpo", to=[]).forms
    assert (form.composition.recipient_org, form.composition.kind) == (0, "part2_tpo")


@pytest.mark.parametrize(
    ("state", "licence", "shut"),
    [
        ("MA", "counselor", [DataClass.MA_COUNSELOR]),
        ("MA", "social_worker", [DataClass.MA_SOCIAL_WORKER]),
        ("CT", "counselor", [DataClass.CT_COUNSELOR]),
        ("MA", "physician", []),
        ("ME", "counselor", []),
    ],
)
def test_one_permission_for_all_who_treat_says_what_it_leaves_shut_and_which_form_opens_that(
    asks, state, licence, shut
):
    made = asks(state=state, licence=licence, is_part2=True, form="part2_tpo", to=[], **{"for": ["TREAT", "PAY"]})
    assert [one.classes for one in made.left_shut] == shut
    assert {one.kind for one in made.left_shut} == ({"part2"} if shut else set())
    assert all(one.why.sentence and one.why.citation for one in made.left_shut)
    named = asks(state=state, licence=licence, is_part2=True)
    assert not named.left_shut, "a form that names its recipient opens it, and has nothing to say"


def test_an_hiv_result_in_massachusetts_gets_a_form_of_its_own_and_in_connecticut_a_tick(asks):
    made = asks(state="MA", licence="social_worker", apart=["HIV"])
    assert sorted(one.composition.kind for one in made.forms) == ["hiv", "release"]
    by_kind = {one.composition.kind: one.composition for one in made.forms}
    assert by_kind["hiv"].classes == DataClass.HIV
    assert not by_kind["release"].classes & DataClass.HIV
    (form,) = asks(state="CT", licence="social_worker", apart=["HIV"]).forms
    assert form.composition.classes & DataClass.HIV


@pytest.mark.parametrize(("state", "licence"), [("CT", "family_therapist"), ("MA", "counselor")])
def test_where_a_family_comes_each_member_is_asked_to_sign(asks, state, licence):
    made = asks(state=state, licence=licence, members=["2"])
    assert made.asks_members
    assert made.forms[0].composition.members == 2
    assert "each_member" in made.forms[0].rule.statements


def test_a_form_about_notes_of_sessions_carries_them_alone(asks):
    (form,) = asks(state="CA", licence="psychologist", form="psychotherapy", what=[]).forms
    assert form.composition.classes == DataClass.PSYTHER_NOTE
    assert form.rule.points == 14
