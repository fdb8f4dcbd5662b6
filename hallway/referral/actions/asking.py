"""The sender's use cases: draft, send, choose again, take back."""

from datetime import date

from hallway.identity.requester import Requester
from hallway.ids import NOBODY, OrganizationId, PractitionerId, ReferralId
from hallway.referral.models import Referral
from hallway.referral.views import ReferralRequest


def draft_referral(by: Requester, request: ReferralRequest) -> Referral:
    """Write a referral that nobody else sees yet. Raises CONFLICT H-REF-002 when the same one is already open."""
    raise NotImplementedError


def revise_draft(
    by: Requester, referral_id: ReferralId, *, expected_version: int, request: ReferralRequest
) -> Referral:
    """Write a draft anew as the form now stands (question, recipient, what goes, consent): the form is saved before
    a hand-off is asked or a signature taken, and saved again when it is sent. Only before sending."""
    raise NotImplementedError


def send_referral(by: Requester, referral_id: ReferralId, *, expected_version: int) -> Referral:
    """Send: the receiver's practice begins to treat, its clock to accept starts; custody does not move."""
    raise NotImplementedError


def open_self_referral(by: Requester, request: ReferralRequest) -> Referral:
    """The patient was advised to phone (R58): a tracked loop opens all the same, in one step."""
    raise NotImplementedError


def record_reluctance(
    by: Requester, referral_id: ReferralId, *, expected_version: int, reason_code: str, re_offer_on: date
) -> Referral:
    """The patient would rather not, now (R82): why, and when to ask again. Nothing is sent."""
    raise NotImplementedError


def request_cancellation(
    by: Requester, referral_id: ReferralId, *, expected_version: int, reason_code: str
) -> Referral:
    """Ask the receiver to stop. Legal from every state the sender can be in doubt about."""
    raise NotImplementedError


def reroute_referral(
    by: Requester,
    referral_id: ReferralId,
    *,
    expected_version: int,
    receiver_org: OrganizationId,
    receiver_practitioner: PractitionerId = NOBODY,
) -> Referral:
    """Choose another practice: the old row ends, a new draft with the next interval carries everything on."""
    raise NotImplementedError


def withdraw_referral(by: Requester, referral_id: ReferralId, *, expected_version: int, reason_code: str) -> Referral:
    """End it without a report, with a coded reason."""
    raise NotImplementedError


def reopen_referral(by: Requester, referral_id: ReferralId, *, expected_version: int, reason_code: str) -> Referral:
    """Open it again: history stays, a new interval begins."""
    raise NotImplementedError
