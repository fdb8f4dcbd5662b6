"""Every refusal of this room, with its stable code. Three sentences, no patient, no echo of what was typed."""

from hallway.errors import HallwayError, Kind


def not_yours() -> HallwayError:
    """The role may not do this."""
    return HallwayError(
        Kind.FORBIDDEN,
        "H-TLK-001",
        what="Your role cannot do this.",
        undone="Nothing was sent.",
        to_do="Ask a clinician of your practice.",
    )


def missing(field: str, what: str) -> HallwayError:
    """A field without which the step means nothing."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-TLK-002",
        what=what,
        undone="Nothing was sent.",
        to_do="Fill it in, then send.",
        field=field,
    )


def bad_text(field: str) -> HallwayError:
    """Too long, or with control characters."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-TLK-003",
        what="This text is too long or holds characters that cannot be read.",
        undone="Nothing was sent.",
        to_do="Shorten it to 4,000 characters of plain text.",
        field=field,
    )


def unknown_code(field: str) -> HallwayError:
    """A code that the tables do not have."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-TLK-004",
        what="That choice is not on the list.",
        undone="Nothing was sent.",
        to_do="Choose one of those offered.",
        field=field,
    )


def not_a_partner() -> HallwayError:
    """The practice does not treat this patient, as far as this reader may know."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-TLK-005",
        what="That practice is not known to treat this patient.",
        undone="Nothing was sent.",
        to_do="Refer the patient to them first, or choose somebody of the care team.",
        field="to",
    )


def needs_consent() -> HallwayError:
    """What was written may not leave without a signature."""
    return HallwayError(
        Kind.CONFLICT,
        "H-TLK-006",
        what="The law does not let this reach them yet.",
        undone="Nothing was sent. Your words are still here.",
        to_do="Prepare the form that the page names, or leave out what it may not carry.",
    )


def not_now(what: str) -> HallwayError:
    """The request is not at that point, or somebody acted first."""
    return HallwayError(
        Kind.CONFLICT,
        "H-TLK-007",
        what=what,
        undone="Nothing was changed.",
        to_do="Read where it stands now, then decide again.",
    )


def bad_time(field: str, what: str) -> HallwayError:
    """A time that cannot be."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-TLK-008",
        what=what,
        undone="Nothing was saved.",
        to_do="Give a time that fits.",
        field=field,
    )


def not_returned() -> HallwayError:
    """The evaluation has not come back, or nobody has read it."""
    return HallwayError(
        Kind.CONFLICT,
        "H-TLK-009",
        what="The medical evaluation is not back and read.",
        undone="The treatment is still held.",
        to_do="Wait for the answer, file it into the note, then release the start.",
    )


def not_confirmed() -> HallwayError:
    """A row of the start check list is open."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-TLK-010",
        what="Not every row of the start check list is ticked.",
        undone="The treatment is still held.",
        to_do="Tick each row once it is so.",
        field="confirmed",
    )


def nobody_reads() -> HallwayError:
    """The law lets it leave, but the practice that asked has left the care team: it would lie where none reads it."""
    return HallwayError(
        Kind.CONFLICT,
        "H-TLK-011",
        what="The practice that asked can no longer read an answer here.",
        undone="Nothing was sent, and the request still waits. Your words are still here.",
        to_do="Telephone them, then decline with “Answered by telephone”.",
    )


def unknown_place() -> HallwayError:
    """A page of the list that no page of ours names."""
    return HallwayError(
        Kind.INCORRECT,
        "H-TLK-012",
        what="There is no such page of the list.",
        undone="Nothing was shown.",
        to_do="Open the messages again from the bar.",
    )
