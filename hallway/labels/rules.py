"""The rules of labelling, pure: a resource and facts about its source in, classes and the rows behind them out.

42 CFR 2.11 and 2.12 (what a Part 2 record is), 45 CFR 164.501 (psychotherapy notes), Connecticut and Massachusetts
rows by the author's licence. What cannot be judged is UNCLASSIFIED, which nobody but its source may open.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from hallway.labels import table
from hallway.labels.table import NOTHING, Found, both, together
from hallway.record.classes import DataClass

Json = dict[str, object]

NOTES = frozenset({"DocumentReference", "Composition", "Binary", "Media", "ClinicalImpression"})
"""Types that carry what somebody wrote in full sentences."""
HIGH_WATER = frozenset(
    {
        "Provenance",
        "List",
        "Composition",
        "Bundle",
        "Claim",
        "ClaimResponse",
        "ExplanationOfBenefit",
        "DocumentManifest",
    }
)
"""Types that name other resources and so tell of them: they take every class of what they name."""
ADMINISTRATIVE = frozenset(
    {
        "Patient", "RelatedPerson", "Person", "Coverage", "Appointment", "AppointmentResponse", "Schedule", "Slot",
        "Account", "Consent", "Provenance", "AuditEvent", "CareTeam", "Group",
    }
)  # fmt: skip
"""Types that hold no clinical content of their own; a Part 2 program's are labelled all the same."""
KNOWN_NOTES = frozenset(
    {"progress", "psychotherapy", "sud_counseling", "report", "intake", "plan", "message", "consent"}
)
"""Kinds of note that an author may choose. Any other word is a note of unknown kind."""
_AUTHOR_ONLY = {"psychotherapy": DataClass.PSYTHER_NOTE, "sud_counseling": DataClass.SUD_COUNSEL_NOTE}
_CODE = re.compile(rb'"code":"([^"\\]+)"')
_WORDED = re.compile(
    rb'"reference":"[^"]*","display":"[^"]*"'
    rb'|"(?:display|text|valueString|conclusion|description|summary|comment|patientInstruction|title)"'
    rb':"((?:[^"\\]|\\.)*)"'
)


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What the rules must know of where a fact comes from. ``side`` and ``kind`` are the directory's words."""

    side: str
    kind: str
    state: str
    is_part2: bool
    licence: str = "none"
    note_kind: str = ""
    received_under_notice: bool = False


@dataclass(frozen=True, slots=True)
class Judgement:
    """The mask of a resource and the ids of the rows and rules that gave it."""

    mask: int
    basis: tuple[str, ...]


def judge(resource: Json, body: bytes, source: SourceFacts, *, sent_security: Iterable[str] = ()) -> Judgement:
    """The classes of one resource, given decoded and as its stored text.

    The caller adds those of what it names (``combine``), for it can look them up.
    """
    kind = str(resource.get("resourceType"))
    found = together(
        (
            _program(source),
            _practice(kind, source),
            _note(kind, resource, source),
            of_content(body),
            together(table.of_security(code) for code in sent_security),
        )
    )
    base = 0 if found.mask & DataClass.UNCLASSIFIED else int(DataClass.GENERAL)
    return Judgement(found.mask | base, found.basis or ("LBL-GENERAL",))


def _program(source: SourceFacts) -> Found:
    """Part 2: everything a program holds about a patient, and what came from one under its notice (42 CFR 2.11)."""
    found = NOTHING
    if source.is_part2:
        found = Found(int(DataClass.PART2), ("LBL-P2-PROGRAM",))
    elif source.kind == "sud_program":
        basis = "LBL-P2-CT-17A-688" if source.state == "CT" else "LBL-P2-UNEVALUATED"
        found = Found(int(DataClass.PART2), (basis,))
    if source.received_under_notice:
        found = both(found, Found(int(DataClass.PART2), ("LBL-P2-NOTICE",)))
    return found


