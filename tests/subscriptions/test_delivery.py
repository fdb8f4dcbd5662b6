"""Subscriptions: the gate at delivery, numbers without a telling gap, in order, and a day without the receiver."""

import json
import threading
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from hallway import clock
from hallway.app import wiring
from hallway.consent import actions as consent
from hallway.consent.models import Consent
from hallway.consent.tests import town
from hallway.directory.models import PractitionerRole
from hallway.exchange.subscriptions import actions, asking, delivering, resources
from hallway.exchange.subscriptions.models import Notice, Subscription
from hallway.exchange.subscriptions.tables import topics
from hallway.identity import actions as identity
from hallway.identity import granted, granting, queries, registering, scopes
from hallway.identity.login import Hat
from hallway.identity.registering import Registration
from hallway.ids import AccountId
from hallway.referral import actions as referral
from hallway.referral.tests import hall as halls
from hallway.standards.fhir import validation
from hallway.storage import connection
from tests.smart.kit import BACK, Signer
from tests.subscriptions.kit import hear

BASE = "https://hallway.example.org/fhir"


class _Receiver(BaseHTTPRequestHandler):
    got, status, seen = [], 200, []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).seen.append(dict(self.headers))
        if self.status == 200:
            type(self).got.append(json.loads(body))
        self.send_response(self.status)
        if self.status == 302:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def receiver(settings):
    settings.OUTWARD_HOSTS = ["127.0.0.1"]
    served = type("Served", (_Receiver,), {"got": [], "seen": []})
    server = HTTPServer(("127.0.0.1", 0), served)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    served.address = f"http://127.0.0.1:{server.server_port}/hook"
    yield served
    server.shutdown()
    server.server_close()


@pytest.fixture
def hall(fresh_db):
    wiring.connect()
    made = halls.build()
    for who in (made.pcp, made.therapist, made.other):
        account_less = PractitionerRole.objects.filter(practitioner_id=who.practitioner_id)
        assert account_less.exists()
    return made


def body(address, *, topic=topics.REFERRAL, content="id-only", **more):
    found = {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "Their own worklist",
        "criteria": topics.TOPICS[topic].url,
        "channel": {
            "type": "rest-hook",
            "endpoint": address,
            "payload": "application/fhir+json",
            "_payload": {"extension": [{"url": resources.CONTENT, "valueCode": content}]},
        },
    }
    return json.dumps(found | more).encode()


def subscribe(who, address, **more):
    return actions.create(asking.parse(body(address, **more)), by=nobody_signed_in(who), base=BASE)


def nobody_signed_in(who):
    """The same person without an account of the tests' town, which makes none."""
    return replace(who, account_id=0)


def pump():
    """What the worker does: hear what was announced, then send."""
    hear()
    return delivering.send_due()


def numbers(receiver):
    return [one["n"] for one in told(receiver) if "n" in one]


def told(receiver):
    found = []
    for bundle in receiver.got:
        said = {p["name"]: p for p in bundle["entry"][0]["resource"]["parameter"]}
        one = {"type": said["type"]["valueCode"], "count": said["events-since-subscription-start"]["valueString"]}
        if "notification-event" in said:
            parts = {p["name"]: p for p in said["notification-event"]["part"]}
            one |= {"n": parts["event-number"]["valueString"], "focus": parts.get("focus", {}).get("valueReference")}
        found.append(one)
    return found


def test_a_handshake_then_each_step_with_its_number_and_focus(hall, receiver):
    row = subscribe(hall.pcp, receiver.address)
    assert pump() == 1
    assert told(receiver) == [{"type": "handshake", "count": "0"}]
    made = hall.sent()
    pump()
    request = {"reference": f"{BASE}/ServiceRequest/{made.service_request_id}"}
    assert [(one["n"], one["focus"]) for one in told(receiver)[1:]] == [("1", request), ("2", request)]
    row.refresh_from_db()
    assert (row.state, row.delivered) == ("active", 2)


def test_a_notification_is_valid_r4_and_holds_as_much_as_was_asked_for(hall, receiver):
    for content in ("empty", "id-only", "full-resource"):
        subscribe(hall.pcp, receiver.address, content=content)
    hall.sent()
    pump()
    events = [one for one in receiver.got if any(p["name"] == "notification-event" for p in
              one["entry"][0]["resource"]["parameter"])]  # fmt: skip
    shapes = {tuple(sorted("resource" in e for e in one["entry"][1:])) for one in events}
    assert shapes == {(), (False,), (True,)}
    for one in receiver.got:
        assert [str(i) for i in validation.validate(one) if i.severity in {"error", "fatal"}] == []
    words = json.dumps([one for one in events if len(one["entry"]) == 1 or "resource" not in one["entry"][1]])
    assert halls.QUESTION not in words
    assert halls.QUESTION in json.dumps(events)


