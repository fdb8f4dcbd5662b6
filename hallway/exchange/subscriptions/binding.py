"""Tokens that bind a websocket to subscriptions, and what is bound by one: for whom, and for how much longer.

A binding is worth what the credential is worth that was shown for it: looked up anew at each delivery, so that an ended
grant, token, session or role ends the stream. Whoever binds a subscription anew takes it from the former connection.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.conf import settings
from django.db.models import Q

from hallway import clock, ids
from hallway.errors import HallwayError, Kind
from hallway.exchange.subscriptions import delivering, owners
from hallway.exchange.subscriptions.delivering import Parcel
from hallway.exchange.subscriptions.models import Binding, Subscription
from hallway.identity import granted, keys
from hallway.identity import queries as logins
from hallway.identity.requester import Requester, owner_of
from hallway.ledger import lines
from hallway.storage.connection import take_turns, transaction

LIFE = timedelta(minutes=10)
"""How long a token serves, and what is bound by it. A receiver binds anew, on the same connection, before that."""
MOST_TOKENS = 40
"""Of one owner at a time."""
PATH = "/fhir/ws"
_SOCKETS = Q(channel=Subscription.Channel.SOCKET) & ~Q(state=Subscription.State.OFF)


@dataclass(frozen=True, slots=True)
class Given:
    """A token as it is told once, until when it serves, and for which subscriptions."""

    token: str
    ends_at: datetime
    subscriptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bound:
    """What a connection holds: a binding, whose it is, and until when."""

    id: UUID
    owner: str
    ends_at: datetime


class EndedError(Exception):
    """Nobody stands behind a binding any more."""


def address(base: str) -> str:
    """Where a websocket is opened, for whoever calls the FHIR door at ``base``: over TLS where that is."""
    scheme, _, rest = base.removesuffix("/fhir").partition("://")
    if settings.SOCKET_PORT and not settings.BEHIND_TLS:
        host = rest if rest.endswith("]") or ":" not in rest else rest.rpartition(":")[0]
        rest = f"{host}:{settings.SOCKET_PORT}"
    return f"{'wss' if scheme == 'https' else 'ws'}://{rest}{PATH}"


def give(wanted: Iterable[UUID], *, by: Requester, shown: bytes) -> Given:
    """A token for some of one's own subscriptions, or for all of them that go by websocket.

    Raises NOT_FOUND for one that is not there or another's, FORBIDDEN where the token shown opens less than what was
    subscribed with, UNPROCESSABLE where none goes by websocket, TOO_MANY.
    """
    if not owners.may_subscribe(by):
        raise _not_there()
    owner, now, keys_wanted = owner_of(by), clock.now(), set(wanted)
    with transaction():
        take_turns(f"subscriptions {owner}")
        rows = Subscription.objects.filter(owner=owner).order_by("created_at", "id")
        if keys_wanted:
            rows = list(rows.filter(id__in=keys_wanted))
        else:
            rows = [row for row in rows.filter(_SOCKETS) if _opens(by, row)]
        if len(rows) < len(keys_wanted):
            raise _not_there()
        _check(rows, by)
        Binding.objects.filter(ends_at__lte=now).delete()
        if Binding.objects.filter(owner=owner).count() >= MOST_TOKENS:
            raise _too_many()
        token, told = keys.new_token(), tuple(str(row.id) for row in rows)
        made = Binding.objects.create(
            id=ids.new_uuid(now),
            token_hash=keys.token_hash(token),
            owner=owner,
            shown_hash=shown,
            is_program=bool(by.app),
            subscriptions=told,
            created_at=now,
            ends_at=min(now + LIFE, _end_of(shown, by)),
        )
        lines.write(lines.step_line(by, "subscription.token", charts=_charts(rows), detail=f"{len(told)}"))
    return Given(token, made.ends_at, told)


def _charts(rows: Sequence[Subscription]) -> list[int]:
    return sorted({row.chart_id for row in rows if row.chart_id})


def _check(rows: Sequence[Subscription], by: Requester) -> None:
    if not rows or any(row.channel != Subscription.Channel.SOCKET or row.state == "off" for row in rows):
        raise _no_socket()
    if not all(_opens(by, row) for row in rows):
        raise _opens_less()


def _opens(by: Requester, row: Subscription) -> bool:
    """Whether who asks now may do all that they could when they subscribed."""
    asker = msgspec.json.decode(bytes(row.asker), type=Requester)
    return by.scopes is None or (asker.scopes is not None and by.scopes.holds(asker.scopes))


def _end_of(shown: bytes, by: Requester) -> datetime:
    """When the credential itself ends; a session that idles ends earlier, and is looked at as it goes on."""
    if by.app:
        return granted.ends_at(shown) or clock.now()
    login = logins.login_behind(shown)
    return login.ends_at if login else clock.now()


def bind(token: str) -> Bound | None:
    """Use a token: each subscription that it is for shakes hands anew, and then gets what it missed. None for no token.

    None too for one that was used, that has ended, or behind which nobody stands any more: one answer.
    """
    now = clock.now()
    if not token or len(token) > granted.LONGEST_TOKEN or not token.isascii() or not token.isprintable():
        return None
    with transaction():
        living = Binding.objects.filter(token_hash=keys.token_hash(token), used_at__isnull=True, ends_at__gt=now)
        row = living.select_for_update().first()
        if row is None or _reader(row) is None:
            return None
        row.used_at = now
        row.save(update_fields=["used_at"])
        Subscription.objects.filter(_SOCKETS, owner=row.owner, id__in=row.subscriptions).update(
            bound_to=row,
            state=Subscription.State.REQUESTED,
            attempts=0,
            error="",
            next_try_at=now,
            leased_until_at=None,
        )
    return Bound(row.id, row.owner, row.ends_at)


def let_go(binding_ids: Iterable[UUID]) -> None:
    """End bindings whose connection has ended. What waits goes on waiting."""
    Binding.objects.filter(id__in=list(binding_ids)).delete()


def _reader(row: Binding) -> Requester | None:
    """Who stands behind a binding now: the same owner, by the credential that was shown."""
    shown = bytes(row.shown_hash)
    if row.is_program:
        reader = granted.behind(shown)
    else:
        login = logins.login_behind(shown)
        reader = login.requester if login else None
    return reader if reader is not None and owner_of(reader) == row.owner else None


def standing(binding_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the bindings behind which somebody stands, and by which something is still bound."""
    rows = Binding.objects.filter(id__in=list(binding_ids), ends_at__gt=clock.now())
    held = set(Subscription.objects.filter(_SOCKETS, bound_to__in=rows).values_list("bound_to_id", flat=True))
    return {row.id for row in rows if row.id in held and _reader(row) is not None}


