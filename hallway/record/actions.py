"""Every write of the record. Takes only what ``labels`` has judged; capabilities call ``consent.actions.store``."""

from collections.abc import Sequence

from hallway.identity.requester import Requester
from hallway.ids import ChartId, ResourceId
from hallway.record.evidence import Labelled
from hallway.record.stored import Written


def write(labelled: Sequence[Labelled], *, by: Requester) -> list[Written]:
    """Store each resource: a new one as version 1, a changed one as its next version, an identical one not at all.

    Runs in the caller's transaction or one of its own; takes the chart locks in ascending order first. Raises
    HallwayError CONFLICT when a resource belongs to another chart than it says.
    """
    raise NotImplementedError


def delete(kind: str, resource_id: ResourceId, *, chart_id: ChartId, by: Requester) -> Written | None:
    """Put a tombstone in place of a resource; its versions stay in history. None when there is nothing to delete."""
    raise NotImplementedError


def new_chart(patient_id: ResourceId) -> ChartId:
    """Open a chart for a patient id that the server gave; the Patient resource is written into it next."""
    raise NotImplementedError


def bump_epoch(chart_ids: Sequence[ChartId]) -> None:
    """Kill every compiled plan of these charts. Called in the transaction that changes a right."""
    raise NotImplementedError
