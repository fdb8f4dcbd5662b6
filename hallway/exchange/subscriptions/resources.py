"""Subscriptions and their notifications as R4 resources, by the backport guide 1.1.0. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from hallway.exchange.decisions.resources import Json
from hallway.exchange.subscriptions.models import Subscription
from hallway.exchange.subscriptions.tables.topics import TOPICS
from hallway.record.stored import Stored

GUIDE = "http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/"
CONTENT, FILTER, HEARTBEAT = (
    f"{GUIDE}{name}" for name in ("backport-payload-content", "backport-filter-criteria", "backport-heartbeat-period")
)
FHIR_JSON, PLAIN = "application/fhir+json", "text/plain"
HIDDEN_HEADER = "Authorization: ***"


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a notification. ``reference`` is empty where it is not told; ``focus`` only with full content."""

    number: int
    at: datetime
    reference: str = ""
    focus: Stored | None = None


def instant(at: datetime) -> str:
    """As FHIR writes an instant."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def subscription(row: Subscription) -> Json:
    """The resource as its owner reads it. What was sent as a header is not told again."""
    is_mail = row.channel == Subscription.Channel.MAIL
    channel: Json = {
        "type": row.channel,
        "payload": PLAIN if is_mail else FHIR_JSON,
        "_payload": {"extension": [{"url": CONTENT, "valueCode": row.content}]},
    }
    if row.endpoint:
        channel["endpoint"] = f"mailto:{row.endpoint}" if is_mail else row.endpoint
    if row.headers:
        channel["header"] = [HIDDEN_HEADER]
    if row.heartbeat_seconds:
        channel["extension"] = [{"url": HEARTBEAT, "valueUnsignedInt": row.heartbeat_seconds}]
    topic = TOPICS[row.topic]
    found: Json = {
        "resourceType": "Subscription",
        "id": str(row.id),
        "meta": {
            "versionId": str(row.version),
            "lastUpdated": instant(row.updated_at),
            "profile": [f"{GUIDE}backport-subscription"],
        },
        "status": row.state,
        "reason": row.reason,
        "criteria": topic.url,
        "channel": channel,
    }
    if row.patient_id:
        wanted = f"{topic.focus}?patient=Patient/{row.patient_id}"
        found["_criteria"] = {"extension": [{"url": FILTER, "valueString": wanted}]}
    if row.error:
        found["error"] = f"The receiver could not be reached ({row.error})."
    if row.ends_at:
        found["end"] = instant(row.ends_at)
    return found


def status(row: Subscription, kind: str, told: Sequence[Told], *, new_id: UUID, count: int | None = None) -> Json:
    """The status of a subscription as the Parameters of the guide; ``count`` is how many events there were."""
    parameters: list[Json] = [
        {"name": "subscription", "valueReference": {"reference": f"{row.base}/Subscription/{row.id}"}},
        {"name": "topic", "valueCanonical": TOPICS[row.topic].url},
        {"name": "status", "valueCode": row.state},
        {"name": "type", "valueCode": kind},
        {"name": "events-since-subscription-start", "valueString": str(row.delivered if count is None else count)},
        *(_event(row, one) for one in told),
    ]
    if row.error:
        parameters.append({"name": "error", "valueCodeableConcept": {"text": row.error}})
    return {
        "resourceType": "Parameters",
        "id": str(new_id),
        "meta": {"profile": [f"{GUIDE}backport-subscription-status-r4"]},
        "parameter": parameters,
    }


def _event(row: Subscription, one: Told) -> Json:
    parts: list[Json] = [
        {"name": "event-number", "valueString": str(one.number)},
        {"name": "timestamp", "valueInstant": instant(one.at)},
    ]
    if one.reference and row.content != Subscription.Content.EMPTY:
        parts.append({"name": "focus", "valueReference": {"reference": f"{row.base}/{one.reference}"}})
    return {"name": "notification-event", "part": parts}


def binding(*, token: str, ends_at: datetime, subscriptions: Sequence[str], address: str) -> Json:
    """What a receiver needs to open its websocket, as the Parameters of ``$get-ws-binding-token``."""
    return {
        "resourceType": "Parameters",
        "parameter": [
            {"name": "token", "valueString": token},
            {"name": "expiration", "valueDateTime": instant(ends_at)},
            *({"name": "subscription", "valueString": one} for one in subscriptions),
            {"name": "websocket-url", "valueUrl": address},
        ],
    }


def notification(said: Json, row: Subscription, told: Sequence[Told], *, at: datetime, new_id: UUID) -> bytes:
    """The Bundle of a notification: its status first, then what it is about, as much as was asked for."""
    address = f"{row.base}/Subscription/{row.id}/$status"
    entries: list[Json] = [
        {
            "fullUrl": f"urn:uuid:{said['id']}",
            "resource": said,
            "request": {"method": "GET", "url": address},
            "response": {"status": "200"},
        }
    ]
    entries += [_entry(row, one) for one in told if one.reference and row.content != Subscription.Content.EMPTY]
    bundle: Json = {
        "resourceType": "Bundle",
        "id": str(new_id),
        "meta": {"profile": [f"{GUIDE}backport-subscription-notification-r4"]},
        "type": "history",
        "timestamp": instant(at),
        "entry": entries,
    }
    return msgspec.json.encode(bundle)


def _entry(row: Subscription, one: Told) -> Json:
    found: Json = {"fullUrl": f"{row.base}/{one.reference}"}
    if one.focus is not None and row.content == Subscription.Content.FULL:
        found["resource"] = msgspec.Raw(one.focus.json_bytes())
    return found | {"request": {"method": "PUT", "url": one.reference}, "response": {"status": "200"}}


def letter(row: Subscription, count: int) -> tuple[str, str]:
    """Subject and text of a mail. It names nobody, no topic and nothing that its owner wrote: mail is open to many."""
    place = row.base.removesuffix("/fhir") + "/"
    if not count:
        return "Hallway will write to you", f"You asked Hallway to write when something waits for you.\n\n{place}\n"
    much = "Something waits" if count == 1 else f"{count} things wait"
    more = f"{row.base}/Subscription/{row.id}/$events?eventsSinceNumber={row.delivered + 1}"
    text = f"{much} for you in Hallway. Sign in to see what: a mail never says.\n\n{place}\n\nFor programs: {more}\n"
    return "Something waits for you in Hallway", text
