"""What a search is refused by, in words that repeat nothing that was typed: only names that Hallway itself knows."""

from hallway.errors import HallwayError, Kind


def refused(what: str, *, name: str = "") -> HallwayError:
    """A search that cannot be understood. ``name`` is a search parameter of ours, never a text that came in."""
    return HallwayError(
        Kind.INCORRECT,
        "H-API-060",
        what=what,
        undone="Nothing was searched.",
        to_do="Read the capability statement at /fhir/metadata.",
        field=f"http.{name}" if name else None,
    )