def _practice(kind: str, source: SourceFacts) -> Found:
    """Clinical content of a behavioral health practice, and of a professional whose state has a rule of its own."""
    if source.side != "bh" or kind in ADMINISTRATIVE:
        return NOTHING
    return both(Found(int(DataClass.MH), ("LBL-BH-PRACTICE",)), table.of_licence(source.state, source.licence))


def _note(kind: str, resource: Json, source: SourceFacts) -> Found:
    """Notes, by what their author said they are. A note nobody can vouch for stays shut."""
    if source.note_kind in _AUTHOR_ONLY:
        mask = int(_AUTHOR_ONLY[source.note_kind] | DataClass.MH)
        return Found(mask, (f"LBL-NOTE-{source.note_kind}",))
    if source.note_kind in KNOWN_NOTES:
        # The author vouches for the kind, so an attachment that only people can read (a scan, a PDF) does not shut it.
        return together(_of_attachment(one) for one in _attachments(resource) if _is_readable(one))
    is_note = kind in NOTES or bool(resource.get("presentedForm"))
    if source.note_kind or (is_note and source.side != "pc" and source.kind != "medical_specialty"):
        return both(of_attachments(resource), Found(int(DataClass.UNCLASSIFIED), ("LBL-NOTE-UNKNOWN",)))
    return of_attachments(resource) if is_note else NOTHING


def of_attachments(resource: Json) -> Found:
    """Classes that the words of readable attachments point at; one that cannot be read cannot be judged."""
    return together(_of_attachment(one) for one in _attachments(resource))


def _attachments(resource: Json) -> list[Json]:
    found = list(cast("list[Json]", resource.get("presentedForm") or []))
    for content in cast(
        "list[Json]", resource.get("content") or [] if isinstance(resource.get("content"), list) else []
    ):
        attachment = content.get("attachment")
        if isinstance(attachment, dict):
            found.append(cast("Json", attachment))
    if resource.get("resourceType") == "Binary" or (resource.get("contentType") and resource.get("data")):
        found.append(resource)
    return [one for one in found if type(one) is dict and one.get("data")]


def _is_readable(attachment: Json) -> bool:
    return str(attachment.get("contentType", "")).startswith("text/")


def _of_attachment(attachment: Json) -> Found:
    if not _is_readable(attachment):
        return Found(int(DataClass.UNCLASSIFIED), ("LBL-ATTACHMENT-UNREADABLE",))
    try:
        text = base64.b64decode(str(attachment.get("data")), validate=False).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return Found(int(DataClass.UNCLASSIFIED), ("LBL-ATTACHMENT-UNREADABLE",))
    return table.of_text(text)


def of_content(body: bytes) -> Found:
    """Classes of every code, display and short free text of a resource, contained ones included.

    Reads the text, not the tree: each code is looked up in every system that the text names at all, so a doubt goes to
    the strict side. The display of a reference is a name, not content, and is passed over.
    """
    found = NOTHING
    for text in _WORDED.findall(body):
        if text:
            here = _of_words(text) if len(text) < 300 else table.of_text(text.decode())
            if here.mask:
                found = both(found, here)
    if b"loinc.org" in body:
        found = both(found, together(table.of_coding(table.LOINC, code.decode(), "") for code in _CODE.findall(body)))
    if b"icd-10" in body or b"113883.6.90" in body:
        icd = "http://hl7.org/fhir/sid/icd-10-cm"
        found = both(found, together(table.of_coding(icd, code.decode(), "") for code in _CODE.findall(body)))
    return found


@lru_cache(maxsize=65536)
def _of_words(text: bytes) -> Found:
    return table.of_text(text.decode())


def combine(own: Judgement, named: Iterable[int]) -> Judgement:
    """High water: a resource that names others carries every class that they carry."""
    mask = own.mask
    for one in named:
        mask |= one
    if mask == own.mask:
        return own
    if mask & DataClass.UNCLASSIFIED:
        mask &= ~int(DataClass.GENERAL)
    return Judgement(mask, (*own.basis, "LBL-HIGH-WATER"))
