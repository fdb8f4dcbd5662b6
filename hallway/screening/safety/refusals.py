"""Every refusal of the safety protocol, with its stable code. Three sentences, no patient, no echo."""

from hallway.errors import HallwayError, Kind


def not_now() -> HallwayError:
    """The table has no such move from here."""
    return HallwayError(
        Kind.CONFLICT,
        "H-SAF-002",
        what="This step does not fit where the safety steps stand.",
        undone="Nothing was changed.",
        to_do="Read where they stand now, then choose one of the steps on the page.",
    )


def unknown_code() -> HallwayError:
    """An answer that no row has."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-SAF-003",
        what="One of the choices is not in the list.",
        undone="Nothing was kept.",
        to_do="Choose one of those on the page.",
    )


def bad_words() -> HallwayError:
    """Words that are missing, or too long."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-SAF-004",
        what="A sentence is missing here, or it is over 8,000 letters long.",
        undone="Nothing was kept.",
        to_do="Write what you found or agreed in a few words.",
    )


def not_yet(titles: str) -> HallwayError:
    """Steps that this end asks for are not done."""
    return HallwayError(
        Kind.CONFLICT,
        "H-SAF-005",
        what=f"Before it may end so, this is still to be done: {titles}.",
        undone="The safety steps stay open.",
        to_do="Do what is missing, or choose the end that fits.",
    )


def does_not_fit() -> HallwayError:
    """The end contradicts the judgement."""
    return HallwayError(
        Kind.CONFLICT,
        "H-SAF-006",
        what="This end does not fit your last judgement, or where the person is.",
        undone="The safety steps stay open.",
        to_do="Choose another end, or write a new judgement first.",
    )


def may_not_tell(reason: str, citation: str) -> HallwayError:
    """The gate says no to telling them."""
    said = f"{reason} ({citation})" if citation else reason
    return HallwayError(
        Kind.CONFLICT,
        "H-SAF-007",
        what=f"This may not be told to them: {said}",
        undone="Nothing was sent.",
        to_do="Read who may be told, or prepare exactly the form that opens it.",
    )


def changed_meanwhile() -> HallwayError:
    """Somebody acted after the page was opened."""
    return HallwayError(
        Kind.CONFLICT,
        "H-SAF-008",
        what="Somebody of your practice acted on this while you were reading.",
        undone="The safety steps stay open.",
        to_do="Read what was added, then end it again.",
    )


def not_your_step() -> HallwayError:
    """A role that may not take this step."""
    return HallwayError(
        Kind.FORBIDDEN,
        "H-SAF-009",
        what="This step is a clinician's.",
        undone="Nothing was changed.",
        to_do="Call a clinician of your practice now.",
    )


def unknown_practice() -> HallwayError:
    """A practice that is not in the directory, or one's own."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-SAF-010",
        what="That practice is not one you can write to.",
        undone="Nothing was sent.",
        to_do="Choose a practice from the list.",
    )
