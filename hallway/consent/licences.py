"""What a clinician would write, as classes, before it is written: ``labels`` judges an imagined report of theirs."""

from hallway.directory.models import Licence, Organization, Practitioner
from hallway.directory.queries import programs
from hallway.labels import table
from hallway.labels.rules import SourceFacts, judge
from hallway.record.classes import DataClass


def licence_mask(practitioner_id: int, organization_id: int) -> int:
    """The licence class of a person's communications at an organization; 0 where no state's rule turns on it."""
    state = Organization.objects.filter(id=organization_id).values_list("state", flat=True).first()
    return table.of_licence(state or "", _licence(practitioner_id)).mask


def _licence(practitioner_id: int) -> str:
    found = Practitioner.objects.filter(id=practitioner_id).values_list("licence", flat=True).first()
    return found or Licence.NONE


def usual_classes(practitioner_id: int, organization_id: int) -> int:
    """The classes of a report by this person at this organization; UNCLASSIFIED for an unknown organization."""
    place = Organization.objects.filter(id=organization_id).first()
    if place is None:
        return int(DataClass.UNCLASSIFIED)
    facts = SourceFacts(
        side=place.side,
        kind=place.kind,
        state=place.state,
        is_part2=bool(programs([organization_id])),
        licence=_licence(practitioner_id),
        note_kind="report",
    )
    return judge({"resourceType": "DocumentReference"}, b"", facts).mask
