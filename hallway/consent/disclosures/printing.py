"""An accounting on paper: tagged PDF/UA, in the words of the law's own list: when, who, what, why."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from hallway import clock
from hallway.consent.disclosures.accounting import Account, Entry
from hallway.consent.law.asking import Verdict
from hallway.consent.tables.notices import Notice, named
from hallway.directory.models import Organization
from hallway.identity.requester import Requester
from hallway.record.stored import PatientHeader
from hallway.standards import pdf

_TEMPLATE = Path(__file__).with_name("accounting.typ")


def notices_of(verdict: Verdict) -> tuple[Notice, ...]:
    """The notices that must go along with what a verdict permits."""
    return named(verdict.obligations) if verdict.permits else ()


def printed(given: Account, rows: Sequence[tuple[Entry, str]], header: PatientHeader, *, by: Requester) -> bytes:
    """The PDF. ``rows`` are the accounting's, each with its aim in plain words."""
    place = Organization.objects.get(id=by.organization_id)
    zone, now = ZoneInfo(place.timezone), clock.now()
    said = {
        "title": given.law.title,
        "says": given.law.says,
        "citation": given.law.citation,
        "practice": place.name,
        "patient": header.name,
        "born": f"{header.birth_date:%m/%d/%Y}" if header.birth_date else "not known",
        "begins": f"{given.from_on:%m/%d/%Y}",
        "ends": f"{given.until_on:%m/%d/%Y}",
        "rows": [
            {
                "when": _when(entry, zone),
                "who": f"{entry.recipient}{', ' + entry.address if entry.address else ''}",
                "what": entry.description,
                "why": why,
            }
            for entry, why in rows
        ],
        "printed": f"Given {now.astimezone(zone):%m/%d/%Y} by {by.name or 'the practice'}",
    }
    return pdf.printed(_TEMPLATE, said)


def _when(entry: Entry, zone: ZoneInfo) -> str:
    """The day; for a sum the first, how many, and the last."""
    first, last = entry.first_at.astimezone(zone), entry.last_at.astimezone(zone)
    if entry.count == 1:
        return f"{first:%m/%d/%Y}"
    return f"{entry.count} times, from {first:%m/%d/%Y} to {last:%m/%d/%Y}"
