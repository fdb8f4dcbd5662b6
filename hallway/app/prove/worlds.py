"""Two databases made from one template, the switch between them, and clock and entropy injected alike into both."""

import copy
import hashlib
import hmac
import os
import random
import types
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core import signing
from django.db import connections
from django.http import response
from django.utils import crypto, timezone
from psycopg import sql

from hallway import clock, ids
from hallway.exchange.cds_hooks import budget
from hallway.fhirapi import door
from hallway.identity import keys
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


_UNHURRIED = 600.0
"""Seconds that a hook may take in a proof: what it answers must not follow from how busy the machine is."""
Worlds = tuple[World, ...]


def sibling(name: str) -> str:
    """The address of another database on the server in force."""
    return urlunsplit(urlsplit(database_url.current())._replace(path=f"/{name}"))


_administering: dict[tuple[int, str], psycopg.Connection[Any]] = {}


def administer(statement: str, *names: str) -> None:
    """One statement outside any transaction, on the server in force, with quoted names in place of ``{}``."""
    quoted = sql.SQL(statement).format(*(sql.Identifier(name) for name in names))  # pyright: ignore[reportArgumentType]
    key = (os.getpid(), sibling("postgres"))
    held = _administering.get(key)
    if held is None or held.closed:
        held = _administering[key] = psycopg.connect(key[1], autocommit=True)
    held.execute(quoted)


def forget_administrator() -> None:
    """Close the connections that ``administer`` keeps, before a process divides or the server goes."""
    for held in _administering.values():
        held.close()
    _administering.clear()


def _world(name: str) -> World:
    wrapper = connections.create_connection("default")
    wrapper.settings_dict = copy.deepcopy(wrapper.settings_dict) | {"NAME": name, "CONN_HEALTH_CHECKS": False}
    return World(sibling(name), wrapper)


@contextmanager
def copies(template: str, name: str, count: int) -> Generator[Worlds]:
    """So many copies of ``template``, dropped afterwards. Nothing may be connected to the template."""
    names = [f"{name}_{n}" for n in range(count)]
    try:
        for one in names:
            # Copying files is faster here than logging pages: nobody promised these databases to a disk.
            administer("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", one, template)
        some = tuple(_world(one) for one in names)
        try:
            yield some
        finally:
            for world in some:
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


def _never(*_given: object) -> bool:
    """Nobody in a proof knows a password, and finding that out is made slow on purpose."""
    return False


@contextmanager
def injected(seed: str, at: datetime = NOON) -> Generator[None]:
    """The same instant and the same random bytes for whoever asks: Hallway, Django's tokens, its cookies' ends."""
    entropy = Entropy(seed)
    still = types.SimpleNamespace(time=at.timestamp)
    # By hand: mock.patch costs a tenth of a proof.
    places: tuple[tuple[Any, str, Any], ...] = (
        (crypto, "secrets", entropy),
        (signing, "time", still),
        (keys, "password_matches", _never),
        (response, "time", still),
        (timezone, "now", lambda: at),
    )
    kept = [getattr(place, name) for place, name, _ in places]
    with clock.stopped_at(at), ids.entropy_from(entropy.token_bytes), budget.seconds(_UNHURRIED):
        try:
            for place, name, given in places:
                setattr(place, name, given)
            yield
        finally:
            for (place, name, _), real in zip(places, kept, strict=True):
                setattr(place, name, real)
