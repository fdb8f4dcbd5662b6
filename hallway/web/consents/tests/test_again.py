"""A form whose last day is over or near is prepared again: who, what and what for stand there, no hand and no end."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from hallway import clock
from hallway.consent import actions
from hallway.consent.actions import Composition
from hallway.consent.models import Consent
from hallway.consent.tests.test_forms import DRAWN
from hallway.identity.requester import Role, system
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.loops import queries
from hallway.loops.renewals import run_renewals
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose
from hallway.web.consents import questions
from hallway.web.consents.tests.test_composer import known
from hallway.web.worklist.presenters import rows_of
from tests.access.test_places import come_in

MEDICINES = ("Patient", *next(one.kinds for one in questions.CATEGORIES if one.key == "medicines"))
HERE, THERE = OrganizationId(1), OrganizationId(2)
BEFORE = Composition(
    ChartId(7), "release", HERE, THERE, int(DataClass.GENERAL | DataClass.HIV), (Purpose.TREATMENT, Purpose.PAYMENT),
    kinds=MEDICINES, recipient_practitioner=PractitionerId(11), language="es",
    large_print=True, expires_at=clock.now(), initials="ME",
)  # fmt: skip


def test_who_what_and_what_for_are_those_of_the_earlier_form_and_no_date_or_hand_is():
    found = questions.answers(BEFORE, here=HERE)
    assert found["to"] == ["2-11"]
    assert (found["what"], found["apart"], found["for"]) == (["medicines"], ["HIV"], ["TREAT", "PAY"])
    assert (found["ways"], found["language"], found["print"]) == (["one"], ["es"], ["large"])
    assert not {"until", "until_on", "longer", "asks", "initials"} & set(found)


def test_no_form_grows_by_being_prepared_again():
    narrow = replace(BEFORE, kinds=("Patient", "MedicationRequest"))
    assert questions.answers(narrow, here=HERE)["what"] == []
    assert len(questions.answers(replace(BEFORE, kinds=()), here=HERE)["what"]) == len(questions.CATEGORIES)


def test_a_form_for_the_receiving_desk_is_asked_of_the_same_giver_again():
    found = questions.answers(BEFORE, here=THERE)
    assert (found["to"], found["ways"], found["kind"]) == (["1-0"], ["back"], [])


@pytest.fixture
def hall(fresh_db):
    return known("MA")


def form_of(hall, *, days, **more):
    """Signed, from the therapist to the PCP, with so many days left."""
    asks = Composition(
        chart_id=hall.chart, kind="release", discloser_org=hall.therapist.organization_id,
        recipient_org=hall.pcp.organization_id, recipient_practitioner=hall.pcp.practitioner_id,
        classes=int(DataClass.GENERAL | DataClass.MH), kinds=MEDICINES,
        expires_at=clock.now() + timedelta(days=days), **more,
    )  # fmt: skip
    form = actions.compose_consent(asks, by=hall.therapist)
    actions.sign_consent(form, DRAWN, by=hall.therapist, expected_version=1)
    return form


def opened(browser, form, chart):
    first = browser.get(f"/consents/{form}/again/")
    assert first.headers["Location"] == f"/consents/new/{chart}/?again={form}"
    return browser.get(first.headers["Location"]).content.decode()


def ticked(page):
    return {
        f"{name}={value}"
        for name, value in re.findall(r'<input type="(?:checkbox|radio)" name="(\w+)" value="([^"]+)" checked>', page)
    }


def test_the_button_opens_the_composer_filled_from_the_form_and_the_new_one_has_a_new_end(hall):
    form = form_of(hall, days=10)
    therapist = come_in(hall.therapist, Role.THERAPIST)
    assert f"/consents/{form}/again/" in therapist.get(f"/charts/{hall.chart}/consents/").content.decode()
    assert f"/consents/{form}/again/" in therapist.get(f"/consents/{form}/").content.decode()
    page = opened(therapist, form, hall.chart)
    to = f"to={hall.pcp.organization_id}-{hall.pcp.practitioner_id}"
    assert {to, "what=medicines", "for=TREAT", "until=year", "ways=one"} <= ticked(page)
    assert "what=notes" not in ticked(page)
    sent = {"to": to[3:], "what": "medicines", "for": "TREAT", "until": "year", "tell": "no", "answer": "later"}
    therapist.post(f"/consents/new/{hall.chart}/?again={form}", sent | {"asks": "yes"})
    new = Consent.objects.get(state="draft")
    assert new.expires_at > Consent.objects.get(id=form).expires_at + timedelta(days=300)
    assert (new.signature, new.signed_at, new.initials) == (None, None, "")


def test_only_a_form_at_its_end_has_the_button(hall):
    far, near = form_of(hall, days=200), form_of(hall, days=20)
    taken = form_of(hall, days=20)
    actions.revoke_consent(taken, "written", by=hall.therapist, expected_version=2)
    therapist = come_in(hall.therapist, Role.THERAPIST)
    page = therapist.get(f"/charts/{hall.chart}/consents/").content.decode()
    assert re.findall(r"/consents/([\w-]+)/again/", page) == [str(near)]
    with clock.stopped_at(clock.now() + timedelta(days=21)):
        actions.expire_consents(clock.now(), by=system("expiry"))
        page = come_in(hall.desk, Role.FRONT_DESK).get(f"/charts/{hall.chart}/consents/").content.decode()
        assert re.findall(r"/consents/([\w-]+)/again/", page) == [str(near)], "after its end too, and no other"
    assert str(far) in page


def test_a_draft_whose_last_day_is_over_says_so_and_leads_to_a_new_one(hall):
    asks = Composition(
        chart_id=hall.chart, kind="release", discloser_org=hall.therapist.organization_id,
        recipient_org=hall.pcp.organization_id, classes=int(DataClass.GENERAL),
        expires_at=clock.now() + timedelta(days=3),
    )  # fmt: skip
    form = actions.compose_consent(asks, by=hall.therapist)
    therapist = come_in(hall.therapist, Role.THERAPIST)
    assert "/again/" not in therapist.get(f"/consents/sign/?form={form}").content.decode()
    with clock.stopped_at(clock.now() + timedelta(days=4)):
        desk = come_in(hall.desk, Role.FRONT_DESK)
        page = desk.get(f"/consents/sign/?form={form}").content.decode()
        assert f"/consents/{form}/again/" in page
        again = opened(desk, form, hall.chart)
        assert f"to={hall.pcp.organization_id}-0" in ticked(again), "a practice named without a person stays so"


def test_the_one_who_receives_asks_the_same_giver_and_nobody_else_opens_it(hall):
    form = form_of(hall, days=10)
    pcp = come_in(hall.pcp, Role.PCP)
    page = opened(pcp, form, hall.chart)
    assert {f"to={hall.therapist.organization_id}-0", "ways=back"} <= ticked(page)
    assert "Makes one form" in page
    assert come_in(hall.other, Role.THERAPIST).get(f"/consents/{form}/again/").status_code == 404
    assert pcp.get(f"/consents/new/{hall.chart}/?again=x").status_code == 404


def test_what_is_owed_leads_there(hall):
    form = form_of(hall, days=10)
    run_renewals(clock.now())
    (row,) = [one for one in rows_of(queries.worklist(hall.therapist).rows) if one.loop.kind == "renew_consent"]
    assert row.step_url == f"/consents/{form}/again/"
