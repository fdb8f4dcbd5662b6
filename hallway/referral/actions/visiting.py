"""Visits of a referral: booked, moved, missed, kept."""

from datetime import datetime

from hallway.identity.requester import Requester
from hallway.ids import NOBODY, PractitionerId, ReferralId
from hallway.referral.models import Referral


def book_visit(
    by: Requester,
    referral_id: ReferralId,
    *,
    expected_version: int,
    starts_at: datetime,
    minutes: int = 50,
    mode: str = "in_person",
    practitioner_id: PractitionerId = NOBODY,
) -> Referral:
    """Book a visit. Raises UNPROCESSABLE H-REF-010 for a time in the past or over a year away."""
    raise NotImplementedError


def reschedule_visit(
    by: Requester, referral_id: ReferralId, *, expected_version: int, starts_at: datetime, mode: str = "in_person"
) -> Referral:
    """Move the booked visit; the old row stays as moved."""
    raise NotImplementedError


def cancel_visit(by: Requester, referral_id: ReferralId, *, expected_version: int) -> Referral:
    """Cancel the booked visit."""
    raise NotImplementedError


def record_no_show(by: Requester, referral_id: ReferralId, *, expected_version: int) -> Referral:
    """The patient did not come; a call is owed by tomorrow."""
    raise NotImplementedError


def record_visit_kept(by: Requester, referral_id: ReferralId, *, expected_version: int, minutes: int = 50) -> Referral:
    """The patient came; with the first visit the report clock starts."""
    raise NotImplementedError
