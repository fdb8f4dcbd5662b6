"""``$expand`` and ``$validate-code`` on the value sets that R4's own elements are bound to, as HL7 lists them.

They say which codes there are, and tell nothing of anybody. What HL7 does not list (LOINC, SNOMED CT, ICD) is not here.
"""

from collections.abc import Mapping, Sequence

import msgspec

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused
from hallway.fhirapi.operations import parameters
from hallway.fhirapi.operations.parameters import Called, Coded
from hallway.record.stored import instant
from hallway.standards.fhir import definitions

MOST = 1000
CODED = ("coding", "codeableConcept")
COMPLETE = "http://hl7.org/fhir/"
"""Code systems of R4 itself: each is bound somewhere as a whole, so every code of it is known here."""


def expand(asked: Asked) -> Answer:
    """``ValueSet/$expand``: its codes, a page of them, those that hold the filter's letters."""
    called = parameters.called(asked, "url", "filter", "offset", "count")
    url = called.text("url").partition("|")[0]
    systems = _systems(url)
    words = called.text("filter").lower()
    codes = [
        {"system": system, "code": code}
        for system in sorted(systems) for code in sorted(systems[system]) if words in code.lower()
    ]  # fmt: skip
    offset = called.number("offset", least=0, most=10**8, else_=0)
    count = called.number("count", least=0, most=MOST, else_=MOST)
    expansion: dict[str, object] = {
        "timestamp": instant(clock.now()).decode(),
        "total": len(codes),
        "offset": offset,
        "contains": codes[offset : offset + count],
    }
    if not expansion["contains"]:
        del expansion["contains"]
    whole = {"resourceType": "ValueSet", "url": url, "status": "active", "expansion": expansion}
    return Answer(200, msgspec.json.encode(whole))


def _systems(url: str) -> Mapping[str, frozenset[str]]:
    """Codes by system. Raises NOT_FOUND for a value set that is not loaded, UNPROCESSABLE for one HL7 does not list."""
    if not url:
        raise refused("Name the value set by its canonical address, in url.")
    found = definitions.valueset(url)
    if found is None:
        raise _not_loaded()
    if found.systems is None:
        raise parameters.unprocessable(
            "The codes of this value set are not HL7's, and are not loaded.", "Ask a terminology server for it."
        )
    return found.systems


def _not_loaded() -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-API-072",
        what="No value set or code system of this address is loaded.",
        undone="Nothing was looked up.",
        to_do="Value sets that R4's own elements are bound to are here, by their canonical address.",
    )


def validate_in_set(asked: Asked) -> Answer:
    """``ValueSet/$validate-code``: whether a code is one of the set's."""
    called = parameters.called(asked, "url", "code", "system", *CODED, coded=CODED)
    systems = _systems(called.text("url").partition("|")[0])
    return _verdict(_codings(called), systems, guesses=not called.text("system"))


def validate_in_system(asked: Asked) -> Answer:
    """``CodeSystem/$validate-code``: whether a code is one of R4's own system's."""
    called = parameters.called(asked, "url", "code", *CODED, coded=CODED)
    url = called.text("url")
    codings = [Coded(one.system or url, one.code) for one in _codings(called)]
    named = {one.system for one in codings}
    if len(named) != 1 or not (system := named.pop()).startswith(COMPLETE):
        raise _not_loaded()
    codes = frozenset[str]().union(*_all_codes(system))
    if not codes:
        raise _not_loaded()
    return _verdict(codings, {system: codes}, guesses=False)


def _all_codes(system: str) -> list[frozenset[str]]:
    sets = [definitions.valueset(url) for url in definitions.valuesets()]
    return [one.systems[system] for one in sets if one is not None and one.systems and system in one.systems]


def _codings(called: Called) -> Sequence[Coded]:
    found = [*called.codings.get("coding", ()), *called.codings.get("codeableConcept", ())]
    if called.text("code"):
        found.append(Coded(called.text("system"), called.text("code")))
    if not found:
        raise refused("Send a code, a coding or a codeableConcept.")
    return found


def _verdict(codings: Sequence[Coded], systems: Mapping[str, frozenset[str]], *, guesses: bool) -> Answer:
    """True where any of the codings is in; a code without a system is looked for in all where ``guesses``."""
    inside = any(
        one.code in systems.get(one.system, frozenset())
        or (guesses and not one.system and any(one.code in codes for codes in systems.values()))
        for one in codings
    )
    told: list[dict[str, object]] = [{"name": "result", "valueBoolean": inside}]
    if not inside:
        told.append({"name": "message", "valueString": "None of the codes is one of these."})
    return Answer(200, msgspec.json.encode({"resourceType": "Parameters", "parameter": told}))
