"""From an id to what may flow of it: the charts it belongs to, and a Release for each, or "not found".

A compiled plan is kept for a few seconds. That is safe: the reading statement compares its epoch, which rises with
every change of a right, and its end; so a kept plan can only be refused, never give what a fresh one would not. A
right that begins by time alone is noticed when the plan is dropped.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from hallway import clock
from hallway.consent import gate
from hallway.errors import HallwayError, Kind
from hallway.exchange.terminology.queries import KEPT_KINDS
from hallway.fhirapi.asked import Asked
from hallway.identity.requester import Requester
from hallway.ids import SHARED_CHART, ChartId, ResourceId
from hallway.record import queries
from hallway.record.evidence import Release
from hallway.record.stored import StaleRelease
from hallway.storage import database_url
from hallway.storage.connection import in_transaction

T = TypeVar("T")

PUBLIC_KINDS = KEPT_KINDS | {"Organization", "Practitioner", "PractitionerRole", "Location", "HealthcareService"}
"""Resources without a patient: the directory, which anybody signed in may read, and the definitions that practices
keep, which are read by those whose they are (``shared``). A named, tested list.
"""

KEPT_FOR = timedelta(seconds=5)
MOST_KEPT = 10_000
_kept: dict[tuple[str, Requester, ChartId], tuple[datetime, Release]] = {}


def not_found() -> HallwayError:
    """The error whose answer is one and the same for absent and withheld."""
    return HallwayError(Kind.NOT_FOUND, "H-API-007", what="Nothing is here.", undone="", to_do="")


def release_for(requester: Requester, chart_id: ChartId, *, fresh: bool) -> Release:
    """The plan for one chart: a kept one, or compiled now. Raises NOT_FOUND when nothing of the chart may flow."""
    if in_transaction():
        # A plan compiled here may stand on a right that is never committed: it is not kept, and none kept is used.
        return gate.release(requester, chart_id)
    key, now = (database_url.current(), requester, chart_id), clock.now()
    kept = _kept.get(key)
    if kept is not None and not fresh and abs(now - kept[0]) < KEPT_FOR:
        return kept[1]
    _kept.pop(key, None)
    given = gate.release(requester, chart_id)
    if len(_kept) >= MOST_KEPT:
        _kept.clear()
    _kept[key] = (now, given)
    return given


def patient_release(asked: Asked, patient_id: ResourceId, *, fresh: bool) -> Release:
    """A release for the chart of a patient. Raises NOT_FOUND when there is none or nothing of it may flow."""
    chart_id = queries.chart_of(patient_id)
    if chart_id is None or chart_id == SHARED_CHART:
        raise not_found()
    return release_for(asked.requester, chart_id, fresh=fresh)


def patient_releases(asked: Asked, patient_id: ResourceId, *, fresh: bool) -> tuple[Release, ...]:
    """A release for the chart of a patient, then one for each chart merged with it that opens to the asker too.

    Raises NOT_FOUND when the named one does not: whoever may open only the other may not learn that they are one.
    """
    first = patient_release(asked, patient_id, fresh=fresh)
    others = _merged_with(first.chart_id, fresh=fresh)
    return (first, *(release for chart in others for release in _opened(asked, chart, fresh=fresh)))


_merged: dict[tuple[str, ChartId], tuple[datetime, list[ChartId]]] = {}


def _merged_with(chart_id: ChartId, *, fresh: bool) -> list[ChartId]:
    """The charts merged with one, kept as plans are: a merge and its end raise the epochs of both."""
    key, now = (database_url.current(), chart_id), clock.now()
    kept = _merged.get(key)
    if kept is not None and not fresh and abs(now - kept[0]) < KEPT_FOR and not in_transaction():
        return kept[1]
    if len(_merged) >= MOST_KEPT:
        _merged.clear()
    found = queries.linked([chart_id]).get(chart_id, [])
    _merged[key] = (now, found)
    return found


def _opened(asked: Asked, chart_id: ChartId, *, fresh: bool) -> tuple[Release, ...]:
    try:
        return (release_for(asked.requester, chart_id, fresh=fresh),)
    except HallwayError as error:
        if error.kind in (Kind.NOT_FOUND, Kind.GONE):
            return ()
        raise


def releases(asked: Asked, kind: str, resource_id: ResourceId, *, fresh: bool) -> tuple[Release, ...]:
    """A release for every chart that a resource belongs to. Raises NOT_FOUND unless each of them gives something."""
    charts: list[ChartId] = queries.charts_holding(kind, resource_id)
    if not charts or SHARED_CHART in charts:
        raise not_found()
    return tuple(release_for(asked.requester, chart_id, fresh=fresh) for chart_id in charts)


def with_fresh_plan(attempt: Callable[[bool], T]) -> T:
    """Run a read with kept plans; with fresh ones when a right has changed. A second time the caller is told."""
    try:
        return attempt(False)
    except StaleRelease:
        return attempt(True)
