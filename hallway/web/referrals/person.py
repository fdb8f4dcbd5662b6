"""A patient in a sentence: name, age, and the pronouns the person gave, else the name. Pure."""

from dataclasses import dataclass
from datetime import datetime

from hallway.record.stored import PatientHeader
from hallway.web.referrals import when
from hallway.web.referrals.parts import Patient


@dataclass(frozen=True, slots=True)
class Pronouns:
    """Subject, object and possessive, as in "she", "her", "her"; a name where no pronouns were given."""

    subject: str
    object: str
    possessive: str

    @property
    def starts(self) -> str:
        """The subject at the beginning of a sentence."""
        return self.subject[:1].upper() + self.subject[1:]


_KNOWN = {"she": Pronouns("she", "her", "her"), "he": Pronouns("he", "him", "his")}


def _pronoun(header: PatientHeader) -> str:
    given = header.pronouns.strip().lower().split("/")[0]
    return given if given in _KNOWN else "they"


def pronouns(header: PatientHeader) -> Pronouns:
    """As the person gave them. "They" takes another verb form than our sentences have, so the name stands for it."""
    first = header.name.split()[0] if header.name else "The patient"
    return _KNOWN.get(_pronoun(header), Pronouns(first, first, f"{first}’s"))


def crumb(header: PatientHeader, *, now: datetime, more: str = "") -> Patient:
    """ ", 71, born 03/14/1955, record MB-10833" after the linked name; ``more`` ends it."""
    parts = [when.age(header.birth_date, now=now)]
    if header.birth_date:
        parts.append(f"born {when.birth(header.birth_date)}")
    if header.record_number:
        parts.append(f"record {header.record_number}")
    tail = ", ".join(part for part in parts if part)
    end = f". {more}" if more else ""
    return Patient(header.name, f", {tail}{end}" if tail else end, _pronoun(header))


def board_line(header: PatientHeader, *, now: datetime) -> str:
    """ "71, she/her. Born 03/14/1955." for the board."""
    first = ", ".join(part for part in (when.age(header.birth_date, now=now), header.pronouns) if part)
    born = f"Born {when.birth(header.birth_date)}." if header.birth_date else ""
    return " ".join(part for part in (f"{first}." if first else "", born) if part)
