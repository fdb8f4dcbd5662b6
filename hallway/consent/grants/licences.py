"""What a clinician would write, as classes, before it is written: ``labels`` judges an imagined report of theirs."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from hallway.directory.models import Licence, Organization, Practitioner, PractitionerRole
from hallway.directory.queries import programs
from hallway.identity.requester import CLINICIANS
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
    return _reports_by([_licence(practitioner_id)], organization_id)


def anybodys_classes(organization_id: int, *, on: date | None = None) -> int:
    """The classes of reports by all clinicians of an organization: those of a day, or all there ever were.

    A practice without clinicians gives those of a person without a licence.
    """
    held = PractitionerRole.objects.filter(organization_id=organization_id, role__in=[str(one) for one in CLINICIANS])
    if on is not None:
        held = held.filter(Q(until_on=None) | Q(until_on__gte=on), from_on__lte=on)
    found = held.values_list("practitioner__licence", flat=True).distinct()
    return _reports_by(list(found) or [Licence.NONE], organization_id)


def _reports_by(licences: Iterable[str], organization_id: int) -> int:
    place = Organization.objects.filter(id=organization_id).first()
    if place is None:
        return int(DataClass.UNCLASSIFIED)
    is_program = bool(programs([organization_id]))
    mask = 0
    for licence in licences:
        facts = SourceFacts(
            side=place.side,
            kind=place.kind,
            state=place.state,
            is_part2=is_program,
            licence=licence,
            note_kind="report",
        )
        mask |= judge({"resourceType": "DocumentReference"}, b"", facts).mask
    return mask
