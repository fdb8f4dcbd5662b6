"""What a program was granted at the FHIR door: SMART scopes, version 2 (SMART App Launch 2.2, section 3).

A scope never adds a right: it narrows what the gate would give to whom the program acts for. Pure.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

from hallway.ids import ChartId

VERBS = "cruds"
"""create, read, update, delete, search; history goes with read."""
VERSION_1 = {"read": "rs", "write": "cud", "*": "cruds"}
"""How version 1 spelled them."""
LAUNCH = ("launch", "launch/patient", "launch/encounter")
PERSON = ("openid", "fhirUser", "profile")
LASTING = ("offline_access", "online_access")
PLAIN = frozenset({*LAUNCH, *PERSON, *LASTING})
"""Scopes that open no resource."""
LONGEST = 4000
"""Characters of a scope parameter. A longer one is never cut, for a piece of a scope may open more than the whole."""
TOO_LONG = "too long"
"""What stands among the not understood for a parameter longer than that."""
_REMEMBERED = 512
_CLINICAL = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]{1,39})\.(read|write|\*|c?r?u?d?s?)(?:\?(\S{1,400}))?")
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_\-]{0,40}(:[a-z\-]{1,20})?")


@dataclass(frozen=True, slots=True)
class Scope:
    """One clinical scope. ``side`` is patient, user or system; ``kind`` a resource type or ``*``.

    ``narrowing`` holds the search parameters behind the question mark, in order: each must hold (``category=...``).
    """

    side: str
    kind: str
    verbs: str
    narrowing: tuple[tuple[str, str], ...] = ()

    def text(self) -> str:
        """As version 2 spells it."""
        query = f"?{urlencode(self.narrowing, safe='|:/,')}" if self.narrowing else ""
        return f"{self.side}/{self.kind}.{self.verbs}{query}"

    def holds(self, other: "Scope") -> bool:
        """Whether ``other`` asks for nothing beyond this one."""
        return (
            self.side == other.side
            and self.kind in ("*", other.kind)
            and set(other.verbs) <= set(self.verbs)
            and set(self.narrowing) <= set(other.narrowing)
        )


@dataclass(frozen=True, slots=True)
class Scopes:
    """All clinical scopes of one access token. ``None`` in place of this means a person's own login session.

    ``chart_id`` is the one chart that the token is held to, where any of its scopes is a patient's; the gate refuses
    every other. None: whatever the gate gives to whom the program acts for.
    """

    granted: tuple[Scope, ...]
    chart_id: ChartId | None = None

    def allows(self, kind: str, verb: str) -> bool:
        """Whether any scope opens ``kind`` for one of the five verbs."""
        return any(verb in one.verbs and one.kind in ("*", kind) for one in self.granted)

    def holds(self, other: "Scopes") -> bool:
        """Whether ``other`` opens nothing beyond this one, and is held to the same chart or to none, as this is."""
        held = all(any(mine.holds(one) for mine in self.granted) for one in other.granted)
        return held and self.chart_id == other.chart_id

    def narrowings(self, kind: str, verb: str) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The ways in which ``kind`` is narrowed: a resource must fit one of them. Empty: it is not narrowed."""
        ways = [one.narrowing for one in self.granted if verb in one.verbs and one.kind in ("*", kind)]
        return () if any(not way for way in ways) else tuple(dict.fromkeys(ways))

    def kinds(self, verbs: str = "rs") -> tuple[str, ...] | None:
        """The resource types opened for any of ``verbs``, sorted; None for all of them."""
        return _named(one for one in self.granted if set(verbs) & set(one.verbs))

    def whole(self, verbs: str = "r") -> tuple[str, ...] | None:
        """The resource types opened for any of ``verbs`` without narrowing, sorted; None for all of them.

        For answers that have no place for criteria: a type that is narrowed is left out of these.
        """
        return _named(one for one in self.granted if set(verbs) & set(one.verbs) and not one.narrowing)


