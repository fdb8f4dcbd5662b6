"""What an export says no with."""

from hallway.errors import HallwayError, Kind


def not_a_program() -> HallwayError:
    """Only a program with system scopes exports."""
    return HallwayError(
        Kind.FORBIDDEN,
        "H-BLK-001",
        what="Only a program that was registered and holds system scopes may export.",
        undone="Nothing was begun.",
        to_do="Ask for an access token by client credentials, with system scopes for what is wanted.",
    )


def not_granted() -> HallwayError:
    """A type was named that the token does not open."""
    return HallwayError(
        Kind.FORBIDDEN,
        "H-BLK-002",
        what="A type was named that the scopes of this token do not open for search.",
        undone="Nothing was begun.",
        to_do="Leave the type out, or ask for a scope for it.",
    )


def too_many() -> HallwayError:
    """More exports run than one program may have."""
    return HallwayError(
        Kind.TOO_MANY,
        "H-BLK-003",
        what="This program has as many exports under way as it may.",
        undone="Nothing was begun.",
        to_do="Wait until one is ready, or cancel one.",
    )


def too_often() -> HallwayError:
    """Asked again before the time that was named."""
    return HallwayError(
        Kind.TOO_MANY,
        "H-BLK-004",
        what="This export was asked about a moment ago.",
        undone="Nothing was looked up.",
        to_do="Wait as long as Retry-After says.",
    )


def not_here() -> HallwayError:
    """No such export, or another's, or one whose files are gone: one answer."""
    return HallwayError(Kind.NOT_FOUND, "H-BLK-005", what="Nothing is here.", undone="", to_do="")


def failed() -> HallwayError:
    """The job met a fault that it could not get over."""
    return HallwayError(
        Kind.FAULT,
        "H-BLK-006",
        what="The export failed.",
        undone="Its files were deleted.",
        to_do="Ask for it again.",
    )
