"""The receiver's answers: accept, decline, wait, could not reach."""

from hallway.identity.requester import Requester
from hallway.ids import NOBODY, PractitionerId, ReferralId
from hallway.referral.models import Referral


def accept_referral(
    by: Requester,
    referral_id: ReferralId,
    *,
    expected_version: int,
    practitioner_id: PractitionerId = NOBODY,
) -> Referral:
    """Agree to see the patient; ``practitioner_id`` names who will. Custody moves here, and only as was asked."""
    raise NotImplementedError


def decline_referral(by: Requester, referral_id: ReferralId, *, expected_version: int, reason_code: str) -> Referral:
    """Say no, with a coded reason that tells nothing of the patient."""
    raise NotImplementedError


def waitlist_referral(by: Requester, referral_id: ReferralId, *, expected_version: int) -> Referral:
    """Yes, but not yet."""
    raise NotImplementedError


def record_unreachable(by: Requester, referral_id: ReferralId, *, expected_version: int) -> Referral:
    """The patient did not answer; the sender chooses again, where they may know."""
    raise NotImplementedError


def record_patient_declined(
    by: Requester, referral_id: ReferralId, *, expected_version: int, reason_code: str
) -> Referral:
    """The patient said no to the receiver."""
    raise NotImplementedError


def record_pcp_elsewhere(
    by: Requester, referral_id: ReferralId, *, expected_version: int, name: str = "", phone: str = ""
) -> Referral:
    """The patient already has a PCP elsewhere (R81): nobody is poached, coordination goes outside."""
    raise NotImplementedError


def send_interim_note(by: Requester, referral_id: ReferralId, *, expected_version: int, text: str) -> Referral:
    """A short word to the sender before the report; it opens a loop until read."""
    raise NotImplementedError


def confirm_cancellation(by: Requester, referral_id: ReferralId, *, expected_version: int) -> Referral:
    """Agree to stop."""
    raise NotImplementedError
