"""Subscribers by websocket: a real client, bound by a token, told in order; and everything that ends or refuses one."""

import asyncio
import json
import threading
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from hallway import clock
from hallway.app import wiring
from hallway.exchange.subscriptions import actions, asking, binding, delivering, resources, sockets
from hallway.exchange.subscriptions.models import Binding, Notice, Subscription
from hallway.exchange.subscriptions.tables import topics
from hallway.fhirapi.tests import writers
from hallway.identity import actions as identity
from hallway.identity import granted, granting, keys, queries
from hallway.identity.requester import Role
from hallway.referral import actions as referral
from hallway.referral.tests import hall as halls
from hallway.standards.fhir import validation
from hallway.storage import connection
from hallway.storage.processes import wait_until
from tests.access.test_places import come_in
from tests.subscriptions.kit import hear
from tests.subscriptions.test_delivery import BASE, Program, body, nobody_signed_in

PATIENCE = 15


class Served:
    """The server of websockets, on a thread of its own."""

    def __init__(self):
        self.loop, self.port, self.hub = asyncio.new_event_loop(), 0, None
        self.ready, self.stopping = threading.Event(), asyncio.Event()
        self.thread = threading.Thread(target=self.loop.run_until_complete, args=(self.run(),), daemon=True)
        self.thread.start()
        assert self.ready.wait(PATIENCE)

    async def run(self):
        self.hub = sockets.Hub()
        async with sockets.opened(self.hub, "127.0.0.1", 0) as server:
            (self.port,) = (one.getsockname()[1] for one in server.sockets)
            watching = asyncio.create_task(self.hub.watch())
            self.ready.set()
            await self.stopping.wait()
            watching.cancel()

    def stop(self):
        self.loop.call_soon_threadsafe(self.stopping.set)
        self.thread.join(PATIENCE)
        self.hub.end()


@pytest.fixture
def served(fresh_db, monkeypatch):
    monkeypatch.setattr(sockets, "STANDING_SECONDS", 0.2)
    monkeypatch.setattr(sockets, "LOOK_SECONDS", 0.2)
    found = Served()
    yield found
    found.stop()


@pytest.fixture
def hall(fresh_db):
    wiring.connect()
    return halls.build()


class Person:
    """Somebody who works at a practice, signed in, with a subscription by websocket."""

    def __init__(self, who, role, **more):
        token = come_in(who, role).cookies["hallway_session"].value
        self.login = queries.login_of(token)
        self.who, self.shown, self.bearer = self.login.requester, keys.token_hash(token), token
        self.row = subscribe(self.who, **more)

    def token(self, *wanted):
        return binding.give(wanted or [self.row.id], by=self.who, shown=self.shown).token


def subscribe(who, **more):
    channel = {"type": "websocket", "payload": resources.FHIR_JSON}
    channel |= more.pop("channel", {})
    content = {"extension": [{"url": resources.CONTENT, "valueCode": more.pop("content", "id-only")}]}
    return actions.create(asking.parse(body("", channel=channel | {"_payload": content}, **more)), by=who, base=BASE)


def opened(served, token=None):
    found = connect(f"ws://127.0.0.1:{served.port}{binding.PATH}", open_timeout=PATIENCE)
    if token is not None:
        found.send(f"bind-with-token {token}")
    return found


def heard(wire, count):
    """The next notifications: type, number and focus of each."""
    found = []
    for _ in range(count):
        bundle = json.loads(wire.recv(timeout=PATIENCE))
        assert [str(one) for one in validation.validate(bundle) if one.severity in {"error", "fatal"}] == []
        said = {one["name"]: one for one in bundle["entry"][0]["resource"]["parameter"]}
        event = {one["name"]: one for one in said.get("notification-event", {"part": []})["part"]}
        number = (
            event["event-number"]["valueString"] if event else said["events-since-subscription-start"]["valueString"]
        )
        focus = event.get("focus", {}).get("valueReference", {}).get("reference", "").rpartition("/")[2]
        found.append((said["type"]["valueCode"], number, focus))
    return found


def ended(wire):
    """The code with which the server ended the connection."""
    with pytest.raises(ConnectionClosed) as caught:
        list(iter(lambda: wire.recv(timeout=PATIENCE), None))
    return caught.value.rcvd.code


def silent(wire):
    with pytest.raises(TimeoutError):
        wire.recv(timeout=0.6)
    return True


