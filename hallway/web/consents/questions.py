"""The questions of the composer, parsed into a choice. Pure; which forms the choice makes is ``planning``.

Nothing is ticked beforehand but what the page was opened for; substance use records, HIV results and notes of sessions
never are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from hallway.consent.forms.composing import Composition
from hallway.consent.tables.contents import CONTENTS
from hallway.consent.tables.phrases import skins
from hallway.ids import OrganizationId
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose

ALWAYS = ("Patient",)
"""Kinds on every form that names kinds: without the name nothing else can be shown."""


@dataclass(frozen=True, slots=True)
class Category:
    """One box under "What?": its words, the FHIR types it stands for."""

    key: str
    words: str
    kinds: tuple[str, ...]


_WORDS = {
    "visits": "That {they} come{s} here",
    "medicines": "Medicines and allergies",
    "diagnoses": "Diagnoses",
    "plan": "Treatment plan",
    "results": "Scores and test results",
    "reports": "Reports to {them} and letters",
    "notes": "Visit notes",
}
CATEGORIES = tuple(Category(one.key, _WORDS[one.key], one.kinds) for one in CONTENTS)
APART_WORDS = {
    DataClass.HIV: "HIV test results",
    DataClass.GENETIC: "Genetic test results",
    DataClass.REPRO: "Reproductive health",
    DataClass.GENDER: "Gender-affirming care",
}
"""Boxes that are never ticked beforehand, each with the signer's initials."""
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
MEMBERS = ("0", "1", "2", "3", "4")
"""How many further persons of a family come to the sessions and sign."""


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
    apart: tuple[str, ...] = ()
    both_ways: bool = False
    only_back: bool = False
    language: str = "en"
    large: bool = False
    skin: str = ""
    template: UUID | None = None
    members: int = 0
    longer: bool = False
    patient_asks: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        """FHIR types the form names; empty when the form stands for its one class."""
        if self.form in ONE_CLASS_FORMS:
            return ()
        named = [kind for one in CATEGORIES if one.key in self.categories for kind in one.kinds]
        return (*ALWAYS, *named)

    @property
    def ways(self) -> tuple[bool, ...]:
        """Each way that is asked for: true from here to them, false from them to here."""
        return (False,) if self.only_back else (True, False) if self.both_ways else (True,)

    @property
    def ticked(self) -> int:
        """The classes ticked apart, as a mask."""
        mask = 0
        for name in self.apart:
            mask |= DataClass[name]
        return mask


def parse(sent: Mapping[str, Sequence[str]], *, form: str, today: date) -> Choice:
    """The choice in a sent form; what cannot be read counts as not ticked."""
    until = _first(sent, "until")
    typed = _first(sent, "until_on")
    members = _first(sent, "members")
    return Choice(
        form=form,
        recipients=tuple(dict.fromkeys(pair for text in sent.get("to", ()) if (pair := _pair(text)))),
        categories=tuple(one.key for one in CATEGORIES if one.key in sent.get("what", ())),
        purposes=tuple(purpose for purpose, _ in PURPOSES if purpose.value in sent.get("for", ())),
        until=until if until in ("year", "day", END_OF_TREATMENT) else "",
        until_on=in_a_year(today) if until == "year" else _day(typed) if until == "day" else None,
        tell=_first(sent, "tell") == "yes",
        apart=tuple(str(one.name) for one in APART_WORDS if one.name in sent.get("apart", ())),
        both_ways=_first(sent, "ways") == "both" and form not in ONE_CLASS_FORMS,
        only_back=_first(sent, "ways") == "back" and form not in ONE_CLASS_FORMS,
        language="es" if _first(sent, "language") == "es" else "en",
        large=_first(sent, "print") == "large",
        skin=_first(sent, "skin") if _first(sent, "skin") in skins() else "",
        template=_uuid(_first(sent, "template")),
        members=int(members) if members in MEMBERS else 0,
        longer=_first(sent, "longer") == "yes",
        patient_asks=_first(sent, "asks") == "yes",
    )


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


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
    """The last day of a year that begins today, which is as long as California allows; of February 29, the 28th."""
    try:
        return today.replace(year=today.year + 1) - timedelta(days=1)
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


def answers(before: Composition, *, here: OrganizationId) -> Mapping[str, list[str]]:
    """The answers of the composer's questions that stand on an earlier form; its end is asked anew.

    A box is ticked where the whole of it stood there: no form grows by being prepared again.
    """
    gives = before.discloser_org == here
    other = (
        (before.recipient_org, before.recipient_practitioner)
        if gives
        else (before.discloser_org, before.discloser_practitioner)
    )
    return {
        "kind": [before.kind] if gives else [],
        "to": [f"{other[0]}-{other[1]}"] if other[0] else [],
        "what": [one.key for one in CATEGORIES if not before.kinds or set(one.kinds) <= set(before.kinds)],
        "apart": [str(one.name) for one in APART_WORDS if before.classes & one],
        "for": [str(one) for one in before.purposes],
        "tell": ["yes" if before.tell_withheld else "no"],
        "ways": ["both" if before.exchange_id else "one" if gives else "back"],
        "language": [before.language],
        "print": ["large" if before.large_print else "usual"],
        "skin": [before.skin] if before.skin else [],
        "template": [str(before.template_id)] if before.template_id and gives else [],
        "members": [str(before.members)],
    }
