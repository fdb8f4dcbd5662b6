"""Notes and documents: what was written, by whom, and its text for the reader beside the list. Pure.

Psychotherapy and counseling notes are kept apart from every list and every count, also for their author: they have a
page of their own (``private``).
"""

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import unescape

from hallway.record.classes import AUTHOR_ONLY
from hallway.standards.fhir import r4
from hallway.web.chart import words
from hallway.web.chart.facts import Fact, Facts
from hallway.web.chart.people import Place, Roster

CONSULT_NOTE = "11488-4"
PROGRESS_NOTE = "11506-3"
TAG = re.compile(r"<[^>]+>")
BREAK = re.compile(r"<(?:br|/p|/div|/li|/h\d|/tr)\s*/?>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Note:
    """One note or document: ``paragraphs`` is empty when it is a file rather than words."""

    id: str
    kind: str
    on: date | None
    title: str
    author: str
    place: Place
    paragraphs: tuple[str, ...]
    is_report: bool = False
    is_private: bool = False
    file_kind: str = ""

    @property
    def first_words(self) -> str:
        """The first sentence, for a list; the whole text stands in the reader."""
        text = next(iter(self.paragraphs), "").removeprefix("Answer: ")
        return text if len(text) <= 120 else text[:117].rsplit(" ", 1)[0] + " ..."


def everything(facts: Facts, roster: Roster) -> list[Note]:
    """Every document reference and composition, newest first, private ones included: callers choose."""
    found = [_of_document(fact, roster) for fact in facts.of(r4.DocumentReference) if _stands(fact.view)]
    found += [
        _of_composition(fact, roster) for fact in facts.of(r4.Composition) if fact.view.status != "entered-in-error"
    ]
    return sorted(found, key=lambda note: (note.on or date.min, note.id), reverse=True)


def notes(facts: Facts, roster: Roster) -> list[Note]:
    """What can be read here and may stand in a list."""
    return [note for note in everything(facts, roster) if note.paragraphs and not note.is_private]


def documents(facts: Facts, roster: Roster) -> list[Note]:
    """Files and reports; the words of a report can be read under notes too."""
    listed = [note for note in everything(facts, roster) if not note.is_private]
    return [note for note in listed if note.is_report or not note.paragraphs]


def private(facts: Facts, roster: Roster) -> list[Note]:
    """The reader's own psychotherapy and counseling notes: nobody else's release holds any."""
    return [note for note in everything(facts, roster) if note.is_private]


def chosen(listed: Sequence[Note], note_id: str) -> Note | None:
    """The note asked for, else the newest; a note that is not in the list is not there."""
    if not note_id:
        return next(iter(listed), None)
    return next((note for note in listed if note.id == note_id), None)


def _stands(view: r4.DocumentReference) -> bool:
    return view.status == "current" and view.doc_status != "entered-in-error"


def _of_document(fact: Fact[r4.DocumentReference], roster: Roster) -> Note:
    view = fact.view
    attachments = [content.attachment for content in view.content if content.attachment]
    kinds = words.codes_of([view.type] if view.type else [])
    first = next(iter(attachments), None)
    return Note(
        id=fact.stored.id,
        kind="DocumentReference",
        on=fact.on,
        title=view.description or words.concept_words(view.type) or "Document",
        author=roster.full_name(fact.stored.author) or _named(view.author),
        place=roster.place(fact.stored.source_org),
        paragraphs=_paragraphs(attachments),
        is_report=CONSULT_NOTE in kinds,
        is_private=bool(fact.stored.mask & AUTHOR_ONLY),
        file_kind=(first.content_type or "") if first else "",
    )


def _of_composition(fact: Fact[r4.Composition], roster: Roster) -> Note:
    view = fact.view
    texts = [_plain(section.text.div or "") for section in view.section if section.text]
    titled = [
        f"{section.title}: {text}" if section.title else text
        for section, text in zip((s for s in view.section if s.text), texts, strict=True)
    ]
    return Note(
        id=fact.stored.id,
        kind="Composition",
        on=fact.on,
        title=view.title or words.concept_words(view.type) or "Report",
        author=roster.full_name(fact.stored.author) or _named(view.author),
        place=roster.place(fact.stored.source_org),
        paragraphs=tuple(filter(None, titled)),
        is_report=CONSULT_NOTE in words.codes_of([view.type] if view.type else []),
        is_private=bool(fact.stored.mask & AUTHOR_ONLY),
    )


def _named(references: Sequence[r4.Reference]) -> str:
    return next((reference.display for reference in references if reference.display), "")


def _paragraphs(attachments: Sequence[r4.Attachment]) -> tuple[str, ...]:
    for attachment in attachments:
        kind = (attachment.content_type or "").split(";")[0]
        if attachment.data and kind in ("text/plain", "text/html", "text/markdown"):
            return _cut(_plain(text) if kind == "text/html" else text) if (text := _decode(attachment.data)) else ()
    return ()


def _decode(data: str) -> str:
    try:
        return base64.b64decode(data).decode("utf-8", errors="replace")
    except (binascii.Error, ValueError):
        return ""


def _plain(html: str) -> str:
    return unescape(TAG.sub("", BREAK.sub("\n", html))).strip()


def _cut(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in re.split(r"\n\s*\n", text) if part.strip())
