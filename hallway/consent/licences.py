"""Which licence class a practitioner's communications carry: by licence, the state of it, and where they work."""

from hallway.directory.models import Licence, Organization, Practitioner, Side
from hallway.record.classes import DataClass

BY_LICENCE: dict[tuple[str, str], DataClass] = {
    ("MA", Licence.SOCIAL_WORKER): DataClass.MA_SOCIAL_WORKER,
    ("MA", Licence.COUNSELOR): DataClass.MA_COUNSELOR,
    ("MA", Licence.FAMILY_THERAPIST): DataClass.MA_COUNSELOR,
    ("MA", Licence.PSYCHOLOGIST): DataClass.MA_PSYCHOLOGIST,
    ("CT", Licence.PSYCHIATRIST): DataClass.CT_PSYCHIATRIC,
    ("CT", Licence.SOCIAL_WORKER): DataClass.CT_SOCIAL_WORKER,
    ("CT", Licence.FAMILY_THERAPIST): DataClass.CT_FAMILY_THERAPIST,
    ("CT", Licence.COUNSELOR): DataClass.CT_COUNSELOR,
}


def licence_mask(practitioner_id: int) -> int:
    """The licence class of a person's own communications, as a mask; 0 where no state's rule turns on it."""
    row = Practitioner.objects.filter(id=practitioner_id).values_list("licence_state", "licence").first()
    return int(BY_LICENCE.get((row[0], row[1]), DataClass(0))) if row else 0


def usual_classes(practitioner_id: int, organization_id: int) -> int:
    """What a person at an organization would write: general content, mental health, licence class, program record."""
    place = Organization.objects.filter(id=organization_id).values_list("side", "is_part2", "state").first()
    if place is None:
        return int(DataClass.UNCLASSIFIED)
    side, is_part2, _ = place
    mask = DataClass.GENERAL
    if side == Side.BEHAVIORAL_HEALTH or is_part2:
        mask |= DataClass.MH | DataClass(licence_mask(practitioner_id))
    return int(mask | DataClass.PART2 if is_part2 else mask)
