"""Every read of reports. A draft opens for its own practice; a sent report comes from the record, through a Release."""

from hallway.consultation.views import ReportDue, ReportView
from hallway.identity.requester import Requester
from hallway.ids import ReferralId, ReportId


def report_for(requester: Requester, report_id: ReportId) -> ReportView:
    """One report for one reader. Raises HallwayError NOT_FOUND when unknown or not theirs: one answer."""
    raise NotImplementedError


def report_of_referral(requester: Requester, referral_id: ReferralId) -> ReportId | None:
    """The living report of a referral that this reader may open, or None."""
    raise NotImplementedError


def reports_due(requester: Requester) -> list[ReportDue]:
    """Reports this person (or, for the desk and the leader, this practice) owes, latest first."""
    raise NotImplementedError