def due(binding_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the bindings by which something may have to be told now."""
    rows = delivering.due().filter(_SOCKETS, bound_to__in=list(binding_ids))
    return set(rows.values_list("bound_to_id", flat=True))


def next_parcel(binding_id: UUID) -> Parcel | None:
    """What is to be told next by a binding, released for whoever stands behind it now. Raises EndedError for nobody."""
    row = Binding.objects.filter(id=binding_id, ends_at__gt=clock.now()).first()
    reader = _reader(row) if row is not None else None
    if reader is None:
        raise EndedError
    return delivering.next_parcel(Q(channel=Subscription.Channel.SOCKET, bound_to=binding_id), reader)


def _not_there() -> HallwayError:
    return HallwayError(
        Kind.NOT_FOUND,
        "H-SUB-006",
        what="There is no such subscription, or none of yours.",
        undone="No token was given.",
        to_do="Ask for your own at /fhir/Subscription.",
    )


def _no_socket() -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-SUB-007",
        what="A token is for subscriptions by websocket that are not off, and there is none, or another one is named.",
        undone="No token was given.",
        to_do="Subscribe with the channel websocket, or name others.",
    )


def _opens_less() -> HallwayError:
    return HallwayError(
        Kind.FORBIDDEN,
        "H-SUB-008",
        what="The access token opens less than the one that the subscription was made with.",
        undone="No token was given.",
        to_do="Show one with the scopes of then, or change the subscription with this one.",
    )


def _too_many() -> HallwayError:
    return HallwayError(
        Kind.TOO_MANY,
        "H-SUB-009",
        what=f"There are {MOST_TOKENS} such tokens of yours already.",
        undone="No token was given.",
        to_do="Use those, or wait some minutes until they end.",
    )
