"""The five questions of the composer, parsed into a choice, and the choice into forms. Pure.

Nothing is ticked beforehand but what the page was opened for; substance use records, HIV results and notes of sessions
never are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from hallway.consent.actions import Composition
from hallway.consent.tables.forms import form_rule
from hallway.ids import ChartId, OrganizationId, PractitionerId, ReferralId
from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.record.evidence import Purpose

ALWAYS = ("Patient",)
"""Kinds on every form that names kinds: without the name nothing else can be shown."""


@dataclass(frozen=True, slots=True)
class Category:
    """One box under "What?": its words, the FHIR types it stands for."""

    key: str
    words: str
    kinds: tuple[str, ...]


CATEGORIES = (
    Category("visits", "That {they} come{s} here", ("Encounter", "Appointment", "EpisodeOfCare", "Task")),
    Category(
        "medicines", "Medicines and allergies", ("MedicationRequest", "MedicationStatement", "AllergyIntolerance")
    ),
    Category("diagnoses", "Diagnoses", ("Condition",)),
    Category("plan", "Treatment plan", ("CarePlan", "Goal", "CareTeam")),
    Category("results", "Scores and test results", ("Observation", "QuestionnaireResponse", "DiagnosticReport")),
    Category("reports", "Reports to {them} and letters", ("Composition", "Communication", "ServiceRequest")),
    Category("notes", "Visit notes", ("DocumentReference", "ClinicalImpression")),
)
PURPOSES = (
    (Purpose.TREATMENT, "My treatment"),
    (Purpose.PAYMENT, "Payment"),
    (Purpose.OPERATIONS, "Running the practice"),
)
ONE_CLASS_FORMS = {
    "psychotherapy": DataClass.PSYTHER_NOTE,
    "sud_counseling": DataClass.SUD_COUNSEL_NOTE,
    "hiv": DataClass.HIV,
}
"""Forms that law wants apart from every other: each opens its one class and nothing else."""
FORM_NAMES = {
    "release": "Consent to exchange information",
    "part2": "Consent to share substance use treatment records",
    "part2_tpo": "Consent to share substance use treatment records with all treating providers",
    "psychotherapy": "Authorization for psychotherapy notes",
    "sud_counseling": "Consent for substance use counseling notes",
    "hiv": "Consent to release an HIV test result",
}
END_OF_TREATMENT = "end_of_treatment"


@dataclass(frozen=True, slots=True)
class Choice:
    """What was ticked. ``recipients`` are (organization, practitioner) pairs; ``until_on`` is the last day it holds."""

    form: str
    recipients: tuple[tuple[int, int], ...]
    categories: tuple[str, ...]
    purposes: tuple[Purpose, ...]
    until: str
    until_on: date | None
    tell: bool

    @property
    def kinds(self) -> tuple[str, ...]:
        """FHIR types the form names; empty when the form stands for its one class."""
        if self.form in ONE_CLASS_FORMS:
            return ()
        named = [kind for one in CATEGORIES if one.key in self.categories for kind in one.kinds]
        return (*ALWAYS, *named)


def parse(sent: Mapping[str, Sequence[str]], *, form: str, today: date) -> Choice:
    """The choice in a sent form; what cannot be read counts as not ticked."""
    until = _first(sent, "until")
    typed = _first(sent, "until_on")
    return Choice(
        form=form,
        recipients=tuple(dict.fromkeys(pair for text in sent.get("to", ()) if (pair := _pair(text)))),
        categories=tuple(one.key for one in CATEGORIES if one.key in sent.get("what", ())),
        purposes=tuple(purpose for purpose, _ in PURPOSES if purpose.value in sent.get("for", ())),
        until=until if until in ("year", "day", END_OF_TREATMENT) else "",
        until_on=in_a_year(today) if until == "year" else _day(typed) if until == "day" else None,
        tell=_first(sent, "tell") == "yes",
    )


def _first(sent: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(sent.get(name, ())), "")


def _pair(text: str) -> tuple[int, int] | None:
    organization, _, practitioner = text.partition("-")
    if organization.isdecimal() and practitioner.isdecimal() and len(text) < 24:
        return int(organization), int(practitioner)
    return None


def _day(text: str) -> date | None:
    """A day that has a next one; None for anything else, as for the last day there is."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day < date.max else None


def in_a_year(today: date) -> date:
    """The same day next year; February 29 ends on the 28th."""
    try:
        return today.replace(year=today.year + 1)
    except ValueError:
        return today.replace(year=today.year + 1, day=28)


def missing(choice: Choice, *, today: date) -> list[tuple[str, str]]:
    """What is still to be asked: the question's name and a sentence."""
    found: list[tuple[str, str]] = []
    if not choice.recipients:
        found.append(("to", "Nobody is named yet. Tick or add who may see it."))
    if choice.form not in ONE_CLASS_FORMS and not choice.categories:
        found.append(("what", "Nothing is ticked yet. Tick what they may see."))
    if not choice.purposes:
        found.append(("for", "No purpose is ticked yet. Tick what it is for."))
    if not choice.until or (choice.until == "day" and choice.until_on is None):
        found.append(("until", "It has no end yet. Choose until when it holds."))
    elif choice.until_on is not None and choice.until_on <= today:
        found.append(("until", "That day is not ahead. Choose a day after today."))
    return found


def classes_of(form: str, state: str) -> int:
    """The data classes a form of this kind may carry without a tick of its own: ordinary content, never HIV."""
    if form in ONE_CLASS_FORMS:
        return int(ONE_CLASS_FORMS[form])
    ordinary = DataClass.GENERAL | DataClass.MH | LICENCE_CLASSES | DataClass.PATIENT_RESTRICTED
    asked = ordinary | DataClass.PART2 if form.startswith("part2") else ordinary
    return int(asked) & form_rule(form, state).may


def compositions(
    choice: Choice,
    *,
    chart_id: ChartId,
    discloser: OrganizationId,
    state: str,
    referral_id: ReferralId | None = None,
) -> list[Composition]:
    """One form for every recipient, so that one can be taken back and the others stay."""
    expires_at = datetime.combine(choice.until_on + timedelta(days=1), time(5), UTC) if choice.until_on else None
    return [
        Composition(
            chart_id=chart_id,
            kind=choice.form,
            discloser_org=discloser,
            recipient_org=OrganizationId(organization),
            recipient_practitioner=PractitionerId(practitioner),
            classes=classes_of(choice.form, state),
            purposes=choice.purposes,
            kinds=choice.kinds,
            expires_at=expires_at,
            expires_event="" if choice.until_on else choice.until,
            tell_withheld=choice.tell,
            referral_id=referral_id,
        )
        for organization, practitioner in choice.recipients
    ]
