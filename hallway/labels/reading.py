"""From a sender's bytes to a checked, decoded resource. Pure: nothing here looks anything up."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from hallway.errors import HallwayError, Kind
from hallway.ids import ResourceId, is_ours
from hallway.labels import rules
from hallway.labels.source import Incoming, Source
from hallway.standards.fhir import codec, dates, r4
from hallway.standards.fhir.compartment import patients_of
from hallway.standards.fhir.search import Json

_NAMED = re.compile(rb'"reference":"([A-Z]\w+)/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})')
_ABOUT = re.compile(r"([A-Z]\w+)/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})")
_GENDERS = frozenset({"male", "female", "other", "unknown"})

Check = Callable[[Json], None]
"""Looks at a decoded resource as it was sent, and raises HallwayError for what speaks against it."""


class DraftError(HallwayError):
    """What is wrong with one of several resources; ``index`` counts from 0 in the order they were given."""

    def __init__(self, index: int, cause: HallwayError) -> None:
        """The cause's own sentences and code, with the place beside them."""
        super().__init__(cause.kind, cause.code, what=cause.what, undone=cause.undone, to_do=cause.to_do)
        self.index = index


@dataclass(slots=True)
class Draft:
    """A decoded resource and what was read off it. ``patients`` are ids as referenced; ``security`` the sender's."""

    kind: str
    resource_id: ResourceId | None
    resource: Json
    body: bytes
    meta: bytes
    source: Source
    patients: list[str]
    security: tuple[str, ...]
    _named: set[tuple[str, str]] | None = None
    _about: set[tuple[str, str]] | None = None

    def named(self) -> set[tuple[str, str]]:
        """(kind, id) of every resource of ours that this one refers to."""
        if self._named is None:
            self._named = self._find_named()
        return self._named

    def about(self) -> set[tuple[str, str]]:
        """(kind, id) of those of them whose label this one takes (``rules.named_in``)."""
        if self._about is None:
            if self.kind in rules.HIGH_WATER:
                self._about = self.named()
            else:
                found = (_ABOUT.match(reference) for reference in rules.named_in(self.resource))
                self._about = {(one[1], one[2]) for one in found if one}
        return self._about

    def visit(self) -> str:
        """The id of the Encounter in which this was charted; empty for none of ours."""
        found = rules.visit_of(self.resource)
        return found if found and is_ours(found) else ""

    def _find_named(self) -> set[tuple[str, str]]:
        return {(found[0].decode(), found[1].decode()) for found in _NAMED.findall(self.body)}


def read(incoming: Incoming, check: Check | None = None) -> Draft:
    """Decode and check one resource. Raises FHIRError or HallwayError UNPROCESSABLE; nothing is stored then.

    ``check`` looks at it before anything is taken out of it, and raises what speaks against it.
    """
    raw = incoming.resource if isinstance(incoming.resource, bytes) else r4.encode(incoming.resource)
    codec.check_depth(raw)
    resource = codec.decode(raw)
    if check is not None:
        check(resource)
    security = _security(resource)
    kind, sent_id, body, meta, keys = codec.split(resource)
    codec.check_once(raw, keys)
    _check(kind, resource)
    return Draft(
        kind=kind,
        resource_id=incoming.resource_id or _own_id(sent_id),
        resource=resource,
        body=body,
        meta=meta,
        source=incoming.source,
        patients=patients_of(kind, resource),
        security=security,
    )


def read_all(incoming: Sequence[Incoming], check: Check | None = None) -> list[Draft]:
    """Read each. Raises DraftError with the place of the first that cannot be read."""
    drafts: list[Draft] = []
    for index, one in enumerate(incoming):
        try:
            drafts.append(read(one, check))
        except HallwayError as error:
            raise DraftError(index, error) from error
    return drafts


def _own_id(sent: str) -> ResourceId | None:
    if not sent:
        return None
    if not is_ours(sent):
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-LAB-001",
            what="The id of a resource is not one that Hallway gave.",
            undone="Nothing was stored.",
            to_do="Leave the id out: Hallway gives one.",
        )
    return ResourceId(sent)


_DATED = ("Date", "DateTime", "date", "issued", "recorded", "authoredOn", "sent")
_PERIODS = ("Period", "period")


@lru_cache(maxsize=65536)
def _impossible(text: str) -> bool:
    return dates.is_impossible(text)


def _dates(resource: Json) -> Iterator[str]:
    """The dates and periods that a resource tells of itself, not those inside its parts."""
    for name, value in resource.items():
        if type(value) is str:
            if name.endswith(_DATED):
                yield value
        elif type(value) is dict and name.endswith(_PERIODS):
            yield from (str(value[end]) for end in ("start", "end") if end in value)


def _check(kind: str, resource: Json) -> None:
    """Refuse a date that is none and a patient's gender that is no code of the standard."""
    if any(map(_impossible, _dates(resource))):
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-LAB-002",
            what="A date in the resource is no date.",
            undone="Nothing was stored.",
            to_do="Send dates as YYYY, YYYY-MM, YYYY-MM-DD or a full date and time with its zone.",
        )
    if kind == "Patient" and resource.get("gender") not in {None, *_GENDERS}:
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-LAB-003",
            what="The gender is not one of the standard's codes.",
            undone="Nothing was stored.",
            to_do="Use male, female, other or unknown.",
        )


def _security(resource: Json) -> tuple[str, ...]:
    found = _own_security(resource)
    contained = resource.get("contained")
    if type(contained) is list:
        for one in cast("list[object]", contained):
            if type(one) is dict:
                found = (*found, *_security(cast("Json", one)))
    return found


def _own_security(resource: Json) -> tuple[str, ...]:
    meta = resource.get("meta")
    codings = cast("Json", meta).get("security") if isinstance(meta, dict) else None
    if not isinstance(codings, list):
        return ()
    return tuple(str(one.get("code", "")) for one in cast("list[Json]", codings) if type(one) is dict)
