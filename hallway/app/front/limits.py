"""How much one program may ask, by token buckets in the memory of each web process (decision 0044).

A bucket belongs to one credential at one door, or to one address where no credential came that has worked before: one
that nobody has looked at may be made up anew for each request. Programs whose credentials fail drain a bucket of their
address as well: once it is empty, only credentials that have worked before are looked at from there. What a bucket
holds follows from the requests alone: never from what an answer held.
"""

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from hallway.errors import HallwayError, Kind

BURST_SECONDS = 60
"""A minute's worth may come at once."""
MOST_KEPT = 20_000
"""Buckets and working credentials kept; the oldest goes first."""
DEFAULTS: Mapping[str, tuple[str, float]] = {
    "fhir": ("HALLWAY_LIMIT_FHIR", 1000),
    "gateways": ("HALLWAY_LIMIT_GATEWAYS", 200),
    "token": ("HALLWAY_LIMIT_TOKEN", 50),
    "failures": ("HALLWAY_LIMIT_FAILURES", 20),
}
"""Door -> its setting and the requests a second that it means where nothing is set. 0 lifts a limit."""
_DOORS = (
    ("/fhir", "fhir"),
    ("/consent/decisions", "gateways"),
    ("/cds-services", "gateways"),
    ("/oauth/", "token"),
)


class Refusal(NamedTuple):
    """A request that comes too soon; ``seconds`` until one more would be taken."""

    door: str
    seconds: int


def door_of(path: str) -> str:
    """The door a path leads to; empty for pages, which a person's own speed limits."""
    for prefix, door in _DOORS:
        if path.startswith(prefix):
            return door
    return ""


def rates(environment: Mapping[str, str]) -> dict[str, float]:
    """Requests a second for each door. Raises H-APP-025 for a setting that is no number, or below zero."""
    found: dict[str, float] = {}
    for door, (name, usual) in DEFAULTS.items():
        try:
            found[door] = float(environment.get(name) or usual)
        except ValueError:
            found[door] = -1
        if not 0 <= found[door] < 1e9:
            raise HallwayError(
                Kind.INCORRECT,
                "H-APP-025",
                what=f"The setting {name} is not a number of requests a second.",
                undone="Nothing was started.",
                to_do="Give a number from 0 on; 0 lifts the limit.",
            )
    return found


def _full(rate: float) -> float:
    """What a bucket holds at most: a minute's worth, and never less than one request."""
    return max(1.0, rate * BURST_SECONDS)


@dataclass(slots=True)
class _Bucket:
    """``left`` requests at the instant ``at``, in seconds of a clock that only goes forward."""

    left: float
    at: float

    def take(self, rate: float, now: float) -> float:
        """Take one: 0, or the seconds until there is one."""
        self.left = min(_full(rate), self.left + max(0.0, now - self.at) * rate)
        self.at = now
        if self.left < 1:
            return (1 - self.left) / rate
        self.left -= 1
        return 0.0

    def would_take(self, rate: float, now: float) -> float:
        """As ``take``, but nothing is taken."""
        left = min(_full(rate), self.left + max(0.0, now - self.at) * rate)
        return 0.0 if left >= 1 else (1 - left) / rate


class Limits:
    """The buckets of one process."""

    def __init__(self, rate_of: Mapping[str, float]) -> None:
        """Every bucket begins full."""
        self.rate_of = dict(rate_of)
        self._buckets: dict[tuple[str, int], _Bucket] = {}
        self._working: dict[int, None] = {}
        self._lock = threading.Lock()

    def ask(self, door: str, credential: str, address: str, now: float) -> Refusal | None:
        """Take one request at a door; a Refusal where it comes too soon. ``now`` in seconds, going forward only."""
        rate, failures = self.rate_of[door], self.rate_of["failures"]
        with self._lock:
            is_known = hash(credential) in self._working
            if failures and not is_known:
                held = self._buckets.get(("failures", hash(address)))
                wait = held.would_take(failures, now) if held else 0.0
                if wait:
                    return Refusal(door, int(wait) + 1)
            if not rate:
                return None
            wait = self._bucket((door, hash(credential if is_known else address)), rate, now).take(rate, now)
        return Refusal(door, int(wait) + 1) if wait else None

    def tell(self, credential: str, address: str, now: float, *, has_failed: bool, has_worked: bool) -> None:
        """What became of a request: a credential that worked is known, one that failed drains its address.

        One that was not looked at, as at an open address, did neither.
        """
        if has_failed:
            rate = self.rate_of["failures"]
            if rate:
                with self._lock:
                    self._working.pop(hash(credential), None)
                    self._bucket(("failures", hash(address)), rate, now).take(rate, now)
        elif has_worked and credential and hash(credential) not in self._working:
            with self._lock:
                _make_room(self._working)
                self._working[hash(credential)] = None

    def _bucket(self, key: tuple[str, int], rate: float, now: float) -> _Bucket:
        held = self._buckets.get(key)
        if held is None:
            _make_room(self._buckets)
            held = self._buckets[key] = _Bucket(_full(rate), now)
        return held


def _make_room(kept: dict) -> None:  # type: ignore[type-arg]
    if len(kept) >= MOST_KEPT:
        kept.pop(next(iter(kept)))


def from_environment() -> Limits:
    """The limits that the settings name."""
    return Limits(rates(os.environ))


def address_of(environ: Mapping[str, object], *, behind_tls: bool) -> str:
    """Whose bucket failing sign-ins drain: the peer, or whom our own proxy names last; of IPv6 the first half."""
    told = str(environ.get("HTTP_X_FORWARDED_FOR", "")) if behind_tls else ""
    address = told.rpartition(",")[2].strip() or str(environ.get("REMOTE_ADDR", ""))
    return ":".join(address.split(":")[:4]) if address.count(":") > 1 else address


def too_soon(refusal: Refusal) -> HallwayError:
    """The error of a request that comes too soon."""
    return HallwayError(
        Kind.TOO_MANY,
        "H-API-020",
        what="More requests came from you than one program may send.",
        undone="Nothing was read and nothing was saved.",
        to_do=f"Wait {refusal.seconds} seconds, as Retry-After says, and send fewer at a time.",
    )
