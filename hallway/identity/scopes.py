"""What a program was granted at the FHIR door: SMART scopes, version 2 (SMART App Launch 2.2, section 3).

A scope never adds a right: it narrows what the gate would give to whom the program acts for. Pure.
"""

from dataclasses import dataclass

VERBS = "cruds"
"""create, read, update, delete, search; history goes with read."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One clinical scope. ``side`` is patient, user or system; ``kind`` a resource type or ``*``.

    ``narrowing`` holds the search parameters behind the question mark, in order: each must hold (``category=...``).
    """

    side: str
    kind: str
    verbs: str
    narrowing: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Scopes:
    """All clinical scopes of one access token. ``None`` in place of this means a person's own login session."""

    granted: tuple[Scope, ...]

    def allows(self, kind: str, verb: str) -> bool:
        """Whether any scope opens ``kind`` for one of the five verbs."""
        return any(verb in one.verbs and one.kind in ("*", kind) for one in self.granted)

    def narrowings(self, kind: str, verb: str) -> tuple[tuple[tuple[str, str], ...], ...]:
        """The ways in which ``kind`` is narrowed: a resource must fit one of them. Empty: it is not narrowed."""
        ways = [one.narrowing for one in self.granted if verb in one.verbs and one.kind in ("*", kind)]
        return () if any(not way for way in ways) else tuple(dict.fromkeys(ways))
