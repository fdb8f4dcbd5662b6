"""What cannot be done with a target, in plain words."""

from hallway.errors import HallwayError, Kind


def _refused(kind: Kind, code: str, what: str, to_do: str, *, field: str = "") -> HallwayError:
    return HallwayError(kind, code, what=what, undone="The target was not changed.", to_do=to_do, field=field)


def no_instrument() -> HallwayError:
    """The instrument is unknown, or has no total to aim at."""
    return _refused(
        Kind.UNPROCESSABLE,
        "H-TGT-001",
        "No target can be set on that.",
        "Choose one that has a total.",
        field="instrument",
    )


def wrong_aim(low: int, high: int) -> HallwayError:
    """The aim lies outside what the instrument can say."""
    to_do = f"Give a whole number from {low} to {high}."
    return _refused(Kind.UNPROCESSABLE, "H-TGT-002", "The target is out of range.", to_do, field="aim")


def runs_already() -> HallwayError:
    """A practice aims at one score at a time."""
    return _refused(
        Kind.CONFLICT, "H-TGT-003", "A target for this is running already.", "Reload the page and change that one."
    )


def was_changed() -> HallwayError:
    """Somebody changed it meanwhile."""
    return _refused(Kind.CONFLICT, "H-TGT-004", "This target was changed while you were reading.", "Reload the page.")


def no_reason() -> HallwayError:
    """Ended without saying how."""
    return _refused(Kind.UNPROCESSABLE, "H-TGT-005", "It is not said how it ended.", "Choose one.", field="ended_as")


def wrong_basis() -> HallwayError:
    """The problem or the baseline named is not one that this reader may name."""
    return _refused(
        Kind.UNPROCESSABLE, "H-TGT-006", "The problem or first score is not one of this chart.", "Choose another."
    )
