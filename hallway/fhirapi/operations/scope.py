"""Whether a program was granted what an operation does. A scope never adds a right; its absence refuses."""

from hallway.errors import HallwayError, Kind
from hallway.fhirapi.asked import Asked


def require(asked: Asked, kind: str, verb: str) -> None:
    """Raises FORBIDDEN where the token opens the type for another verb, or not at all."""
    if asked.scopes is not None and not asked.scopes.allows(kind, verb):
        raise HallwayError(
            Kind.FORBIDDEN,
            "H-API-071",
            what="The scopes of this token do not open this.",
            undone="Nothing was looked up and nothing was saved.",
            to_do="Ask for a token with a scope for it.",
        )


def opened(asked: Asked, kind: str, verb: str = "r") -> bool:
    """Whether the token opens a type; a person's own session opens what the gate does."""
    return asked.scopes is None or asked.scopes.allows(kind, verb)
