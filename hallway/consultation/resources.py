"""The report as others understand it: Composition, DocumentReference, Communication. Pure, both ways."""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from html import escape, unescape

from hallway.consultation.tables.sections import SECTIONS, TITLES
from hallway.referral.resources import concept, ref, stamp
from hallway.standards.fhir import r4

SECTION_SYSTEM = "urn:hallway:report-section"
EDITION_SYSTEM = "urn:hallway:report-edition"
LOINC = "http://loinc.org"
CONSULT_NOTE = "11488-4"
PROGRESS_NOTE = "11506-3"
_TAG = re.compile(r"<[^>]*>")
_VERSIONED = re.compile(r"^(\w+)/([^/]+)/_history/(\w+)$")


@dataclass(frozen=True, slots=True)
class Written:
    """One line as it leaves: its words, where it comes from (``Type/id`` and version, or nothing: the author's own)."""

    section: str
    lead: str
    text: str
    source_kind: str = ""
    source_id: str = ""
    source_version: str = ""
    source_on: str = ""
    edition: int = 1


@dataclass(frozen=True, slots=True)
class Heading:
    """Who writes to whom about whom, as references; ``report_id`` is the Composition's id."""

    composition_id: str
    patient: str
    author: str
    author_org: str
    recipient: str
    request: str
    at: datetime
    edition: int = 1


def _div(lines: Iterable[str]) -> r4.Narrative:
    body = "".join(f"<p>{escape(line)}</p>" for line in lines)
    return r4.Narrative(status="generated", div=f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div>')


def plain(narrative: r4.Narrative | None) -> str:
    """The words of a narrative we wrote."""
    return unescape(_TAG.sub("", narrative.div or "")).strip() if narrative else ""


def composition(heading: Heading, lines: Iterable[Written], notices: tuple[str, ...]) -> r4.Composition:
    """The report. Each section says its lines once for people and once, line by line, with their sources."""
    by_section: dict[str, list[Written]] = {}
    for line in lines:
        by_section.setdefault(line.section, []).append(line)
    sections = [_section(section.code, by_section[section.code]) for section in SECTIONS if section.code in by_section]
    sections += [r4.CompositionSection(title="Notice", text=_div([text])) for text in notices]
    return r4.Composition(
        id=heading.composition_id,
        status="amended" if heading.edition > 1 else "final",
        type=concept("Consultation report", CONSULT_NOTE, LOINC),
        category=(concept(f"Edition {heading.edition}", str(heading.edition), EDITION_SYSTEM),),
        subject=ref(heading.patient),
        date=stamp(heading.at),
        author=(ref(heading.author),),
        title="Consultation report",
        custodian=ref(heading.author_org),
        event=(r4.CompositionEvent(detail=(ref(heading.request),)),),
        section=tuple(sections),
    )


def _section(code: str, lines: list[Written]) -> r4.CompositionSection:
    return r4.CompositionSection(
        title=TITLES[code],
        code=concept(TITLES[code], code, SECTION_SYSTEM),
        text=_div(f"{line.lead} {line.text}".strip() for line in lines),
        section=tuple(_line(line) for line in lines),
    )


def _line(line: Written) -> r4.CompositionSection:
    source = f"{line.source_kind}/{line.source_id}/_history/{line.source_version}" if line.source_id else ""
    return r4.CompositionSection(
        title=line.lead or None,
        code=concept(line.source_on, str(line.edition), EDITION_SYSTEM),
        text=_div([line.text]),
        entry=(ref(source),) if source else (),
    )


def lines_of(report: r4.Composition) -> list[Written]:
    """The lines back from a stored Composition."""
    found: list[Written] = []
    for section in report.section:
        code = next((c.code for c in (section.code.coding if section.code else ()) if c.system == SECTION_SYSTEM), None)
        if code:
            found += [_written(code, line) for line in section.section]
    return found


def _written(section: str, line: r4.CompositionSection) -> Written:
    match = _VERSIONED.match((line.entry[0].reference or "") if line.entry else "")
    kind, resource_id, version = match.groups() if match else ("", "", "")
    coding = line.code.coding if line.code else ()
    return Written(
        section=section,
        lead=line.title or "",
        text=plain(line.text),
        source_kind=kind,
        source_id=resource_id,
        source_version=version,
        source_on=(line.code.text or "") if line.code else "",
        edition=int(next((c.code for c in coding if c.code), "1")),
    )


def document(resource_id: str, heading: Heading, *, title: str = "Consultation report") -> r4.DocumentReference:
    """The report in the list of documents; its words are the Composition's."""
    url = f"Composition/{heading.composition_id}"
    return r4.DocumentReference(
        id=resource_id,
        status="current",
        type=concept(title, CONSULT_NOTE, LOINC),
        subject=ref(heading.patient),
        date=stamp(heading.at),
        author=(ref(heading.author),),
        description=title,
        content=(r4.DocumentReferenceContent(attachment=r4.Attachment(content_type="application/fhir+json", url=url)),),
        context=r4.DocumentReferenceContext(related=(ref(heading.request), ref(url))),
    )


def progress_note(resource_id: str, *, patient: str, author: str, at: datetime, text: str) -> r4.DocumentReference:
    """A progress note with these words (R31)."""
    return r4.DocumentReference(
        id=resource_id,
        status="current",
        type=concept("Progress note", PROGRESS_NOTE, LOINC),
        subject=ref(patient),
        date=stamp(at),
        author=(ref(author),),
        description="Progress note",
        content=(
            r4.DocumentReferenceContent(
                attachment=r4.Attachment(
                    content_type="text/plain; charset=utf-8", data=base64.b64encode(text.encode()).decode()
                )
            ),
        ),
    )
