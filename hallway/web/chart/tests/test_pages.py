"""The chart's pages on a real database: who sees what, one ledger line a page, what is written comes back."""

import pytest
from django.test import Client

from hallway.identity import actions
from hallway.storage.connection import cursor
from hallway.web.middleware import COOKIE
from hallway.web.sign_in.hats import hats_of
from tests.journeys import seed

TABS = ("", "timeline/", "problems/", "medicines/", "scores/", "notes/", "documents/", "consents/", "loops/")


@pytest.fixture
def world(fresh_db):
    made = seed.practices()
    seed.open_chart(made, "marisol")
    return made


def client_of(world, login, practice=""):
    account = world.accounts[login]
    opened = actions.open_verified(account)
    hat = next(hat for hat in hats_of(account) if practice in hat.organization_name)
    actions.wear(opened.session_id, hat)
    client = Client()
    client.cookies[COOKIE] = opened.token
    return client


def lines_written(act):
    with cursor() as opened:
        opened.execute("SELECT count(*) FROM ledger_answer WHERE act = %s", [act])
        return opened.fetchone()[0]


def at(world, path=""):
    return f"/charts/{world.charts['marisol']}/{path}"


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_for_the_pcp_and_leaves_one_line_about_the_chart(world, tab):
    client = client_of(world, "carewell")
    before = lines_written("read")
    answer = client.get(at(world, tab))
    assert answer.status_code == 200
    assert b"Marisol Ejemplo" in answer.content
    assert lines_written("read") == before + 1