def _named(granted: Iterable[Scope]) -> tuple[str, ...] | None:
    named = {one.kind for one in granted}
    return None if "*" in named else tuple(sorted(named))


@dataclass(frozen=True, slots=True)
class Wanted:
    """A scope parameter, parsed: clinical scopes, the others by their names, and what is not understood."""

    clinical: tuple[Scope, ...]
    plain: frozenset[str]
    unknown: tuple[str, ...] = ()

    def text(self) -> str:
        """As version 2 spells it, in a fixed order; what is not understood is left out."""
        return " ".join([*sorted(self.plain), *(one.text() for one in self.clinical)])

    @property
    def is_too_long(self) -> bool:
        """Whether it could not be read again as it is spelled: within a registration it may have grown."""
        return len(self.text()) > LONGEST

    def sides(self) -> frozenset[str]:
        """Whose scopes are among them."""
        return frozenset(one.side for one in self.clinical)


def one_of(text: str) -> Scope | None:
    """A clinical scope in either spelling, or None for what is none."""
    found = _CLINICAL.fullmatch(text)
    if found is None or not found[3]:
        return None
    narrowing = _narrowing(found[4] or "")
    if narrowing is None or (found[2] == "*" and narrowing):
        return None
    return Scope(found[1], found[2], VERSION_1.get(found[3], found[3]), narrowing)


def _narrowing(query: str) -> tuple[tuple[str, str], ...] | None:
    """The search parameters of a granular scope; None for what cannot be read. Result parameters narrow nothing."""
    if not query:
        return ()
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=5)
    except ValueError:
        return None
    fits = all(_PARAMETER.fullmatch(name) and not name.startswith("_") and value for name, value in pairs)
    return tuple(sorted(pairs)) if fits else None


def parse(text: str) -> Wanted:
    """A scope parameter. Doubles fall away; what is not understood is named and opens nothing; nor does one too long.

    Only texts of bounded length are remembered: anybody may send one.
    """
    return _parsed(text) if len(text) <= LONGEST else Wanted((), frozenset(), (TOO_LONG,))


@lru_cache(maxsize=_REMEMBERED)
def _parsed(text: str) -> Wanted:
    clinical: dict[Scope, None] = {}
    plain: set[str] = set()
    unknown: dict[str, None] = {}
    for word in text.split():
        scope = one_of(word)
        if scope is not None:
            clinical[scope] = None
        elif word in PLAIN:
            plain.add(word)
        else:
            unknown[word] = None
    return Wanted(tuple(clinical), frozenset(plain), tuple(unknown))


def within(asked: Wanted, allowed: Wanted) -> Wanted:
    """What of ``asked`` lies within ``allowed``: by kind, verb by verb. Nothing wider comes out than either."""
    found = [part for one in asked.clinical for part in _shared(one, allowed.clinical)]
    return Wanted(tuple(dict.fromkeys(found)), asked.plain & allowed.plain)


def _shared(one: Scope, allowed: Iterable[Scope]) -> Iterable[Scope]:
    """``one`` cut down to each allowed scope that it shares something with; itself where one of them holds it whole."""
    allowed = tuple(allowed)
    if any(other.holds(one) for other in allowed):
        return (one,)
    return tuple(part for other in allowed if (part := _cut(one, other)) is not None)


def _cut(one: Scope, other: Scope) -> Scope | None:
    verbs = "".join(verb for verb in VERBS if verb in one.verbs and verb in other.verbs)
    meet = one.kind == other.kind or "*" in (one.kind, other.kind)
    if one.side != other.side or not verbs or not meet:
        return None
    kind = other.kind if one.kind == "*" else one.kind
    return Scope(one.side, kind, verbs, tuple(sorted({*one.narrowing, *other.narrowing})))


def is_within(asked: Wanted, allowed: Wanted) -> bool:
    """Whether everything asked for is held by what is allowed: for a refresh, which may narrow and never widen."""
    held = all(any(other.holds(one) for other in allowed.clinical) for one in asked.clinical)
    return held and asked.plain <= allowed.plain and not asked.unknown
