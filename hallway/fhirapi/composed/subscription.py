"""``Subscription``: one's own, by the R4 backport 1.1.0; create to delete, ``$status``, ``$events``, tokens.

It is a table of its own and no resource of the record: nobody but its owner may know that it is there.
"""

import re
from datetime import UTC
from email.utils import format_datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from hallway import clock, ids
from hallway.errors import HallwayError, Kind
from hallway.exchange.subscriptions import actions, asking, binding, delivering, resources
from hallway.exchange.subscriptions.models import Subscription
from hallway.exchange.subscriptions.resources import Told
from hallway.fhirapi import bundles, plans
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused, resource_id
from hallway.fhirapi.search import answering as pages
from hallway.fhirapi.search import scoped
from hallway.fhirapi.writing import accepting, answering
from hallway.fhirapi.writing.transacting import whole

SEARCHED = ("_id", "status")
LARGEST = 32 * 1024
_NUMBER = re.compile(r"\d{1,9}")


class _Id(Struct, frozen=True, rename="camel", tag_field="name", tag="id"):
    value_id: str


class _Parameters(Struct, frozen=True, tag_field="resourceType", tag="Parameters"):
    parameter: tuple[_Id, ...] = ()


def create(asked: Asked) -> Answer:
    """``POST /fhir/Subscription``: 201 with its place. The handshake follows."""
    asked.only("_format", "_pretty")
    _require(asked, "c")
    wanted = _wanted(asked)
    row = whole(lambda: actions.create(wanted, by=asked.requester, base=asked.base), by=asked.requester)
    return _of_one(row, 201, (("Location", f"{asked.base}/Subscription/{row.id}/_history/{row.version}"),))


def read(asked: Asked) -> Answer:
    """``GET /fhir/Subscription/{id}``. Raises NOT_FOUND for any but one's own."""
    asked.only("_format", "_pretty")
    _require(asked, "r")
    return _of_one(_own(asked), 200)


def search(asked: Asked) -> Answer:
    """``GET /fhir/Subscription``: one's own, by ``status`` and ``_id`` where asked."""
    query = asked.only("_format", "_pretty", "_count", "_total", *SEARCHED)
    _require(asked, "s")
    found = actions.every_own(asked.requester)
    for values in query.get("status", []):
        found = [row for row in found if row.state in values.split(",")]
    for values in query.get("_id", []):
        found = [row for row in found if str(row.id) in values.split(",")]
    entries = [_found(asked, row) for row in found]
    return _bundle(asked, "Subscription", entries)


def update(asked: Asked) -> Answer:
    """``PUT /fhir/Subscription/{id}``. Raises PRECONDITION when If-Match names another version."""
    asked.only("_format", "_pretty")
    _require(asked, "u")
    wanted, row = _wanted(asked), _own(asked)
    answering.refuse_other_version(asked, str(row.version))
    return _of_one(whole(lambda: actions.update(row.id, wanted, by=asked.requester), by=asked.requester), 200)


def delete(asked: Asked) -> Answer:
    """``DELETE /fhir/Subscription/{id}``: 204, also for what is not there, or not one's own. Raises PRECONDITION."""
    asked.only("_format", "_pretty")
    _require(asked, "d")
    try:
        row = _own(asked)
        answering.refuse_other_version(asked, str(row.version))
        whole(lambda: actions.delete(row.id, by=asked.requester), by=asked.requester)
    except HallwayError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
    return Answer(204, b"")


def status(asked: Asked) -> Answer:
    """``$status`` of one: a searchset with its Parameters."""
    asked.only("_format", "_pretty")
    _require(asked, "r")
    return _bundle(asked, "Subscription/$status", [_status_of(_own(asked))])


def status_of_all(asked: Asked) -> Answer:
    """``$status`` of all of one's own, or of those whose ``id`` or ``status`` is named."""
    query = asked.only("_format", "_pretty", "id", "status")
    _require(asked, "r")
    rows = actions.every_own(asked.requester)
    rows = [row for row in rows if not query.get("id") or str(row.id) in query["id"]]
    rows = [row for row in rows if not query.get("status") or row.state in query["status"]]
    return _bundle(asked, "Subscription/$status", [_status_of(row) for row in rows])


