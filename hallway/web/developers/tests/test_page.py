"""The page lists every operation to anybody; a client to try with is made in the demo alone, and one at a time."""

import re

import pytest
from django.test import Client, override_settings

from hallway.identity import clients
from hallway.referral.tests import hall as halls
from hallway.standards.openapi import FORM, Answered, Example, Operation, Shows
from hallway.web.api import registry
from hallway.web.developers import presenters


def test_every_operation_has_its_form_and_secrets_are_not_asked_for(fresh_db):
    page = Client().get("/developers/").content.decode()
    assert all(f'id="{one.name}"' in page for one in registry.operations())
    assert "data-bearer" not in page
    assert "Nobody is signed in" in page


def test_outside_the_demo_no_client_is_made(fresh_db):
    hall = halls.build()
    answered = Client().post("/developers/client", {"organization": hall.pcp.organization_id})
    assert answered.status_code == 404
    assert clients.known() == []


@override_settings(DEMO=True)
def test_the_demo_makes_a_client_shows_its_credential_once_and_ends_the_one_before(fresh_db):
    hall = halls.build()
    browser = Client()
    keys = []
    for _ in range(2):
        page = browser.post("/developers/client", {"organization": hall.pcp.organization_id}).content.decode()
        keys.append(re.search(r'id="credential"[^>]*value="([^"]+)"', page)[1])
    assert clients.requester_of(keys[0]) is None
    assert clients.requester_of(keys[1]).organization_id == hall.pcp.organization_id
    assert keys[1] not in browser.get("/developers/").content.decode()


@override_settings(DEMO=True)
@pytest.mark.parametrize("sent", ["", "x", "-1", "9999999", "9" * 40, "٣"])
def test_a_practice_that_is_not_there_gets_no_client(fresh_db, sent):
    halls.build()
    assert Client().post("/developers/client", {"organization": sent}).status_code == 404


def operation(shows, method="POST", **more):
    return Operation("a", method, "/a", "G", "s", "t", shows, (Answered(200, "x"),), **more)


@pytest.mark.parametrize(
    ("one", "demo", "tried"),
    [
        (operation(Shows.NOTHING, "GET"), False, True),
        (operation(Shows.CREDENTIAL), False, False),
        (operation(Shows.CREDENTIAL), True, True),
        (operation(Shows.OPERATOR, "GET"), True, False),
        (operation(Shows.SECRET), True, False),
        (operation(Shows.NOTHING, "DELETE"), False, False),
    ],
)
def test_what_needs_a_secret_is_sent_from_the_page_in_the_demo_only(one, demo, tried):
    ((_, (panel,)),) = presenters.groups([one], demo=demo)
    assert panel.may_be_tried is tried
    assert panel.wants_credential is (demo and one.shows is Shows.CREDENTIAL)


def test_a_form_is_written_as_a_form_and_json_as_json():
    for kind, written in ((FORM, "a=b"), ("application/json", '{\n  "a": "b"\n}')):
        one = operation(Shows.NOTHING, takes=dict[str, str], takes_kind=kind, examples=(Example("x", 200, {"a": "b"}),))
        ((_, (panel,)),) = presenters.groups([one], demo=False)
        assert panel.body == written
