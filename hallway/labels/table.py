"""Reads the rows of ``labels/tables`` and looks a code up in them."""

import csv
import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from importlib import resources as package_files
from typing import NamedTuple

from hallway.record.classes import DataClass

ICD10CM = frozenset(
    {"http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-10", "urn:oid:2.16.840.1.113883.6.90"}
)
LOINC = "http://loinc.org"


class Found(NamedTuple):
    """Classes that rows give, and the ids of those rows."""

    mask: int
    basis: tuple[str, ...]


NOTHING = Found(0, ())


def _rows(name: str) -> list[dict[str, str]]:
    text = package_files.files("hallway.labels").joinpath("tables", f"{name}.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    if len({row["id"] for row in rows}) != len(rows):
        raise ValueError(f"labels/tables/{name}.csv: an id stands twice. Nothing was loaded. Give each row its own.")
    for row in rows:
        date.fromisoformat(row["from_on"])
    return [row for row in rows if not row["until_on"]]


def _bit(row: dict[str, str]) -> int:
    return int(DataClass[row["class"]])


ABBREVIATION = 3
"""Letters of a word so short that it means itself only and not what begins with it."""


@lru_cache(maxsize=1)
def _prefixes() -> dict[str, Found]:
    found: dict[str, Found] = {}
    for row in _rows("icd10cm"):
        plain = row["prefix"].replace(".", "")
        found[plain] = both(found.get(plain, NOTHING), Found(_bit(row), (row["id"],)))
    return found


@lru_cache(maxsize=1)
def _loinc() -> dict[str, Found]:
    return {row["code"]: Found(_bit(row), (row["id"],)) for row in _rows("loinc")}


@lru_cache(maxsize=1)
def _security() -> dict[str, Found]:
    return {row["code"]: Found(_bit(row), (row["id"],)) for row in _rows("security")}


@lru_cache(maxsize=1)
def _words() -> tuple[re.Pattern[str], dict[str, Found]]:
    """One pattern of every word at the start of a word, and what each means.

    An abbreviation of three letters stands alone: "hives" is an allergy that everybody must see, not "hiv".
    """
    by_word = {row["word"]: Found(_bit(row), (row["id"],)) for row in _rows("words")}
    longest_first = sorted(by_word, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(_as_word(word) for word in longest_first) + ")"), by_word


def _as_word(word: str) -> str:
    return re.escape(word) + (r"(?![a-z])" if len(word) <= ABBREVIATION else "")


@lru_cache(maxsize=1)
def _licences() -> dict[tuple[str, str], Found]:
    return {(row["state"], row["licence"]): Found(_bit(row), (row["id"],)) for row in _rows("licences")}


def both(left: Found, right: Found) -> Found:
    """The classes and rows of two findings together."""
    if not right.mask:
        return left
    return Found(left.mask | right.mask, tuple(dict.fromkeys((*left.basis, *right.basis))))


def together(found: Iterable[Found]) -> Found:
    """The classes and rows of all findings together."""
    whole = NOTHING
    for one in found:
        whole = both(whole, one)
    return whole


def of_text(text: str) -> Found:
    """Classes that words of a text point at. They only ever add: a text without them is not thereby free."""
    pattern, by_word = _words()
    return together(by_word[word] for word in sorted(set(pattern.findall(text.lower()))))


@lru_cache(maxsize=65536)
def of_coding(system: str, code: str, display: str) -> Found:
    """Classes of one coding: by prefix in ICD-10-CM, by code in LOINC, by the words of its display in any system."""
    found = of_text(display) if display else NOTHING
    if system in ICD10CM:
        plain = code.replace(".", "").upper()
        found = both(found, together(_prefixes().get(plain[:n], NOTHING) for n in range(1, len(plain) + 1)))
    elif system == LOINC:
        found = both(found, _loinc().get(code, NOTHING))
    return found


def of_security(code: str) -> Found:
    """Classes that a sender's security label stands for."""
    return _security().get(code, NOTHING)


def of_licence(state: str, licence: str) -> Found:
    """The class of that professional's communications in that state, where the state has a rule of its own."""
    return _licences().get((state, licence), NOTHING)
