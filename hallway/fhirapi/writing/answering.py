"""Answers to writes: status, where it stands, which version; and as much of the body as was asked for."""

from email.utils import format_datetime

from hallway.errors import HallwayError, Kind
from hallway.fhirapi import answers
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.search import scoped
from hallway.fhirapi.writing.prefer import Prefer, Return
from hallway.fhirapi.writing.references import Sight
from hallway.ids import SHARED_CHART
from hallway.record.stored import Stored, Written
from hallway.standards.fhir.validation import Issue

Headers = tuple[tuple[str, str], ...]


def headers_of(asked: Asked, written: Written) -> Headers:
    """Location, ETag and Last-Modified of what was kept."""
    place = f"{asked.base}/{written.kind}/{written.id}/_history/{written.version_id}"
    modified = format_datetime(written.updated_at, usegmt=True)
    return (("Location", place), ("ETag", f'W/"{written.version_id}"'), ("Last-Modified", modified))


def kept(asked: Asked, written: Written, prefer: Prefer, warnings: tuple[Issue, ...]) -> Answer:
    """201 for what is new, 200 for what changed or was so already. A body is read through the gate, as any is."""
    status = 201 if written.outcome == "created" else 200
    return Answer(status, body_of(asked, written, prefer, warnings), headers_of(asked, written))


def there_already(asked: Asked, found: Stored, prefer: Prefer) -> Answer:
    """200 for what a conditional create found instead of making another."""
    told = Written(found.kind, found.id, SHARED_CHART, found.version, "unchanged", found.updated_at)
    return kept(asked, told, prefer, ())


def body_of(asked: Asked, written: Written, prefer: Prefer, warnings: tuple[Issue, ...]) -> bytes:
    """What Prefer asks for; empty for minimal, and where the writer may not read what they wrote."""
    if prefer.wanted is Return.OUTCOME:
        return answers.outcome_of(warnings)
    if not scoped.allows(asked, written.kind, "r") or prefer.wanted is Return.MINIMAL:
        return b""
    found = Sight(asked).current(written.kind, written.id, scoped.criteria_of(asked, written.kind, "r"))
    return found.json_bytes() if found is not None else b""


def refuse_other_version(asked: Asked, version_id: str, *, tag: str = "") -> None:
    """Refuse a write on another version than the one its writer read (If-Match). ``version_id`` is of what stands."""
    wanted = tag or asked.headers.get("if-match", "")
    if wanted and wanted.strip() != "*" and version_id not in tags_of(wanted):
        raise HallwayError(
            Kind.PRECONDITION,
            "H-WRT-030",
            what="The resource has changed since you read it.",
            undone="Nothing was saved.",
            to_do="Read it again and make your change in what stands there now.",
        )


def tags_of(text: str) -> frozenset[str]:
    """The versions that an If-Match or If-None-Match names, weak or not."""
    return frozenset(one.strip().removeprefix("W/").strip('"') for one in text.split(","))


def nothing_to_change() -> HallwayError:
    """There is none of this id, or none for this requester: one answer for both, whatever the id looks like."""
    return HallwayError(
        Kind.NOT_FOUND,
        "H-WRT-031",
        what="Nothing is here that you may change.",
        undone="Nothing was saved.",
        to_do="",
    )
