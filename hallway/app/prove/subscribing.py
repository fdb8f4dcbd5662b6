"""Subscriptions of the cast: made and served before the worlds part, and asked about at the door afterwards."""

import json
import random
from collections.abc import Callable

from django.db.models import Q

from hallway.app.prove.cast import Cast
from hallway.app.prove.facts import new_id
from hallway.app.prove.shaped import Shaped
from hallway.app.wiring import LISTENERS_BY_EVENT
from hallway.exchange.subscriptions import actions, asking, delivering, hearing, resources
from hallway.exchange.subscriptions.delivering import Parcel
from hallway.exchange.subscriptions.tables.topics import TOPICS
from hallway.storage.connection import cursor

BASE = "http://127.0.0.1:8000/fhir"
OWNERS = ("pcp", "therapist")
HEARTBEAT = 3600
EVERY = Q()
"""Every channel: receivers of websockets are there, too, and take everything."""
_HEARD = {event.__name__: heard for event, heard in LISTENERS_BY_EVENT.items()}


def body(topic: str, content: str, *, patient: str = "", channel: str = "rest-hook") -> bytes:
    """A Subscription as a program would send it."""
    where = {"endpoint": "https://receiver.example.org/hook"} if channel == "rest-hook" else {}
    found: dict[str, object] = {
        "resourceType": "Subscription",
        "status": "requested",
        "reason": "To know in time",
        "criteria": TOPICS[topic].url,
        "channel": {
            "type": channel,
            **where,
            "extension": [{"url": resources.HEARTBEAT, "valueUnsignedInt": HEARTBEAT}],
            "payload": "application/fhir+json",
            "_payload": {"extension": [{"url": resources.CONTENT, "valueCode": content}]},
        },
    }
    if patient:
        wanted = f"{TOPICS[topic].focus}?patient=Patient/{patient}"
        found["_criteria"] = {"extension": [{"url": resources.FILTER, "valueString": wanted}]}
    return json.dumps(found).encode()


def subscribe(cast: Cast) -> None:
    """Each owner wants to know of everything."""
    for key in OWNERS:
        for topic in TOPICS:
            for channel in ("rest-hook", "websocket"):
                wanted = asking.parse(body(topic, "full-resource", channel=channel))
                row = actions.create(wanted, by=cast.callers[key], base=BASE)
                cast.know(f"subscription_of_{key}", row.id)
                cast.know(f"topic_of_{row.id}", row.topic)
                if channel == "websocket":
                    cast.know(f"socket_of_{key}", row.id)


def hear_all(*, backwards: bool = False) -> None:
    """Tell subscribers what was announced so far, or from the newest on; nobody else hears it here."""
    with cursor() as opened:
        rows = opened.execute("SELECT args FROM procrastinate_jobs WHERE task_name = 'hallway.heard' ORDER BY id")
        told = [row[0] for row in rows.fetchall()]
    for references in reversed(told) if backwards else told:
        for listener in _HEARD[references["event_type"]]:
            if listener.__module__ == hearing.__name__:
                listener(references)


def taken(_: Parcel) -> str:
    """A receiver that takes everything."""
    return ""


def serve(cast: Cast) -> None:
    """Subscriptions with some events delivered, so that there is something to ask about."""
    subscribe(cast)
    hear_all()
    delivering.send_due(send=taken, among=EVERY)


# Questions at the door -----------------------------------------------------------------------------------------------


def _own(cast: Cast, dice: random.Random) -> tuple[str, str]:
    """An owner and mostly one of their own; sometimes a colleague's, or none."""
    caller = dice.choice(OWNERS)
    roll = dice.random()
    if roll < 0.1:
        return caller, new_id()
    known = cast.known[f"subscription_of_{caller if roll < 0.85 else OWNERS[caller == OWNERS[0]]}"]
    return caller, dice.choice(known)


def one(cast: Cast, dice: random.Random) -> Shaped:
    """Reading one, or its status."""
    caller, key = _own(cast, dice)
    return Shaped({"id": key}, (caller,))


def token(cast: Cast, dice: random.Random) -> Shaped:
    """A token for one's own websocket; sometimes for what goes another way, is a colleague's, or is not there."""
    caller, key = _own(cast, dice)
    known = cast.known.get(f"socket_of_{caller}", [])
    return Shaped({"id": dice.choice(known) if known and dice.random() < 0.5 else key}, (caller,))


def token_of_all(cast: Cast, dice: random.Random) -> Shaped:
    """A token for all of one's own websockets, or for those that are named."""
    named = token(cast, dice)
    return Shaped({}, named.callers, query=dice.choice(("", f"id={named.values['id']}")))


def token_by_body(cast: Cast, dice: random.Random) -> Shaped:
    """The same by a body of Parameters."""
    named = token(cast, dice)
    sent = {"resourceType": "Parameters", "parameter": [{"name": "id", "valueId": named.values["id"]}]}
    return Shaped({}, named.callers, "POST", sent=json.dumps(sent).encode())


def token_by_post(cast: Cast, dice: random.Random) -> Shaped:
    """A token for one, by POST."""
    named = token(cast, dice)
    return Shaped(named.values, named.callers, "POST", sent=b'{"resourceType": "Parameters"}')


def events(cast: Cast, dice: random.Random) -> Shaped:
    """What was delivered since some number."""
    caller, key = _own(cast, dice)
    query = dice.choice(("", "eventsSinceNumber=1", "eventsSinceNumber=2&content=id-only", "content=empty"))
    return Shaped({"id": key}, (caller,), query=query)


def create(cast: Cast, dice: random.Random) -> Shaped:
    """A new one, for everybody, a known patient, a hidden one."""
    patients = ["", "", *cast.known["patient_id"], *cast.known.get("hidden_patient", []), new_id()]
    sent = body(dice.choice(sorted(TOPICS)), "id-only", patient=dice.choice(patients))
    return Shaped({}, (*OWNERS, "desk", "leader", "manager"), "POST", sent=sent)


def update(cast: Cast, dice: random.Random) -> Shaped:
    """One's own, told otherwise."""
    caller, key = _own(cast, dice)
    # From the cast, not from the database: a question is made outside the worlds, whose template nobody may be on.
    (topic,) = cast.known.get(f"topic_of_{key}", sorted(TOPICS)[:1])
    patients = ["", *cast.known["patient_id"], *cast.known.get("hidden_patient", [])]
    sent = body(topic, dice.choice(("empty", "id-only", "full-resource")), patient=dice.choice(patients))
    return Shaped({"id": key}, (caller,), "PUT", sent=sent)


def delete(cast: Cast, dice: random.Random) -> Shaped:
    """One's own is ended; rather somebody else's, or none, so that there is something left to ask about."""
    return Shaped({"id": new_id()}, OWNERS, "DELETE", sent=b" ")


SHAPED: dict[str, Callable[[Cast, random.Random], Shaped]] = {
    "fhir:/fhir/Subscription/{id}": one,
    "fhir:/fhir/Subscription/{id}/$status": one,
    "fhir:/fhir/Subscription/{id}/$events": events,
    "fhir:/fhir/Subscription/$get-ws-binding-token": token_of_all,
    "fhir:POST /fhir/Subscription/$get-ws-binding-token": token_by_body,
    "fhir:/fhir/Subscription/{id}/$get-ws-binding-token": token,
    "fhir:POST /fhir/Subscription/{id}/$get-ws-binding-token": token_by_post,
    "fhir:POST /fhir/Subscription": create,
    "fhir:PUT /fhir/Subscription/{id}": update,
    "fhir:DELETE /fhir/Subscription/{id}": delete,
}
"""Exits whose questions are made here."""
