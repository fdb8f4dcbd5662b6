"""Waking a process that waits for news in the database: a word without content, sent with the commit."""

import asyncio
from collections.abc import Callable

import psycopg

from hallway.storage import database_url
from hallway.storage.connection import cursor
from hallway.storage.roles import APPLICATION_ROLE

NEWS = "hallway_news"
_AGAIN_SECONDS = 2.0


def wake() -> None:
    """Wake whoever listens, once the transaction is committed."""
    with cursor() as opened:
        opened.execute("SELECT pg_notify(%s, '')", [NEWS])


async def listen(woken: Callable[[], None]) -> None:
    """Call ``woken`` at each word, and once whenever the connection is made anew; until cancelled."""
    while True:
        try:
            options = f"-c role={APPLICATION_ROLE}"
            async with await psycopg.AsyncConnection.connect(
                database_url.current(), autocommit=True, options=options
            ) as listening:
                await listening.execute(f"LISTEN {NEWS}")
                woken()
                async for _ in listening.notifies():
                    woken()
        except psycopg.Error:
            # A database that is started again; until then whoever waits looks by the clock.
            await asyncio.sleep(_AGAIN_SECONDS)
