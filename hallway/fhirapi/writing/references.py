"""What a resource names: put into our words, and shown to be there for whoever names it.

A target that is withheld and one that is missing are refused alike. What already stands in the version that the writer
was shown may stay: naming it again tells nothing.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple, cast

from hallway.directory.models import Location, Organization, Practitioner, PractitionerRole
from hallway.errors import HallwayError, Kind
from hallway.fhirapi import plans, shared
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.writing.limits import MOST_REFERENCES
from hallway.ids import SHARED_CHART, ChartId, ResourceId, is_ours
from hallway.record import queries
from hallway.record.criteria import Criterion, Ids, Query
from hallway.record.evidence import Release
from hallway.record.stored import Stored
from hallway.standards.fhir import codec
from hallway.standards.fhir.compartment import SHARED_KINDS
from hallway.standards.fhir.search import Json, kinds

_RELATIVE = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/[A-Za-z0-9\-.]{1,64})?(?:#\S*)?\Z")


class Named(NamedTuple):
    """One reference: its place, as FHIRPath, and its text."""

    place: str
    text: str


def named_in(resource: Json) -> Iterator[Named]:
    """Every literal reference of a resource, contained ones and extensions too; ``#`` within itself is left out."""
    kind = str(resource.get("resourceType", ""))
    waiting: list[tuple[str, object]] = [(kind, resource)]
    while waiting:
        place, value = waiting.pop()
        if type(value) is list:
            waiting += [(f"{place}[{n}]", one) for n, one in enumerate(cast("list[object]", value))]
        elif type(value) is dict:
            for name, one in cast("Json", value).items():
                if name == "reference" and type(one) is str:
                    if not one.startswith("#"):
                        yield Named(f"{place}.reference", one)
                elif type(one) is dict or type(one) is list:
                    waiting.append((f"{place}.{name}", one))


def ours(text: str) -> tuple[str, str] | None:
    """(type, id) of a reference to a resource of this server; None for any other."""
    found = _RELATIVE.match(text)
    return (found[1], found[2]) if found and found[1] in kinds() else None


def is_unresolved(text: str) -> bool:
    """Whether a reference stands for an entry of its Bundle, or for what a search finds."""
    return text.startswith("urn:uuid:") or is_conditional(text)


def is_conditional(text: str) -> bool:
    """``Patient?identifier=...``: what a search finds."""
    kind, mark, _ = text.partition("?")
    return bool(mark) and kind in kinds()


def own_words(raw: bytes, base: str) -> bytes:
    """The resource with absolute references to this server made relative."""
    prefix = f"{base}/".encode()
    if prefix not in raw:
        return raw
    return codec.rewrite_references(raw, lambda one: one.removeprefix(prefix) if one.startswith(prefix) else None)


class Sight:
    """What one request may see: releases by chart and resources by name, each asked for once."""

    def __init__(self, asked: Asked) -> None:
        """Nothing was asked for yet."""
        self.asked = asked
        self._releases: dict[ChartId, Release | None] = {}
        self._there: dict[tuple[str, str], bool] = {}

    def release(self, chart_id: ChartId) -> Release | None:
        """The release for a chart, or None when nothing of it may flow."""
        if chart_id not in self._releases:
            try:
                self._releases[chart_id] = plans.release_for(self.asked.requester, chart_id, fresh=True)
            except HallwayError as error:
                if error.kind is not Kind.NOT_FOUND:
                    raise
                self._releases[chart_id] = None
        return self._releases[chart_id]

    def releases(self, charts: list[ChartId]) -> list[Release]:
        """A release for each chart, or none at all when one is missing."""
        found = [self.release(chart) for chart in charts]
        return [one for one in found if one is not None] if charts and None not in found else []

    def current(self, kind: str, resource_id: str, narrowed: tuple[Criterion, ...] = ()) -> Stored | None:
        """The resource as it stands, if this requester may see it; its ledger line with it.

        ``narrowed`` is what a granular scope asks of it before its body may be shown.
        """
        if not is_ours(resource_id):
            return None
        if kind in SHARED_KINDS:
            return shared.one(self.asked, kind, ResourceId(resource_id), narrowed)
        query = Query(kind, (Ids((ResourceId(resource_id),)), *narrowed), limit=1)
        charts = queries.charts_holding(kind, ResourceId(resource_id))
        if SHARED_CHART in charts:
            return None
        first, *also = self.releases(charts) or [None]
        if first is None:
            return None
        others = [one for one in also if one is not None]
        if narrowed:
            return next(iter(queries.find(first, query, route=self.asked.route, also=others)), None)
        return queries.read_one(first, kind, ResourceId(resource_id), route=self.asked.route, also=others)

    def sees(self, kind: str, resource_id: str) -> bool:
        """Whether a resource is there for this requester."""
        key = (kind, resource_id)
        if key not in self._there:
            if len(self._there) >= MOST_REFERENCES:
                raise _too_many()
            self._there[key] = is_listed(kind, resource_id) or self.current(kind, resource_id) is not None
        return self._there[key]

    def gone(self, kind: str, resource_id: str) -> None:
        """This request has deleted it."""
        self._there[kind, resource_id] = False

    def made(self, kind: str, resource_id: str) -> None:
        """This request creates it, so it may be named."""
        self._there[kind, resource_id] = True


def is_listed(kind: str, fhir_id: str) -> bool:
    """Whether the directory has it: people and places are named by their rows there, with or without a resource."""
    listed = _LISTED.get(kind)
    return listed is not None and listed.objects.filter(fhir_id=fhir_id).exists()


_LISTED: dict[str, type[Organization | Practitioner | PractitionerRole | Location]] = {
    "Organization": Organization,
    "Practitioner": Practitioner,
    "PractitionerRole": PractitionerRole,
    "Location": Location,
}


def check(resource: Json, sight: Sight, *, standing: frozenset[str] = frozenset()) -> None:
    """Refuse a resource that names what is not there for the requester. ``standing`` are texts that may stay."""
    for named in named_in(resource):
        if named.text in standing:
            continue
        target = ours(named.text)
        # What stands for an entry of a Bundle, or for a search, was put into our words where that is allowed.
        if is_unresolved(named.text) or (target is not None and not sight.sees(*target)):
            raise missing(named.place)


def standing_in(current: Stored) -> frozenset[str]:
    """The references of a version that the requester has seen."""
    return frozenset(named.text for named in named_in(codec.decode(current.json_bytes())))


def missing(place: str) -> HallwayError:
    """A reference to what is not there, or not for this requester: one answer for both."""
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-WRT-027",
        what="A reference names what is not here, or what you may not open.",
        undone="Nothing was saved.",
        to_do="Check the reference, or send what it names first.",
        field=place,
    )


def _too_many() -> HallwayError:
    return HallwayError(
        Kind.TOO_LARGE,
        "H-WRT-028",
        what=f"More than {MOST_REFERENCES} different resources outside the Bundle are named.",
        undone="Nothing was saved.",
        to_do="Send fewer at a time.",
    )
