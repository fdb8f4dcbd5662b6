"""Subscribers by email: to the owner's own address, and nothing in it but that something waits."""

import socketserver
import threading
from datetime import timedelta
from email import message_from_bytes

import pytest

from hallway import clock
from hallway.exchange import mail
from hallway.exchange.subscriptions import actions, asking, delivering, queries, resources
from hallway.exchange.subscriptions.models import Notice, Subscription
from hallway.identity.models import Account
from hallway.identity.requester import Role
from hallway.record import queries as record
from hallway.referral.tests import hall as halls
from tests.access.test_places import come_in
from tests.subscriptions.kit import hear
from tests.subscriptions.test_delivery import BASE, body, hall  # noqa: F401

ADDRESS = "pcpfalse@example.test"


class _Server(socketserver.StreamRequestHandler):
    """As much of SMTP as takes a mail, or refuses whom it is for."""

    def handle(self):
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line.strip().upper()
            if word.startswith(b"RCPT") and self.server.refuses:
                self.wfile.write(b"550 nobody of that name\r\n")
            elif word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.got.append(b"".join(iter(self.rfile.readline, b".\r\n")))
                self.wfile.write(b"250 taken\r\n")
            elif word == b"QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 yes\r\n")


@pytest.fixture
def server(settings):
    made = socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Server)
    made.got, made.refuses, made.daemon_threads = [], False, True
    threading.Thread(target=made.serve_forever, daemon=True).start()
    settings.MAIL_SERVER = f"smtp://127.0.0.1:{made.server_address[1]}"
    settings.MAIL_FROM = "hallway@network.example.org"
    yield made
    made.shutdown()
    made.server_close()


def wanted(address=f"mailto:{ADDRESS}", **more):
    channel = {"type": "email", "endpoint": address, **more.pop("channel", {})}
    return asking.parse(body("", channel=channel, **more))


@pytest.fixture
def pcp(hall):  # noqa: F811
    come_in(hall.pcp, Role.PCP)
    from dataclasses import replace

    return replace(hall.pcp, account_id=Account.objects.get(login_name=ADDRESS).id)


def pump():
    hear()
    return delivering.send_due()


def test_a_mail_says_that_something_waits_where_to_look_and_nothing_else(hall, pcp, server):  # noqa: F811
    row = actions.create(wanted(), by=pcp, base=BASE)
    start = clock.now()
    pump()
    made = hall.sent()
    for minutes in (1, 16, 17, 31, 60):
        with clock.stopped_at(start + timedelta(minutes=minutes)):
            pump()
    first, second = (message_from_bytes(one) for one in server.got)
    text = second.get_payload(decode=True).decode()
    assert (second["To"], second["From"]) == (ADDRESS, "hallway@network.example.org")
    assert "2 things wait" in text
    assert "https://hallway.example.org/" in text
    assert "eventsSinceNumber=1" in text
    told = b"".join(server.got).decode() + text
    chart = (halls.QUESTION, made.service_request_id, record.patient_of(hall.chart), "ServiceRequest", "referral")
    for word in (*chart, "worklist", hall.pcp.name or "Primaria"):
        assert str(word) not in told, word
    assert "things" not in first.get_payload()
    row.refresh_from_db()
    assert (row.state, row.delivered) == ("active", 2)


def test_what_may_not_flow_sends_no_mail_and_counts_for_nothing(hall, pcp, server):  # noqa: F811
    from hallway.consent.tests import town
    from hallway.storage import connection

    row = actions.create(wanted(), by=pcp, base=BASE)
    pump()
    made = hall.sent()
    hidden = type(hall)(**{f: getattr(hall, f) for f in hall.__dataclass_fields__} | {
        "chart": town.new_patient(hall.pcp.organization_id)})  # fmt: skip
    hidden.sent()
    with connection.cursor() as opened:
        opened.execute("DELETE FROM consent_grant WHERE grantee_org = %s AND chart_id = %s",
                       [hall.pcp.organization_id, hidden.chart])  # fmt: skip
    with clock.stopped_at(clock.now() + timedelta(minutes=16)):
        pump()
    row.refresh_from_db()
    assert made.service_request_id
    assert (row.delivered, len(server.got)) == (2, 2)
    assert "2 things wait" in message_from_bytes(server.got[1]).get_payload()


