"""One ask of a gateway, one transaction: decide each item, note each no with its ground, leave one line."""

from dataclasses import dataclass
from datetime import date, datetime

from hallway import clock
from hallway.consent import disclosing, plans, soundness
from hallway.consent.asking import Discloser, Outcome, PatientFacts, Question, Verdict
from hallway.consent.blocking import Refusal
from hallway.directory.models import Organization, Practitioner
from hallway.exchange.decisions import forms, labelling, parties
from hallway.exchange.decisions.asked import DecisionRequest, Item
from hallway.exchange.decisions.parties import About, Towards
from hallway.identity.requester import Requester
from hallway.ledger import lines
from hallway.loops import refusing
from hallway.record.classes import DataClass
from hallway.storage.connection import transaction

PERMIT, DENY, NO_CONSENT = "CONSENT_PERMIT", "CONSENT_DENY", "NO_CONSENT"
NOBODY_KNOWN = Verdict(
    outcome=Outcome.DENY_NEEDS,
    rule_ids=("XCH-NOBODY",),
    sentence="Hallway holds nothing about this patient that you may rely on. It permits nothing.",
)
"""The answer about an unknown patient and about one of others: the same, word for word."""
ADULT = 18


@dataclass(frozen=True, slots=True)
class Decision:
    """One item's answer, by the item's own id."""

    item_id: str
    code: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Decided:
    """Every answer of one ask, in no particular order that anybody may rely on."""

    at: datetime
    decisions: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class _Case:
    """What is the same for every item of one ask."""

    asked: DecisionRequest
    holder: Organization
    is_program: bool
    towards: Towards
    about: About
    on: date


def decide(asked: DecisionRequest, *, by: Requester) -> Decided:
    """Answer every item. ``by`` is a registered client: it asks about what its own organization holds.

    Raises INCORRECT for a recipient that is named and not in the directory. An error while deciding one item is a
    denial of that item; an error while writing the line is no answer at all.
    """
    soundness.refuse_clock_set_back()
    now = clock.now()
    holder = Organization.objects.get(id=by.organization_id)
    towards = parties.towards(asked.recipient)
    with transaction():
        about = parties.about(asked.patient.identifier, by.organization_id)
        if about is None:
            _write_line(by, asked, [NO_CONSENT] * len(asked.items), charts=[])
            return Decided(now, tuple(Decision(item.id, NO_CONSENT, NOBODY_KNOWN) for item in asked.items))
        is_program = plans.places([holder.id])[holder.id].is_part2
        case = _Case(asked, holder, is_program, towards, about, now.date())
        decided = [_one(case, item, by) for item in asked.items]
        _write_line(by, asked, [one.code for one in decided], charts=[about.subject.chart_id])
    return Decided(now, tuple(decided))


def _one(case: _Case, item: Item, by: Requester) -> Decision:
    question = _question(case, item)
    verdict = disclosing.decide(question)
    # What is no electronic health information has no ground, and needs none (45 CFR 171.102).
    if not verdict.permits and verdict.blocking is not None:
        _refuse(case, item, question, verdict, by=by)
    return Decision(item.id, _code(case, verdict), verdict)


def _code(case: _Case, verdict: Verdict) -> str:
    """NO_CONSENT where a form would open it and none that was shown is at fault; else the engine's yes or no."""
    if verdict.permits:
        return PERMIT
    asks_form = verdict.outcome is Outcome.DENY_NEEDS and not verdict.defects
    return NO_CONSENT if asks_form else DENY


def _question(case: _Case, item: Item) -> Question:
    holder, facts, state = case.holder, case.about.facts, case.holder.state
    mask = labelling.mask_of(item, holder, is_program=case.is_program)
    barred = forms.barred_classes(facts, holder.id, case.towards)
    if mask & barred:
        mask |= DataClass.PATIENT_RESTRICTED
    author = Practitioner.objects.filter(npi=item.author_npi).first() if item.author_npi else None
    return Question(
        on=case.on,
        purpose=case.asked.purpose,
        classes=int(mask),
        discloser=Discloser(
            state=state,
            licence=item.licence,
            is_part2_program=case.is_program,
            holder="program" if case.is_program and not item.received_under_notice else "holder",
            received_under_notice=item.received_under_notice,
        ),
        recipient=parties.recipient(
            case.towards,
            facts,
            holder.id,
            is_author=author is not None and author.id == case.towards.practitioner,
        ),
        patient=_patient(case, mask),
        facts=forms.recorded(facts, holder.id, case.towards, case.asked.circumstances),
        forms=forms.signed_forms(facts, holder.id, case.towards, on=case.on, state=state),
        kind=item.type,
    )


def _patient(case: _Case, mask: int) -> PatientFacts:
    """A birth date nobody knows counts as a minor's: the law is stricter there."""
    subject = case.about.subject
    return PatientFacts(
        age=_years(subject.birth_on, case.on) if subject.birth_on else ADULT - 1,
        state=case.holder.state,
        deceased=subject.deceased,
        minor_consented=bool(mask & DataClass.MINOR_CONSENTED),
    )


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _refuse(case: _Case, item: Item, question: Question, verdict: Verdict, *, by: Requester) -> None:
    refusing.refuse(
        Refusal(
            chart_id=case.about.subject.chart_id,
            route="decision",
            discloser_org=by.organization_id,
            recipient_org=case.towards.organization,
            recipient_practitioner=case.towards.practitioner,
            recipient_kind=question.recipient.kind.value,
            purpose=question.purpose.value,
            classes=question.classes,
            subject=f"{item.type}/{item.id}",
            outcome=verdict.outcome.value,
            needs=verdict.needs,
            rule_ids=verdict.rule_ids,
            ground=verdict.blocking,
            form_kind=verdict.forms[0] if verdict.forms else "",
        ),
        by=by,
    )


def _write_line(by: Requester, asked: DecisionRequest, codes: list[str], *, charts: list[int]) -> None:
    counts = " ".join(f"{code}={codes.count(code)}" for code in (PERMIT, DENY, NO_CONSENT))
    detail = " ".join([by.name, counts, *sorted(asked.circumstances)])
    lines.write(lines.step_line(by, "consent.decided", charts=charts, purpose=asked.purpose.value, detail=detail))
