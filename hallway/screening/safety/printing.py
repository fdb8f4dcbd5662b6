"""The safety plan on paper for the patient: tagged PDF/UA, 988 on it whatever else is. Paper is a release."""

from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from hallway import clock
from hallway.consent import gate
from hallway.directory.models import Organization
from hallway.identity.requester import Requester
from hallway.ledger import lines
from hallway.record import queries as record
from hallway.record.resources import header_of
from hallway.screening.safety import queries
from hallway.screening.safety.rows import book, crisis_line
from hallway.standards import pdf
from hallway.storage.connection import transaction

TEMPLATE = Path(__file__).with_name("plan.typ")
WORDS = {
    "en": {
        "title": "My safety plan",
        "born": "born",
        "record": "record",
        "page": "page",
        "of": "of",
        "from": "Made with",
        "always": "Always",
        "printed": "Printed",
    },
    "es": {
        "title": "Mi plan de seguridad",
        "born": "nacimiento",
        "record": "expediente",
        "page": "página",
        "of": "de",
        "from": "Hecho con",
        "always": "Siempre",
        "printed": "Impreso",
    },
}
"""The Spanish awaits review by a person who speaks it."""


def plan(by: Requester, safety_id: UUID) -> bytes:
    """The last plan of a protocol, in its language. NOT_FOUND where there is none, or none for this reader."""
    with transaction():
        found = queries.protocol(by, safety_id)
        last = found.last("plan")
        if last is None or not last.parts:
            raise gate.not_found()
        rows = record.read_chart(gate.release(by, found.chart_id), kinds=["Patient"], route="safety/plan")
        header = header_of(rows[0].body) if rows else None
        lines.write(lines.step_line(by, "safety.plan_printed", charts=[found.chart_id], detail=str(safety_id)))
    said, line, language = WORDS[last.language], crisis_line(), last.language
    place = Organization.objects.get(id=by.organization_id)
    at, now = (one.astimezone(ZoneInfo(place.timezone)) for one in (last.at, clock.now()))
    words: dict[str, object] = {
        **said,
        "language": language,
        "patient": f"{header.given} {header.family}".strip() if header else "",
        "birth_on": f"{header.birth_on:%m/%d/%Y}" if header and header.birth_on else "",
        "number": header.record_number if header else "",
        "practice": place.name,
        "phone": place.phone,
        "made_on": f"{at:%m/%d/%Y}",
        "parts": [{"title": one.title[language], "text": last.parts.get(one.id, "")} for one in book().part],
        "foot": f"{said['printed']} {now:%m/%d/%Y %H:%M}, {by.name or place.name}, {place.name}",
        "crisis": f"{line.name[language]}: {line.number}. {line.how[language]}",
    }
    return pdf.printed(TEMPLATE, words)
