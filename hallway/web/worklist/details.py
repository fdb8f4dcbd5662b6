"""What the peek adds to a row: the question, and what a report says and asks. Every part comes through the gate."""

from dataclasses import dataclass
from uuid import UUID

from hallway.consultation import queries as consultation
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.ids import ReferralId, ReportId
from hallway.loops.views import LoopRow
from hallway.referral import queries as referral


@dataclass(frozen=True, slots=True)
class Details:
    """Parts of the peek that a row may have. Empty parts are not shown, and nothing says that they might be."""

    question: str = ""
    says_name: str = ""
    says: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    other_side: str = ""
    other_name: str = ""


def details_of(requester: Requester, loop: LoopRow) -> Details:
    """The details of one row for this reader; empty when there is nothing, or nothing for them."""
    try:
        if loop.kind == "acknowledge" and isinstance(loop.next_id, UUID):
            report = consultation.report_for(requester, ReportId(loop.next_id))
            return Details(
                question=report.question,
                says_name=report.author.short_name,
                says=tuple(line for line in report.summary if line),
                asks=report.asks,
                other_side=report.author.side,
                other_name=report.author.organization_name,
            )
        if loop.referral_id is not None:
            seen = referral.referral_for(requester, ReferralId(loop.referral_id))
            other = seen.receiver if seen.sender.organization_id == requester.organization_id else seen.sender
            return Details(question=seen.question, other_side=other.side, other_name=other.organization_name)
    except HallwayError as error:
        if error.kind not in {Kind.NOT_FOUND, Kind.GONE}:
            raise
    return Details()