def test_a_subscription_changed_again_and_again_floods_nobody(hall, pcp, server):  # noqa: F811
    row = actions.create(wanted(), by=pcp, base=BASE)
    pump()
    for _ in range(3):
        actions.update(row.id, wanted(), by=pcp)
        pump()
    assert len(server.got) == 1
    with clock.stopped_at(clock.now() + timedelta(minutes=16)):
        pump()
    assert len(server.got) == 2


def test_an_account_that_has_another_name_now_gets_no_mail_more(hall, pcp, server):  # noqa: F811
    row = actions.create(wanted(), by=pcp, base=BASE)
    pump()
    Account.objects.filter(id=pcp.account_id).update(login_name="another@example.test")
    hall.sent()
    with clock.stopped_at(clock.now() + timedelta(hours=1)):
        pump()
    row.refresh_from_db()
    assert (row.state, row.error, len(server.got)) == ("off", "owner", 1)


def test_a_mail_that_is_refused_is_tried_again_and_seen_without_its_address(hall, pcp, server, monkeypatch):  # noqa: F811
    monkeypatch.setattr(delivering, "MOST_ATTEMPTS", 2)
    row = actions.create(wanted(), by=pcp, base=BASE)
    pump()
    server.refuses = True
    hall.sent()
    start = clock.now()
    with clock.stopped_at(start + timedelta(minutes=16)):
        pump()
    (seen,) = queries.failing()
    assert (seen.channel, seen.host, seen.error) == ("email", "example.test", "mail-refused")
    with clock.stopped_at(start + timedelta(hours=2)):
        pump()
    assert Notice.objects.filter(state="dead").count() == 2
    assert {one.channel for one in queries.dead()} == {"email"}
    server.refuses = False
    for one in queries.dead():
        assert actions.send_again(one.notice_id, by=pcp)
    with clock.stopped_at(start + timedelta(hours=3)):
        pump()
    row.refresh_from_db()
    assert (row.state, row.delivered) == ("active", 2)


@pytest.mark.parametrize("address", ["other@example.test", "a@b.test\nBcc: c@d.test", "A <a@b.test>", "a@b", "", "x"])
def test_another_address_is_refused_by_its_element(pcp, server, address):
    with pytest.raises(asking.HallwayError) as caught:
        actions.create(wanted(address), by=pcp, base=BASE)
    assert caught.value.field == "Subscription.channel.endpoint"
    assert not Subscription.objects.exists()


CONTENT = {"_payload": {"extension": [{"url": resources.CONTENT, "valueCode": "id-only"}]}}
REFUSED = [
    (CONTENT, "Subscription.channel.payload.extension"),
    ({"payload": "application/fhir+json"}, "Subscription.channel.payload"),
    ({"header": ["Authorization: Bearer x"]}, "Subscription.channel.header"),
    ({"extension": [{"url": resources.HEARTBEAT, "valueUnsignedInt": 3600}]}, "Subscription.channel.extension"),
]


@pytest.mark.parametrize(("channel", "element"), REFUSED)
def test_a_mail_with_anything_in_it_is_not_offered(server, channel, element):
    with pytest.raises(asking.HallwayError) as caught:
        wanted(channel=channel)
    assert caught.value.field == element


def test_no_mail_is_offered_or_sent_where_no_server_is_named(settings):
    settings.MAIL_SERVER = ""
    with pytest.raises(asking.HallwayError) as caught:
        wanted()
    assert caught.value.field == "Subscription.channel.type"
    with pytest.raises(mail.MailError):
        mail.send(ADDRESS, subject="x", text="x")


def test_beyond_this_machine_a_mail_goes_over_tls_or_not_at_all(settings, monkeypatch):
    settings.MAIL_SERVER, settings.MAIL_FROM = "smtp://relay.example.org", "hallway@network.example.org"
    asked = []

    class Plain:
        def __init__(self, host, port, timeout):
            asked.append((host, port))

        def starttls(self, context):
            raise mail.smtplib.SMTPNotSupportedError("no TLS")

    monkeypatch.setattr(mail.smtplib, "SMTP", Plain)
    with pytest.raises(mail.MailError) as caught:
        mail.send(ADDRESS, subject="x", text="x")
    assert (caught.value.reason, asked) == ("no-answer", [("relay.example.org", 587)])
