"""``$expand``, ``$validate-code``, ``$lookup``: which codes a value set or code system has, and whether one is in it.

R4's own sets, as HL7 lists them, and what was loaded (``exchange.terminology``). They tell nothing of anybody. What is
not held (SNOMED CT, LOINC, ICD, unless somebody loaded them) is refused, never guessed.
"""

from collections.abc import Iterable, Sequence

import msgspec

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.exchange.terminology import queries as terminology
from hallway.exchange.terminology.queries import Held
from hallway.fhirapi import plans, shared
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused
from hallway.fhirapi.operations import parameters
from hallway.fhirapi.operations.parameters import Called, Coded
from hallway.fhirapi.search import scoped
from hallway.record.stored import instant
from hallway.terms import sets
from hallway.terms.expanding import Member, Members, expand
from hallway.terms.sets import ValueSet
from hallway.terms.systems import Concept, System

Json = dict[str, object]
MOST = 1000
CODED = ("coding", "codeableConcept")
WHICH = ("url", "valueSet", "valueSetVersion")
"""Parameters that say which value set is meant."""


def answer_expansion(asked: Asked) -> Answer:
    """``ValueSet/$expand``: its codes, a page of them, those whose code or words hold every word of the filter."""
    called = parameters.called(
        asked, *WHICH, "filter", "offset", "count", "activeOnly", "includeDesignations", whole=("valueSet",)
    )
    wanted = _set(asked, called)
    members = expand(wanted, Held(asked.requester.organization_id)).values()
    words = called.text("filter").lower().split()
    found = [one for one in members if _is_meant(one, words) and not (called.flag("activeOnly") and one.is_inactive)]
    offset = called.number("offset", least=0, most=10**8, else_=0)
    count = called.number("count", least=0, most=MOST, else_=MOST)
    page = [_contained(one, designations=called.flag("includeDesignations")) for one in found[offset : offset + count]]
    expansion: Json = {
        "timestamp": instant(clock.now()).decode(),
        "total": len(found),
        "offset": offset,
        "parameter": _used(found),
        "contains": page,
    }
    told: Json = {"resourceType": "ValueSet", "url": wanted.url, "version": wanted.version, "status": "active"}
    whole = {name: value for name, value in told.items() if value}
    return _json({**whole, "expansion": {name: value for name, value in expansion.items() if value not in ([], "")}})


def _json(whole: object) -> Answer:
    return Answer(200, msgspec.json.encode(whole))


def _is_meant(one: Member, words: Sequence[str]) -> bool:
    text = f"{one.code} {one.display}".lower()
    return all(word in text for word in words)


def _contained(one: Member, *, designations: bool) -> Json:
    told: Json = {
        "system": one.system,
        "abstract": one.is_abstract,
        "inactive": one.is_inactive,
        "version": one.version if not one.system.startswith(terminology.R4) else "",
        "code": one.code,
        "display": one.display,
    }
    if designations:
        told["designation"] = [_members(value=each.value, language=each.language) for each in one.designations]
    return {name: value for name, value in told.items() if value}


def _members(**named: str) -> Json:
    return {name: value for name, value in named.items() if value}


def _used(found: Iterable[Member]) -> list[Json]:
    """The code systems, with their versions, that the codes came from."""
    systems = sorted({f"{one.system}|{one.version}" if one.version else one.system for one in found if one.system})
    return [{"name": "used-codesystem", "valueUri": one} for one in systems]


# Which is meant ------------------------------------------------------------------------------------------------------


def _set(asked: Asked, called: Called) -> ValueSet:
    """The value set of the address, the one that was sent along, or the one of a canonical address.

    Raises UNPROCESSABLE for one that is not held, FORBIDDEN where a program may not read what was loaded.
    """
    if "id" in asked.parts:
        _refuse_scopes(asked, "ValueSet")
        found = shared.one(asked, "ValueSet", asked.resource_id())
        if found is None:
            raise plans.not_found()
        return terminology.parsed_set(found)
    sent = called.resources.get("valueSet", ())
    if sent:
        return sets.read(sent[0])
    url, _, version = called.text("url").partition("|")
    version = called.text("valueSetVersion") or version
    if not url:
        raise refused("Name the value set by its canonical address, in url.")
    if terminology.r4_valueset(url) is None:
        _refuse_scopes(asked, "ValueSet")
    wanted = Held(asked.requester.organization_id).valueset(url, version)
    if wanted is None:
        raise _not_loaded()
    return wanted


def _system(asked: Asked, url: str, version: str) -> System:
    """The code system of a canonical address. Raises UNPROCESSABLE for one that is not held."""
    url, _, behind = url.partition("|")
    if not url.startswith(terminology.R4):
        _refuse_scopes(asked, "CodeSystem")
    found = Held(asked.requester.organization_id).system(url, version or behind) if url else None
    if found is None:
        raise _not_loaded()
    return found


def _refuse_scopes(asked: Asked, kind: str) -> None:
    """A program reads what was loaded where it was granted the whole type."""
    held = asked.scopes.whole() if asked.scopes is not None else None
    if held is not None and kind not in held:
        raise scoped.refused()


