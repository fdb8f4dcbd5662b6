"""The one door by which resources are stored: label, write, and do what follows from it."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import msgspec

from hallway.consent import refusals
from hallway.consent.entering.admissions import announce_news
from hallway.consent.grants import plans
from hallway.consent.grants.rebuilding import rebuild_grants
from hallway.consent.grants.telling import tell_answers, tell_changed
from hallway.consent.rights import minors
from hallway.directory import actions as directory
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, ResourceId
from hallway.labels.actions import label_many
from hallway.labels.reading import Check
from hallway.labels.source import Incoming, Source
from hallway.record import actions as record
from hallway.record.evidence import Labelled
from hallway.record.stored import Written
from hallway.standards.fhir import r4
from hallway.standards.fhir.r4.base import P
from hallway.storage.connection import transaction

_ANSWERS = frozenset({"Observation", "QuestionnaireResponse"})


def store(
    content: Sequence[Labelled | bytes | r4.Part], *, by: Requester, source: Source | None = None
) -> list[Written]:
    """Label what is not labelled yet (``source`` says by whom), and keep it.

    One transaction, joined when the caller has one open. Raises FAULT when unlabelled content has no source.
    """
    with transaction():
        return keep([_labelled(one, source) for one in content], by=by)


def store_many(
    incoming: Sequence[Incoming], *, by: Requester, allow: Callable[[Labelled], None] | None = None
) -> list[Written]:
    """Label resources that come together from several sources, and keep them.

    ``allow`` is asked about each before anything is written, and raises for one that may not be. One transaction,
    joined when the caller has one open. Raises DraftError with the place of the first that cannot be taken.
    """
    with transaction():
        labelled = label_entering(incoming)
        if allow is not None:
            for one in labelled:
                allow(one)
        return keep(labelled, by=by)


def label_entering(incoming: Sequence[Incoming], check: Check | None = None) -> list[Labelled]:
    """Label what comes in, with the class of a minor's own service where its clinician writes.

    ``check`` is asked about each as it is decoded. Raises DraftError with the place of the first that is refused.
    """
    return _minors_own(incoming, label_many(incoming, check))


def keep(labelled: Sequence[Labelled], *, by: Requester, drawn: Collection[ResourceId] = frozenset()) -> list[Written]:
    """Write it and do what follows, whichever way it came: admissions, directory rows, grants. One transaction.

    Grants of a chart follow where a source is new or the patient changed: a birth date decides what a minor may agree
    to. ``drawn``: see ``record.actions.write``.
    """
    with transaction():
        written = record.write(labelled, by=by, drawn=drawn)
        announce_news(labelled, written)
        _project(labelled)
        pairs = {(int(chart), int(one.source_org)) for one in labelled for chart in one.charts if chart}
        patients = {int(one.charts[0]) for one in labelled if one.resource_type == "Patient"}
        changed = sorted({*map(int, plans.charts_without_grants(pairs)), *patients})
        compiled = rebuild_grants([ChartId(chart) for chart in changed], is_told=False) if changed else []
        tell_answers(_charts_of([one for one in labelled if one.resource_type in _ANSWERS], written))
        tell_changed([*compiled, *_charts_of(labelled, written)])
    return written


def _charts_of(labelled: Sequence[Labelled], written: Sequence[Written]) -> set[ChartId]:
    """Every chart into which something new was written."""
    changed = {(one.kind, one.id) for one in written if one.outcome != "unchanged"}
    return {chart for one in labelled if (one.resource_type, one.resource_id) in changed for chart in one.charts}


def foresee_source(chart_id: ChartId, organization: OrganizationId) -> None:
    """Let the grants of a chart foresee an organization that begins a workflow there before it has written anything.

    Else its own people would not see the row: grants stand for the sources of a chart alone. Called in a transaction.
    """
    if plans.charts_without_grants([(int(chart_id), int(organization))]):
        record.foresee_source(chart_id, organization)
        rebuild_grants([chart_id])


def _project(kept: Sequence[Labelled]) -> None:
    """Directory rows for the people and places among what was kept."""
    directory.project_organizations(_views(kept, r4.Organization))
    directory.project_practitioners(_views(kept, r4.Practitioner))
    directory.project_locations(_views(kept, r4.Location))


def _views(kept: Sequence[Labelled], kind: type[P]) -> list[P]:
    """Views of the resources of one type, with our ids."""
    wanted = [one for one in kept if one.resource_type == kind.__name__]
    return [msgspec.structs.replace(r4.decode(one.body, kind), id=str(one.resource_id)) for one in wanted]


def _minors_own(incoming: Sequence[Incoming], labelled: list[Labelled]) -> list[Labelled]:
    """The same, with the class of a minor's own service where its clinician writes."""
    known: dict[tuple[tuple[ChartId, ...], int, int], int] = {}
    wanting: dict[int, int] = {}
    for place, (one, sent) in enumerate(zip(labelled, incoming, strict=True)):
        key = (one.charts, int(sent.source.organization), int(sent.source.author))
        if key not in known:
            known[key] = minors.carried([int(chart) for chart in one.charts], key[1], key[2])
        if known[key] & ~one.mask:
            wanting[place] = known[key]
    if not wanting:
        return labelled
    return label_many(
        [
            replace(
                sent,
                resource_id=one.resource_id,
                source=replace(sent.source, carries=sent.source.carries | wanting.get(n, 0)),
            )
            for n, (sent, one) in enumerate(zip(incoming, labelled, strict=True))
        ]
    )


def _labelled(one: Labelled | bytes | r4.Part, source: Source | None) -> Labelled:
    if isinstance(one, Labelled):
        return one
    if source is None:
        raise refusals.no_source()
    return label_entering([Incoming(one, source)])[0]
