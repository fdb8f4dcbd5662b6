"""Use cases of the report: draft, edit, sign and send, acknowledge, amend, put into the note, print."""

from collections.abc import Mapping, Sequence

from hallway.consultation.models import Report
from hallway.identity.requester import Requester
from hallway.ids import ReferralId, ReportId, ResourceId


def draft_report(by: Requester, referral_id: ReferralId) -> Report:
    """Compose a draft from charted, shareable facts; the living draft when there is one already.

    Never reads psychotherapy or SUD counseling notes: they are not in the release it asks for.
    """
    raise NotImplementedError


def edit_report(
    by: Requester,
    report_id: ReportId,
    *,
    expected_version: int,
    answer: str | None = None,
    kept: Mapping[int, bool] | None = None,
    texts: Mapping[int, str] | None = None,
    added: Sequence[tuple[str, str]] = (),
) -> Report:
    """Change the draft: the answer, which lines stay (by line id), their words, new lines as (section, text)."""
    raise NotImplementedError


def sign_and_send_report(by: Requester, report_id: ReportId, *, expected_version: int) -> Report:
    """Ask the gate at this instant, then send. A consent taken back meanwhile is a clear error."""
    raise NotImplementedError


def acknowledge_report(by: Requester, report_id: ReportId, *, reply: str, text: str = "") -> Report:
    """The reader answers with a coded act (``agree``, ``change``, ``talk``); only this closes the loop."""
    raise NotImplementedError


def amend_report(by: Requester, report_id: ReportId, *, added: Sequence[tuple[str, str]]) -> Report:
    """Send a new edition; the old one stays readable and the reader is told."""
    raise NotImplementedError


def put_into_note(by: Requester, report_id: ReportId) -> ResourceId:
    """Write the summary into the reader's own progress note (R31); the note's id."""
    raise NotImplementedError


def report_pdf(by: Requester, report_id: ReportId) -> bytes:
    """The report as tagged PDF/UA, patient named on every page. Paper is a release: it leaves a line."""
    raise NotImplementedError
