"""What all requests of one Bundle may take together: each is bounded by itself, and a hundred of them are not."""

from hallway.errors import HallwayError, Kind

MOST_STEPS_TOGETHER = 200
"""Searches that chains, ``_has`` and further types may take in all requests of one Bundle."""
MOST_BYTES_TOGETHER = 64 * 1024 * 1024
"""Bytes of answers in one Bundle after which nothing more is read for it."""


class Budget:
    """Counted down as the requests of one Bundle are answered; a request that comes by itself has one of its own."""

    def __init__(self) -> None:
        """Everything is left."""
        self._steps = MOST_STEPS_TOGETHER
        self._bytes = MOST_BYTES_TOGETHER

    def take(self, steps: int) -> None:
        """Take searches beyond the first of a request. Raises TOO_COSTLY when too few are left."""
        if steps > self._steps:
            raise too_costly("The requests of the Bundle go through too many searches together.")
        self._steps -= steps

    def read(self) -> None:
        """Ask before a request that reads. Raises TOO_COSTLY when the answers are large enough already."""
        if self._bytes <= 0:
            raise too_costly("The answers in the Bundle are too large together.")

    def answered(self, size: int) -> None:
        """Count the bytes of an answer."""
        self._bytes -= size


def too_costly(what: str, *, name: str = "") -> HallwayError:
    """A request that asks for more than one may. ``name`` is a search parameter of ours."""
    return HallwayError(
        Kind.INCORRECT,
        "H-API-061",
        what=what,
        undone="Nothing was shown.",
        to_do="Ask for less at once.",
        field=f"http.{name}" if name else None,
    )
