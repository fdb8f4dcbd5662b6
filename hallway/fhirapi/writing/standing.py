"""What stands where a write goes: shown to its writer, and locked until their transaction ends."""

from urllib.parse import urlencode

from hallway.consent.grants import plans as charts
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.writing import answering, matching
from hallway.fhirapi.writing.references import Sight
from hallway.ids import ResourceId, is_ours
from hallway.record import queries
from hallway.record.stored import Stored
from hallway.standards.fhir.compartment import SHARED_KINDS


def locked(sight: Sight, kind: str, resource_id: str) -> Stored:
    """The resource as it stands, with its charts locked until the transaction ends. Raises NOT_FOUND."""
    if kind in SHARED_KINDS:
        # No release locks chart 0, so who changes the same definition waits here, before it is read.
        matching.lock([(kind, f"_id={resource_id}")])
    elif is_ours(resource_id):
        held = queries.charts_holding(kind, ResourceId(resource_id))
        if held and all(sight.release(chart) is not None for chart in held):
            charts.lock(held)
    current = sight.current(kind, resource_id)
    if current is None:
        raise answering.nothing_to_change()
    return current


def meant(asked: Asked, sight: Sight) -> Stored | None:
    """The one resource that the search in the address finds, locked; None when there is none that may be seen."""
    condition = urlencode(asked.query)
    matching.lock([(asked.kind, condition)])
    found = matching.match(asked, asked.kind, condition)
    return locked(sight, found.kind, found.id) if found is not None else None
