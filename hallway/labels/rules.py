"""The rules of labelling, pure: a resource and facts about its source in, classes and the rows behind them out.

42 CFR 2.11 and 2.12 (what a Part 2 record is), 45 CFR 164.501 (psychotherapy notes), Connecticut and Massachusetts
rows by the author's licence. What cannot be judged is UNCLASSIFIED, which nobody but its source may open.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from hallway.labels import content, table
from hallway.labels.source import Conveyed, NotCovered
from hallway.labels.table import NOTHING, Found, both, together
from hallway.record.classes import DataClass

Json = dict[str, object]

NOTES = frozenset({"DocumentReference", "Composition", "Binary", "Media", "ClinicalImpression"})
"""Types that carry what somebody wrote in full sentences."""
HIGH_WATER = frozenset(
    {
        "Provenance", "List", "Composition", "Bundle", "Claim", "ClaimResponse", "ExplanationOfBenefit",
        "DocumentManifest",
    }
)  # fmt: skip
"""Types that are about whatever they name, anywhere in them: they take every class of it. For others: the table."""
ADMINISTRATIVE = frozenset(
    {
        "Patient", "RelatedPerson", "Person", "Coverage", "Appointment", "AppointmentResponse", "Schedule", "Slot",
        "Account", "Consent", "Provenance", "AuditEvent", "CareTeam", "Group",
    }
)  # fmt: skip
"""Types that hold no clinical content of their own; a Part 2 program's are labelled all the same."""
DIAGNOSES = frozenset({"Condition", "Observation", "Encounter", "ClinicalImpression"})
"""Types in which a diagnosis stands that Part 2 may leave out (42 CFR 2.12(e)(4))."""
KNOWN_NOTES = frozenset(
    {"progress", "psychotherapy", "sud_counseling", "report", "intake", "plan", "message", "consent"}
)
"""Kinds of note that an author may choose. Any other word is a note of unknown kind."""
SHUTTING = (
    "LBL-NOTE-UNKNOWN",
    "LBL-ATTACHMENT-UNREADABLE",
    "LBL-ATTACHMENT-ELSEWHERE",
    "LBL-CODE-UNREADABLE",
    "LBL-SENT-R",
    "LBL-SENT-V",
    "LBL-MARK-UNSURE",
)
"""Rows by which something cannot be judged for a reason of its own, so that a person must look at it."""
_SHUT, _GENERAL = int(DataClass.UNCLASSIFIED), int(DataClass.GENERAL)
_AUTHOR_ONLY = {"psychotherapy": DataClass.PSYTHER_NOTE, "sud_counseling": DataClass.SUD_COUNSEL_NOTE}


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What the rules must know of where a fact comes from. ``side`` and ``kind`` are the directory's words.

    ``is_part2``: the organization is a program, or lies in one. The other fields: ``Source``.
    """

    side: str
    kind: str
    state: str
    is_part2: bool
    licence: str = "none"
    licence_state: str = ""
    note_kind: str = ""
    received_under_notice: bool = False
    conveyed: Conveyed = "transmitted"
    not_covered: NotCovered = ""


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
    found = NOTHING
    for one in (
        _program(kind, source),
        _practice(kind, source),
        _note(kind, resource, source),
        content.of_content(body),
        content.of_bare_codes(resource),
        *(table.of_security(code) for code in sent_security),
    ):
        if one.mask:
            found = both(found, one) if found.mask else one
    base = 0 if found.mask & _SHUT else _GENERAL
    return Judgement(found.mask | base, found.basis or ("LBL-GENERAL",))


def _program(kind: str, source: SourceFacts) -> Found:
    """Part 2: everything a program holds about a patient, and what came from one under its notice (42 CFR 2.11).

    Never the code alone: a substance use diagnosis of a clinician who is no program is not Part 2 (2.12(d)(2)(ii)).
    """
    found = NOTHING
    left_out = source.not_covered and kind in DIAGNOSES
    if (source.is_part2 or source.kind == "sud_program") and not left_out:
        found = Found(int(DataClass.PART2), (_program_row(source),))
    if source.received_under_notice and source.conveyed != "oral":
        found = both(found, Found(int(DataClass.PART2), ("LBL-P2-NOTICE",)))
    return found


def _program_row(source: SourceFacts) -> str:
    if source.kind == "sud_program" and source.state == "CT":
        return "LBL-P2-CT-17A-688"
    return "LBL-P2-PROGRAM" if source.is_part2 else "LBL-P2-UNEVALUATED"


def _practice(kind: str, source: SourceFacts) -> Found:
    """Clinical content of a behavioral health practice or clinician; and of a licence whose state has its own rule."""
    if kind in ADMINISTRATIVE:
        return NOTHING
    is_clinician = source.licence in table.BEHAVIORAL_LICENCES
    if source.side != "bh" and not is_clinician:
        return NOTHING
    row = "LBL-BH-PRACTICE" if source.side == "bh" else "LBL-BH-CLINICIAN"
    states = (state for state in (source.state, source.licence_state) if state)
    return together(
        (
            Found(int(DataClass.MH), (row,)),
            *(table.of_licence(state, source.licence) for state in dict.fromkeys(states)),
        )
    )


def _note(kind: str, resource: Json, source: SourceFacts) -> Found:
    """Notes, by what their author said they are. A note nobody can vouch for stays shut."""
    if source.note_kind in _AUTHOR_ONLY:
        mask = int(_AUTHOR_ONLY[source.note_kind] | DataClass.MH)
        return Found(mask, (f"LBL-NOTE-{source.note_kind}",))
    if source.note_kind in KNOWN_NOTES:
        return content.of_readable_attachments(resource)
    is_note = kind in NOTES or bool(resource.get("presentedForm"))
    found = content.of_attachments(resource)
    if source.note_kind or (is_note and source.side != "pc" and source.kind != "medical_specialty"):
        return both(found, Found(int(DataClass.UNCLASSIFIED), ("LBL-NOTE-UNKNOWN",)))
    return found


def combine(own: Judgement, named: Iterable[int], row: str = "LBL-HIGH-WATER") -> Judgement:
    """High water: a resource that names others carries every class that they carry."""
    mask = own.mask
    for one in named:
        mask |= one
    if mask == own.mask:
        return own
    if mask & _SHUT:
        mask &= ~_GENERAL
    return Judgement(mask, (*own.basis, row))


# What it names -------------------------------------------------------------------------------------------------------


_NAMES_NOTHING: tuple[frozenset[str], tuple[tuple[str, ...], ...]] = (frozenset(), ())


def named_in(resource: Json) -> Iterator[str]:
    """What ``Type/id`` a resource says it is about, rests on or contains, in the elements that the table names."""
    roots, paths = table.naming().get(str(resource.get("resourceType")), _NAMES_NOTHING)
    for path in () if roots.isdisjoint(resource) else paths:
        value: object = resource.get(path[0])
        if value is not None:
            yield from _references(value, path[1:])
    contained = resource.get("contained")
    if type(contained) is list:
        for one in cast("list[object]", contained):
            if type(one) is dict:
                yield from named_in(cast("Json", one))


def _references(value: object, path: tuple[str, ...]) -> Iterator[str]:
    if type(value) is list:
        for one in cast("list[object]", value):
            yield from _references(one, path)
    elif type(value) is dict:
        found = cast("Json", value)
        yield from _references(found.get(path[0]), path[1:]) if path else _within(found)


def _within(found: Json) -> Iterator[str]:
    """Every reference in an element, however deep; the visit it belongs to is no part of what it says."""
    for name, one in found.items():
        if type(one) is str:
            if name in {"reference", "url"}:
                yield one
        elif name != "encounter":
            yield from _references(one, ())


def visit_of(resource: Json) -> str:
    """The id of the Encounter in which it was charted; empty for none."""
    held = resource.get("encounter")
    if held is None:
        held = resource.get("context")
        if type(held) is dict:
            listed = cast("Json", held).get("encounter")
            held = cast("list[object]", listed)[0] if type(listed) is list and listed else cast("object", held)
    reference = cast("Json", held).get("reference") if type(held) is dict else None
    return reference[10:] if type(reference) is str and reference.startswith("Encounter/") else ""
