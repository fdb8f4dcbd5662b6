"""From the bytes of a body to a resource that R4 allows: decoded once, validated, and nothing looked up."""

from typing import NamedTuple

from hallway.errors import HallwayError, Kind
from hallway.fhirapi.answers import IssuesError
from hallway.standards.fhir import codec
from hallway.standards.fhir.search import Json
from hallway.standards.fhir.validation import Issue, claimed_profiles, validate


class Sent(NamedTuple):
    """A resource as it was sent, with what does not speak against keeping it."""

    kind: str
    raw: bytes
    resource: Json
    warnings: tuple[Issue, ...] = ()


def read(raw: bytes, kind: str, *, strict: bool = False) -> Sent:
    """Decode and validate. Raises INCORRECT for another type than the address says, IssuesError for what R4 forbids.

    A profile that the resource claims and breaks is a warning; with ``strict`` it is an error (decision 0036).
    """
    resource = decoded(raw)
    if resource["resourceType"] != kind:
        raise incorrect("H-WRT-025", "The type of the resource is not the one in the address.", "resourceType")
    return Sent(kind, raw, resource, refuse(findings(resource, strict=strict)))


def decoded(raw: bytes) -> Json:
    """The resource. Raises FHIRError for what is no R4 resource, or nested too deep."""
    if not raw:
        raise incorrect("H-WRT-026", "There is no body.")
    codec.check_depth(raw)
    return codec.decode(raw)


def same_id(sent: Sent, wanted: str) -> None:
    """Refuse an update whose resource names another id than its address, or none."""
    if sent.resource.get("id") != wanted:
        raise incorrect("H-WRT-032", "The id in the resource is not the one in the address.", "id")


def findings(resource: Json, *, strict: bool = False, profiles: tuple[str, ...] = ()) -> list[Issue]:
    """What validation says: errors of R4, and of the profiles asked for; of those only claimed, warnings."""
    found = validate(resource, profiles=profiles)
    claimed = tuple(one for one in claimed_profiles(resource) if one not in profiles)
    if not claimed or any(one.severity == "error" for one in found):
        return found
    told = set(found)
    more = [one for one in validate(resource, profiles=claimed) if one not in told]
    return found + (more if strict else [one._replace(severity="warning") for one in more])


def refuse(found: list[Issue]) -> tuple[Issue, ...]:
    """The findings that do not speak against it. Raises IssuesError when one does."""
    if any(one.severity == "error" for one in found):
        raise IssuesError(found)
    return tuple(found)


def incorrect(code: str, what: str, field: str | None = None) -> HallwayError:
    """A request that cannot be understood; ``what`` never repeats what was sent."""
    return HallwayError(
        Kind.INCORRECT,
        code,
        what=what,
        undone="Nothing was saved.",
        to_do="Read docs/writing.md and the capability statement.",
        field=field,
    )
