"""What all requests of one Bundle may take together: each is bounded by itself, and a hundred of them are not."""

from hallway.fhirapi.search import limits
from hallway.fhirapi.search.refusals import too_costly


class Budget:
    """Counted down as the requests of one Bundle are answered; a request that comes by itself has one of its own."""

    def __init__(self) -> None:
        """Everything is left."""
        self._steps = limits.MOST_STEPS_TOGETHER
        self._bytes = limits.MOST_BYTES_TOGETHER

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
