"""Two databases made from one template, the switch between them, and clock and entropy injected alike into both."""

import copy
import hashlib
import hmac
import os
import random
import types
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connections
from psycopg import sql

from hallway import clock, ids
from hallway.fhirapi import door
from hallway.storage import database_url

NOON = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
"""When every proof takes place: a Monday at noon in Massachusetts."""
BEFORE = NOON - timedelta(minutes=10)
"""When the common part of both worlds ends; secrets lie between, and the login sessions still live at noon."""


@dataclass(slots=True)
class World:
    """One database and Django's own connection to it."""

    url: str
    django: Any


def sibling(name: str) -> str:
    """The address of another database on the server in force."""
    return urlunsplit(urlsplit(database_url.current())._replace(path=f"/{name}"))


def administer(statement: str, *names: str) -> None:
    """One statement outside any transaction, on the server in force, with quoted names in place of ``{}``."""
    quoted = sql.SQL(statement).format(*(sql.Identifier(name) for name in names))  # pyright: ignore[reportArgumentType]
    with psycopg.connect(sibling("postgres"), autocommit=True) as connection:
        connection.execute(quoted)


def _world(name: str) -> World:
    wrapper = connections.create_connection("default")
    wrapper.settings_dict = copy.deepcopy(wrapper.settings_dict)
    wrapper.settings_dict["NAME"] = name
    return World(sibling(name), wrapper)


@contextmanager
def pair(template: str, name: str) -> Generator[tuple[World, World]]:
    """Two copies of ``template``, dropped afterwards. Nothing may be connected to the template."""
    names = (f"{name}_a", f"{name}_b")
    try:
        for one in names:
            administer("CREATE DATABASE {} TEMPLATE {}", one, template)
        first, second = (_world(one) for one in names)
        try:
            yield first, second
        finally:
            for world in (first, second):
                with inside(world):
                    door.close()
                world.django.close()
    finally:
        for one in names:
            administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", one)


@contextmanager
def inside(world: World) -> Generator[None]:
    """Everything in this context happens in ``world``."""
    held, url = connections["default"], database_url.current()
    connections["default"] = world.django
    os.environ["HALLWAY_DATABASE_URL"] = world.url
    try:
        yield
    finally:
        connections["default"] = held
        os.environ["HALLWAY_DATABASE_URL"] = url


class Entropy:
    """Random bytes that follow from a seed and from nothing else."""

    def __init__(self, seed: str) -> None:
        """Begin anew."""
        self._random = random.Random(hashlib.sha256(seed.encode()).digest())  # noqa: S311 - repeatable on purpose

    def token_bytes(self, count: int = 32) -> bytes:
        """As ``secrets`` has it."""
        return self._random.randbytes(count)

    compare_digest = staticmethod(hmac.compare_digest)

    def choice(self, among: str) -> str:
        """As ``secrets`` has it."""
        return self._random.choice(among)


@contextmanager
def injected(seed: str, at: datetime = NOON) -> Generator[None]:
    """The same instant and the same random bytes for whoever asks: Hallway, Django's tokens, its cookies' ends."""
    entropy = Entropy(seed)
    still = types.SimpleNamespace(time=at.timestamp)
    with ExitStack() as stack:
        stack.enter_context(clock.stopped_at(at))
        stack.enter_context(ids.entropy_from(entropy.token_bytes))
        stack.enter_context(mock.patch("django.utils.crypto.secrets", entropy))
        stack.enter_context(mock.patch("django.core.signing.time", still))
        # Nobody in a proof knows a password, and finding that out is made slow on purpose.
        stack.enter_context(mock.patch("hallway.identity.keys.password_matches", return_value=False))
        stack.enter_context(mock.patch("django.http.response.time", still))
        stack.enter_context(mock.patch("django.utils.timezone.now", return_value=at))
        yield
