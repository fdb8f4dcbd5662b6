"""Who may do what with a report: its author's side while it is written, the reader's once it was sent."""

from uuid import UUID

from hallway.consent import gate
from hallway.consultation import refusals
from hallway.consultation.models import Report
from hallway.directory.models import Practitioner
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import ChartId, ReferralId
from hallway.record import queries as record
from hallway.referral.sight import Sight, look
from hallway.referral.states import Side


def locked(report_id: UUID) -> Report:
    """The report's row, nobody else's until the transaction ends. Raises NOT_FOUND; the gate is asked next."""
    report = Report.objects.select_for_update().filter(id=report_id).first()
    if report is None:
        raise gate.not_found()
    return report


def author_sight(by: Requester, referral_id: ReferralId, *, lock: bool = False) -> Sight:
    """The referral for a clinician of the side that owes the report. NOT_FOUND or FORBIDDEN for all others."""
    sight = look(by, referral_id, lock=lock)
    if sight.side is not Side.RECEIVER or by.role not in CLINICIANS:
        raise refusals.only_the_author()
    return sight


def reader_sight(by: Requester, report: Report, *, lock: bool = False) -> Sight:
    """The referral for a clinician of the side that asked, who may know the report. NOT_FOUND when they may not."""
    sight = look(by, report.referral_id, lock=lock)
    if sight.side is not Side.SENDER or report.state == "draft" or not sight.knows(report.source_org_id, report.mask):
        raise gate.not_found()
    if by.role not in CLINICIANS:
        raise refusals.only_the_author()
    return sight


def patient_reference(chart_id: ChartId) -> str:
    """The Patient of a chart as a reference."""
    return f"Patient/{record.patient_of(chart_id)}"


def person_reference(by: Requester) -> str:
    """The person who acts as a reference."""
    return f"Practitioner/{Practitioner.objects.get(id=by.practitioner_id).fhir_id}"
