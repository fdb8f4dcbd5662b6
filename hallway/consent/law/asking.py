"""The question that any disclosure puts, as plain values: no names, no clock, no table. ``disclosing.decide`` answers.

What is asked follows ``law.md`` 2.1: who discloses, who receives, about whom, for what, which classes, and what was
recorded beforehand. A fact that nobody recorded is absent, and an absent fact never helps a disclosure.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Aim(StrEnum):
    """What a disclosure is for. Finer than ``record.evidence.Purpose``: each paragraph of the law is its own aim."""

    TREAT = "TREAT"
    PAY = "PAY"
    OPS = "OPS"
    EMERG = "EMERG"
    INDIVIDUAL = "INDIVIDUAL"
    """The patient, or who acts for the patient, asks for the patient's own record."""
    FAMILY = "FAMILY"
    """Somebody involved in care or its payment (164.510(b))."""
    THREAT = "THREAT"
    LEGAL = "LEGAL"
    """A court, tribunal, subpoena, or any proceeding."""
    POLICE = "POLICE"
    PH = "PH"
    OVERSIGHT = "OVERSIGHT"
    HHS = "HHS"
    RESEARCH = "RESEARCH"
    AUDIT = "AUDIT"
    QSO = "QSO"
    BA = "BA"
    CORONER = "CORONER"
    REQUIRED_BY_LAW = "REQUIRED_BY_LAW"
    ABUSE_REPORT = "ABUSE_REPORT"
    TRAINING = "TRAINING"
    DEFENSE = "DEFENSE"
    """The discloser defends itself in a proceeding that the patient brought."""
    CONSULT = "CONSULT"
    """A professional asks a colleague for advice."""
    ORGAN = "ORGAN"
    GOVERNMENT = "GOVERNMENT"
    """Specialized government functions (164.512(k))."""
    WORKERS_COMP = "WORKERS_COMP"
    MARKETING = "MARKETING"
    SALE = "SALE"
    REGISTRY = "REGISTRY"
    """A withdrawal management or maintenance registry (42 CFR 2.34)."""
    PDMP = "PDMP"
    CRIMINAL_JUSTICE = "CRIMINAL_JUSTICE"
    """Those who made participation in a program a condition (42 CFR 2.35)."""
    FDA = "FDA"
    PRESENCE = "PRESENCE"
    """Somebody asks whether a person is a patient at all."""
    OTHER = "OTHER"


class RecipientKind(StrEnum):
    """What the recipient is."""

    PROVIDER = "provider"
    WORKFORCE = "workforce"
    """Staff of the discloser who are no treating clinicians."""
    PLAN = "plan"
    POLICE = "police"
    COURT = "court"
    FAMILY = "family"
    REPRESENTATIVE = "representative"
    INDIVIDUAL = "individual"
    TARGET_OF_THREAT = "target_of_threat"
    PUBLIC_HEALTH = "public_health"
    OVERSIGHT = "oversight"
    HHS = "hhs"
    RESEARCHER = "researcher"
    AUDITOR = "auditor"
    QSO = "qso"
    BA = "ba"
    CONTRACTOR = "contractor"
    INTERMEDIARY = "intermediary"
    CORONER = "coroner"
    ABUSE_AUTHORITY = "abuse_authority"
    REGISTRY = "registry"
    PDMP = "pdmp"
    FDA = "fda"
    ORGAN_BANK = "organ_bank"
    GOVERNMENT = "government"
    EMPLOYER = "employer"
    CRIMINAL_JUSTICE = "criminal_justice"
    ATTORNEY = "attorney"
    OTHER = "other"


class Tie(StrEnum):
    """What the recipient is to the patient and the discloser."""

    OWN = "own"
    """Of the same practice or company."""
    TREATING = "treating"
    FORMER = "former"
    NAMED = "named"
    """No tie but what a form says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Discloser:
    """Who would let it go. ``licence`` is the author's, as ``directory.models.Licence`` spells it."""

    state: str = ""
    licence: str = ""
    is_part2_program: bool = False
    holder: str = "holder"
    """``program`` for the Part 2 program's own record, ``holder`` for whoever received it."""
    received_under_notice: bool = False
    covered_entity: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Who would receive it."""

    kind: RecipientKind = RecipientKind.PROVIDER
    state: str = ""
    relation: Tie = Tie.TREATING
    covered_entity: bool = True
    responsible_for_care: bool = True
    """Medical or psychological responsibility for this patient's care (Cal. Welf. & Inst. Code 5328)."""
    sud_duty: bool = False
    is_author: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientFacts:
    """What the law asks about the patient. ``age`` in whole years on the day of the question."""

    age: int = 40
    state: str = ""
    emancipated: bool = False
    deceased: bool = False
    has_capacity: bool = True
    minor_consented: bool = False
    """The minor lawfully consented to this service alone, or a court or another person did in the minor's place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedForm:
    """One signed form as far as the law asks. ``elements`` and ``circumstances`` are words of ``elements.toml``.

    ``expires_on`` is the last day on which it holds. ``state`` is the discloser's, whose additions bind the form.
    ``fits`` says that it names this discloser and this recipient, by name or by a lawful class.
    """

    kind: str
    elements: frozenset[str]
    aims: frozenset[Aim]
    classes: int
    state: str = ""
    circumstances: frozenset[str] = frozenset()
    signed_on: date | None = None
    expires_on: date | None = None
    expires_event: str = ""
    event_occurred: bool = False
    revoked: bool = False
    known_false: bool = False
    fits: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything the law asks before one item may go to one recipient for one aim, on one day."""

    on: date
    purpose: Aim
    classes: int
    discloser: Discloser = field(default_factory=Discloser)
    recipient: Recipient = field(default_factory=Recipient)
    patient: PatientFacts = field(default_factory=PatientFacts)
    facts: frozenset[str] = frozenset()
    forms: tuple[SignedForm, ...] = ()
    kind: str = ""
    """FHIR type of the item, where it is known: minimum necessary is judged by it."""


class Outcome(StrEnum):
    """The five answers of ``law.md`` 2.1, point 9."""

    PERMIT = "PERMIT"
    PERMIT_FILTERED = "PERMIT_FILTERED"
    PERMIT_WITH_NOTICE = "PERMIT_WITH_NOTICE"
    DENY_NEEDS = "DENY_NEEDS"
    DENY = "DENY"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockingGround:
    """Why a denial is no information blocking: the exception of 45 CFR 171 relied on, its criterion, its cure.

    ``cure`` names what must be done about it: a DENY_NEEDS on a form opens a task to send that form.
    """

    exception: str
    criterion: str
    citation: str
    cure: tuple[str, ...] = ()
    rule_id: str = ""
    """The row of ``blocking.toml``; empty where the standing gate refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The answer with its reasons. ``sentence`` is fit for the desk.

    Every entry of ``needs`` must be met; alternatives stand in one, as "clinician_determination or state_consent".
    """

    outcome: Outcome
    needs: tuple[str, ...] = ()
    rule_ids: tuple[str, ...] = ()
    sentence: str = ""
    citations: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    blocking: BlockingGround | None = None
    forms: tuple[str, ...] = ()
    """Kinds of form that would open it."""
    defects: tuple[str, ...] = ()
    """What is wrong with a form that was shown for it, in plain words."""
    held_back: tuple[str, ...] = ()
    """Rows that would permit it and are not verified, so they do not."""

    @property
    def permits(self) -> bool:
        """Whether the item may go."""
        return self.outcome in (Outcome.PERMIT, Outcome.PERMIT_FILTERED, Outcome.PERMIT_WITH_NOTICE)