def events(asked: Asked) -> Answer:
    """``$events``: what was delivered, from one number to another, each asked of the gate anew."""
    query = asked.only("_format", "_pretty", "eventsSinceNumber", "eventsUntilNumber", "content")
    _require(asked, "r")
    row = _own(asked)
    first, last = _number(query, "eventsSinceNumber"), _number(query, "eventsUntilNumber")
    since = 1 if first is None else first
    told, count = whole(lambda: delivering.events_of(row, since, last, asked.requester), by=asked.requester)
    row.content = _content(query, row)
    said = resources.status(row, "query-event", told, new_id=ids.new_uuid(clock.now()), count=count)
    return Answer(200, resources.notification(said, row, told, at=clock.now(), new_id=ids.new_uuid(clock.now())))


def binding_token(asked: Asked) -> Answer:
    """``$get-ws-binding-token`` of one."""
    asked.only("_format", "_pretty")
    _require(asked, "r")
    try:
        return _given(asked, [_id(asked)])
    except HallwayError as error:
        raise (plans.not_found() if error.kind is Kind.NOT_FOUND else error) from None


def binding_token_of_all(asked: Asked) -> Answer:
    """``$get-ws-binding-token`` of those whose ``id`` is named, else of all of one's own that go by websocket."""
    query = asked.only("_format", "_pretty", "id")
    _require(asked, "r")
    named = [*query.get("id", []), *_named(asked.body)]
    if len(named) > actions.MOST_OF_ONE_OWNER:
        raise refused("Too many subscriptions are named.")
    return _given(asked, [UUID(resource_id(one)) for one in named])


def _given(asked: Asked, wanted: list[UUID]) -> Answer:
    given = whole(lambda: binding.give(wanted, by=asked.requester, shown=asked.shown), by=asked.requester)
    address = binding.address(asked.base)
    told = resources.binding(
        token=given.token, ends_at=given.ends_at, subscriptions=given.subscriptions, address=address
    )
    return Answer(200, msgspec.json.encode(told))


def _named(body: bytes) -> list[str]:
    """The ids of a body of Parameters. Raises INCORRECT for another body."""
    if not body:
        return []
    try:
        return [one.value_id for one in msgspec.json.decode(body[:LARGEST], type=_Parameters).parameter]
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        raise refused("The parameters cannot be read.") from None


def _require(asked: Asked, verb: str) -> None:
    scoped.require(asked, "Subscription", verb)


def _wanted(asked: Asked) -> asking.Wanted:
    """What is wanted, once it is R4. Raises IssuesError for what R4 forbids."""
    if len(asked.body) > LARGEST:
        raise asking.refused("Subscription")
    accepting.read(asked.body, "Subscription")
    return asking.parse(asked.body)


def _id(asked: Asked) -> UUID:
    return UUID(asked.resource_id())


def _own(asked: Asked) -> Subscription:
    try:
        return actions.own(_id(asked), asked.requester)
    except HallwayError as error:
        raise (plans.not_found() if error.kind is Kind.NOT_FOUND else error) from None


def _of_one(row: Subscription, status: int, more: tuple[tuple[str, str], ...] = ()) -> Answer:
    headers = (
        ("ETag", f'W/"{row.version}"'),
        ("Last-Modified", format_datetime(row.updated_at.astimezone(UTC), usegmt=True)),
        *more,
    )
    return Answer(status, msgspec.json.encode(resources.subscription(row)), headers)


def _status_of(row: Subscription) -> bytes:
    said = resources.status(row, "query-status", list[Told](), new_id=ids.new_uuid(clock.now()))
    return bundles.entry(f"urn:uuid:{said['id']}", msgspec.json.encode(said), bundles.MATCH)


def _found(asked: Asked, row: Subscription) -> bytes:
    resource = msgspec.json.encode(resources.subscription(row))
    return bundles.entry(f"{asked.base}/Subscription/{row.id}", resource, bundles.MATCH)


def _bundle(asked: Asked, path: str, entries: list[bytes]) -> Answer:
    links = [("self", pages.address_of(asked, path, list(asked.query)))]
    return Answer(200, bundles.bundle("searchset", entries, total=len(entries), links=links))


def _number(query: dict[str, list[str]], name: str) -> int | None:
    values = query.get(name, [])
    if not values:
        return None
    if len(values) > 1 or not _NUMBER.fullmatch(values[0]):
        raise refused("A number of an event cannot be read.")
    return int(values[0])


def _content(query: dict[str, list[str]], row: Subscription) -> str:
    """As much as is asked for, and never more than the subscription holds."""
    order = list(Subscription.Content)
    values = query.get("content", [row.content])
    if len(values) > 1 or values[0] not in order:
        raise refused("The content that is asked for is none.")
    return min(values[0], row.content, key=[str(one) for one in order].index)
