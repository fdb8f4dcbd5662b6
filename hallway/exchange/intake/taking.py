"""Takes one parcel in: recognise, rewrite references, label, write, remember; all in one transaction.

The composition of ``labels``, ``record``, ``directory`` and ``consent`` for content that comes from outside; the demo
generator enters by the same door.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psycopg

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.directory import actions as directory
from hallway.errors import HallwayError, Kind
from hallway.exchange.intake.files import Entry, EntryError, Parcel
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, ResourceId
from hallway.labels.reading import Check, DraftError
from hallway.labels.source import Incoming, Source
from hallway.record import origins
from hallway.record.evidence import Labelled
from hallway.record.origins import Origin
from hallway.standards.fhir import codec
from hallway.standards.fhir.compartment import SHARED_KINDS
from hallway.standards.fhir.search import Json, kinds
from hallway.standards.fhir.validation import validate
from hallway.storage.connection import Cursor, cursor, transaction


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a parcel's entries. ``charts`` are those that something was written to."""

    entries: int
    created: int
    updated: int
    unchanged: int
    charts: tuple[ChartId, ...]


def refuse_invalid(resource: Json) -> None:
    """Refuse what FHIR R4 forbids, naming the first place and rule, and no value. Profiles are not asked here."""
    found = next((one for one in validate(resource) if one.severity == "error"), None)
    if found is not None:
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-LOA-013",
            what=f"The entry is not what FHIR R4 says it must be, at {found.expression}: {found.text} ({found.key})",
            undone="Nothing was stored.",
            to_do="Mend it, or load with --no-validate to take it as it is.",
        )


def take(
    parcel: Parcel,
    *,
    feed: Source,
    by: Requester,
    sources: Mapping[int, Source] | None = None,
    check: Check | None = refuse_invalid,
) -> Taken:
    """Store a parcel whole or not at all.

    ``sources`` gives single entries (by number) another source than the feed's. ``check`` looks at each resource as it
    is decoded; None lets everything in that can be stored. Raises HallwayError naming the entry (EntryError) when one
    cannot be taken.
    """
    for attempt in (1, 2, 3):
        try:
            with transaction(), cursor() as opened:
                return _Intake(opened, parcel, feed, sources=sources or {}, check=check).run(by)
        except psycopg.errors.UniqueViolation:
            # Another load stored the same file meanwhile; now it is there to be recognised.
            if attempt == 3:
                raise
    raise AssertionError("unreachable")


