"""Subscribers' websockets: bound by a token, told one notification after another, each released as it is sent.

One connection has one teller, so its events are in order. A notification counts as delivered when the receiver's side
of the connection answers the ping behind it; until then it has no number and is sent again to whoever binds next.
What the database is asked runs on a few threads, however many connections there are.
"""

import asyncio
import functools
import http
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode
from websockets.http11 import Request, Response

from hallway.errors import HallwayError
from hallway.exchange.subscriptions import binding, delivering
from hallway.exchange.subscriptions.binding import Bound, EndedError
from hallway.storage import waking

MOST = 500
"""Connections of the process by which something is bound."""
MOST_OF_ONE_OWNER = 5
MOST_BINDINGS = 20
"""Of one connection."""
MOST_UNBOUND = 200
"""Beside them, without a binding: strangers, until they showed a token. One more takes the place of the oldest."""
UNBOUND_SECONDS = 10.0
"""How long a connection may stay without a binding."""
TAKEN_SECONDS = 10.0
"""How long a receiver may take until it has taken a notification."""
LOOK_SECONDS, STANDING_SECONDS = 1.0, 5.0
"""How often what is due by the clock, and who still stands behind a binding, is looked at."""
LARGEST = 512
"""Bytes of a message that a receiver sends."""
PING_SECONDS = 20
THREADS = 4
_WORD = "bind-with-token "
_REFUSED = "The token is not known, was used, or has ended."
_ENDED = "Nothing is bound here any more."
_LIMIT = "There are too many connections or bindings."
_LOST = (DatabaseError, psycopg.Error, HallwayError)
"""The database went away, or the gate cannot be relied on now."""
_log = logging.getLogger("hallway.sockets")
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(eq=False)
class Connection:
    """One receiver's connection: what is bound by it, and a bell that says that something may be due."""

    wire: ServerConnection
    bound: dict[UUID, Bound] = field(default_factory=dict[UUID, Bound])
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    is_leaving: bool = False

    @property
    def owner(self) -> str:
        """Whose it is; empty before it is bound."""
        return next((one.owner for one in self.bound.values()), "")


