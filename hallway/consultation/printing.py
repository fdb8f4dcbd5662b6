"""The printed report: tagged PDF/UA from its own template, black on white, the patient named on every page."""

from pathlib import Path
from zoneinfo import ZoneInfo

from hallway import clock
from hallway.consultation.tables.notices import STANDING
from hallway.consultation.views import ReportView
from hallway.identity.requester import Requester
from hallway.standards import pdf

_TEMPLATE = Path(__file__).with_name("report.typ")


def printed(view: ReportView, by: Requester) -> bytes:
    """The PDF. ``by`` is named in the foot as who printed it; the words come from the view and nowhere else."""
    return pdf.printed(_TEMPLATE, _words(view, by))


def _words(view: ReportView, by: Requester) -> dict[str, object]:
    """Everything the template prints, as text; it decides nothing."""
    zone = ZoneInfo(view.recipient.timezone)
    now = clock.now().astimezone(zone)
    born = f"{view.header.birth_date:%m/%d/%Y}" if view.header.birth_date else "not known"
    sent = view.sent_at.astimezone(zone) if view.sent_at else now
    return {
        "patient": view.header.name,
        "born": born,
        "record": view.header.record_number or "none here",
        "number": view.number,
        "author": f"{view.author.name}, {view.author.organization_name}",
        "recipient": f"{view.recipient.name}, {view.recipient.organization_name}",
        "question": view.question,
        "summary": [line for line in view.summary if line],
        "sections": [
            {"title": section.title, "lines": [f"{line.lead} {line.text}".strip() for line in section.lines]}
            for section in view.sections
            if section.lines
        ],
        "sent": f"{sent:%B} {sent.day}, {sent.year}",
        "edition": view.edition,
        "notices": list(view.notices),
        "standing": STANDING,
        "printed": f"Printed {now:%m/%d/%Y %H:%M} by {by.name or 'a clinician'} for {view.recipient.organization_name}",
    }
