import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.models import Consent
from hallway.consultation import actions as reports
from hallway.consultation.tests.test_report import drafted
from hallway.identity import actions
from hallway.identity.login import Hat
from hallway.identity.requester import Role
from hallway.ids import ConsentId, ReportId
from hallway.loops.actions import Owed, open_loop
from hallway.loops.models import Loop
from hallway.loops.tables.clocks import LoopKind
from hallway.record.classes import DataClass
from hallway.referral.tests import hall as halls
from hallway.web.middleware import COOKIE
from hallway.web.worklist import presenters


def come_in(who) -> Client:
    account = actions.create_account(f"{who.name}@example.test", who.name, practitioner_id=who.practitioner_id)
    opened = actions.open_verified(account)
    actions.wear(opened.session_id, Hat(0, Role(who.role), who.organization_id, "A practice"))
    client = Client()
    client.cookies[COOKIE] = opened.token
    return client


@pytest.fixture
def answered(fresh_db):
    """A report that has come back to the PCP."""
    hall = halls.build(licence="social_worker")
    hall.back = hall.consent_back()
    _, report = drafted(hall)
    reports.sign_and_send_report(hall.therapist, ReportId(report.id), expected_version=report.version)
    return hall


def peek_of(client: Client) -> str:
    page = client.get("/worklist/").content.decode()
    assert "A report waits for your answer" in page
    address = re.search(r'hx-get="(/worklist/[^"]+/peek)"', page)[1]
    return client.get(address, headers={"HX-Request": "true"}).content.decode()


def test_a_report_that_came_back_is_read_in_the_peek(answered):
    said = peek_of(come_in(answered.pcp))
    assert "This is depression, not early memory loss." in said
    assert "Sodium by June 18." in said
    assert "<html" not in said, "a peek is a region, not a page"
    assert 'data-key="a"' in said


def test_a_peek_holds_no_word_of_a_report_whose_consent_was_taken_back(answered):
    client = come_in(answered.pcp)
    form = Consent.objects.get(id=answered.back)
    page = client.get("/worklist/").content.decode()
    address = re.search(r'hx-get="(/worklist/[^"]+/peek)"', page)[1]
    consent.revoke_consent(ConsentId(form.id), "oral", by=answered.pcp, expected_version=form.version)
    after = client.get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Sodium by June 18." not in after
    assert "depression" not in after


def test_each_row_of_what_was_closed_has_its_peek(answered):
    for number in range(60):
        open_loop(
            Owed(
                answered.chart,
                LoopKind.RE_OFFER,
                *(answered.pcp.organization_id,) * 3,
                int(DataClass.GENERAL),
                answered.pcp.practitioner_id,
            )
        )
        Loop.objects.filter(closed_at=None, kind="re_offer").update(
            closed_at=clock.now() - timedelta(minutes=number), closed_as="done"
        )
    client = come_in(answered.pcp)
    first = client.get("/worklist/?show=closed").content.decode()
    more = re.search(r'href="(/worklist/\?show=closed&amp;after=[^"]+)"', first)[1].replace("&amp;", "&")
    rest = client.get(more).content.decode()
    found = [re.findall(r'hx-get="(/worklist/[^"]+/peek)"', page) for page in (first, rest)]
    assert len(found[0]) == 50
    assert len({*found[0], *found[1]}) == len(found[0]) + len(found[1]) >= 60
    assert client.get(found[1][-1], headers={"HX-Request": "true"}).status_code == 200


@pytest.mark.parametrize(
    ("show", "total", "said"),
    [
        ("mine", 0, "Nothing is owed by you"),
        ("mine", 1, "One thing needs you"),
        ("mine", 9, "Nine things need you"),
        ("waiting", 2, "Two things wait on others"),
        ("practice", 41, "41 things are open in your practice"),
        ("closed", 1, "One thing closed this week"),
    ],
)
def test_the_heading_is_the_finding(show, total, said):
    assert presenters.finding(show, total, _rows(total)) == said


def _rows(total):
    return [SimpleNamespace(loop=SimpleNamespace(is_late=False))] * total


@pytest.mark.parametrize(
    ("total", "rows", "said", "badge"),
    [
        (78, 50, "78 things need you", "78"),
        (99, 50, "99 things need you", "99"),
        (100, 50, "More than 99 things need you", "99+"),
        (201, 200, "More than 200 things need you", "99+"),
        (150, 150, "150 things need you", "99+"),
    ],
)
def test_a_count_says_where_it_stopped(total, rows, said, badge):
    assert presenters.finding("mine", total, _rows(rows)) == said
    assert presenters.badge(total) == badge
