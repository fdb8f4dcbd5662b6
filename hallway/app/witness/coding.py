"""What a code or a name means, read from the tables of ``terms`` by the witness's own reading. Pure."""

import csv
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files

ICD = "http://hl7.org/fhir/sid/icd-10-cm"
LOINC = "http://loinc.org"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


@cache
def _table(name: str) -> list[dict[str, str]]:
    text = (files("hallway.terms") / "tables" / f"{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))


@lru_cache(maxsize=8192)
def problem(code: str, names: tuple[str, ...]) -> frozenset[str]:
    """Every set that a diagnosis lies in: by its code, and where it has none that counts, by its names."""
    found = set[str]()
    if code:
        for row in _table("problems"):
            within = any(code.startswith(start) for start in row["include"].split("|"))
            if within and not any(code.startswith(end) for end in row["exclude"].split("|") if end):
                found.add(row["set"])
        if code[0] not in "FZVWXYR":
            found.add("MEDICAL")
    if not found:
        plain = {name.split("(")[0].strip().lower() for name in names}
        found = {row["set"] for row in _table("problem_names") if plain & set(row["words"].split("|"))}
        found = _with_unions(found)
        return frozenset(found | ({"MEDICAL"} if "SERIOUS_MEDICAL" in found else set()))
    return frozenset(_with_unions(found))


def _with_unions(found: set[str]) -> set[str]:
    grown = set(found)
    while True:
        more = {row["set"] for row in _table("set_unions") if grown & set(row["of"].split("|"))}
        if more <= grown:
            return grown
        grown |= more


@cache
def _psychotropics() -> tuple[frozenset[str], dict[str, frozenset[str]]]:
    """Names of psychotropic ingredients, and the ingredients of each RxNorm number."""
    classes = next(set(row["of"].split("|")) for row in _table("group_unions") if row["group"] == "PSYCHOTROPIC")
    rows = _table("medicines")
    names = {row["ingredient"] for row in rows if row["class"] in classes}
    names |= {row["ingredient"] for row in _table("drug_groups") if row["group"] in classes}
    numbers = {row["rxcui"]: frozenset({row["ingredient"]}) for row in rows if row["rxcui"]}
    for row in _table("products"):
        numbers.setdefault(row["rxcui"], frozenset(row["ingredients"].split("|")))
    return frozenset(names), numbers


def ingredients(rxnorm: Iterable[str], names: Iterable[str] = ()) -> frozenset[str]:
    """The ingredients of RxNorm numbers, else those that a name says as whole words; empty where no row knows one."""
    numbers = _psychotropics()[1]
    found = frozenset[str]().union(*(numbers.get(one, frozenset[str]()) for one in rxnorm))
    return found or frozenset().union(*(_said(name.lower()) for name in names))


_OTHER_NAMES = {"divalproex": "valproate", "valproic acid": "valproate"}


@lru_cache(maxsize=8192)
def _said(text: str) -> frozenset[str]:
    known = {row["ingredient"] for name in ("medicines", "drug_groups") for row in _table(name)}
    known |= {one for row in _table("products") for one in row["ingredients"].split("|")}
    known |= {name for row in _table("interactions") for name in (row["a"], row["b"]) if name.islower()}
    found = set[str]()
    for name in sorted({*known, *_OTHER_NAMES}, key=len, reverse=True):
        place = text.find(name)
        if (
            name
            and place >= 0
            and not text[place - 1 : place].isalpha()
            and not text[place + len(name) :][:1].isalpha()
        ):
            found.add(_OTHER_NAMES.get(name, name))
            text = text.replace(name, "|")
    return frozenset(found)


def is_psychotropic(drugs: Iterable[str]) -> bool:
    """Whether one of these ingredients is a psychotropic."""
    return not _psychotropics()[0].isdisjoint(drugs)


@cache
def _groups() -> dict[str, frozenset[str]]:
    """The class, the groups and the unions of groups of each ingredient."""
    found: dict[str, set[str]] = {}
    for row in _table("medicines"):
        found.setdefault(row["ingredient"], set()).add(row["class"])
    for row in _table("drug_groups"):
        found.setdefault(row["ingredient"], set()).add(row["group"])
    for row in _table("group_unions"):
        members = set(row["of"].split("|"))
        for drug, own in found.items():
            if members & {*own, f"drug:{drug}"}:
                own.add(row["group"])
    return {drug: frozenset(own) for drug, own in found.items()}


def groups(drugs: Iterable[str]) -> frozenset[str]:
    """Every group that one of these ingredients is in."""
    return frozenset[str]().union(*(_groups().get(drug, frozenset[str]()) for drug in drugs))


BADNESS = {"minor": 0, "moderate": 1, "major": 2, "contraindicated": 3}


@lru_cache(maxsize=8192)
def meeting(one: str, other: str) -> tuple[int, str, str] | None:
    """How bad it is that two ingredients meet, with the effect and the row; the same one twice is major."""
    if one == other:
        return BADNESS["major"], "the same drug twice", "same"
    mine, yours = groups([one]) | {one}, groups([other]) | {other}
    rows = [
        row
        for row in _table("interactions")
        if (row["a"] in mine and row["b"] in yours) or (row["a"] in yours and row["b"] in mine)
    ]
    # The worst row speaks; of several, the first by its number.
    worst = min(rows, key=lambda row: (-BADNESS[row["severity"]], row["id"]), default=None)
    return (BADNESS[worst["severity"]], worst["effect"], worst["id"]) if worst else None


@cache
def checks() -> list[tuple[str, str, frozenset[str], list[int], list[tuple[int, int]]]]:
    """Of what drug or group, which check, LOINC codes that count, days after the start, then (every, until day)."""
    found = list[tuple[str, str, frozenset[str], list[int], list[tuple[int, int]]]]()
    for row in _table("monitoring"):
        codes = frozenset(code.removeprefix("loinc:") for code in row["codes"].split("|"))
        days = [int(day) for day in row["at_days"].split("|") if day]
        phases = [part.partition(" until ") for part in row["every_days"].split("|")]
        found.append((row["set"], row["check"], codes, days, [(int(a), int(c or 99_999)) for a, _, c in phases]))
    return found