def _not_loaded() -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-API-072",
        what="No value set or code system of this address is held here.",
        undone="Nothing was looked up.",
        to_do="Load it, or ask a terminology server. R4's own are here, by their canonical address.",
    )


# Whether a code is in it ---------------------------------------------------------------------------------------------


def validate_in_set(asked: Asked) -> Answer:
    """``ValueSet/$validate-code``: whether a code is one of the set's."""
    called = parameters.called(
        asked, *WHICH, "code", "system", "display", "abstract", *CODED, coded=CODED, whole=("valueSet",)
    )
    wanted, codings = _set(asked, called), _codings(called, called.text("system"))
    # A code without a system is looked for in all of them; else only those asked about need be held.
    only = None if any(not one.system for one in codings) else frozenset(one.system for one in codings)
    members = expand(wanted, Held(asked.requester.organization_id), only=only)
    found = [one for one in (_found(each, members) for each in codings) if one is not None]
    if not called.flag("abstract"):
        found = [one for one in found if not one.is_abstract]
    return _verdict(codings, [(one.system, one.code, one.display) for one in found])


def _found(coding: Coded, members: Members) -> Member | None:
    if coding.system:
        return members.get((coding.system, coding.code))
    return next((one for one in members.values() if one.code == coding.code), None)


def validate_in_system(asked: Asked) -> Answer:
    """``CodeSystem/$validate-code``: whether a code is one of the system's."""
    called = parameters.called(asked, "url", "version", "code", "display", *CODED, coded=CODED)
    url = called.text("url")
    codings = _codings(called, url)
    named = {one.system for one in codings}
    if len(named) != 1:
        raise _not_loaded()
    system = _system(asked, named.pop(), called.text("version"))
    found = [system.concepts[one.code] for one in codings if one.code in system.concepts]
    if not found and not system.complete:
        raise parameters.unprocessable(
            "The code system is held here in part only, and the code is not in it.", "Ask a terminology server."
        )
    return _verdict(codings, [(system.url, one.code, one.display) for one in found])


def _codings(called: Called, system: str) -> Sequence[Coded]:
    sent = [one for name in CODED for one in called.codings.get(name, ())]
    found = [Coded(one.system or system, one.code, one.display) for one in sent]
    if called.text("code"):
        found.append(Coded(system, called.text("code"), called.text("display")))
    if not found:
        raise refused("Send a code, a coding or a codeableConcept.")
    return found


def _verdict(codings: Sequence[Coded], found: Sequence[tuple[str, str, str]]) -> Answer:
    """True where any of the codings is in, and the words sent with it are not other ones than it has here."""
    if not found:
        return _parameters(("result", "Boolean", False), ("message", "String", "None of the codes is one of these."))
    system, code, display = found[0]
    said = next((one.display for one in codings if one.code == code and one.system in {system, ""}), "")
    told = [("system", "Uri", system), ("code", "Code", code), ("display", "String", display)]
    shown = [one for one in told if one[2]]
    if said and display and said.casefold() != display.casefold():
        words = "The code is one of these; its words are others than those sent."
        return _parameters(("result", "Boolean", False), ("message", "String", words), *shown)
    return _parameters(("result", "Boolean", True), *shown)


def _parameters(*named: tuple[str, str, object]) -> Answer:
    listed = [{"name": name, f"value{kind}": value} for name, kind, value in named]
    return _json({"resourceType": "Parameters", "parameter": listed})


# What is known of a code ---------------------------------------------------------------------------------------------


def look_up(asked: Asked) -> Answer:
    """``CodeSystem/$lookup``: the words of a code, what it lies under, and what the system says of it."""
    called = parameters.called(asked, "system", "version", "code", "coding", coded=("coding",))
    codings = _codings(called, called.text("system"))
    if len(codings) > 1:
        raise refused("One code is looked up at a time.")
    system = _system(asked, codings[0].system, called.text("version"))
    concept = system.concepts.get(codings[0].code)
    if concept is None:
        raise parameters.unprocessable("The code is none of this system's, as far as it is held here.", "Check it.")
    named: list[Json] = [
        {"name": "name", "valueString": system.name or system.url},
        {"name": "version", "valueString": system.version},
        {"name": "display", "valueString": concept.display or concept.code},
    ]
    told = [one for one in named if one["valueString"]]
    return _json({"resourceType": "Parameters", "parameter": [*told, *_told(system, concept)]})


def _told(system: System, concept: Concept) -> Iterable[Json]:
    for one in concept.designations:
        parts = [{"name": "language", "valueCode": one.language}] if one.language else []
        yield {"name": "designation", "part": [*parts, {"name": "value", "valueString": one.value}]}
    under = [("parent", one) for one in concept.parents] + [("child", one) for one in system.children(concept.code)]
    for name, value in under:
        yield {"name": "property", "part": [{"name": "code", "valueCode": name}, {"name": "value", "valueCode": value}]}
    for name, text in concept.properties:
        if name != "parent":
            said = [{"name": "code", "valueCode": name}, {"name": "value", "valueString": text}]
            yield {"name": "property", "part": said}
