"""Two practices, their people and a patient, for the tests of the loop."""

from dataclasses import dataclass

from hallway.consent.tests import town
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId, ReferralId
from hallway.referral import actions
from hallway.referral.models import Referral
from hallway.referral.sight import look
from hallway.referral.views import ReferralRequest

QUESTION = "Is this depression, early memory loss, or both?"


@dataclass
class Hall:
    """``pcp`` refers to ``therapist``; ``desk`` and ``lead`` work beside the therapist, ``other`` somewhere else."""

    pcp: Requester
    therapist: Requester
    desk: Requester
    lead: Requester
    other: Requester
    witness: Requester
    chart: ChartId

    def request(self, **changes) -> ReferralRequest:
        values = {
            "chart_id": self.chart,
            "receiver_org": self.therapist.organization_id,
            "receiver_practitioner": self.therapist.practitioner_id,
            "question": QUESTION,
            "recipient_type": "therapist",
        }
        return ReferralRequest(**(values | changes))

    def sent(self, **changes) -> Referral:
        referral = actions.draft_referral(self.pcp, self.request(**changes))
        return actions.send_referral(self.pcp, ReferralId(referral.id), expected_version=1)

    def version(self, who: Requester, referral: Referral) -> int:
        return look(who, referral.id).version

    def do(self, who: Requester, action, referral: Referral, **values) -> Referral:
        return action(who, ReferralId(referral.id), expected_version=self.version(who, referral), **values)

    def consent_back(self, kind: str = "release"):
        """The patient signs at the desk that the therapist's practice may write to the PCP's."""
        return town.signed(self.chart, kind, of=self.therapist, to=self.pcp, witness=self.witness)


def build(*, licence: str = "social_worker", is_part2: bool = False, state: str = "MA") -> Hall:
    """The hall; the therapist's licence, program and state decide what may be told back."""
    family = town.organization("Millbrook", side="pc", state=state)
    northgate = town.organization("Northgate", is_part2=is_part2, state=state)
    fern = town.organization("Fern", state=state)
    pcp = town.person("Carewell", family, Role.PCP, licence="physician")
    return Hall(
        pcp=pcp,
        therapist=town.person("Hearwell", northgate, Role.THERAPIST, licence=licence, state=state, duty=is_part2),
        desk=town.person("Deskwell", northgate, Role.FRONT_DESK, duty=is_part2),
        lead=town.person("Leadwell", northgate, Role.PRACTICE_LEADER, duty=is_part2),
        other=town.person("Kindley", fern, Role.THERAPIST, licence="counselor"),
        witness=town.person("Witwell", family, Role.FRONT_DESK),
        chart=town.new_patient(family),
    )
