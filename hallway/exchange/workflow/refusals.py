"""Every no to a workflow resource, with what to do instead. None tells more than its sender has seen."""

from hallway.errors import HallwayError, Kind


def no_step(to_do: str, *, field: str = "") -> HallwayError:
    """The resource means no step that could be taken; ``to_do`` says which would."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-WFL-001",
        what="This is part of a workflow, and what was sent is no step of it.",
        undone="Nothing was saved.",
        to_do=to_do,
        field=field or None,
    )


def unknown_party(field: str) -> HallwayError:
    """Nobody of the directory is named where somebody must be."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-WFL-002",
        what="Whoever is named here is not in the directory, or works at several places or none.",
        undone="Nothing was saved.",
        to_do="Name one organization of the directory, and a person who works there now.",
        field=field,
    )


def reason_wanted(field: str, codes: str) -> HallwayError:
    """A step that needs a coded reason came without one of its codes."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-WFL-003",
        what="This step needs a coded reason.",
        undone="Nothing was saved.",
        to_do=f"Give one of these codes: {codes}.",
        field=field,
    )


def only_by_signature() -> HallwayError:
    """A consent was sent as if it stood already."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-WFL-004",
        what="A consent stands by the patient's signature, and no resource is one.",
        undone="Nothing was saved.",
        to_do="Send it with status draft or proposed: the form is prepared, and the patient signs it in Hallway.",
        field="Consent.status",
    )


def benefits_you() -> HallwayError:
    """A consent was written by whom it would open a record to."""
    return HallwayError(
        Kind.FORBIDDEN,
        "H-WFL-005",
        what="Nobody writes a consent by which they would receive.",
        undone="Nothing was saved.",
        to_do="Ask the practice that holds the record to prepare the form.",
        field="Consent.provision.actor",
    )
