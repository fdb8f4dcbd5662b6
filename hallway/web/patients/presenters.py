"""Matches as rows, with a warning where two could be taken for each other. Pure."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import NoReverseMatch, reverse

from hallway.record.resources import fold
from hallway.record.stored import PatientHeader

GENDER_WORDS = {"female": "female", "male": "male", "other": "other gender"}


@dataclass(frozen=True, slots=True)
class Match:
    """One patient in a list. ``is_double`` marks a name and birth date that another row shares."""

    header: PatientHeader
    url: str
    words: str
    is_double: bool


def matches_of(headers: Sequence[PatientHeader]) -> list[Match]:
    """Rows of a list, doubles marked."""
    same = Counter((fold(one.name), one.birth_date) for one in headers)
    return [Match(one, chart_url(one), _words(one), same[fold(one.name), one.birth_date] > 1) for one in headers]


def chart_url(header: PatientHeader) -> str:
    """The chart's address."""
    try:
        return reverse("chart:overview", args=[header.chart_id])
    except NoReverseMatch:
        return f"/charts/{header.chart_id}/"


def _words(header: PatientHeader) -> str:
    return ", ".join(
        filter(None, (header.pronouns or GENDER_WORDS.get(header.gender, ""), "died" if header.deceased else ""))
    )


def looked_at(family: str, given: str, born: date) -> str:
    """A mark for "I have seen the lookalikes of exactly this person": changes when name or date do."""
    return hashlib.sha256(f"{fold(family)}|{fold(given)}|{born.isoformat()}".encode()).hexdigest()
