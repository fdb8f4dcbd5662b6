"""Every refusal of this room, with its stable code. Three sentences, no patient, no echo."""

from hallway.errors import HallwayError, Kind


def referral_over() -> HallwayError:
    """No report can be sent on this referral any more."""
    return HallwayError(
        Kind.CONFLICT,
        "H-RPT-001",
        what="This referral does not take a report as it stands.",
        undone="Nothing was sent. A draft, if there is one, is kept.",
        to_do="Open the referral and read where it stands.",
    )


def changed_meanwhile(who: str, when: str) -> HallwayError:
    """``who`` saved the draft; "You" where it was the writer's own first press."""
    return HallwayError(
        Kind.CONFLICT,
        "H-RPT-002",
        what=f"{who} saved this report at {when}, while you were writing.",
        undone="Nothing was saved twice." if who == "You" else "Nothing of yours was sent.",
        to_do="Read it as it stands now, then add yours again.",
    )


def consent_gone(when: str) -> HallwayError:
    """The consent was taken back since the draft was begun."""
    return HallwayError(
        Kind.CONFLICT,
        "H-RPT-003",
        what=f"The consent was taken back at {when}.",
        undone="This report was not sent; your draft is kept.",
        to_do="Ask the patient before you write to them again.",
    )


def may_not_leave(reason: str, citation: str) -> HallwayError:
    """The gate says no, or not without a signature. The reason is the rule's sentence; it names no patient."""
    return HallwayError(
        Kind.CONFLICT,
        "H-RPT-004",
        what=f"This report needs the patient’s signature first. {reason} {citation}".strip(),
        undone="This report was not sent; your draft is kept.",
        to_do="Prepare exactly that form, or leave the report here.",
    )


def nothing_to_say() -> HallwayError:
    """A report without an answer."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-RPT-005",
        what="The answer to their question is missing.",
        undone="Nothing was sent. Your draft is kept.",
        to_do="Answer in a sentence or two, then send.",
        field="answer",
    )


def unknown_reply() -> HallwayError:
    """A reply that is not on the list."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-RPT-006",
        what="Choose how you acknowledge.",
        undone="The report stays open.",
        to_do="Pick one of the three answers.",
        field="reply",
    )


def answered_already(who: str) -> HallwayError:
    """``who`` acknowledged it before; "You" where it was the reader."""
    return HallwayError(
        Kind.CONFLICT,
        "H-RPT-007",
        what=f"{who} acknowledged this report already.",
        undone="Nothing more was sent.",
        to_do="Open the referral to see the answer.",
    )


def bad_line(field: str) -> HallwayError:
    """A line too long, with control characters, or in a section that does not exist."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-RPT-008",
        what="A line is too long or cannot be read, or has no section.",
        undone="Nothing was saved.",
        to_do="Shorten it to 4,000 characters of plain text.",
        field=field,
    )


def not_a_draft() -> HallwayError:
    """The report has left already."""
    return HallwayError(
        Kind.CONFLICT,
        "H-RPT-009",
        what="This report was sent already.",
        undone="Nothing was changed.",
        to_do="Amend it: the reader is told what is new.",
    )


def not_sent() -> HallwayError:
    """Something that only a sent report can do."""
    return HallwayError(
        Kind.CONFLICT,
        "H-RPT-010",
        what="This report was not sent yet.",
        undone="Nothing was changed.",
        to_do="Sign and send it first.",
    )


def only_the_author() -> HallwayError:
    """Somebody of the wrong side or role."""
    return HallwayError(
        Kind.FORBIDDEN,
        "H-RPT-011",
        what="Your role cannot take this step.",
        undone="Nothing was changed.",
        to_do="Ask a clinician of the practice that owes it.",
    )
