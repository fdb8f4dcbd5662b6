"""Which loaded definition a canonical address means for an organization; parsed once and kept while it stands."""

from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import TypeVar

from hallway.directory import queries as directory
from hallway.ids import OrganizationId
from hallway.record import queries as record
from hallway.record.criteria import Query, Tokens
from hallway.record.stored import Stored
from hallway.standards.fhir import definitions
from hallway.storage import database_url
from hallway.terms import sets, systems
from hallway.terms.sets import Part, ValueSet
from hallway.terms.systems import Concept, System

KEPT_KINDS = frozenset({"CodeSystem", "Questionnaire", "ValueSet"})
"""Types that practices keep definitions of."""
R4 = "http://hl7.org/fhir/"
"""Code systems of R4 itself: each is bound somewhere as a whole, so every code of it is known here."""
MOST_NAMED = 100
"""Definitions of one address that are chosen among."""
MOST_KEPT = 16
"""Definitions that a process keeps parsed."""
T = TypeVar("T", System, ValueSet)


def sources_of(organization: OrganizationId) -> list[OrganizationId]:
    """Whose definitions an organization may read: its own, and those for everybody."""
    return [organization, *directory.for_everybody()]


def named(kind: str, canonical: str, organization: OrganizationId) -> Stored | None:
    """The definition that ``url`` or ``url|version`` means, or None.

    An organization's own goes before one for everybody, an active one before others, then the one written last.
    """
    url, _, version = canonical.partition("|")
    if not url:
        return None
    wanted = (Tokens((f"url={url}",)), *((Tokens((f"version={version}",)),) if version else ()))
    found = record.find_shared(Query(kind, wanted, limit=MOST_NAMED), of=sources_of(organization))
    found.sort(key=lambda one: (one.source_org == organization, _is_active(one), one.updated_at, one.id))
    return found[-1] if found else None


def _is_active(one: Stored) -> bool:
    return b'"status":"active"' in one.body


class Held:
    """What value sets and code systems an organization may look into: R4's own, then what was loaded."""

    def __init__(self, organization: OrganizationId) -> None:
        """Nothing was looked up yet."""
        self.organization = organization

    def system(self, url: str, version: str) -> System | None:
        """A code system, or None when it is not held, or not in this version."""
        own = r4_system(url) if url.startswith(R4) and version in {"", definitions.VERSION} else None
        if own is not None:
            return own
        found = named("CodeSystem", f"{url}|{version}" if version else url, self.organization)
        return _parsed(found, systems.read) if found else None

    def valueset(self, url: str, version: str) -> ValueSet | None:
        """A value set, or None when it is not held, or not in this version."""
        own = r4_valueset(url) if version in {"", definitions.VERSION} else None
        if own is not None:
            return own
        found = named("ValueSet", f"{url}|{version}" if version else url, self.organization)
        return _parsed(found, sets.read) if found else None


def parsed_set(one: Stored) -> ValueSet:
    """The value set of a resource."""
    return _parsed(one, sets.read)


@cache
def r4_valueset(url: str) -> ValueSet | None:
    """A value set that R4's own elements are bound to and whose codes HL7 lists; None for any other."""
    found = definitions.valueset(url)
    if found is None or found.systems is None:
        return None
    parts = (Part(system, "", tuple((code, "") for code in sorted(codes))) for system, codes in found.systems.items())
    return ValueSet(url, definitions.VERSION, tuple(sorted(parts)))


@cache
def r4_system(url: str) -> System | None:
    """A code system of R4 itself: its codes, without words. None for any other."""
    held = (definitions.valueset(one) for one in definitions.valuesets())
    codes = frozenset[str]().union(*(one.systems[url] for one in held if one and one.systems and url in one.systems))
    return System(url, definitions.VERSION, {one: Concept(one) for one in sorted(codes)}) if codes else None


# Kept parsed ---------------------------------------------------------------------------------------------------------

_Key = tuple[str, str, str, str]
_kept: OrderedDict[_Key, System | ValueSet] = OrderedDict()
_keeping = Lock()


def _parsed(one: Stored, read: Callable[[bytes], T]) -> T:
    """A definition as it stands in this very version, parsed now or before."""
    key = (database_url.current(), one.kind, one.id, one.version_id)
    with _keeping:
        held = _kept.get(key)
        if held is not None:
            _kept.move_to_end(key)
            return held  # type: ignore[return-value] - the kind is in the key
    made = read(one.body)
    with _keeping:
        _kept[key] = made
        while len(_kept) > MOST_KEPT:
            _kept.popitem(last=False)
    return made
