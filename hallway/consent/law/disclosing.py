"""May this item go to this recipient, for this aim, on this day? Every disclosure the law knows, from rows, pure.

The compiled gate (``rules``, ``compiler``) answers standing access within the network; this answers everything, one
question at a time. It never raises: an error while deciding is a denial with a row of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hallway.consent.law import validity
from hallway.consent.law.asking import (
    Aim,
    BlockingGround,
    Discloser,
    Outcome,
    PatientFacts,
    Question,
    Recipient,
    RecipientKind,
    SignedForm,
    Tie,
    Verdict,
)
from hallway.consent.law.conditions import circumstances, holds
from hallway.consent.tables.blocking import ground
from hallway.consent.tables.disclosures import STRICTNESS, Answer, Row, Topic, book
from hallway.labels import table as labels
from hallway.record.classes import LICENCE_CLASSES, DataClass

__all__ = [
    "Aim",
    "BlockingGround",
    "Discloser",
    "Outcome",
    "PatientFacts",
    "Question",
    "Recipient",
    "RecipientKind",
    "SignedForm",
    "Tie",
    "Verdict",
    "decide",
    "outward",
]

ERROR_ROW = "D-ERROR"
NOT_EHI = DataClass.PSYTHER_NOTE
"""Psychotherapy notes are no electronic health information (45 CFR 171.102), nor is what was compiled for a lawsuit."""


@dataclass(frozen=True, slots=True)
class _Finding:
    """What one topic says: the row that speaks, what it comes to, and what was wrong with forms shown for it."""

    row: Row
    answer: Answer
    obligations: tuple[str, ...] = ()
    defects: tuple[validity.Defect, ...] = ()
    held_back: tuple[str, ...] = ()

    @property
    def permits(self) -> bool:
        return self.answer not in ("needs", "deny")


def decide(question: Question) -> Verdict:
    """The verdict on one question, with rules, obligations and the ground of a denial. Never raises."""
    try:
        asked = _with_licence(question)
        found = [one for topic, rows in book().topics if (one := _finding(topic, rows, asked, question.classes))]
        if not found or not question.classes:
            return _fault(question)
        denials = [one for one in found if not one.permits]
        return _denied(denials, question) if denials else _permitted(found)
    except Exception:  # whatever went wrong, nothing leaves
        return _fault(question)


OUTWARD_DENIAL = "No information can be given about this request."


def outward(verdict: Verdict | None) -> str:
    """What somebody outside hears: the same words for a denial and for a person nobody knows (42 CFR 2.13(c)).

    None stands for an unknown person.
    """
    return verdict.sentence if verdict is not None and verdict.permits else OUTWARD_DENIAL


def _with_licence(question: Question) -> Question:
    """The question with the class that the author's licence gives mental health content in the discloser's state."""
    if not question.classes & DataClass.MH:
        return question
    found = labels.of_licence(question.discloser.state, question.discloser.licence)
    return replace(question, classes=question.classes | found.mask)


def _applies(topic: Topic, question: Question) -> bool:
    """Whether a topic speaks of a question. No state stands against the patient's own access, nor the Secretary.

    A licence class names its own state, wherever the record lies now.
    """
    if topic.state and topic.state != question.discloser.state and not topic.mask & LICENCE_CLASSES:
        return False
    mine = question.purpose is Aim.INDIVIDUAL and question.recipient.kind is RecipientKind.INDIVIDUAL
    if topic.state and (mine or question.purpose is Aim.HHS):
        return False
    carried = not topic.mask or bool(question.classes & topic.mask)
    excluded = bool(question.classes & topic.not_mask)
    return carried and not excluded and (not topic.aims or question.purpose in topic.aims)


def _matches(row: Row, question: Question) -> bool:
    return (
        row.in_force(question.on)
        and (not row.aims or question.purpose in row.aims)
        and (not row.recipients or question.recipient.kind in row.recipients)
        and (not row.mask or bool(question.classes & row.mask))
        and all(holds(condition, question) for condition in row.when)
    )


def _finding(topic: Topic, rows: Sequence[Row], question: Question, stated: int) -> _Finding | None:
    """What a topic says of a question; None where it says nothing. ``stated`` are the classes as they were asked.

    Raises LookupError where a closed topic, which must always speak, says nothing.
    """
    if not _applies(topic, question):
        return None
    said = _speaks([row for row in rows if _matches(row, question)], topic, question, stated)
    if said is None and topic.closed:
        raise LookupError(topic.id)
    return said


def _speaks(rows: list[Row], topic: Topic, question: Question, stated: int) -> _Finding | None:
    """The first row speaks, unless it is unverified and would permit more than what speaks without it."""
    if not rows:
        return None
    first = _answered(rows[0], topic, question, stated)
    if rows[0].verified:
        return first
    without = _speaks(rows[1:], topic, question, stated)
    if without is None:
        return first
    if STRICTNESS[first.answer] < STRICTNESS[without.answer]:
        return replace(without, held_back=(rows[0].id, *without.held_back))
    return replace(first, obligations=(*first.obligations, *without.obligations), held_back=without.held_back)


def _answered(row: Row, topic: Topic, question: Question, stated: int) -> _Finding:
    """A row's answer: its own, or what a valid form among those it asks for makes of it."""
    if row.outcome != "needs":
        return _Finding(row, row.outcome, row.obligations)
    asked = (row.mask or topic.mask) & question.classes or stated
    defects: list[validity.Defect] = []
    for form in question.forms:
        if form.kind in row.forms and form.fits and question.purpose in form.aims and not asked & ~form.classes:
            wrong = validity.defects(form, question.on, circumstances(question))
            if not wrong:
                return _Finding(row, row.opened, row.obligations)
            defects += wrong
    return _Finding(row, "needs", row.on_denial, tuple(dict.fromkeys(defects)))