class Hub:
    """All connections of this process."""

    def __init__(self) -> None:
        """Nobody is connected yet."""
        self.connections: dict[Connection, None] = {}
        """In the order in which they were opened."""
        self.news = asyncio.Event()
        self._closing: set[asyncio.Task[None]] = set()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="sockets")

    async def asked(self, ask: Callable[P, T], *words: P.args, **named: P.kwargs) -> T:
        """The answer of something that needs the database, from one of the threads."""
        call = functools.partial(_on_a_thread, functools.partial(ask, *words, **named))
        return await asyncio.get_running_loop().run_in_executor(self._threads, call)

    def end(self) -> None:
        """Let the threads go, once no connection is left."""
        self._threads.shutdown()

    async def attend(self, wire: ServerConnection) -> None:
        """Serve one connection until either side ends it."""
        held = Connection(wire)
        self._make_room()
        self.connections[held] = None
        telling = asyncio.create_task(self._tell(held))
        try:
            await self._listen(held)
        except ConnectionClosed:
            pass
        except Exception:
            _log.exception("a websocket could not be served")
            await wire.close(CloseCode.INTERNAL_ERROR)
        finally:
            self.connections.pop(held, None)
            telling.cancel()
            with suppress(asyncio.CancelledError, ConnectionClosed):
                await telling
            if held.bound:
                await self.asked(binding.let_go, list(held.bound))

    def _make_room(self) -> None:
        """Let go of the oldest stranger where there are too many: whoever has a token shows it at once."""
        strangers = [one for one in self.connections if not one.bound and not one.is_leaving]
        if len(strangers) >= MOST_UNBOUND:
            strangers[0].is_leaving = True
            self._close(strangers[0], CloseCode.TRY_AGAIN_LATER, _LIMIT)

    def _close(self, held: Connection, code: CloseCode, why: str) -> None:
        """Close without waiting: one receiver that hangs must not keep the others' streams open."""
        closing = asyncio.create_task(held.wire.close(code, why))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def _listen(self, held: Connection) -> None:
        """Take tokens. The first must come soon; whatever else comes ends the connection."""
        while True:
            try:
                message = await asyncio.wait_for(held.wire.recv(), None if held.bound else UNBOUND_SECONDS)
            except TimeoutError:
                await held.wire.close(CloseCode.POLICY_VIOLATION, "No token came.")
                return
            word = message if isinstance(message, str) else ""
            found = None
            if word.startswith(_WORD):
                found = await self.asked(binding.bind, word.removeprefix(_WORD).strip())
            if found is None:
                await held.wire.close(CloseCode.POLICY_VIOLATION, _REFUSED)
                return
            others = sum(one.owner == found.owner for one in self.connections if one is not held)
            held.bound[found.id] = found
            is_another = held.owner != found.owner
            if others >= MOST_OF_ONE_OWNER or len(held.bound) > MOST_BINDINGS or is_another:
                await held.wire.close(CloseCode.TRY_AGAIN_LATER, _LIMIT)
                return
            held.bell.set()

    async def _tell(self, held: Connection) -> None:
        """Tell what is due whenever the bell rings."""
        while True:
            await held.bell.wait()
            held.bell.clear()
            try:
                await self._tell_due(held)
            except _LOST as error:
                # Nothing is decided, so it waits; the bell rings again by the clock.
                _log.warning("a websocket waits", extra={"fields": {"kind": type(error).__name__}})
            except ConnectionClosed:
                return
            except Exception:
                _log.exception("a websocket could not be told")
                await held.wire.close(CloseCode.INTERNAL_ERROR)
                return

    async def _tell_due(self, held: Connection) -> None:
        try:
            for one in list(held.bound):
                while await self._told(held, one):
                    pass
        except EndedError:
            await self._look_who_stands([held])

    async def _told(self, held: Connection, binding_id: UUID) -> bool:
        """Send the next notification of a binding, and keep what became of it; False when nothing is due."""
        parcel = await self.asked(binding.next_parcel, binding_id)
        if parcel is None:
            return False
        failure = "no-answer"
        try:
            async with asyncio.timeout(TAKEN_SECONDS):
                await held.wire.send(parcel.body.decode())
                await (await held.wire.ping())
            failure = ""
        except TimeoutError:
            failure = "timeout"
        finally:
            # Also where the connection broke in between: then the event waits, and the next to bind gets it.
            await asyncio.shield(self.asked(delivering.settle, parcel, failure))
        if failure:
            await held.wire.close(CloseCode.POLICY_VIOLATION, "A notification was not taken in time.")
        return not failure

    async def watch(self) -> None:
        """Ring the bell of whoever something is due for, at news and by the clock; end what nobody stands behind."""
        listening = asyncio.create_task(waking.listen(self.news.set))
        looked_at = 0.0
        try:
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.news.wait(), LOOK_SECONDS)
                self.news.clear()
                try:
                    await self._ring()
                    now = asyncio.get_running_loop().time()
                    if now - looked_at >= STANDING_SECONDS:
                        looked_at = now
                        await self._look_who_stands(list(self.connections))
                except _LOST as error:
                    _log.warning("websockets wait", extra={"fields": {"kind": type(error).__name__}})
        finally:
            listening.cancel()

    async def _ring(self) -> None:
        held_by = {key: held for held in self.connections for key in held.bound}
        if held_by:
            for key in await self.asked(binding.due, list(held_by)):
                held_by[key].bell.set()

    async def _look_who_stands(self, among: Iterable[Connection]) -> None:
        """Let go of bindings that have ended, and close connections that hold none any more."""
        bound = [held for held in among if held.bound]
        if not bound:
            return
        asked = {key for held in bound for key in held.bound}
        gone = asked - await self.asked(binding.standing, asked)
        if not gone:
            return
        await self.asked(binding.let_go, gone)
        for held in bound:
            for key in gone & held.bound.keys():
                del held.bound[key]
            if not held.bound:
                self._close(held, CloseCode.POLICY_VIOLATION, _ENDED)

    def refused(self, wire: ServerConnection, request: Request) -> Response | None:
        """The answer to who may not open a websocket: at another address, without TLS, or beyond the limit."""
        if request.path.partition("?")[0] != binding.PATH:
            return wire.respond(http.HTTPStatus.NOT_FOUND, "Nothing is here.\n")
        if settings.BEHIND_TLS and request.headers.get("X-Forwarded-Proto") != "https":
            return wire.respond(http.HTTPStatus.FORBIDDEN, "This address answers over TLS alone.\n")
        if sum(bool(one.bound) for one in self.connections) >= MOST:
            return wire.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, _LIMIT + "\n")
        return None


def _on_a_thread(ask: Callable[[], T]) -> T:
    close_old_connections()
    try:
        return ask()
    except (DatabaseError, psycopg.Error):
        connections.close_all()
        raise


def opened(hub: Hub, host: str, port: int) -> serve:
    """The server, to be entered. Nothing is compressed: lengths would tell of what else is in a message."""
    return serve(
        hub.attend,
        host,
        port,
        process_request=hub.refused,
        compression=None,
        max_size=LARGEST,
        max_queue=4,
        open_timeout=5,
        ping_interval=PING_SECONDS,
        ping_timeout=PING_SECONDS,
        close_timeout=3,
        server_header=None,
        logger=_quiet(),
    )


def _quiet() -> logging.Logger:
    """The library's own logger tells of messages and of callers; ours says what matters."""
    logger = logging.getLogger("hallway.sockets.library")
    logger.setLevel(logging.CRITICAL)
    return logger


async def serve_until(stopping: asyncio.Event, host: str, port: int) -> None:
    """Serve websockets until told to stop; each connection is then closed with 1001, "going away"."""
    hub = Hub()
    async with opened(hub, host, port):
        watching = asyncio.create_task(hub.watch())
        await stopping.wait()
        watching.cancel()
    hub.end()