def test_the_gate_is_asked_at_delivery_and_what_may_not_flow_leaves_no_gap(hall, receiver):
    """That the patient came may not be told to the sender without a consent; to a stranger nothing at all."""
    mine, theirs = subscribe(hall.pcp, receiver.address), subscribe(hall.other, receiver.address)
    made = hall.sent()
    hall.do(hall.therapist, referral.accept_referral, made)
    hall.do(hall.therapist, referral.book_visit, made, starts_at=clock.now() + timedelta(days=1))
    hall.do(hall.therapist, referral.record_visit_kept, made)
    hall.do(hall.pcp, referral.request_cancellation, made, reason_code="patient_asked")
    pump()
    assert numbers(receiver) == [str(n + 1) for n in range(len(numbers(receiver)))]
    states = list(Notice.objects.filter(subscription=mine).order_by("id").values_list("state", flat=True))
    assert states[-1] == "delivered"
    assert "left-out" in states[1:-1]
    assert set(Notice.objects.filter(subscription=theirs).values_list("state", flat=True)) == {"left-out"}
    assert {one["count"] for one in told(receiver) if "n" not in one} == {"0"}


def test_a_day_without_the_receiver_misses_nothing_and_gets_nothing_it_may_no_longer_have(hall, receiver):
    """The consent topic and a full referral: what was allowed when it happened and is not when it can be sent."""
    start = clock.now()
    row = subscribe(hall.therapist, receiver.address, content="full-resource")
    pump()
    receiver.status = 503
    made = hall.sent()
    second = town.new_patient(hall.pcp.organization_id)
    hidden = halls.Hall(**{**{f: getattr(hall, f) for f in hall.__dataclass_fields__}, "chart": second}).sent()
    for hours in range(0, 24, 2):
        with clock.stopped_at(start + timedelta(hours=hours, minutes=1)):
            pump()
    row.refresh_from_db()
    assert (row.state, row.error, row.delivered) == ("error", "status-503", 0)
    with connection.cursor() as opened:
        opened.execute("DELETE FROM consent_grant WHERE chart_id = %s AND grantee_org = %s",
                       [second, hall.therapist.organization_id])  # fmt: skip
    receiver.status = 200
    with clock.stopped_at(start + timedelta(hours=25)):
        pump()
    foci = {one["focus"]["reference"] for one in told(receiver) if one.get("focus")}
    assert foci == {f"{BASE}/ServiceRequest/{made.service_request_id}"}
    assert hidden.service_request_id not in json.dumps(receiver.got)
    got = [one["n"] for one in told(receiver) if "n" in one]
    assert got == [str(n + 1) for n in range(len(got))]
    row.refresh_from_db()
    assert (row.state, row.error, row.delivered) == ("active", "", len(got))
    assert not Notice.objects.filter(subscription=row, state="waiting").exists()


def test_what_was_delivered_and_may_no_longer_flow_is_not_told_again(hall, receiver):
    row = subscribe(hall.therapist, receiver.address)
    pump()
    hall.sent()
    pump()
    row.refresh_from_db()
    told_now, count = delivering.events_of(row, 1, None)
    assert [bool(one.reference) for one in told_now] == [True] * count != []
    with connection.cursor() as opened:
        opened.execute("DELETE FROM consent_grant WHERE grantee_org = %s", [hall.therapist.organization_id])
    told_now, again = delivering.events_of(row, 1, None)
    assert (again, [one.reference for one in told_now]) == (count, [""] * count)
    assert [one.number for one in delivering.events_of(row, 2, None)[0]] == list(range(2, count + 1))


def test_an_owner_who_left_is_told_nothing_more(hall, receiver):
    row = subscribe(hall.pcp, receiver.address)
    pump()
    hall.sent()
    PractitionerRole.objects.filter(practitioner_id=hall.pcp.practitioner_id).update(
        until_on=clock.today() - timedelta(days=1)
    )
    pump()
    row.refresh_from_db()
    assert (row.state, row.error, numbers(receiver)) == ("off", "owner", [])
    assert not Notice.objects.filter(state="waiting").exists()


