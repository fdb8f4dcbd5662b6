"""On paper: the check list, and a thread as a sheet for a practice that is not on Hallway. Tagged PDF/UA."""

from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from hallway import clock
from hallway.consent.grants.notices import Owed
from hallway.directory.models import Organization
from hallway.identity.requester import Requester
from hallway.record.stored import PatientHeader
from hallway.standards import pdf
from hallway.talking.views import Card, ChecklistView, Line, ThreadView

_HERE = Path(__file__).parent


def checklist(view: ChecklistView, *, by: Requester) -> bytes:
    """The Coordination of Care Check List (R37)."""
    place = Organization.objects.get(id=by.organization_id)
    zone = ZoneInfo(place.timezone)
    said = _head("Coordination of Care Check List", view.header, place, by) | {
        "year": str(view.year),
        "complete": f"{view.done} of {len(view.lines)} steps are done. Contacts, in minutes: {view.minutes}.",
        "rows": [
            {"words": one.words, "on": f"{one.on:%m/%d/%Y}" if one.on else "open", "how": how(one)}
            for one in view.lines
        ],
        "contacts": [
            {
                "when": f"{one.began_at.astimezone(zone):%m/%d/%Y}",
                "who": f"{one.who}, with {one.with_whom}",
                "how": f"{one.channel}, {one.topic.lower()}",
                "outcome": one.outcome,
                "minutes": str(one.minutes),
            }
            for one in view.contacts
        ],
        "notices": _notices(view.owed),
    }
    return pdf.printed(_HERE / "checklist.typ", said)


def how(line: Line) -> str:
    """How a row is known."""
    if line.found:
        return f"In the record: {line.found}"
    return f"Said by {line.by_hand}" if line.by_hand else ""


def sheet(view: ThreadView, own: Card, *, by: Requester) -> bytes:
    """The thread's own words of this side, for telephone or fax: what the other side wrote they have."""
    place = Organization.objects.get(id=by.organization_id)
    zone = ZoneInfo(place.timezone)
    said = _head("Coordination of care", view.header, place, by) | {
        "from": _reach(own),
        "to": _reach(view.other),
        "messages": [
            {"head": f"{one.at.astimezone(zone):%m/%d/%Y}, {one.who}", "lines": _lines(one.words)}
            for one in view.messages
            if one.is_own
        ],
        "notices": _notices(view.owed),
    }
    return pdf.printed(_HERE / "sheet.typ", said)


def _head(title: str, header: PatientHeader, place: Organization, by: Requester) -> dict[str, object]:
    now = clock.now().astimezone(ZoneInfo(place.timezone))
    return {
        "title": title,
        "practice": place.name,
        "patient": header.name,
        "born": f"{header.birth_date:%m/%d/%Y}" if header.birth_date else "not known",
        "printed": f"Printed {now:%m/%d/%Y} by {by.name or 'the practice'}",
    }


def _reach(card: Card) -> str:
    numbers = [f"telephone {card.phone}" if card.phone else "", f"fax {card.fax}" if card.fax else ""]
    return ", ".join(part for part in (card.name, card.practice, *numbers) if part)


def _lines(words: str) -> list[str]:
    return [line for line in words.split("\n") if line.strip()]


def _notices(owed: Owed) -> Sequence[str]:
    return [line for text in owed.texts for line in text.splitlines()]
