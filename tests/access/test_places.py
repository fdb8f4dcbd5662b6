"""Every role's bar leads only to pages that it may use, and its day begins on one of them."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from hallway import clock
from hallway.identity import actions
from hallway.identity.login import Hat
from hallway.identity.requester import PATIENT_SIDE, Role
from hallway.ids import OrganizationId
from hallway.loops import actions as loops
from hallway.loops.tables.clocks import LoopKind
from hallway.record.classes import DataClass
from hallway.referral.tests import hall as halls
from hallway.web.middleware import COOKIE


def come_in(requester, role: Role, *, is_part2: bool = False) -> Client:
    account = actions.create_account(
        f"{role}{is_part2}@example.test", "Some Body", practitioner_id=requester.practitioner_id
    )
    opened = actions.open_verified(account)
    hat = Hat(0, role, OrganizationId(requester.organization_id), "A practice", is_part2=is_part2)
    actions.wear(opened.session_id, hat)
    client = Client()
    client.cookies[COOKIE] = opened.token
    return client


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SYSTEM, *PATIENT_SIDE}])
def test_every_place_of_the_bar_opens(fresh_db, role):
    hall = halls.build()
    client = come_in(hall.pcp, role)
    start = client.get("/", follow=True)
    assert start.status_code == 200
    nav = re.search(rb'<nav class="nav".*?</nav>', start.content, re.DOTALL)
    assert nav, "a role without a place has nothing to do"
    places = re.findall(rb'href="([^"]+)"', nav[0])
    assert 1 <= len(places) <= 5
    for place in places:
        page = client.get(place.decode())
        assert page.status_code == 200, place
        assert page.content.count(b"<h1") == 1, place
        assert page.content.count(b'aria-current="page"') >= 1, "the bar says where one is"


def test_a_part_2_program_has_consents_in_its_bar(fresh_db):
    hall = halls.build(is_part2=True)
    assert b'href="/consents/"' in come_in(hall.therapist, Role.THERAPIST, is_part2=True).get("/", follow=True).content


def test_a_patient_begins_on_a_side_of_their_own(fresh_db):
    hall = halls.build()
    account = actions.create_account("patient@example.test", "Some Body", chart_id=hall.chart)
    opened = actions.open_verified(account)
    actions.wear(opened.session_id, Hat(0, Role.PATIENT, OrganizationId(0), "My own record"))
    client = Client()
    client.cookies[COOKIE] = opened.token
    page = client.get("/", follow=True)
    assert page.status_code == 200
    assert b"Find a patient" not in page.content


@pytest.fixture
def long_day(fresh_db):
    hall = halls.build()
    for number in range(60):
        loops.open_loop(
            loops.Owed(
                chart_id=hall.chart,
                kind=LoopKind.RE_OFFER,
                owner_org=hall.pcp.organization_id,
                for_org=hall.therapist.organization_id,
                source_org=hall.pcp.organization_id,
                mask=int(DataClass.GENERAL),
                owner_practitioner=hall.pcp.practitioner_id,
                due_at=clock.now() + timedelta(days=2, minutes=number),
                from_at=clock.now() - timedelta(days=1),
            )
        )
    return hall


def test_more_than_fifty_are_counted_and_the_rest_is_one_press_away(long_day):
    client = come_in(long_day.pcp, Role.PCP)
    page = client.get("/worklist/").content.decode()
    assert "60 things need you" in page
    assert page.count("data-row") == 50
    more = re.search(r'href="(/worklist/\?show=mine&amp;after=[^"]+)"', page)
    assert more
    rest = client.get(more[1].replace("&amp;", "&")).content.decode()
    assert rest.count("data-row") == 10
    assert not set(re.findall(r'id="(loop-[^"]+)"', page)) & set(re.findall(r'id="(loop-[^"]+)"', rest))


def test_a_cursor_that_is_not_ours_is_an_answer_and_not_a_defect(long_day):
    client = come_in(long_day.pcp, Role.PCP)
    for cursor in ("x", "-1", "%00", "9" * 300, "a|b|c"):
        assert client.get("/worklist/", {"after": cursor}).status_code in {200, 400}, cursor


def test_the_peek_of_somebody_elses_row_is_not_there(long_day):
    page = come_in(long_day.pcp, Role.PCP).get("/worklist/").content.decode()
    address = re.search(r'hx-get="(/worklist/[^"]+/peek)"', page)[1]
    assert come_in(long_day.other, Role.THERAPIST).get(address).status_code == 404
