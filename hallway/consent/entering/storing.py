"""The one door by which capabilities store resources: label, write, and compile grants for a source that is new."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from hallway.consent import refusals
from hallway.consent.entering.admissions import announce_news
from hallway.consent.grants import plans
from hallway.consent.grants.rebuilding import rebuild_grants
from hallway.consent.rights import minors
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.labels.actions import label, label_many
from hallway.labels.source import Incoming, Source
from hallway.record import actions as record
from hallway.record.evidence import Labelled
from hallway.record.stored import Written
from hallway.standards.fhir import r4
from hallway.storage.connection import transaction


def store(
    content: Sequence[Labelled | bytes | r4.Part], *, by: Requester, source: Source | None = None
) -> list[Written]:
    """Label what is not labelled yet (``source`` says by whom), write it, compile grants for a source that is new.

    One transaction, joined when the caller has one open. Raises FAULT when unlabelled content has no source.
    """
    labelled = [_labelled(one, source) for one in content]
    with transaction():
        written = record.write(labelled, by=by)
        pairs = {(int(chart), int(one.source_org)) for one in labelled for chart in one.charts if chart}
        new = plans.charts_without_grants(pairs)
        if new:
            rebuild_grants(new)
        announce_news(labelled, written)
    return written


def store_many(
    incoming: Sequence[Incoming], *, by: Requester, allow: Callable[[Labelled], None] | None = None
) -> list[Written]:
    """Label resources that come together from several sources, write them, compile the grants that follow.

    ``allow`` is asked about each before anything is written, and raises for one that may not be. One transaction,
    joined when the caller has one open. Raises DraftError with the place of the first that cannot be taken.
    """
    with transaction():
        labelled = _minors_own(incoming, label_many(incoming))
        if allow is not None:
            for one in labelled:
                allow(one)
        written = record.write(labelled, by=by)
        follow(labelled, written)
    return written


def follow(labelled: Sequence[Labelled], written: Sequence[Written]) -> None:
    """Do what follows from a write: grants of a chart with a new source or a changed patient, and admissions announced.

    Inside the transaction that wrote it. A birth date decides what a minor may agree to, so a Patient may change them.
    """
    announce_news(labelled, written)
    pairs = {(int(chart), int(one.source_org)) for one in labelled for chart in one.charts if chart}
    patients = {int(one.charts[0]) for one in labelled if one.resource_type == "Patient"}
    changed = sorted({*map(int, plans.charts_without_grants(pairs)), *patients})
    if changed:
        rebuild_grants([ChartId(chart) for chart in changed])


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
    labelled = label(one, source=source)
    own = minors.carried([int(chart) for chart in labelled.charts], source.organization, source.author)
    return label(one, source=replace(source, carries=source.carries | own)) if own & ~labelled.mask else labelled
