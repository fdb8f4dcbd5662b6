"""One ask of a gateway, one transaction: decide each item, note each no with its ground, leave one line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hallway import clock
from hallway.consent.denials.blocking import Refusal
from hallway.consent.grants import plans, soundness
from hallway.consent.law import disclosing
from hallway.consent.law.asking import Discloser, Outcome, PatientFacts, Question, Verdict
from hallway.consent.law.facts import Place
from hallway.consent.rights.minors import years
from hallway.directory.models import Organization, Practitioner
from hallway.exchange.decisions import forms, labelling, parties
from hallway.exchange.decisions.asked import DecisionRequest, Item
from hallway.exchange.decisions.forms import Thing
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
MOST_SUBJECT = 100
"""Letters of a denial's subject that are kept."""


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
    place: Place
    towards: Towards
    about: About
    on: date
    authors: Mapping[str, Practitioner]
    """By NPI, those whom the directory has."""


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
        place = plans.places([holder.id])[holder.id]
        case = _Case(asked, holder, place, towards, about, now.date(), _authors(asked.items))
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


def _authors(items: Sequence[Item]) -> dict[str, Practitioner]:
    numbers = {item.author_npi for item in items} - {""}
    return {one.npi: one for one in Practitioner.objects.filter(npi__in=numbers).order_by("-id")}


def _question(case: _Case, item: Item) -> Question:
    facts, place, towards = case.about.facts, case.place, case.towards
    author = case.authors.get(item.author_npi)
    licence = author.licence if author is not None else item.licence
    mask = labelling.mask_of(item, case.holder, licence=licence, is_program=place.is_part2)
    if mask & forms.barred_classes(facts, place.id, towards):
        mask |= DataClass.PATIENT_RESTRICTED
    thing = Thing(item.type, author.id if author is not None else 0, int(mask))
    return Question(
        on=case.on,
        purpose=case.asked.purpose,
        classes=thing.mask,
        discloser=Discloser(
            state=place.state,
            licence=licence,
            is_part2_program=place.is_part2,
            holder="program" if place.is_part2 and not item.received_under_notice else "holder",
            received_under_notice=item.received_under_notice,
        ),
        recipient=parties.recipient(
            towards, facts, place.id, is_author=thing.author != 0 and thing.author == towards.practitioner
        ),
        patient=_patient(case, mask),
        facts=forms.recorded(facts, place, towards, thing, said=case.asked.circumstances),
        forms=forms.signed_forms(facts, place, towards, thing, on=case.on),
        kind=item.type,
    )


def _patient(case: _Case, mask: int) -> PatientFacts:
    """A birth date nobody knows counts as a minor's: the law is stricter there."""
    subject = case.about.subject
    return PatientFacts(
        age=years(subject.birth_on, case.on) if subject.birth_on else ADULT - 1,
        state=case.holder.state,
        deceased=subject.deceased,
        minor_consented=bool(mask & DataClass.MINOR_CONSENTED),
    )


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
            subject=f"{item.type}/{item.id}"[:MOST_SUBJECT],
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
