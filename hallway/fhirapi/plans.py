"""From an id to what may flow of it: the charts it belongs to, and a Release for each, or "not found"."""

from collections.abc import Callable
from typing import TypeVar

from hallway.consent import gate
from hallway.errors import HallwayError, Kind
from hallway.fhirapi.asked import Asked
from hallway.ids import SHARED_CHART, ChartId, ResourceId
from hallway.record import queries
from hallway.record.evidence import Release
from hallway.record.stored import StaleRelease

T = TypeVar("T")

PUBLIC_KINDS = frozenset({"Organization", "Practitioner", "PractitionerRole", "Location", "HealthcareService"})
"""Resources without a patient that anybody signed in may read: the directory. A named, tested list."""


def not_found() -> HallwayError:
    """The error whose answer is one and the same for absent and withheld."""
    return HallwayError(Kind.NOT_FOUND, "H-API-007", what="Nothing is here.", undone="", to_do="")


def patient_release(asked: Asked, patient_id: ResourceId) -> Release:
    """A release for the chart of a patient. Raises NOT_FOUND when there is none or nothing of it may flow."""
    chart_id = queries.chart_of(patient_id)
    if chart_id is None or chart_id == SHARED_CHART:
        raise not_found()
    return gate.release(asked.requester, chart_id)


def releases(asked: Asked, kind: str, resource_id: ResourceId) -> tuple[Release, ...]:
    """A release for every chart that a resource belongs to. Raises NOT_FOUND unless each of them gives something."""
    charts: list[ChartId] = queries.charts_holding(kind, resource_id)
    if not charts or SHARED_CHART in charts:
        raise not_found()
    return tuple(gate.release(asked.requester, chart_id) for chart_id in charts)


def with_fresh_plan(attempt: Callable[[], T]) -> T:
    """Run a read; once more when a right changed between plan and read. A second time it is the caller's to know."""
    try:
        return attempt()
    except StaleRelease:
        return attempt()
