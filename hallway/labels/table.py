"""Reads the rows of ``labels/tables`` and looks a code up in them."""

import csv
import re
from collections.abc import Container, Iterable, Sequence
from datetime import date
from functools import lru_cache
from importlib import resources as package_files
from itertools import groupby
from operator import itemgetter
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


LONGEST_CODE = 8
"""Letters of the longest ICD-10-CM code, with its dot."""
PROCEDURE_CODE = 5
"""Letters of every CPT and HCPCS code."""
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
def _intents() -> tuple[dict[str, str], ...]:
    return tuple(_rows("intents"))


@lru_cache(maxsize=1)
def _loinc() -> dict[str, Found]:
    return {row["code"]: Found(_bit(row), (row["id"],)) for row in _rows("loinc")}


@lru_cache(maxsize=1)
def _security() -> dict[str, Found]:
    return {row["code"]: Found(_bit(row), (row["id"],)) for row in _rows("security")}


@lru_cache(maxsize=1)
def _words() -> tuple[re.Pattern[str], dict[str, Found]]:
    """One pattern of every word at the start of a word, and what each means.

    An abbreviation of three letters stands alone: "hives" is an allergy that everybody must see, not "hiv". A phrase
    that means something ordinary ("ST depression") is longer or begins earlier than the word in it, and so eats it.
    """
    by_word = {row["word"]: Found(_bit(row), (row["id"],)) for row in _rows("words")}
    by_word |= {row["phrase"]: NOTHING for row in _rows("ordinary")}
    by_word |= {row["ingredient"]: Found(_bit(row), (row["id"],)) for row in _rows("drugs")}
    whole = {row["word"] for row in _rows("words") if row["whole"] or len(row["word"]) <= ABBREVIATION}
    return re.compile(r"\b" + _alternatives(sorted(by_word), whole)), by_word


def _alternatives(words: Sequence[str], whole: Container[str], at: int = 0) -> str:
    """Words as one pattern that shares their beginnings: many times as fast as a plain list; the longest wins.

    A word of ``whole`` is not the beginning of another.
    """
    found: list[str] = []
    for letter, group in groupby((word for word in words if len(word) > at), key=itemgetter(at)):
        found.append((r"\s+" if letter == " " else re.escape(letter)) + _alternatives(list(group), whole, at + 1))
    ended = next((word for word in words if len(word) == at), None)
    if ended is not None:
        found.append(r"(?![a-z])" if ended in whole else "")
    return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"


@lru_cache(maxsize=1)
def _licences() -> dict[tuple[str, str], Found]:
    return {(row["state"], row["licence"]): Found(_bit(row), (row["id"],)) for row in _rows("licences")}


BEHAVIORAL_LICENCES = frozenset({"psychiatrist", "psychologist", "social_worker", "counselor", "family_therapist"})
"""Licences (the directory's words) whose holder does behavioral health wherever they work."""


@lru_cache(maxsize=1)
def _drugs() -> dict[str, Found]:
    codes = {row["rxcui"]: Found(_bit(row), (row["id"],)) for row in _rows("drugs") if row["rxcui"]}
    by_name = {row["ingredient"]: Found(_bit(row), (row["id"],)) for row in _rows("drugs")}
    return {row["rxcui"]: by_name[row["ingredient"]] for row in _rows("products")} | codes


@lru_cache(maxsize=1)
def _procedures() -> dict[str, Found]:
    return {row["prefix"]: Found(_bit(row), (row["id"],)) for row in _rows("procedures")}


@lru_cache(maxsize=1)
def naming() -> dict[str, tuple[frozenset[str], tuple[tuple[str, ...], ...]]]:
    """Type -> elements, and paths into them, whose references say what the resource is about."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for row in _rows("naming"):
        found.setdefault(row["kind"], []).append(tuple(row["element"].split(".")))
    return {kind: (frozenset(path[0] for path in paths), tuple(paths)) for kind, paths in found.items()}


def load() -> None:
    """Read every table now: a process that divides reads them once for all its children."""
    for one in (_prefixes, _intents, _loinc, _security, _words, _licences, _drugs, _procedures, naming):
        one()


def both(left: Found, right: Found) -> Found:
    """The classes and rows of two findings together."""
    if not right.mask:
        return left
    return Found(left.mask | right.mask, tuple(dict.fromkeys((*left.basis, *right.basis))))


def together(found: Iterable[Found]) -> Found:
    """The classes and rows of all findings together."""
    whole = NOTHING
    for one in found:
        if one.mask:
            whole = both(whole, one) if whole.mask else one
    return whole


def of_text(text: str) -> Found:
    """Classes that words of a text in small letters point at.

    They only ever add: a text without them is not thereby free.
    """
    pattern, by_word = _words()
    found = set(pattern.findall(text))
    if not found:
        return NOTHING
    return together(by_word[" ".join(word.split())] for word in sorted(found))


def of_icd(code: str) -> Found:
    """Classes of an ICD-10-CM code, by every prefix of it that has a row."""
    if not code[1:2].isdigit():
        return NOTHING
    plain = code.replace(".", "").upper()
    found = together(_prefixes().get(plain[:n], NOTHING) for n in range(1, min(len(plain), LONGEST_CODE) + 1))
    return both(found, _of_intent(plain)) if plain[0] == "T" else found


def _of_intent(plain: str) -> Found:
    """Classes of the intent of an injury or poisoning: the sixth character, or the fifth where an X fills it up."""
    intent = plain[4:5] if plain[5:6] in {"X", ""} else plain[5:6]
    return together(
        Found(_bit(row), (row["id"],))
        for row in _intents()
        if row["first"] <= plain[:3] <= row["last"] and row["intent"] == intent
    )


def of_loinc(code: str) -> Found:
    """Classes of a LOINC code."""
    return _loinc().get(code, NOTHING)


def of_drug(code: str) -> Found:
    """Classes of an RxNorm code of an ingredient or of a product that holds one."""
    return _drugs().get(code, NOTHING)


def of_procedure(code: str) -> Found:
    """Classes of a CPT or HCPCS code, by every prefix of it that has a row."""
    if len(code) != PROCEDURE_CODE:
        return NOTHING
    return together(_procedures().get(code[:n], NOTHING) for n in range(3, PROCEDURE_CODE + 1))


@lru_cache(maxsize=65536)
def of_coding(system: str, code: str, display: str) -> Found:
    """Classes of one coding: by its system's table, and by the words of its display in any system."""
    found = of_text(display.lower()) if display else NOTHING
    if system in ICD10CM:
        found = both(found, of_icd(code))
    elif system == LOINC:
        found = both(found, of_loinc(code))
    return found


def of_security(code: str) -> Found:
    """Classes that a sender's security label stands for."""
    return _security().get(code, NOTHING)


def of_licence(state: str, licence: str) -> Found:
    """The class of that professional's communications in that state, where the state has a rule of its own."""
    return _licences().get((state, licence), NOTHING)