def test_a_receiver_that_redirects_is_not_followed(hall, receiver):
    row = subscribe(hall.pcp, receiver.address)
    receiver.status = 302
    pump()
    row.refresh_from_db()
    assert (row.state, row.error, len(receiver.seen)) == ("requested", "status-302", 1)


def test_what_cannot_be_delivered_is_dead_in_view_and_is_sent_again_by_hand(hall, receiver, monkeypatch):
    monkeypatch.setattr(delivering, "MOST_ATTEMPTS", 2)
    row = subscribe(hall.pcp, receiver.address)
    pump()
    receiver.status = 500
    hall.sent()
    start = clock.now()
    for hours in range(1, 8):
        with clock.stopped_at(start + timedelta(hours=2 * hours)):
            pump()
    dead = list(Notice.objects.filter(state="dead").order_by("id"))
    assert [one.error for one in dead] == ["status-500"] * 2
    receiver.status = 200
    assert actions.send_again(dead[0].id, by=hall.pcp)
    assert not actions.send_again(dead[0].id, by=hall.pcp)
    with clock.stopped_at(start + timedelta(hours=20)):
        pump()
    row.refresh_from_db()
    assert (row.state, row.delivered, numbers(receiver)) == ("active", 1, ["1"])


def test_a_heartbeat_comes_when_nothing_else_did(hall, receiver):
    subscribe(hall.pcp, receiver.address, channel={
        "type": "rest-hook", "endpoint": receiver.address,
        "extension": [{"url": resources.HEARTBEAT, "valueUnsignedInt": 60}],
    })  # fmt: skip
    start = clock.now()
    for seconds in (0, 30, 61, 90, 125):
        with clock.stopped_at(start + timedelta(seconds=seconds)):
            pump()
    assert [one["type"] for one in told(receiver)] == ["handshake", "heartbeat", "heartbeat"]


def test_the_secret_of_a_receiver_is_sealed_sent_and_never_told(hall, receiver):
    channel = {"type": "rest-hook", "endpoint": receiver.address, "header": ["Authorization: Bearer SECRETWORD"]}
    row = subscribe(hall.pcp, receiver.address, channel=channel)
    pump()
    assert receiver.seen[0]["Authorization"] == "Bearer SECRETWORD"
    assert "SECRETWORD" not in row.headers
    assert "SECRETWORD" not in json.dumps(resources.subscription(row))


REFUSED = [
    ({"criteria": "https://elsewhere.example.org/topic"}, "Subscription.criteria"),
    ({"criteria": "Observation?code=1"}, "Subscription.criteria"),
    ({"reason": ""}, "Subscription"),
    ({"status": "error"}, "Subscription.status"),
    ({"channel": {"type": "sms", "endpoint": "tel:1"}}, "Subscription.channel.type"),
    ({"channel": {"type": "rest-hook", "endpoint": "https://10.0.0.1/"}}, "Subscription.channel.endpoint"),
    ({"channel": {"type": "rest-hook", "endpoint": "http://example.org/"}}, "Subscription.channel.endpoint"),
    ({"channel": {"type": "rest-hook", "endpoint": "https://example.org/", "header": ["Host: x"]}},
     "Subscription.channel.header"),
    ({"_criteria": {"extension": [{"url": resources.FILTER, "valueString": "ServiceRequest?code=1"}]}},
     "Subscription.criteria.extension"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "element"), REFUSED)
def test_what_is_not_offered_is_refused_by_its_element(settings, change, element):
    settings.OUTWARD_HOSTS = []
    with pytest.raises(asking.HallwayError) as caught:
        asking.parse(body("https://example.org/hook", **change))
    assert (caught.value.code, caught.value.field) == ("H-SUB-001", element)


def test_a_filter_for_a_hidden_patient_and_one_for_nobody_are_one_refusal(hall, receiver):
    from hallway.record import queries as record

    said = []
    for one in (record.patient_of(hall.chart), "01a00000-0000-7000-8000-000000000000", "x"):
        wanted = {"extension": [{"url": resources.FILTER, "valueString": f"ServiceRequest?patient=Patient/{one}"}]}
        with pytest.raises(asking.HallwayError) as caught:
            subscribe(hall.other, receiver.address, _criteria=wanted)
        said.append(str(caught.value))
    assert len(set(said)) == 1
    assert Subscription.objects.count() == 0


