"""The refusals of sittings, each once. None names a patient, an instrument's answer or what was typed."""

from hallway.errors import HallwayError, Kind


def link_shut() -> HallwayError:
    """A key that is unknown, used, too old or shut, or another birth date: one answer for all."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-ASK-001",
        what="That link and that birth date open nothing: the date is not right, or the link has ended.",
        undone="Nothing more was shown or kept.",
        to_do="Check the birth date. If you have sent your answers, all is well. If not, ask the desk for a new link.",
        field="birth_date",
    )


def unknown_instrument() -> HallwayError:
    """No instrument of that key."""
    return _unprocessable(
        "H-ASK-002", "One of the questionnaires is not on the list.", "Choose from those that the page offers."
    )


def no_text() -> HallwayError:
    """The licence keeps the text of the instrument from being shipped, and nobody has loaded it."""
    return _unprocessable(
        "H-ASK-003",
        "The words of this questionnaire are not here: its owner licenses them.",
        "Load your licensed text, or choose another questionnaire.",
    )


def nothing_to_ask() -> HallwayError:
    """No instrument was named."""
    return _unprocessable("H-ASK-004", "No questionnaire was chosen.", "Choose at least one.")


def unknown_code(field: str) -> HallwayError:
    """A mode, language, relation, question or answer that there is not."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-ASK-005",
        what="That choice is not on the list.",
        undone="Nothing was kept.",
        to_do="Choose one of those that the page offers.",
        field=field,
    )


def not_yours() -> HallwayError:
    """The role does not put questions to patients."""
    return HallwayError(
        Kind.FORBIDDEN,
        "H-ASK-006",
        what="Your role does not put questions to patients.",
        undone="Nothing was asked.",
        to_do="Ask a clinician or the front desk of your practice.",
    )


def not_now() -> HallwayError:
    """The sitting is over, or has answers already."""
    return HallwayError(
        Kind.CONFLICT,
        "H-ASK-007",
        what="This is no longer at that step.",
        undone="Nothing was changed.",
        to_do="Open it again and look at where it stands.",
    )


def no_answers() -> HallwayError:
    """Nothing was answered, so there is nothing to file."""
    return _unprocessable("H-ASK-008", "No question has an answer.", "Answer at least one.")


def _unprocessable(code: str, what: str, to_do: str) -> HallwayError:
    return HallwayError(Kind.UNPROCESSABLE, code, what=what, undone="Nothing was asked or kept.", to_do=to_do)