def _unique(*lists: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for words in lists for word in words))


def _permitted(found: list[_Finding]) -> Verdict:
    """Every topic that spoke lets it pass; at least one did."""
    answers = {one.answer for one in found}
    outcome = Outcome.PERMIT
    if "notice" in answers:
        outcome = Outcome.PERMIT_WITH_NOTICE
    elif "filtered" in answers:
        outcome = Outcome.PERMIT_FILTERED
    return Verdict(
        outcome=outcome,
        rule_ids=_unique([one.row.id for one in found]),
        sentence=found[0].row.sentence,
        citations=_unique([one.row.citation for one in found]),
        obligations=_unique(*(one.obligations for one in found)),
        held_back=_unique(*(one.held_back for one in found)),
    )


def _denied(denials: list[_Finding], question: Question) -> Verdict:
    """One denial is enough. What no form opens is named before what a form would open."""
    refused = [one for one in denials if one.answer == "deny"]
    named = refused or denials
    defects = tuple(dict.fromkeys(defect for one in named for defect in one.defects))
    forms = _unique(*(one.row.forms for one in _not_met_by_others(named)))
    said = [named[0].row.sentence, *(f"The form does not count: {defect.words}" for defect in defects)]
    return Verdict(
        outcome=Outcome.DENY if refused else Outcome.DENY_NEEDS,
        needs=() if refused else _unique([" or ".join(one.row.needs) for one in _not_met_by_others(named)]),
        rule_ids=_unique([one.row.id for one in named], [defect.rule_id for defect in defects]),
        sentence=" ".join(said),
        citations=_unique([one.row.citation for one in named], [defect.citation for defect in defects]),
        obligations=_unique(*(one.row.on_denial for one in named)),
        blocking=_ground(
            named[0].row.ground or "B-PRECONDITION", tuple(f"send_form:{kind}" for kind in forms), question
        ),
        forms=forms,
        defects=tuple(defect.words for defect in defects),
        held_back=_unique(*(one.held_back for one in named)),
    )


def _not_met_by_others(denials: list[_Finding]) -> list[_Finding]:
    """The denials without those that any form for an earlier one would meet as well."""
    kept: list[_Finding] = []
    for one in denials:
        if not any(other.row.forms and set(other.row.forms) <= set(one.row.forms) for other in kept):
            kept.append(one)
    return kept


def _ground(ground_id: str, cure: tuple[str, ...], question: Question) -> BlockingGround | None:
    """The exception that makes a denial no information blocking; None for what is no EHI."""
    if question.classes & NOT_EHI or "litigation_material" in question.facts:
        return None
    found = ground(ground_id)
    return BlockingGround(
        rule_id=found.id,
        exception=found.exception,
        criterion=found.criterion,
        citation=found.citation,
        cure=(*cure, *found.cure),
    )


def _fault(question: Question) -> Verdict:
    """Nothing could be decided, so nothing leaves."""
    return Verdict(
        outcome=Outcome.DENY,
        rule_ids=(ERROR_ROW,),
        sentence="Hallway could not decide this, so nothing leaves. The privacy officer has been told.",
        citations=("Hallway: an error while deciding is a denial",),
        obligations=("tell_privacy_officer",),
        blocking=_ground("B-FAULT", (), question),
    )