def test_a_consent_and_an_admission_are_told_to_who_may_know(hall, receiver):
    for topic in (topics.CONSENT, topics.ADMISSION):
        subscribe(hall.therapist, receiver.address, topic=topic)
        subscribe(hall.other, receiver.address, topic=topic)
    hall.sent()
    form = hall.consent_back()
    from hallway.labels.source import Source
    from hallway.record import queries as record

    patient = record.patient_of(hall.chart)
    stay = {"resourceType": "Encounter", "status": "in-progress", "subject": {"reference": f"Patient/{patient}"},
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"},
            "period": {"start": clock.now().isoformat()}}  # fmt: skip
    old = stay | {"period": {"start": "2001-01-01T10:00:00Z", "end": "2001-01-02"}, "status": "finished"}
    source = Source(hall.therapist.organization_id, hall.therapist.practitioner_id)
    for one in (stay, old):
        consent.store([json.dumps(one | {"id": resource_id()}).encode()], by=hall.therapist, source=source)
    pump()
    foci = sorted(one["focus"]["reference"].rpartition("/")[0] for one in told(receiver) if one.get("focus"))
    assert foci.count(f"{BASE}/Encounter") == 1
    assert Consent.objects.get(id=form).resource_id in json.dumps(told(receiver))
    theirs = Notice.objects.filter(subscription__organization_id=hall.other.organization_id)
    assert set(theirs.values_list("state", flat=True)) == {"left-out"}


def resource_id():
    from hallway import ids

    return str(ids.new_uuid(clock.now()))


class Program:
    """A program that a person let in, or that acts by itself; and a subscription it made with its token."""

    def __init__(self, hall, receiver, text, *, alone=False):
        self.hall, self.made = hall, None
        keyed = {"kind": "key", "jwks": Signer().jwks, "organization_id": int(hall.pcp.organization_id)}
        more = {"redirect_uris": (), **keyed} if alone else {"kind": "public", "redirect_uris": (BACK,)}
        self.said = Registration(name="Pocket", maker="Pocket People", scopes=text, **more)
        self.app = registering.register(self.said, by=AccountId(1)).app
        if alone:
            row = granting.system_grant(self.app, scopes.parse(text))
        else:
            self.account = identity.create_account("p@example.com", "P", practitioner_id=hall.pcp.practitioner_id)
            self.session = identity.open_verified(self.account)
            identity.wear(self.session.session_id, Hat(77, hall.pcp.role, hall.pcp.organization_id, "A practice"))
            row = self.let_in(text)
        asker = granted.requester_of(granting.issue(row, scopes.parse(text)).access)
        wanted = asking.parse(body(receiver.address, content="full-resource"))
        self.grant, self.row = row, actions.create(wanted, by=asker, base=BASE)

    def let_in(self, text, about=None):
        wanted, login = scopes.parse(text), queries.login_of(self.session.token)
        ask = granting.keep_ask(granting.Asked(self.app, BACK, wanted, "s" * 22, "c" * 43))
        code = granting.answer_yes(granted.ask_of(ask), login, wanted, about=about, fhir_user="")
        return granting.use_code(code, self.app).grant

    def state(self):
        """After one more step of a referral and its delivery."""
        if self.made is None:
            self.made = self.hall.sent()
        else:
            self.hall.do(self.hall.therapist, referral.accept_referral, self.made)
        pump()
        self.row.refresh_from_db()
        return self.row.state, self.row.error


def test_a_subscription_ends_with_the_grant_it_was_made_under_whatever_was_granted_since(hall, receiver):
    program = Program(hall, receiver, "user/*.cruds offline_access")
    pump()
    assert program.state() == ("active", "")
    program.let_in("user/Patient.rs offline_access")
    program.let_in("patient/*.cruds offline_access", granting.About(hall.chart, "x"))
    assert granting.end_grant(program.grant.id, "ended by the person")
    before = len(numbers(receiver))
    assert program.state() == ("off", "owner")
    assert (len(numbers(receiver)), delivering.events_of(program.row, 1, None)[0][0].reference) == (before, "")


def test_a_subscription_goes_on_under_another_grant_of_as_much(hall, receiver):
    program = Program(hall, receiver, "user/*.cruds offline_access")
    program.let_in("user/*.cruds offline_access")
    granting.end_grant(program.grant.id, "ended by the person")
    pump()
    assert program.state() == ("active", "")


def test_a_systems_subscription_ends_when_its_registration_is_lessened(hall, receiver):
    program = Program(hall, receiver, "system/*.rs", alone=True)
    pump()
    assert program.state() == ("active", "")
    registering.change(program.app.id, replace(program.said, scopes="system/Patient.rs"), expected_version=1)
    assert program.state() == ("off", "owner")
