"""Points and grades of a match, pure: what was sent against what the record shows of one patient."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec

from hallway.standards.fhir.r4 import Patient
from hallway.standards.fhir.search import fold


class Fit(StrEnum):
    """How one field compares. ABSENT: the record does not hold it."""

    AGREES = "agrees"
    NEARLY = "nearly"
    DIFFERS = "differs"
    ABSENT = "absent"


class Points(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of ``points.toml``."""

    id: str
    source: str
    verified: bool
    agrees: int
    nearly: int
    differs: int

    def of(self, fit: Fit) -> int:
        """What one comparison gives."""
        return {Fit.AGREES: self.agrees, Fit.NEARLY: self.nearly, Fit.DIFFERS: self.differs}.get(fit, 0)


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A row of ``points.toml``: from which score on."""

    id: str
    source: str
    verified: bool
    least: float


class _Table(msgspec.Struct, forbid_unknown_fields=True):
    field: list[Points]
    grade: list[Grade]


@cache
def _table() -> _Table:
    text = (files("hallway.exchange.matching.tables") / "points.toml").read_bytes()
    return msgspec.toml.decode(text, type=_Table)


@cache
def points() -> Mapping[str, Points]:
    """Every field that counts."""
    return {row.id: row for row in _table().field}


@dataclass(frozen=True, slots=True)
class Person:
    """Demographics as they are compared: names folded, numbers as digits."""

    identifiers: frozenset[tuple[str, str]] = frozenset()
    families: frozenset[str] = frozenset()
    givens: frozenset[str] = frozenset()
    birth_date: str = ""
    gender: str = ""
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    postal_codes: frozenset[str] = frozenset()
    telecoms: frozenset[str] = frozenset()
    """Telephones and addresses as they were written, to look them up."""


def person_of(patient: Patient) -> Person:
    """What of a Patient resource is compared."""
    telecom = [(one.system, one.value) for one in patient.telecom if one.value]
    return Person(
        identifiers=frozenset((one.system or "", one.value) for one in patient.identifier if one.value),
        families=frozenset(fold(one.family) for one in patient.name if one.family) - {""},
        givens=frozenset(fold(one.given[0]) for one in patient.name if one.given) - {""},
        birth_date=patient.birth_date or "",
        gender=patient.gender or "",
        phones=frozenset(digits for system, value in telecom if system == "phone" and (digits := _digits(value))),
        emails=frozenset(value.strip().lower() for system, value in telecom if system == "email"),
        postal_codes=frozenset(one.postal_code[:5] for one in patient.address if one.postal_code),
        telecoms=frozenset(value for system, value in telecom if value and system in ("phone", "email")),
    )


def _digits(text: str) -> str:
    """A telephone number as its last ten digits; empty for what is too short to be one."""
    found = re.sub(r"\D", "", text)
    return found[-10:] if len(found) >= 7 else ""


@dataclass(frozen=True, slots=True)
class Judged:
    """One patient against what was sent. ``score`` is from 0 to 1; ``grade`` empty for one that is certainly not."""

    score: float
    grade: str
    fits: Mapping[str, Fit]


def judge(sent: Person, held: Person) -> Judged:
    """Compare every field that was sent; the score is what was reached of what could be."""
    fits = {name: fit for name, fit in _fits(sent, held).items() if fit is not None}
    possible = sum(points()[name].agrees for name in fits)
    reached = sum(points()[name].of(fit) for name, fit in fits.items())
    score = round(max(0.0, min(1.0, reached / possible)), 3) if possible else 0.0
    return Judged(score, _grade(score, fits), fits)


def _grade(score: float, fits: Mapping[str, Fit]) -> str:
    whole = all(fits.get(name) is Fit.AGREES for name in ("family", "given", "birth_date"))
    sure = (fits.get("identifier") is Fit.AGREES or whole) and Fit.DIFFERS not in fits.values()
    for grade in _table().grade:
        if score >= grade.least and (sure or grade.id != "certain"):
            return grade.id
    return ""


def _fits(sent: Person, held: Person) -> dict[str, Fit | None]:
    """How each field compares; None where it was not sent."""
    return {
        "identifier": _identifiers(sent.identifiers, held.identifiers),
        "family": _names(sent.families, held.families),
        "given": _names(sent.givens, held.givens),
        "birth_date": _dates(sent.birth_date, held.birth_date),
        "gender": _same({sent.gender} - {""}, {held.gender} - {"", "unknown"}, other=Fit.DIFFERS),
        "phone": _same(sent.phones, held.phones),
        "email": _same(sent.emails, held.emails),
        "postal_code": _same(sent.postal_codes, held.postal_codes),
    }


def _same(sent: frozenset[str] | set[str], held: frozenset[str] | set[str], *, other: Fit = Fit.ABSENT) -> Fit | None:
    """Any in common; people have several telephones and move, so most fields merely lack another's."""
    if not sent:
        return None
    if not held:
        return Fit.ABSENT
    return Fit.AGREES if sent & held else other


def _identifiers(sent: frozenset[tuple[str, str]], held: frozenset[tuple[str, str]]) -> Fit | None:
    """Agree in one; differ where one system gives two values."""
    if not sent:
        return None
    if sent & held:
        return Fit.AGREES
    systems = {system for system, _ in sent if system} & {system for system, _ in held}
    return Fit.DIFFERS if systems else Fit.ABSENT


def _names(sent: frozenset[str], held: frozenset[str]) -> Fit | None:
    if not sent:
        return None
    if not held:
        return Fit.ABSENT
    if sent & held:
        return Fit.AGREES
    return Fit.NEARLY if any(_near(one, other) for one in sent for other in held) else Fit.DIFFERS


def _near(one: str, other: str) -> bool:
    """One begins the other with three letters or more (Liz, Lizbeth), a part of a double name, or one slip of a key."""
    short, long = sorted((one, other), key=len)
    if len(short) >= 3 and long.startswith(short):
        return True
    if set(re.split(r"[\s\-]+", one)) & set(re.split(r"[\s\-]+", other)):
        return True
    return len(short) >= 4 and _one_slip(short, long)


def _one_slip(short: str, long: str) -> bool:
    """Whether one letter was changed, left out, or changed places with its neighbour."""
    if len(long) - len(short) > 1:
        return False
    start = next((n for n, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    a, b = short[start:], long[start:]
    if len(short) < len(long):
        return a == b[1:]
    return a[1:] == b[1:] or (a[:2] == b[:2][::-1] and a[2:] == b[2:])


def _dates(sent: str, held: str) -> Fit | None:
    """Agree as far as the shorter goes; nearly: one part of three differs, or day and month changed places."""
    if not sent:
        return None
    if not held:
        return Fit.ABSENT
    one, other = sent.split("-"), held.split("-")
    shared = min(len(one), len(other))
    if one[:shared] == other[:shared]:
        return Fit.AGREES if shared == 3 or len(one) < 3 else Fit.NEARLY
    if shared < 3:
        return Fit.DIFFERS
    apart = sum(a != b for a, b in zip(one, other, strict=True))
    swapped = one[0] == other[0] and one[1:] == other[:0:-1]
    return Fit.NEARLY if apart == 1 or swapped else Fit.DIFFERS
