"""The refusals of this room, each once. None names a patient, a form's content or what was typed."""

from hallway.errors import HallwayError, Kind


def stale() -> HallwayError:
    """Somebody else acted on the form first."""
    return HallwayError(
        Kind.CONFLICT,
        "H-CON-003",
        what="Somebody changed this form while you were reading.",
        undone="Nothing was changed by you.",
        to_do="Open it again and look at where it stands.",
    )


def not_now() -> HallwayError:
    """The step is not legal in the state the form is in."""
    return HallwayError(
        Kind.CONFLICT,
        "H-CON-004",
        what="This form is no longer at that step.",
        undone="Nothing was changed.",
        to_do="Open it again and look at where it stands.",
    )


def invalid_form(element: str) -> HallwayError:
    """The form misses an element, or carries what may not stand on it; ``element`` is the checker's code."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-005",
        what="The form would not be valid: an element is missing or may not stand on it.",
        undone="Nothing was prepared or signed.",
        to_do="Complete the marked field, or use the separate form that the page offers.",
        field=element,
    )


def no_signature(field: str) -> HallwayError:
    """The evidence of signing is missing or not what it says it is."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-006",
        what="The patient's signature is missing or cannot be read.",
        undone="Nothing was signed and nothing was opened.",
        to_do="Ask the patient to draw it, or to type the full name with a witness.",
        field=field,
    )


def needs_witness() -> HallwayError:
    """A typed name taken by the party that will receive is no evidence by itself."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-007",
        what="A typed name taken at the receiving practice needs a witness besides you.",
        undone="Nothing was signed and nothing was opened.",
        to_do="Name a witness, or let the patient draw the signature.",
        field="witness",
    )


def unknown_code(field: str) -> HallwayError:
    """A code that is on no list."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-008",
        what="That choice is not on the list.",
        undone="Nothing was changed.",
        to_do="Choose one of those that the page offers.",
        field=field,
    )


def not_yours() -> HallwayError:
    """The role may not use this function."""
    return HallwayError(
        Kind.FORBIDDEN,
        "H-CON-009",
        what="Your role does not do this.",
        undone="Nothing was changed.",
        to_do="Ask a clinician of your practice, or change your role at the top.",
    )


def no_reason() -> HallwayError:
    """Emergency access without a reason in words."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-010",
        what="Emergency access needs a reason in words.",
        undone="Nothing was opened.",
        to_do="Write what is happening, in a sentence.",
        field="reason",
    )


def no_source() -> HallwayError:
    """A capability stored content without saying where it comes from."""
    return HallwayError(
        Kind.FAULT,
        "H-CON-011",
        what="Content came without saying who wrote it.",
        undone="Nothing was stored.",
        to_do="Report this: the code that stored it is at fault.",
    )


def not_informed() -> HallwayError:
    """A determination without telling the patient, where the rule demands it."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-CON-012",
        what="The patient must be told of this, and the facts of the rule must all be there.",
        undone="Nothing was recorded and nothing was opened.",
        to_do="Tell the patient, check each fact, then record it.",
        field="facts",
    )
