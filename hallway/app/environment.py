"""Settings from the environment, read into typed values: one that is none stops the start with a sentence."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from hallway.errors import HallwayError, Kind


def whole_number(environment: Mapping[str, str], name: str, *, usual: int, least: int, most: int) -> int:
    """A setting from ``least`` to ``most``; ``usual`` where it is not set. Raises H-APP-005."""
    said = environment.get(name, "")
    if not said:
        return usual
    if not (said.isascii() and said.isdigit() and least <= int(said[:20]) <= most):
        raise _refused(name, f"Give a whole number from {least} to {most}.")
    return int(said)


def mail_server(environment: Mapping[str, str], name: str) -> str:
    """The address of a mail server, or empty where none is named. Raises H-APP-005."""
    said = environment.get(name, "")
    try:
        parts = urlsplit(said)
        is_one = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_one = False
    if said and not is_one:
        raise _refused(name, "Use smtps://user:password@host.")
    return said


def _refused(name: str, to_do: str) -> HallwayError:
    """The value itself is not repeated: it may hold a password."""
    return HallwayError(
        Kind.INCORRECT,
        "H-APP-005",
        what=f"The setting {name} cannot be used.",
        undone="Nothing was started.",
        to_do=to_do,
    )
