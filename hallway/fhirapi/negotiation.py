"""In which form an answer goes out: ``Accept``, ``_format`` and ``_pretty``. Hallway speaks JSON.

FHIR's XML is refused with 406, and the capability statement says so: no well-kept library turns R4's JSON into XML
without reading it into a model of its own, which would not keep decimals and unknown extensions as they were sent.
"""

from dataclasses import replace

import msgspec

from hallway.errors import HallwayError, Kind
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked, refused

FORMATS = frozenset({"json", "text/json", "application/json", "application/fhir+json", "application/json+fhir"})
_ACCEPTED = FORMATS | {"*/*", "application/*", "text/*", "application/fhir+ndjson", "application/ndjson"}
INDENT = 2


def check(asked: Asked) -> None:
    """Raises UNACCEPTABLE when the caller wants none of our forms. ``_format`` counts before ``Accept``."""
    named = [value for name, value in asked.query if name == "_format"]
    if named:
        # A plus sign in an address is a space, and few clients write it as %2B.
        wanted = [value.partition(";")[0].strip().lower().replace(" ", "+") for value in named]
        fits = all(one in FORMATS for one in wanted)
    else:
        fits = _accepts(asked.headers.get("accept", ""))
    if not fits:
        raise HallwayError(
            Kind.UNACCEPTABLE,
            "H-API-063",
            what="Hallway answers in JSON alone.",
            undone="Nothing was done.",
            to_do="Ask for application/fhir+json.",
        )


def _accepts(header: str) -> bool:
    ranges = [part.split(";") for part in header.lower().split(",") if part.strip()]
    wanted = [kind.strip() for kind, *rest in ranges if not any(_is_nought(word) for word in rest)]
    return not ranges or any(kind in _ACCEPTED for kind in wanted)


def _is_nought(word: str) -> bool:
    name, _, value = word.replace(" ", "").partition("=")
    return name == "q" and value.strip("0.") == ""


def shaped(asked: Asked, answer: Answer) -> Answer:
    """The answer, indented where that was asked for; every value as it was."""
    named = [value for name, value in asked.query if name == "_pretty"]
    if not named or not answer.body:
        return answer
    if named[-1] not in ("true", "false"):
        raise refused("The _pretty parameter is true or false.")
    if named[-1] == "false" or not answer.body.startswith(b"{"):
        return answer
    return replace(answer, body=msgspec.json.format(answer.body, indent=INDENT))
