"""Who may know of a protocol: people of the practice that runs it, as far as its label flows to them."""

from dataclasses import dataclass
from uuid import UUID

from hallway import clock
from hallway.consent import gate
from hallway.directory import queries as directory
from hallway.directory.models import Organization, Practitioner
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.record import queries as record
from hallway.record.evidence import Release
from hallway.screening.models import Safety, SafetyStep
from hallway.screening.safety import rules
from hallway.screening.safety.resources import Writer
from hallway.screening.safety.rules import Standing, Taken
from hallway.screening.safety.states import State, Step


@dataclass(frozen=True, slots=True)
class Sight:
    """A protocol under one reader's release, with its steps, oldest first."""

    safety: Safety
    release: Release
    steps: tuple[SafetyStep, ...]
    is_program: bool
    """Is the practice that runs it a Part 2 program?"""

    @property
    def state(self) -> State:
        """Where the person is."""
        return State(self.safety.state)

    @property
    def standing(self) -> Standing:
        """What has been done."""
        taken = [Taken(Step(one.step), one.code, one.at) for one in self.steps]
        return rules.standing(self.state, taken, is_program=self.is_program)


def look(by: Requester, safety_id: UUID, *, lock: bool = False) -> Sight:
    """The protocol for a person of its practice. NOT_FOUND for an unknown one and for one that is not for them."""
    rows = Safety.objects.select_for_update() if lock else Safety.objects
    safety = rows.filter(id=safety_id).first()
    if safety is None or safety.organization_id != by.organization_id:
        raise gate.not_found()
    release = gate.release(by, ChartId(safety.chart_id))
    if not gate.may_know(release, source_org=safety.source_org_id, mask=safety.mask):
        raise gate.not_found()
    steps = tuple(SafetyStep.objects.filter(safety=safety).order_by("position"))
    is_program = safety.organization_id in directory.programs([safety.organization_id])
    return Sight(safety, release, steps, is_program)


def writer(by: Requester, sight: Sight) -> Writer:
    """The person who acts, as author of what the step leaves in the record."""
    chart_id = ChartId(sight.safety.chart_id)
    person = Practitioner.objects.get(id=by.practitioner_id)
    place = Organization.objects.get(id=by.organization_id)
    return Writer(
        patient=f"Patient/{record.patient_of(chart_id)}",
        author=f"Practitioner/{person.fhir_id}",
        organization=f"Organization/{place.fhir_id}",
        at=clock.now(),
    )
