"""Who tells a story of the demo, and what is written at the desk before a referral goes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from hallway import clock
from hallway.app.demo.network import Network
from hallway.app.demo.patients import DemoPatient
from hallway.app.demo.walk import office_hours
from hallway.consent.actions import Composition, Signature, compose_consent, decline_consent, record_talk, sign_consent
from hallway.identity.requester import Requester
from hallway.ids import ChartId, ConsentId, OrganizationId, PractitionerId, ReferralId
from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.record.evidence import Purpose
from hallway.referral.models import Referral
from hallway.referral.sight import look
from hallway.referral.views import ReferralRequest

SPECIALISTS = {
    "cardiology": "heartwright",
    "endocrinology": "glandwell",
    "pulmonology": "breathnam",
    "oncology": "cellworth",
}
"""Who answers for a field of medicine, by login."""


@dataclass(slots=True)
class Teller:
    """One story's state: who asks, who is asked, the referral as last seen."""

    network: Network
    patient: DemoPatient
    chart_id: ChartId
    random: Random
    seed: int
    until: datetime
    ending: str
    sender: str
    receiver: str
    witness: str
    question: str
    expected_role: str = "comanage"
    walks: bool = False
    """The patient is walked down the hall: met in person, first visit booked before leaving."""
    is_quick: bool = False
    """Every wait is the shortest: the story that a newcomer opens first has its report just in."""
    row: Referral | None = None
    signed: ConsentId | None = None

    @property
    def asks(self) -> Requester:
        """The sender, signed in at the practice of the story."""
        return self.network.requester(self.sender)

    @property
    def answers(self) -> Requester:
        """The receiver."""
        return self.network.requester(self.receiver)

    @property
    def id(self) -> ReferralId:
        """The referral's id."""
        assert self.row is not None
        return ReferralId(self.row.id)

    def version(self, by: Requester) -> int:
        """The version as ``by`` sees it: the clock may have taken a step, and not every step may be told to both."""
        return look(by, self.id).version

    def later(self, low: float, high: float) -> datetime:
        """An open minute between ``low`` and ``high`` days from now."""
        days = low if self.is_quick else self.random.uniform(low, high)
        at = office_hours(self.random, clock.now() + timedelta(days=days))
        return max(at, clock.now() + timedelta(minutes=3))


def way_back(teller: Teller) -> ConsentId | None:
    """What the receiver's licence and state will ask for in order to write back, signed or declined at the desk."""
    part2 = teller.patient.archetype.is_sud
    # The behavioral side is the one whose licence asks for a signature, whichever way the patient walks.
    behavioral_sends = teller.expected_role == "establish"
    if teller.patient.archetype.goes_to in SPECIALISTS or (teller.random.random() < 0.06 and not behavioral_sends):
        return None
    first, *others = _forms(teller, part2=part2, behavioral_sends=behavioral_sends)
    consent_id = compose_consent(first, by=teller.asks)
    record_talk(teller.chart_id, by=teller.asks, outcome="agrees")
    if not behavioral_sends and teller.random.random() < 0.08:
        decline_consent(consent_id, "does_not_want", by=teller.asks, expected_version=1)
        return None
    teller.signed = consent_id
    name = f"{teller.patient.given} {teller.patient.family}".encode()
    witness = PractitionerId(teller.network.practitioners[teller.witness].id)
    for signed in (consent_id, *(compose_consent(form, by=teller.asks) for form in others)):
        sign_consent(signed, Signature("typed", name, witness=witness), by=teller.asks, expected_version=1)
    return consent_id


def _forms(teller: Teller, *, part2: bool, behavioral_sends: bool) -> list[Composition]:
    """The forms of the way: a program asks for two, and where behavioral health sends, both directions are signed."""
    here, there = teller.asks.organization_id, teller.answers.organization_id
    if behavioral_sends:
        return [_form(teller, "release", here, there), _form(teller, "release", there, here)]
    back = _form(teller, "release", there, here)
    return [_form(teller, "part2_tpo", there, here), back] if part2 else [back]


def _form(teller: Teller, kind: str, discloser: OrganizationId, recipient: OrganizationId) -> Composition:
    is_part2 = kind == "part2_tpo"
    classes = DataClass.GENERAL | DataClass.MH | LICENCE_CLASSES | (DataClass.PART2 if is_part2 else DataClass(0))
    return Composition(
        chart_id=teller.chart_id,
        kind=kind,
        discloser_org=discloser,
        recipient_org=recipient,
        classes=int(classes),
        purposes=(Purpose.TREATMENT, Purpose.PAYMENT, Purpose.OPERATIONS) if is_part2 else (Purpose.TREATMENT,),
        expires_at=clock.now() + timedelta(days=365),
    )


def request(teller: Teller, recipient_type: str, consent_id: ConsentId | None) -> ReferralRequest:
    """What the sender asks for."""
    return ReferralRequest(
        chart_id=teller.chart_id,
        receiver_org=teller.answers.organization_id,
        receiver_practitioner=PractitionerId(teller.answers.practitioner_id if teller.random.random() < 0.7 else 0),
        question=teller.question,
        recipient_type=recipient_type,
        expected_role=teller.expected_role,
        urgency="soon" if teller.patient.archetype.phq9 > 14 else "routine",
        reason=teller.patient.archetype.concern,
        presenting_problem=teller.patient.archetype.concern,
        chief_concern=teller.patient.archetype.concern,
        consent_id=consent_id,
        talked="agrees",
    )
