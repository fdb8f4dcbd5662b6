"""The database dies between the decision and the ledger line: nothing leaves, and the person is told."""

import pytest
from django.db import connection as django_connection

from hallway.consent import gate
from hallway.record import queries, store
from hallway.referral.tests import hall as halls
from hallway.web.gateways.tests import test_decisions as decisions
from tests.drills.kit import browser, holds_nobody, kill_connection, lines


@pytest.fixture
def hall(fresh_db):
    yield halls.build()
    django_connection.close()


def killed_before(monkeypatch, module, name):
    """The connection dies once, just before ``module.name`` is called."""
    real, dead = getattr(module, name), []

    def dying(*args, **kwargs):
        if not dead:
            dead.append(True)
            kill_connection()
        return real(*args, **kwargs)

    monkeypatch.setattr(module, name, dying)
    return dead


def again():
    django_connection.close()


def test_a_page_shows_nothing_and_says_so(hall, monkeypatch):
    client = browser(hall)
    assert not holds_nobody(client.get(f"/charts/{hall.chart}/")), "the drill would prove nothing"
    before = lines()
    dead = killed_before(monkeypatch, store, "released")
    reply = client.get(f"/charts/{hall.chart}/")
    assert dead
    assert reply.status_code in {500, 503}
    assert holds_nobody(reply)
    assert b"broke" in reply.content or b"does not answer" in reply.content
    again()
    assert lines() == before


def test_a_read_between_decision_and_line_gives_nothing(hall, monkeypatch):
    release = gate.release(hall.pcp, hall.chart)
    before = lines()
    killed_before(monkeypatch, store, "released")
    with pytest.raises(Exception) as caught:
        queries.read_chart(release, route="drill")
    assert "terminat" in str(caught.value) or "closed" in str(caught.value)
    again()
    assert lines() == before


def test_a_decision_for_a_gateway_is_no_answer(hall, monkeypatch):
    decisions.give_number(hall)
    credential = decisions.credential_of(hall.pcp.organization_id)
    from hallway.exchange.decisions import actions

    dead = killed_before(monkeypatch, actions, "_write_line")
    reply = decisions.ask(credential, decisions.PLAIN)
    assert dead
    assert reply.status_code == 503
    assert b"CONSENT_PERMIT" not in reply.content
    assert b"take it for a no" in reply.content
    again()
    assert lines("consent.decided") == 0


def test_a_denial_is_not_half_recorded(hall, monkeypatch):
    from hallway.consent.models import Denial
    from hallway.exchange.decisions import actions
    from hallway.loops.models import Loop

    decisions.give_number(hall)
    credential = decisions.credential_of(hall.pcp.organization_id)
    killed_before(monkeypatch, actions, "_write_line")
    assert decisions.ask(credential, decisions.SOCIAL).status_code == 503
    again()
    assert not Denial.objects.exists()
    assert not Loop.objects.filter(kind="send_form").exists()
