"""The conditions a row of law may name, as pure tests of a question. What is not here and no recorded fact is refused.

A row writes ``"minor"`` or ``"not minor"``; a recorded fact (``tables/words.toml``) is written the same way.
"""

from collections.abc import Callable

from hallway.consent.law.asking import Aim, Question, RecipientKind, Tie
from hallway.consent.tables import minors
from hallway.consent.tables.profiles import release_profiles
from hallway.record.classes import DataClass

Test = Callable[[Question], bool]
ADULT_YEARS = 18
TWELVE_YEARS = 12


def _is_minor(question: Question) -> bool:
    return question.patient.age < ADULT_YEARS and not question.patient.emancipated


def _leaves_state(question: Question) -> bool:
    there = question.recipient.state
    return not there or there != question.discloser.state


def _combines_proceedings(question: Question) -> bool:
    """A form for proceedings that is also for something else, and none that stands alone (42 CFR 2.31(d))."""
    fitting = [form for form in question.forms if form.fits and Aim.LEGAL in form.aims]
    alone = any(form.kind == "proceedings" and len(form.aims) == 1 for form in fitting)
    return not alone and any(len(form.aims) > 1 for form in fitting)


def _minor_controls(question: Question) -> bool:
    """The minor consented alone, or the parent agreed to confidentiality, and the minor did not ask for the parent."""
    alone = question.patient.minor_consented or bool(question.classes & DataClass.MINOR_CONSENTED)
    return (alone or "confidentiality_agreement" in question.facts) and "minor_wants_parent" not in question.facts


def _may_act(question: Question) -> bool:
    return question.recipient.kind is RecipientKind.INDIVIDUAL or "authority_shown" in question.facts


def _may_consent_alone(question: Question) -> bool:
    """State law lets the minor alone consent to substance use care: recorded, or by the state's rows."""
    found = minors.fitting(question.discloser.state, "substance_use", question.patient.age)
    return "minor_may_consent_alone" in question.facts or any(minors.gives(row, question.facts) for row in found)


def _beyond(profile: str) -> Test:
    """An item of a kind that a release profile leaves out; an unknown kind is left to the one who sends."""
    return lambda question: bool(question.kind) and question.kind not in release_profiles()[profile].kinds


STATES = frozenset({"MA", "CT", "CA"})
"""States whose rules are loaded; the loader compares them with the tables."""

CONDITIONS: dict[str, tuple[str, Test]] = {
    "program": ("the discloser is a substance use program", lambda q: q.discloser.is_part2_program),
    "holder": ("the discloser received the record from a program", lambda q: q.discloser.holder == "holder"),
    "received_under_notice": ("the record came with the notice", lambda q: q.discloser.received_under_notice),
    "discloser_covered": ("the discloser is bound by HIPAA", lambda q: q.discloser.covered_entity),
    "own": ("the recipient works for the same practice", lambda q: q.recipient.relation is Tie.OWN),
    "treating": ("the recipient treats the patient", lambda q: q.recipient.relation is Tie.TREATING),
    "had_relation": (
        "the recipient treats or has treated the patient",
        lambda q: q.recipient.relation in (Tie.OWN, Tie.TREATING, Tie.FORMER),
    ),
    "author": ("the recipient wrote it", lambda q: q.recipient.is_author),
    "sud_duty": ("the recipient's duties are in substance use care", lambda q: q.recipient.sud_duty),
    "recipient_covered": ("the recipient is bound by HIPAA", lambda q: q.recipient.covered_entity),
    "responsible_for_care": ("the recipient is responsible for the care", lambda q: q.recipient.responsible_for_care),
    "leaves_state": ("the recipient is in another state, or nobody knows where", _leaves_state),
    "to_the_patient": (
        "the recipient is the patient",
        lambda q: q.recipient.kind is RecipientKind.INDIVIDUAL,
    ),
    "minor": ("the patient is an unemancipated minor", _is_minor),
    "twelve_or_older": ("the patient is 12 or older", lambda q: q.patient.age >= TWELVE_YEARS),
    "emancipated": ("the patient is an emancipated minor", lambda q: q.patient.emancipated),
    "deceased": ("the patient has died", lambda q: q.patient.deceased),
    "has_capacity": ("the patient can decide", lambda q: q.patient.has_capacity),
    "minor_consented": (
        "the minor lawfully consented to this care alone",
        lambda q: q.patient.minor_consented or bool(q.classes & DataClass.MINOR_CONSENTED),
    ),
    "minor_may_consent_alone": ("state law lets the minor alone consent to this care", _may_consent_alone),
    "minor_controls": ("the minor controls this care", _minor_controls),
    "authority_or_self": ("it is the patient, or somebody who may act for the patient", _may_act),
    "part2": ("it carries substance use records", lambda q: bool(q.classes & DataClass.PART2)),
    "psychologist": ("the discloser is a psychologist", lambda q: q.discloser.licence == "psychologist"),
    "no_overlay": ("no rules of the discloser's state are loaded", lambda q: q.discloser.state not in STATES),
    "beyond_payment": ("it is more than a plan needs to pay", _beyond("payer_payment")),
    "beyond_utilization": ("it is more than a plan needs to judge necessity", _beyond("payer_utilization")),
    "beyond_provider_payment": ("it is more than another practice needs to be paid", _beyond("provider_payment")),
    "beyond_provider_operations": (
        "it is more than another practice needs to coordinate",
        _beyond("provider_operations"),
    ),
    "beyond_quality": ("it is more than a reviewer of quality needs", _beyond("quality_review")),
    "form_combines_proceedings": ("the form for proceedings is also for something else", _combines_proceedings),
}
"""Name: (in plain words, the test)."""


def circumstances(question: Question) -> frozenset[str]:
    """What a disclosure brings along that a form shown for it must answer to (words of ``elements.toml``)."""
    minor_part2 = _is_minor(question) and bool(question.classes & DataClass.PART2)
    alone = _may_consent_alone(question)
    held = {
        "minor_consented_care": _is_minor(question) and _minor_controls(question) and not minor_part2,
        "minor_consents_alone": minor_part2 and alone,
        "minor_needs_parent": minor_part2 and not alone,
        "recipient_covered": question.recipient.covered_entity,
        "intermediary": question.recipient.kind is RecipientKind.INTERMEDIARY,
        "psychiatric": bool(question.classes & DataClass.CT_PSYCHIATRIC),
        "social_worker": bool(question.classes & DataClass.CT_SOCIAL_WORKER),
        "hiv": bool(question.classes & DataClass.HIV),
        "paid_for": question.purpose is Aim.SALE,
        "criminal_justice": question.purpose is Aim.CRIMINAL_JUSTICE,
        "in_proceedings": question.purpose in (Aim.LEGAL, Aim.POLICE),
        "drug_treatment_facility": "drug_treatment_facility" in question.facts,
        "state_sud_program": "state_sud_program" in question.facts,
        "dependency_court_minor": "dependency_court_minor" in question.facts,
    }
    return frozenset(name for name, true in held.items() if true)


def holds(condition: str, question: Question) -> bool:
    """Whether a condition of a row holds. A name outside ``CONDITIONS`` is a recorded fact."""
    name = condition.removeprefix("not ")
    found = CONDITIONS[name][1](question) if name in CONDITIONS else name in question.facts
    return found != condition.startswith("not ")
