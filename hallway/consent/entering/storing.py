"""The one door by which capabilities store resources: label, write, and compile grants for a source that is new."""

from collections.abc import Sequence
from dataclasses import replace

from hallway.consent import refusals
from hallway.consent.grants import plans
from hallway.consent.grants.rebuilding import rebuild_grants
from hallway.consent.rights import minors
from hallway.identity.requester import Requester
from hallway.labels.actions import label
from hallway.labels.source import Source
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
    return written


def _labelled(one: Labelled | bytes | r4.Part, source: Source | None) -> Labelled:
    if isinstance(one, Labelled):
        return one
    if source is None:
        raise refusals.no_source()
    labelled = label(one, source=source)
    own = minors.carried([int(chart) for chart in labelled.charts], source.organization, source.author)
    return label(one, source=replace(source, carries=source.carries | own)) if own & ~labelled.mask else labelled