def test_a_bound_receiver_shakes_hands_and_is_told_each_step_in_order_at_once(served, hall):
    mine = Person(hall.pcp, Role.PCP)
    with opened(served, mine.token()) as wire:
        assert heard(wire, 1) == [("handshake", "0", "")]
        made = hall.sent()
        hear()
        request = made.service_request_id
        assert heard(wire, 2) == [("event-notification", "1", request), ("event-notification", "2", request)]
        assert delivered(mine) == (2, "active")


def delivered(person):
    """How much was delivered, once nothing waits any more, and how the subscription stands."""
    waiting = Notice.objects.filter(subscription=person.row, state="waiting")
    assert wait_until(lambda: not waiting.exists(), PATIENCE)
    person.row.refresh_from_db()
    return person.row.delivered, person.row.state


def test_whoever_was_away_for_a_day_gets_what_it_missed_and_nothing_it_may_no_longer_have(served, hall):
    """Two patients' referrals; the right to one of them ends before the receiver is back."""
    from hallway.consent.tests import town

    mine = Person(hall.therapist, Role.THERAPIST, content="full-resource")
    with clock.stopped_at(clock.now() - timedelta(days=1)):
        made = hall.sent()
        second = town.new_patient(hall.pcp.organization_id)
        hidden = replace(hall, chart=second).sent()
        hear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM consent_grant WHERE chart_id = %s AND grantee_org = %s",
                       [second, hall.therapist.organization_id])  # fmt: skip
    waiting = Notice.objects.filter(subscription=mine.row, state="waiting").count()
    with opened(served, mine.token()) as wire:
        told = heard(wire, 1 + waiting // 2)
        assert silent(wire)
        assert delivered(mine) == (len(told) - 1, "active")
    assert [one[1] for one in told] == [str(n) for n in range(len(told))]
    assert {one[2] for one in told[1:]} == {made.service_request_id} != {hidden.service_request_id}
    with opened(served, mine.token()) as wire:
        assert heard(wire, 1) == [("handshake", str(len(told) - 1), "")]
        assert silent(wire), "what was taken is not told again"


def test_a_right_that_ends_between_event_and_delivery_leaves_no_trace(served, hall):
    mine = Person(hall.therapist, Role.THERAPIST)
    with opened(served, mine.token()) as wire:
        assert heard(wire, 1) == [("handshake", "0", "")]
        made = hall.sent()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM consent_grant WHERE grantee_org = %s", [hall.therapist.organization_id])
        hear()
        assert silent(wire)
        assert made.service_request_id
    assert delivered(mine) == (0, "active")
    assert set(Notice.objects.filter(subscription=mine.row).values_list("state", flat=True)) == {"left-out"}


def test_what_the_receiver_did_not_take_has_no_number_and_comes_again(served, hall, monkeypatch):
    monkeypatch.setattr(sockets, "TAKEN_SECONDS", 0.3)
    mine = Person(hall.pcp, Role.PCP)
    wire = opened(served, mine.token())
    assert heard(wire, 1) == [("handshake", "0", "")]
    # A receiver that hangs: nothing is read and no ping is answered.
    wire.protocol.receive_data = lambda data: None
    hall.sent()
    hear()
    assert Subscription.objects.get().delivered == 0
    wire.socket.close()
    with opened(served, mine.token()) as again:
        assert [one[1] for one in heard(again, 3)] == ["0", "1", "2"]


def test_a_heartbeat_comes_when_nothing_else_did(served, hall, monkeypatch):
    monkeypatch.setattr(asking, "LEAST_HEARTBEAT", 1)
    beat = {"extension": [{"url": resources.HEARTBEAT, "valueUnsignedInt": 1}]}
    mine = Person(hall.pcp, Role.PCP, channel=beat)
    with opened(served, mine.token()) as wire:
        assert [one[0] for one in heard(wire, 3)] == ["handshake", "heartbeat", "heartbeat"]


def test_a_token_serves_once_and_only_while_it_lives(served, hall):
    mine = Person(hall.pcp, Role.PCP)
    token, late = mine.token(), mine.token()
    with opened(served, token) as wire:
        heard(wire, 1)
        Binding.objects.filter(token_hash=keys.token_hash(late)).update(ends_at=clock.now())
        for wrong in (token, late, "x" * 43, "", "é"):
            assert ended(opened(served, wrong)) == 1008
    other = opened(served)
    other.send("hello")
    assert ended(other) == 1008
    other = opened(served)
    other.send(b"\x00\x01")
    assert ended(other) == 1008
    other = opened(served)
    other.send("bind-with-token " + "x" * 2000)
    assert ended(other) == 1009


def test_a_binding_ends_with_its_token_and_is_renewed_on_the_same_connection(served, hall):
    mine = Person(hall.pcp, Role.PCP)
    with opened(served, mine.token()) as wire:
        heard(wire, 1)
        first = Binding.objects.get()
        wire.send(f"bind-with-token {mine.token()}")
        assert heard(wire, 1) == [("handshake", "0", "")]
        Binding.objects.filter(id=first.id).update(ends_at=clock.now())
        assert silent(wire)
        Binding.objects.update(ends_at=clock.now())
        assert ended(wire) == 1008


def test_the_newer_of_two_connections_holds_the_subscription(served, hall):
    mine = Person(hall.pcp, Role.PCP)
    with opened(served, mine.token()) as old:
        heard(old, 1)
        with opened(served, mine.token()) as new:
            heard(new, 1)
            assert ended(old) == 1008
            hall.sent()
            hear()
            assert [one[1] for one in heard(new, 2)] == ["1", "2"]


def test_the_stream_ends_with_the_session_the_role_or_the_subscription(served, hall):
    from hallway.directory.models import PractitionerRole

    mine, theirs = Person(hall.pcp, Role.PCP), Person(hall.therapist, Role.THERAPIST)
    with opened(served, mine.token()) as wire:
        heard(wire, 1)
        identity.sign_out(mine.login.session_id)
        assert ended(wire) == 1008
    with opened(served, theirs.token()) as wire:
        heard(wire, 1)
        actions.delete(theirs.row.id, by=theirs.who)
        assert ended(wire) == 1008
    theirs.row = subscribe(theirs.who)
    with opened(served, theirs.token()) as wire:
        heard(wire, 1)
        hall.sent()
        PractitionerRole.objects.filter(practitioner_id=hall.therapist.practitioner_id).update(
            until_on=clock.today() - timedelta(days=1)
        )
        hear()
        assert ended(wire) == 1008
    theirs.row.refresh_from_db()
    assert theirs.row.delivered == 0


def test_a_programs_stream_ends_with_its_grant_and_a_lesser_token_cannot_bind(served, hall):
    program = Program(
        hall, type("Nowhere", (), {"address": "https://receiver.example.org/"}), "user/*.cruds offline_access"
    )
    issued = granting.issue(program.grant, granted.scopes.parse("user/*.cruds"))
    asker = granted.requester_of(issued.access)
    row = subscribe(asker)
    lesser = granting.issue(program.grant, granted.scopes.parse("user/Subscription.rs user/Patient.rs")).access
    with pytest.raises(binding.HallwayError) as caught:
        binding.give([row.id], by=granted.requester_of(lesser), shown=keys.token_hash(lesser))
    assert caught.value.code == "H-SUB-008"
    given = binding.give([row.id], by=asker, shown=keys.token_hash(issued.access))
    assert given.ends_at <= granted.ends_at(keys.token_hash(issued.access))
    with opened(served, given.token) as wire:
        heard(wire, 1)
        assert granting.end_grant(program.grant.id, "ended by the person")
        assert ended(wire) == 1008


def test_who_opens_without_a_token_elsewhere_too_often_or_without_tls_is_refused(served, hall, monkeypatch, settings):
    monkeypatch.setattr(sockets, "UNBOUND_SECONDS", 0.3)
    assert ended(opened(served)) == 1008
    with pytest.raises(InvalidStatus) as caught:
        connect(f"ws://127.0.0.1:{served.port}/fhir")
    assert caught.value.response.status_code == 404
    mine = Person(hall.pcp, Role.PCP)
    monkeypatch.setattr(sockets, "MOST_OF_ONE_OWNER", 1)
    second = subscribe(mine.who)
    with opened(served, mine.token()) as wire:
        heard(wire, 1)
        assert ended(opened(served, mine.token(second.id))) == 1013
        monkeypatch.setattr(sockets, "MOST", 1)
        with pytest.raises(InvalidStatus) as caught:
            opened(served)
        assert caught.value.response.status_code == 503
    monkeypatch.setattr(sockets, "MOST", 9)
    settings.BEHIND_TLS = True
    with pytest.raises(InvalidStatus) as caught:
        opened(served)
    assert caught.value.response.status_code == 403


def test_strangers_take_each_others_place_and_nobody_elses(served, hall, monkeypatch):
    monkeypatch.setattr(sockets, "MOST_UNBOUND", 2)
    mine = Person(hall.pcp, Role.PCP)
    with opened(served, mine.token()) as wire:
        heard(wire, 1)
        strangers = [opened(served) for _ in range(4)]
        assert [ended(one) for one in strangers[:2]] == [1013, 1013]
        second = subscribe(mine.who)
        with opened(served, mine.token(second.id)) as another:
            heard(another, 1)
            hall.sent()
            hear()
            heard(wire, 2)
        for one in strangers:
            one.close()


def test_a_teller_goes_on_when_the_database_went_away_while_it_looked_who_stands(served, hall, monkeypatch):
    mine = Person(hall.pcp, Role.PCP)
    second = subscribe(mine.who)
    with opened(served, mine.token()) as wire:
        heard(wire, 1)
        wire.send(f"bind-with-token {mine.token(second.id)}")
        heard(wire, 1)
        standing, next_parcel, once = (
            binding.standing,
            binding.next_parcel,
            [psycopg.OperationalError, binding.EndedError],
        )

        def looked(ids):
            if len(once) == 1:
                raise once.pop()
            return standing(ids)

        def next_of(binding_id):
            if len(once) == 2:
                raise once.pop()
            return next_parcel(binding_id)

        monkeypatch.setattr(binding, "standing", looked)
        monkeypatch.setattr(binding, "next_parcel", next_of)
        hall.sent()
        hear()
        heard(wire, 2)


def test_the_door_gives_tokens_for_ones_own_websockets_alone(hall, settings):
    settings.SOCKET_PORT = 9009
    mine, theirs = Person(hall.pcp, Role.PCP), Person(hall.therapist, Role.THERAPIST)
    hook = actions.create(asking.parse(body("https://receiver.example.org/hook")), by=mine.who, base=BASE)

    def ask(person, path, sent=None, query=""):
        address = f"/fhir/Subscription{path}/$get-ws-binding-token{query and '?'}{query}"
        return writers.send("GET" if sent is None else "POST", address, sent, AUTHORIZATION=f"Bearer {person.bearer}")

    named = {"resourceType": "Parameters", "parameter": [{"name": "id", "valueId": str(mine.row.id)}]}
    for found in (
        ask(mine, ""),
        ask(mine, f"/{mine.row.id}"),
        ask(mine, "", named),
        ask(mine, "", query=f"id={mine.row.id}"),
    ):
        assert found.status == 200, found.body
        assert [one for one in validation.validate(found.json) if one.severity in {"error", "fatal"}] == []
        told = {one["name"]: one for one in found.json["parameter"]}
        assert told["subscription"]["valueString"] == str(mine.row.id)
        assert told["websocket-url"]["valueUrl"].endswith(":9009/fhir/ws")
        assert told["websocket-url"]["valueUrl"].startswith("ws://")
    unknown = "01a00000-0000-7000-8000-000000000000"
    for path, query in (("/{}", ""), ("", "id={}")):
        hidden, nobodys = (ask(theirs, path.format(key), query=query.format(key)) for key in (mine.row.id, unknown))
        assert (hidden.status, hidden.body) == (nobodys.status, nobodys.body)
        assert hidden.status == 404
    assert ask(mine, f"/{hook.id}").status == 422
    assert ask(mine, "", {"resourceType": "Parameters", "parameter": [{"name": "x"}]}).status == 400
    binding.Binding.objects.all().delete()
    for _ in range(binding.MOST_TOKENS):
        mine.token()
    assert ask(mine, "").status == 429


def test_an_address_is_told_as_the_caller_knows_the_door(settings):
    settings.SOCKET_PORT, settings.BEHIND_TLS = 9009, True
    assert binding.address("https://chart.example.org/fhir") == "wss://chart.example.org/fhir/ws"
    settings.BEHIND_TLS = False
    assert binding.address("http://127.0.0.1:8000/fhir") == "ws://127.0.0.1:9009/fhir/ws"
    assert binding.address("http://[::1]:8000/fhir") == "ws://[::1]:9009/fhir/ws"
    settings.SOCKET_PORT = 0
    assert binding.address("http://127.0.0.1:8000/fhir") == "ws://127.0.0.1:8000/fhir/ws"


def test_the_worker_sends_nothing_that_waits_for_a_websocket(hall):
    row = subscribe(nobody_signed_in(hall.pcp), topic=topics.REFERRAL)
    made = hall.sent()
    hear()
    hall.do(hall.therapist, referral.accept_referral, made)
    assert delivering.send_due(send=lambda parcel: "") == 0
    assert Notice.objects.filter(subscription=row, state="waiting").exists()
