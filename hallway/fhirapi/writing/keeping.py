"""Keeps what was sent: as its writer's own, in charts they may open, labelled, indexed, with one line in the ledger."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from hallway import clock, ids
from hallway.consent import actions as consent
from hallway.errors import HallwayError, Kind
from hallway.exchange.terminology.queries import KEPT_KINDS
from hallway.fhirapi.answers import IssuesError
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.writing import references, rights, speakers
from hallway.fhirapi.writing.accepting import Sent
from hallway.fhirapi.writing.references import Sight
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import NOBODY, SHARED_CHART, ChartId, ResourceId
from hallway.labels.reading import DraftError
from hallway.labels.source import Incoming, Source
from hallway.record import actions as record
from hallway.record import queries
from hallway.record.classes import DataClass
from hallway.record.evidence import Labelled
from hallway.record.stored import Stored, Written
from hallway.standards.fhir import codec

_NOT_CARRIED = int(DataClass.GENERAL | DataClass.UNCLASSIFIED)


@dataclass(frozen=True, slots=True)
class Change:
    """One resource to be kept: new under ``id``, or in place of ``current``. ``number`` is its entry's, from 0."""

    sent: Sent
    id: ResourceId
    current: Stored | None = None
    number: int | None = None


@contextmanager
def at_entry(number: int | None) -> Generator[None]:
    """What is refused in here is refused with the place of its entry; None where there is no Bundle."""
    try:
        yield
    except IssuesError as error:
        if number is None:
            raise
        raise IssuesError(
            [one._replace(expression=_in_entry(number, one.expression)) for one in error.issues]
        ) from error
    except HallwayError as error:
        if number is not None:
            error.field = _in_entry(number, error.field or "")
        raise


def _in_entry(number: int, expression: str) -> str:
    """A place within a resource, or none, as a place within the Bundle: its type's name falls away."""
    if not expression:
        return f"Bundle.entry[{number}]"
    _, dot, rest = expression.partition(".")
    return f"Bundle.entry[{number}].resource{dot}{rest}"


def new_id() -> ResourceId:
    """An id for a new resource. The server gives them all: one that a client chose could tell what is there."""
    return ids.new_resource_id(clock.now())


def keep(asked: Asked, changes: Sequence[Change], sight: Sight) -> list[Written]:
    """Store all of them, once each is checked, in the caller's transaction.

    Raises HallwayError for the first that may not be kept.
    """
    for change in changes:
        if change.current is not None:
            with at_entry(change.number):
                refuse_foreign(asked, change.current)
    if asked.requester.role is Role.PATIENT:
        changes = [replace(one, sent=_own(asked, one)) for one in changes]
    incoming = [Incoming(one.sent.raw, _source(asked.requester, one), one.id) for one in changes]
    fresh = frozenset(one.id for one in changes if one.sent.kind == "Patient" and one.current is None)
    try:
        written = consent.store_many(incoming, by=asked.requester, allow=_open_charts(fresh, sight))
    except DraftError as error:
        with at_entry(changes[error.index].number):
            raise
    for one in written:
        if one.id in fresh:
            _join(asked.requester, one.chart_id)
    speakers.tell(asked.requester, written)
    return written


def _own(asked: Asked, change: Change) -> Sent:
    with at_entry(change.number):
        return speakers.in_own_words(asked.requester, change.sent)


def remove(asked: Asked, current: Stored, sight: Sight) -> None:
    """Put a tombstone in place of a resource that the requester was shown and whose source is their organization."""
    refuse_foreign(asked, current)
    rights.check_narrowed(asked, current.kind, "d", codec.decode(current.json_bytes()))
    charts = queries.charts_holding(current.kind, current.id)
    record.delete(current.kind, current.id, chart_id=charts[0], by=asked.requester)
    consent.tell_changed(charts)
    sight.gone(current.kind, current.id)


def refuse_foreign(asked: Asked, current: Stored) -> None:
    """Custody: nobody rewrites what another practice has written. The requester has seen it, so this tells nothing."""
    if current.source_org != asked.requester.organization_id:
        raise HallwayError(
            Kind.FORBIDDEN,
            "H-WRT-029",
            what="This was written by another organization, and only that one may change it.",
            undone="Nothing was saved.",
            to_do="Write a resource of your own that refers to it, or ask its author.",
        )


def check(asked: Asked, changes: Sequence[Change], sight: Sight) -> None:
    """Rights and references of each, in order. What is new may be named by the others, in our words.

    It comes before anything asks whether one is a step of a workflow: that may turn on what is hidden.
    """
    for change in changes:
        if change.current is None:
            sight.made(change.sent.kind, change.id)
    for change in changes:
        with at_entry(change.number):
            _check(asked, change, sight)


def _check(asked: Asked, change: Change, sight: Sight) -> None:
    kind, resource = change.sent.kind, change.sent.resource
    standing: frozenset[str] = frozenset()
    if change.current is not None:
        rights.check_narrowed(asked, kind, "u", codec.decode(change.current.json_bytes()))
        standing = references.standing_in(change.current)
    verb = "u" if change.current is not None else "c"
    # Asked again where it is known which of the two it is: an update by a search creates when it finds nothing.
    rights.check(asked, kind, verb)
    rights.check_narrowed(asked, kind, verb, resource)
    references.check(resource, sight, standing=standing)


def _source(by: Requester, change: Change) -> Source:
    """Whose it is. A correction stays its first author's, and never carries less than what it corrects."""
    current = change.current
    if by.role is Role.PATIENT:
        note_kind = "message" if change.sent.kind == "Communication" else ""
        with at_entry(change.number):
            return Source(speakers.keeper_of(by, change.sent.resource), note_kind=note_kind, chart_id=by.chart_id)
    if current is None:
        author = by.practitioner_id if by.role in CLINICIANS and change.sent.kind != "Patient" else NOBODY
        return Source(by.organization_id, author)
    home = queries.charts_holding(current.kind, current.id)[0]
    return Source(current.source_org, current.author, chart_id=home, carries=current.mask & ~_NOT_CARRIED)


def _open_charts(fresh: frozenset[ResourceId], sight: Sight) -> Callable[[Labelled], None]:
    """Refuses what belongs to a chart that the requester may not open; the charts of new patients are theirs."""
    opened: set[ChartId] = set()

    def allow(one: Labelled) -> None:
        if fresh and not opened:
            opened.update(queries.charts_of(sorted(fresh)).values())
        for chart in one.charts:
            if chart == SHARED_CHART and one.resource_type in KEPT_KINDS:
                continue
            if chart == SHARED_CHART or (chart not in opened and not _may_enter(chart, sight)):
                raise references.missing(one.resource_type)

    return allow


def _may_enter(chart: ChartId, sight: Sight) -> bool:
    """Whether the requester may open a chart; a practice's own system, whether its practice treats the patient too."""
    if sight.release(chart) is None:
        return False
    by = sight.asked.requester
    return by.role is not Role.SYSTEM or speakers.is_treated_by(by.organization_id, chart)


def _join(by: Requester, chart_id: ChartId) -> None:
    """Who writes a new patient down treats them: their practice is on the care team from the first day."""
    person = by.practitioner_id if by.role in CLINICIANS else NOBODY
    consent.join_team(
        chart_id, by=by, organization=by.organization_id, basis="assigned", practitioner=person, role=str(by.role)
    )
