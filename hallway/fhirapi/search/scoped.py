"""What a program's scopes leave of a search or read: an open type, a refused one, or one narrowed by criteria."""

from collections.abc import Sequence

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.search import filters
from hallway.fhirapi.search.filters import Chain, Has, Near
from hallway.record.criteria import Criterion, Within


def refused() -> HallwayError:
    """The type is not in the program's scopes. It is about the program, so it tells nothing of any patient."""
    return HallwayError(
        Kind.FORBIDDEN,
        "H-API-062",
        what="The program was not granted this type of resource for this use.",
        undone="Nothing was shown.",
        to_do="Ask for a wider scope.",
    )


def require(asked: Asked, kind: str, verb: str) -> None:
    """Refuse an operation whose type the token opens for another verb, or not at all."""
    if not allows(asked, kind, verb):
        raise HallwayError(
            Kind.FORBIDDEN,
            "H-API-071",
            what="The scopes of this token do not open this.",
            undone="Nothing was looked up and nothing was saved.",
            to_do="Ask for a token with a scope for it.",
        )


def allows(asked: Asked, kind: str, verb: str) -> bool:
    """Whether the caller's scopes open ``kind``; always for a person's own login session."""
    return asked.scopes is None or asked.scopes.allows(kind, verb)


def criteria_of(asked: Asked, kind: str, verb: str) -> tuple[Criterion, ...]:
    """What must hold beside what was asked for. Raises FORBIDDEN when the scopes do not open ``kind``."""
    if asked.scopes is None:
        return ()
    if not asked.scopes.allows(kind, verb):
        raise refused()
    ways = asked.scopes.narrowings(kind, verb)
    return _narrowed(kind, ways, asked.base) if ways else ()


def _narrowed(kind: str, ways: Sequence[Sequence[tuple[str, str]]], base: str) -> tuple[Criterion, ...]:
    return (Within(tuple(tuple(_plain(kind, name, value, base) for name, value in way) for way in ways)),)


def _plain(kind: str, name: str, value: str, base: str) -> Criterion:
    """One parameter of a granular scope. What is not understood there opens nothing: the token is refused."""
    found = filters.filter_of(kind, name, value, Near(base, clock.now()))
    if isinstance(found, Chain | Has):
        raise refused()
    return found
