"""A step under way, and who is concerned by it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from hallway import clock, ids
from hallway.directory.models import Organization, Practitioner
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.record import queries as record
from hallway.record.evidence import Labelled
from hallway.referral import resources
from hallway.referral.models import Referral
from hallway.referral.resources import Refs
from hallway.referral.sight import Sight
from hallway.referral.states import Tells, Transition
from hallway.standards.fhir import r4


@dataclass(slots=True)
class Move:
    """A step under way. A use case changes ``referral``, adds resources and names the subject; ``stepping`` writes it.

    ``own`` are resources whose source is the side that acts.
    """

    sight: Sight
    by: Requester
    legal: Transition
    at: datetime
    refs: Refs
    reason_code: str = ""
    subject_id: UUID | None = None
    due_at: datetime | None = None
    from_at: datetime | None = None
    output: tuple[str, ...] = ()
    words: resources.Words | None = None
    tells: Tells | None = None
    """Whose fact this step is, where it is not as the table says: a visit that the sender booked is the sender's."""
    attributed: tuple[int, int, int, str] | None = None
    """Account, person, practice, role of the step's author where somebody else pressed: an answer at the door."""
    own: list[r4.Part] = field(default_factory=list)
    judged: list[Labelled] = field(default_factory=list)
    """Resources that the use case labelled itself, because it knows what they carry."""
    after: list[Callable[[], object]] = field(default_factory=list)

    @property
    def referral(self) -> Referral:
        """The locked row."""
        return self.sight.referral

    @property
    def whose(self) -> Tells:
        """Whose fact this step is."""
        return self.tells or self.legal.tells

    @property
    def author(self) -> tuple[int, int, int, str]:
        """Account, person, practice and role that the history names."""
        by = self.by
        return self.attributed or (by.account_id, by.practitioner_id, by.organization_id, str(by.role))


def new_id() -> str:
    """A fresh FHIR id from the injected clock and entropy."""
    return str(ids.new_uuid(clock.now()))


def receiver_reference(referral: Referral, practitioner_id: int) -> str:
    """The receiver as a reference: the person, or the practice where nobody is named."""
    person = Practitioner.objects.filter(id=practitioner_id).first() if practitioner_id else None
    if person is not None:
        return f"Practitioner/{person.fhir_id}"
    return f"Organization/{Organization.objects.get(id=referral.receiver_org_id).fhir_id}"


def refs_of(referral: Referral, by: Requester) -> Refs:
    """References of everybody concerned."""
    people = {p.id: p.fhir_id for p in Practitioner.objects.filter(id__in=_people(referral, by))}
    places = {o.id: o.fhir_id for o in Organization.objects.filter(id__in=_places(referral, by))}

    def who(practitioner: int, organization: int) -> str:
        if practitioner in people:
            return f"Practitioner/{people[practitioner]}"
        return f"Organization/{places[organization]}" if organization in places else "Device/clock"

    return Refs(
        patient=f"Patient/{record.patient_of(ChartId(referral.chart_id))}",
        sender=who(referral.sender_practitioner_id, referral.sender_org_id),
        receiver=who(referral.receiver_practitioner_id, referral.receiver_org_id),
        receiver_org=f"Organization/{places[referral.receiver_org_id]}",
        actor=who(by.practitioner_id, by.organization_id or referral.receiver_org_id),
    )


def _people(referral: Referral, by: Requester) -> list[int]:
    return [referral.sender_practitioner_id, referral.receiver_practitioner_id, by.practitioner_id]


def _places(referral: Referral, by: Requester) -> list[int]:
    return [referral.sender_org_id, referral.receiver_org_id, by.organization_id]