class _Intake:
    """One parcel on its way in. ``targets`` maps what the sender calls a resource to ``Type/id`` in our words."""

    def __init__(
        self, opened: Cursor, parcel: Parcel, feed: Source, *, sources: Mapping[int, Source], check: Check | None
    ) -> None:
        self.opened = opened
        self.feed = feed
        self.sources = sources
        self.check = check
        self.entries = _each_once(parcel.entries)
        self.repeats = len(parcel.entries) - len(self.entries)
        self.now = clock.now()
        self.known: dict[str, Origin] = {}
        self.promised: list[Origin] = []
        self.targets: dict[bytes, bytes] = {}
        self.drawn: set[ResourceId] = set()

    def run(self, by: Requester) -> Taken:
        given = self._recognise()
        labelled = self._label(self._rewritten(), given)
        new: list[tuple[Labelled, Origin]] = []
        for entry, one in zip(self.entries, labelled, strict=True):
            digest = origins.digest(one.body, one.meta)
            known = self.known.get(entry.origin)
            if known is None or known.digest != digest:
                new.append((one, Origin(entry.kind, entry.origin, one.resource_id, one.charts[0], digest)))
        written = consent.keep([one for one, _ in new], by=by, drawn=self.drawn)
        self._remember([origin for _, origin in new])
        changed = [one for one in written if one.outcome != "unchanged"]
        charts = tuple(sorted({one.chart_id for one in changed if one.chart_id}))
        created = sum(one.outcome == "created" for one in changed)
        total = len(self.entries) + self.repeats
        return Taken(total, created, len(changed) - created, total - len(changed), charts)

    def _recognise(self) -> list[ResourceId]:
        """The id of every entry: the one it had when it came before, or a new one."""
        named = [entry.origin for entry in self.entries if entry.origin]
        self.known = origins.recognise(self.opened, self.feed.organization, named)
        given: list[ResourceId] = []
        for entry, fresh in zip(self.entries, ids.new_uuid_texts(self.now, len(self.entries)), strict=True):
            known = self.known.get(entry.origin)
            if known is not None:
                given.append(known.resource_id)
            elif entry.kind in SHARED_KINDS and entry.origin:
                given.append(origins.shared_id(self.feed.organization, entry.origin))
            else:
                given.append(ResourceId(fresh))
                self.drawn.add(given[-1])
            target = f"{entry.kind}/{given[-1]}".encode()
            if entry.full_url:
                self.targets[entry.full_url.encode()] = target
            if entry.origin:
                self.targets[entry.origin.encode()] = target
        return given

    def _rewritten(self) -> list[bytes]:
        """Every entry with our references in it. What lies outside the parcel is looked up, or promised, once."""
        named = {one for entry in self.entries for one in codec.references(entry.raw)}
        missing = {one.decode() for one in named if one not in self.targets and _is_looked_up(one)}
        urns = {name for name in missing if name.startswith("urn:")}
        self._resolve_urns(urns)
        self._resolve_relative(missing - urns)
        raws = [codec.rewrite_references(entry.raw, self.targets.get) for entry in self.entries]
        if any(urn.encode() not in self.targets for urn in urns):
            self._refuse_strangers(raws)
        return raws

    def _resolve_urns(self, urns: set[str]) -> None:
        """A ``urn:uuid`` that no entry carries may be a resource of an earlier Bundle of this feed."""
        if not urns:
            return
        names = {f"{kind}/{urn.removeprefix('urn:uuid:')}": urn for urn in urns for kind in kinds()}
        for name, known in origins.recognise(self.opened, self.feed.organization, names).items():
            self.targets[names[name].encode()] = f"{known.kind}/{known.resource_id}".encode()

    def _resolve_relative(self, names: set[str]) -> None:
        """``Type/id`` of another file: known from an earlier load, or promised an id for when it comes."""
        found = origins.recognise(self.opened, self.feed.organization, sorted(names)) if names else {}
        for name in sorted(names):
            known = found.get(name)
            if known is None:
                kind = name.partition("/")[0]
                known = Origin(kind, name, ResourceId(str(ids.new_uuid(self.now))), ChartId(0), b"")
                self.promised.append(known)
            self.targets[name.encode()] = f"{known.kind}/{known.resource_id}".encode()

    def _refuse_strangers(self, raws: Sequence[bytes]) -> None:
        for entry, raw in zip(self.entries, raws, strict=True):
            if codec.has_urn_reference(raw):
                raise EntryError(
                    entry.number,
                    "H-LOA-010",
                    "The entry refers to one that is not in the Bundle.",
                    "Send both together.",
                )

    def _label(self, raws: Sequence[bytes], given: Sequence[ResourceId]) -> list[Labelled]:
        incoming = [
            Incoming(raw, self.sources.get(entry.number, self.feed), rid)
            for entry, raw, rid in zip(self.entries, raws, given, strict=True)
        ]
        try:
            return consent.label_entering(incoming, self.check)
        except DraftError as error:
            raise EntryError(self.entries[error.index].number, error.code, error.what, error.to_do) from error

    def _remember(self, stored: Sequence[Origin]) -> None:
        named = [one for one in stored if one.origin]
        fresh = [one for one in named if one.origin not in self.known]
        changed = [one for one in named if one.origin in self.known]
        origins.remember(self.opened, self.feed.organization, [*fresh, *self.promised], changed)


def _is_looked_up(reference: bytes) -> bool:
    """Whether a reference names what a sender may have sent: a ``urn:uuid``, or ``Type/id``."""
    kind, _, name = reference.partition(b"/")
    is_relative = kind.decode("utf-8", "replace") in kinds() and codec.is_id(name.decode("utf-8", "replace"))
    return is_relative or reference.startswith(b"urn:uuid:")


def _each_once(entries: Sequence[Entry]) -> list[Entry]:
    """Entries without exact repeats. Raises EntryError when the same resource stands twice with different content."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        key = entry.origin or f"#{entry.number}"
        first = seen.setdefault(key, entry)
        if first is not entry and first.raw != entry.raw:
            raise EntryError(
                entry.number, "H-LOA-011", "The same resource stands twice with different content.", "Send it once."
            )
    return list(seen.values())


def feed_of(name: str) -> Source:
    """The Source of a feed: the organization of that name or id, or for an empty name the one for outside records."""
    if not name:
        return Source(directory.outside_organization())
    found = directory.organization_called(name)
    if found is None:
        raise HallwayError(
            Kind.NOT_FOUND,
            "H-LOA-012",
            what="No organization of the directory, or more than one, answers to the name given as source.",
            undone="Nothing was loaded.",
            to_do="Give its exact name or its id.",
        )
    return Source(OrganizationId(found))
