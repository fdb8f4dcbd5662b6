"""Every refusal of this room, with its stable code. Three sentences, no patient, no echo of what was typed."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hallway.errors import HallwayError, Kind


def local_time(at: datetime, zone: str) -> str:
    """As a person says it: "10:31 am"."""
    return at.astimezone(ZoneInfo(zone)).strftime("%I:%M %p").lstrip("0").lower()


def acted_first(who: str, did: str, at: datetime, *, zone: str) -> HallwayError:
    """``who`` acted while this person was looking at an older page; "You" where it was their own first press."""
    return HallwayError(
        Kind.CONFLICT,
        "H-REF-001",
        what=f"{who} {did} at {local_time(at, zone)}, while you were here.",
        undone="Nothing was sent twice." if who == "You" else "Nothing of yours was sent.",
        to_do="Read where it stands now, then decide again.",
    )


def already_open() -> HallwayError:
    """The same referral is open."""
    return HallwayError(
        Kind.CONFLICT,
        "H-REF-002",
        what="Your practice already has an open referral to them for this.",
        undone="No second one was made.",
        to_do="Open the first one and add to it there.",
    )


def not_now(step: str) -> HallwayError:
    """The table has no such move."""
    return HallwayError(
        Kind.CONFLICT,
        "H-REF-003",
        what=f"“{step}” does not fit where this referral stands.",
        undone="Nothing was changed.",
        to_do="Choose one of the steps the page offers.",
    )


def to_oneself() -> HallwayError:
    """Sender and receiver are one."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-REF-004",
        what="This refers to you.",
        undone="No referral was made.",
        to_do="Choose another clinician or practice.",
        field="receiver",
    )


def unknown_code(field: str) -> HallwayError:
    """A code that the tables do not have."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-REF-005",
        what="That choice is not on the list.",
        undone="Nothing was changed.",
        to_do="Choose one of the reasons offered.",
        field=field,
    )


def missing(field: str, what: str) -> HallwayError:
    """A field without which the step means nothing."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-REF-006",
        what=what,
        undone="Nothing was sent.",
        to_do="Fill it in, then send.",
        field=field,
    )


def bad_text(field: str) -> HallwayError:
    """Too long, or with control characters."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-REF-007",
        what="This text is too long or holds characters that cannot be read.",
        undone="Nothing was saved.",
        to_do="Shorten it to 4,000 characters of plain text.",
        field=field,
    )


def unknown_receiver() -> HallwayError:
    """No such practice or person, or they do not belong together."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-REF-008",
        what="That practice or clinician is not in the directory.",
        undone="No referral was made.",
        to_do="Choose one from the directory.",
        field="receiver",
    )


def not_your_step() -> HallwayError:
    """The role may not take this step."""
    return HallwayError(
        Kind.FORBIDDEN,
        "H-REF-009",
        what="Your role cannot take this step.",
        undone="Nothing was changed.",
        to_do="Ask a clinician of your practice.",
    )


def bad_time(what: str) -> HallwayError:
    """A visit that cannot be then."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-REF-010",
        what=what,
        undone="No visit was booked.",
        to_do="Choose a day within the next year.",
        field="starts_at",
    )


def bad_date(field: str) -> HallwayError:
    """A date to come that is not to come."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-REF-011",
        what="That day is not ahead, or over a year away.",
        undone="Nothing was saved.",
        to_do="Choose a day within the next year.",
        field=field,
    )


def needs_consent() -> HallwayError:
    """The request itself may not leave without a signature."""
    return HallwayError(
        Kind.CONFLICT,
        "H-REF-012",
        what="This referral needs the patient’s signature first.",
        undone="Nothing was sent. Your draft is kept.",
        to_do="Prepare the form that the page names, then send.",
    )


def no_visit() -> HallwayError:
    """There is no booked visit."""
    return HallwayError(
        Kind.CONFLICT,
        "H-REF-013",
        what="No visit is booked on this referral.",
        undone="Nothing was changed.",
        to_do="Book a visit first.",
    )


def nobody_asked() -> HallwayError:
    """A hand-off without a door to knock at."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-REF-020",
        what="Nobody who was chosen is free next door.",
        undone="Nobody was asked.",
        to_do="Choose somebody who shows as free, or send the referral without a hand-off.",
        field="asked",
    )


def taken(who: str) -> HallwayError:
    """Somebody else accepted the knock first."""
    return HallwayError(
        Kind.CONFLICT,
        "H-REF-021",
        what=f"{who} was first at the door.",
        undone="You are not needed for this one.",
        to_do="Nothing more to do.",
    )


def knock_over() -> HallwayError:
    """The 90 seconds are over."""
    return HallwayError(
        Kind.CONFLICT,
        "H-REF-022",
        what="The knock is over.",
        undone="Your answer was not taken.",
        to_do="If you are free, say so in the directory: they will find you.",
    )


def patient_must_agree() -> HallwayError:
    """A hand-off without the patient's word."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-REF-023",
        what="A hand-off needs the patient to agree.",
        undone="The meeting was not started.",
        to_do="Ask, then tick that they agree; or send without a hand-off.",
        field="patient_agreed",
    )


def handoff_not_now() -> HallwayError:
    """The hand-off is not at that point."""
    return HallwayError(
        Kind.CONFLICT,
        "H-REF-024",
        what="The hand-off is not at that point.",
        undone="Nothing was changed.",
        to_do="Read where it stands now.",
    )
