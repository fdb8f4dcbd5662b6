"""Counts and durations for Prometheus. A label is a name from our own tables: a route, a method, a class of status.

No label and no value speaks of a person: never an address with an id, never a count of patients. The web processes
share their counts through files of ``prometheus_client`` in the data folder, where ``serve`` names it.
"""

import time

from prometheus_client import Counter, Gauge, Histogram

from hallway.fhirapi import door

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
NOWHERE, STATIC, REFUSED = "nowhere", "static", "refused"
_LOOK_SECONDS = 1.0

_requests = Counter("hallway_requests", "Requests answered.", ["route", "method", "status"])
_seconds = Histogram(
    "hallway_request_seconds", "Seconds from request to the head of its answer.", ["route"], buckets=BUCKETS
)
_too_soon = Counter("hallway_requests_refused", "Requests that came too soon, by door.", ["door"])
_pool = Gauge(
    "hallway_pool_connections", "Database connections of the FHIR door.", ["use"], multiprocess_mode="livesum"
)
_counters: dict[tuple[str, str, str], Counter] = {}
_timers: dict[str, Histogram] = {}
_looked = [0.0]


def count(route: str, method: str, status: int, seconds: float) -> None:
    """One request answered. ``route`` is the name of a route, ``NOWHERE`` or ``STATIC``; ``method`` ours or OTHER."""
    key = (route, method, f"{status // 100}xx")
    counter = _counters.get(key)
    if counter is None:
        counter = _counters[key] = _requests.labels(*key)
    timer = _timers.get(route)
    if timer is None:
        timer = _timers[route] = _seconds.labels(route)
    counter.inc()
    timer.observe(seconds)
    now = time.monotonic()
    if now - _looked[0] > _LOOK_SECONDS:
        _looked[0] = now
        _look_at_pool()


def count_too_soon(door_name: str) -> None:
    """One request that came too soon."""
    _too_soon.labels(door_name).inc()


def _look_at_pool() -> None:
    used = door.in_use()
    _pool.labels("used").set(used.used)
    _pool.labels("free").set(used.free)
    _pool.labels("waiting").set(used.waiting)
