"""Two practices that treat one patient, for the tests of talking."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from hallway import clock
from hallway.consent import actions as consent
from hallway.consent.actions import Composition, Signature
from hallway.consent.tests import town
from hallway.identity.requester import Requester, Role, system
from hallway.ids import ChartId, OrganizationId
from hallway.record.classes import DataClass
from hallway.talking import actions

WORDS = "Sleeping four hours since Tuesday; what may she take?"


@dataclass
class Lane:
    """``pcp`` and ``therapist`` treat ``chart``; ``other`` works at a practice that does not."""

    pcp: Requester
    therapist: Requester
    partner: Requester
    desk: Requester
    other: Requester
    witness: Requester
    chart: ChartId

    def signed(self, kind: str = "release", *, by: Requester | None = None) -> uuid.UUID:
        """The patient signs that the therapist's practice may write to the PCP's."""
        return town.signed(self.chart, kind, of=self.therapist, to=self.pcp, witness=self.witness, by=by)

    def for_all(self) -> uuid.UUID:
        """The patient signs that the therapist's program may tell all who treat them; the form names nobody."""
        form = consent.compose_consent(
            Composition(
                chart_id=self.chart,
                kind="part2_tpo",
                discloser_org=self.therapist.organization_id,
                recipient_org=OrganizationId(0),
                classes=int(DataClass.GENERAL | DataClass.MH | DataClass.PART2),
                expires_at=None,
            ),
            by=self.therapist,
        )
        signature = Signature("typed", b"Marisol Ejemplo", witness=self.witness.practitioner_id)
        consent.sign_consent(form, signature, by=self.therapist, expected_version=1)
        return form

    def evaluation(self, to: OrganizationId, **changes) -> uuid.UUID:
        """The therapist asks whether the patient is fit for a treatment, which is held until then."""
        asked = {"to_org": to, "wanted": ("evaluation",), "words": "ECT is considered.", "treatment": "ect"}
        due_at = clock.now() + timedelta(days=7)
        return actions.request(self.chart, by=self.therapist, due_at=due_at, **(asked | changes))

    def asked(self, **changes) -> uuid.UUID:
        values = {
            "to_org": self.therapist.organization_id,
            "wanted": ("behavioral", "medicines"),
            "words": "What do you treat, with what?",
            "due_at": clock.now() + timedelta(days=10),
        }
        return actions.request(self.chart, by=self.pcp, **(values | changes))


def build(*, licence: str = "none", state: str = "NY", is_part2: bool = False) -> Lane:
    """By default in a state whose rules ask for no form between those who treat."""
    family = town.organization("Millbrook", side="pc", state=state)
    northgate = town.organization("Northgate", is_part2=is_part2, state=state)
    fern = town.organization("Fern", state=state)
    pcp = town.person("Carewell", family, Role.PCP, licence="physician", state=state)
    chart = town.new_patient(family)
    for place in (family, northgate):
        consent.join_team(chart, by=system("loader"), organization=place, basis="encounter")
    return Lane(
        pcp=pcp,
        therapist=town.person("Hearwell", northgate, Role.THERAPIST, licence=licence, state=state, duty=is_part2),
        partner=town.person("Kindwell", northgate, Role.PSYCHIATRIST, licence="psychiatrist", state=state),
        desk=town.person("Deskwell", family, Role.FRONT_DESK),
        other=town.person("Kindley", fern, Role.THERAPIST),
        witness=town.person("Witwell", family, Role.FRONT_DESK),
        chart=chart,
    )
