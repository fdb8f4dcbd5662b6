"""Distinct id types, and the one source of random bytes.

A raw ``int`` or ``str`` in a signature that means one of these is a review failure. Entropy is injectable because two
worlds that differ only in hidden facts must answer byte for byte alike.
"""

import secrets
import uuid
from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import NewType

ChartId = NewType("ChartId", int)
"""Ours, never the FHIR id. Chart 0 holds shared resources that have no patient."""
OrganizationId = NewType("OrganizationId", int)
PractitionerId = NewType("PractitionerId", int)
"""0 stands for "nobody in particular"."""
AccountId = NewType("AccountId", int)
ReferralId = NewType("ReferralId", uuid.UUID)
LoopId = NewType("LoopId", uuid.UUID)
ConsentId = NewType("ConsentId", uuid.UUID)
ReportId = NewType("ReportId", uuid.UUID)
ResourceId = NewType("ResourceId", str)
"""The id the server gave a resource: a UUID in its canonical text form."""

SHARED_CHART = ChartId(0)
NOBODY = PractitionerId(0)

_entropy: ContextVar[Callable[[int], bytes]] = ContextVar("hallway_entropy", default=secrets.token_bytes)


def random_bytes(count: int) -> bytes:
    """``count`` random bytes from the injected source; the operating system's unless a test says otherwise."""
    return _entropy.get()(count)


@contextmanager
def entropy_from(source: Callable[[int], bytes]) -> Generator[None]:
    """Take random bytes from ``source`` in this context. For tests and the demo generator only."""
    token = _entropy.set(source)
    try:
        yield
    finally:
        _entropy.reset(token)


def is_ours(text: str) -> bool:
    """Whether a text can be an id that we gave, a UUID in its canonical form; any other is simply not there."""
    return len(text) == 36 and _is_canonical(text)


@lru_cache(maxsize=8192)
def _is_canonical(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def new_resource_id(at: datetime) -> ResourceId:
    """An id for a new resource, made at the instant ``at``. The server gives them all."""
    return ResourceId(str(new_uuid(at)))


def new_uuid(at: datetime) -> uuid.UUID:
    """A time-ordered UUID (RFC 9562 version 7) for the instant ``at``, from the injected entropy."""
    milliseconds = int(at.timestamp() * 1000)
    value = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(random_bytes(10), "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


def made_at(text: str) -> datetime | None:
    """The instant for which ``new_uuid`` made an id, to the millisecond; None for an id of another kind."""
    try:
        one = uuid.UUID(text)
        return datetime.fromtimestamp((one.int >> 80) / 1000, UTC) if one.version == 7 else None
    except (ValueError, OverflowError):
        return None


def new_uuid_texts(at: datetime, count: int) -> list[str]:
    """``count`` time-ordered UUIDs in text form, from one draw of entropy: for a Bundle's thousands of resources."""
    head = f"{int(at.timestamp() * 1000) & (1 << 48) - 1:012x}"
    drawn = random_bytes(10 * count).hex()
    made: list[str] = []
    for start in range(0, 20 * count, 20):
        part = drawn[start : start + 20]
        variant = "89ab"[int(part[3], 16) & 3]
        made.append(f"{head[:8]}-{head[8:]}-7{part[:3]}-{variant}{part[4:7]}-{part[7:19]}")
    return made
