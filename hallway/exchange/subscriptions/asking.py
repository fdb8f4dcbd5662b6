"""A Subscription as it is sent, parsed at the edge: the backport's profile, and no more than is offered here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from hallway.errors import HallwayError, Kind
from hallway.exchange import mail, outward
from hallway.exchange.subscriptions import resources
from hallway.exchange.subscriptions.models import Subscription
from hallway.exchange.subscriptions.tables import topics

MOST_HEADERS = 5
LONGEST_HEADER = 1000
LONGEST_REASON = 200
LEAST_HEARTBEAT, LONGEST_HEARTBEAT = 60, 24 * 3600
_Word = Annotated[str, Meta(max_length=300)]


class _Extension(Struct, frozen=True, rename="camel"):
    url: _Word = ""
    value_code: _Word = ""
    value_string: _Word = ""
    value_unsigned_int: int = 0


class _Extended(Struct, frozen=True):
    extension: tuple[_Extension, ...] = ()

    def of(self, url: str) -> list[_Extension]:
        """The extensions of one kind."""
        return [one for one in self.extension if one.url == url]


class _Channel(Struct, frozen=True):
    type: _Word
    endpoint: _Word = ""
    payload: _Word = ""
    beside: _Extended = msgspec.field(name="_payload", default=_Extended())
    header: Annotated[tuple[Annotated[str, Meta(max_length=LONGEST_HEADER)], ...], Meta(max_length=MOST_HEADERS)] = ()
    extension: tuple[_Extension, ...] = ()


class _Sent(Struct, frozen=True, rename="camel"):
    resource_type: str
    status: _Word
    reason: Annotated[str, Meta(min_length=1, max_length=LONGEST_REASON)]
    criteria: _Word
    channel: _Channel
    beside: _Extended = msgspec.field(name="_criteria", default=_Extended())
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to be told. ``patient_id`` as it was sent; ``headers`` as the receiver wants them."""

    topic: str
    patient_id: str
    channel: str
    content: str
    endpoint: str
    headers: tuple[str, ...]
    reason: str
    heartbeat_seconds: int
    ends_at: datetime | None
    is_off: bool


def parse(body: bytes) -> Wanted:
    """What is wanted. Raises H-SUB-001 by the element that is not offered or not of its shape; repeats nothing sent."""
    try:
        sent = msgspec.json.decode(body, type=_Sent)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise refused("Subscription") from error
    if sent.resource_type != "Subscription":
        raise refused("resourceType")
    topic = topics.by_url(sent.criteria)
    if topic is None:
        raise refused("Subscription.criteria")
    if sent.status not in {Subscription.State.REQUESTED, Subscription.State.ACTIVE, Subscription.State.OFF}:
        raise refused("Subscription.status")
    if sent.end is not None and sent.end.tzinfo is None:
        raise refused("Subscription.end")
    return Wanted(
        topic=topic.id,
        patient_id=_patient(sent, topic),
        channel=sent.channel.type,
        content=_content(sent.channel),
        endpoint=_endpoint(sent.channel),
        headers=_headers(sent.channel),
        reason=_printable(sent.reason),
        heartbeat_seconds=_heartbeat(sent.channel),
        ends_at=sent.end,
        is_off=sent.status == Subscription.State.OFF,
    )


def _patient(sent: _Sent, topic: topics.Topic) -> str:
    """The one patient of the filter, or empty for all. A filter that is passed over would tell more than was wanted."""
    filters = sent.beside.of(resources.FILTER)
    if not filters:
        return ""
    start = f"{topic.focus}?patient="
    if len(filters) > 1 or not filters[0].value_string.startswith(start):
        raise refused("Subscription.criteria.extension")
    return filters[0].value_string.removeprefix(start).removeprefix("Patient/")


def _content(channel: _Channel) -> str:
    """How much is told. A mail says that something waits, and no more: it is read by whoever carries it."""
    found = channel.beside.of(resources.CONTENT)
    code = found[0].value_code if len(found) == 1 else Subscription.Content.EMPTY if not found else ""
    is_mail = channel.type == Subscription.Channel.MAIL
    if code not in ({Subscription.Content.EMPTY} if is_mail else set(Subscription.Content)):
        raise refused("Subscription.channel.payload.extension")
    if channel.payload not in ({"", resources.PLAIN} if is_mail else {"", resources.FHIR_JSON, "application/json"}):
        raise refused("Subscription.channel.payload")
    return code


def _endpoint(channel: _Channel) -> str:
    if channel.type not in _ENDPOINTS:
        raise refused("Subscription.channel.type")
    return _ENDPOINTS[channel.type](channel.endpoint)


def _hook(endpoint: str) -> str:
    try:
        outward.check(endpoint)
    except outward.OutwardError:
        raise refused("Subscription.channel.endpoint") from None
    return endpoint


def _socket(endpoint: str) -> str:
    """None: the receiver opens the connection, and is told where when it asks for a token."""
    if endpoint:
        raise refused("Subscription.channel.endpoint")
    return ""


def _mail(endpoint: str) -> str:
    if not mail.is_offered():
        raise refused("Subscription.channel.type")
    address = endpoint.removeprefix("mailto:")
    if not mail.is_address(address):
        raise refused("Subscription.channel.endpoint")
    return address


_ENDPOINTS: dict[str, Callable[[str], str]] = {
    Subscription.Channel.HOOK: _hook,
    Subscription.Channel.SOCKET: _socket,
    Subscription.Channel.MAIL: _mail,
}


def _headers(channel: _Channel) -> tuple[str, ...]:
    if channel.header and channel.type != Subscription.Channel.HOOK:
        raise refused("Subscription.channel.header")
    for one in channel.header:
        name, _, value = one.partition(":")
        # Only what lets the receiver know us: another field could change what is sent, or to whom.
        if name.strip().lower() != "authorization" or not value.strip() or not one.isprintable() or not one.isascii():
            raise refused("Subscription.channel.header")
    return channel.header


def _heartbeat(channel: _Channel) -> int:
    """Seconds between signs of life, 0 for none. A mail that only says that nothing happened is not sent."""
    found = [one.value_unsigned_int for one in channel.extension if one.url == resources.HEARTBEAT]
    seconds = found[0] if found else 0
    least = LEAST_HEARTBEAT if channel.type != Subscription.Channel.MAIL else LONGEST_HEARTBEAT + 1
    if seconds and not least <= seconds <= LONGEST_HEARTBEAT:
        raise refused("Subscription.channel.extension")
    return seconds


def _printable(text: str) -> str:
    if not text.isprintable():
        raise refused("Subscription.reason")
    return text


def refused(element: str) -> HallwayError:
    """What is not offered, or not of its shape."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-SUB-001",
        what="An element of the Subscription is missing, not of its shape, or asks for what is not offered here.",
        undone="Nothing was subscribed to.",
        to_do="Compare it with the documentation: topics, channels and their addresses, content.",
        field=element,
    )
