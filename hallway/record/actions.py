"""Every write of the record. Takes only what ``labels`` has judged; capabilities call ``consent.actions.store``."""

from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from hallway import clock, ids
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, ResourceId
from hallway.ledger import lines
from hallway.record import writing
from hallway.record.evidence import Labelled
from hallway.record.resources import header_of
from hallway.record.rising import raise_naming, settle_naming, settled
from hallway.record.store import BUMP_EPOCHS, OPEN_CHART, advance, charts_holding, lock_charts, shut_wall
from hallway.record.stored import Written
from hallway.storage.connection import Cursor, cursor, transaction

_collected: ContextVar[list[Written] | None] = ContextVar("hallway_written", default=None)


@contextmanager
def collecting() -> Generator[list[Written]]:
    """What is written in this context, in its order: for whoever must tell what became of a step."""
    found: list[Written] = []
    token = _collected.set(found)
    try:
        yield found
    finally:
        _collected.reset(token)


def write(labelled: Sequence[Labelled], *, by: Requester, drawn: Collection[ResourceId] = frozenset()) -> list[Written]:
    """Store each resource: a new one as version 1, a changed one as its next version, an identical one not at all.

    ``drawn`` are ids drawn by lot for this very write: nothing that stands names them, so nobody is asked whether its
    label rises. Runs in the caller's transaction or one of its own; takes the chart locks in ascending order first.
    Raises HallwayError CONFLICT when a resource belongs to another chart than it says.
    """
    if not labelled:
        return []
    with transaction(), cursor() as opened:
        charts = [chart for one in labelled for chart in one.charts]
        lock_charts(opened, charts)
        advance(opened, charts)
        written = _write_all(opened, labelled, clock.now(), drawn)
        shut_wall(opened)
        _note(written, by)
    collected = _collected.get()
    if collected is not None:
        collected += written
    return written


def _write_all(
    opened: Cursor, labelled: Sequence[Labelled], at: datetime, drawn: Collection[ResourceId]
) -> list[Written]:
    if len(labelled) < writing.COPY_FROM:
        # What comes in bulk was judged together; the few resources of a step may each have been judged alone.
        labelled = settled(labelled)
    homes = writing.homes(opened, [one.resource_id for one in labelled])
    known = [one for one in labelled if (one.resource_type, one.resource_id) in homes]
    _refuse_moves(known, homes)
    held = _held(opened, known)
    outcomes: dict[tuple[str, str], Written] = {}
    fresh: list[tuple[Labelled, int]] = []
    for one in labelled:
        key = (one.resource_type, one.resource_id)
        if key in outcomes:
            _refuse_twice()
        current = held.get(key)
        if current is None:
            version = writing.last_version(opened, one) + 1 if key in homes else 1
            fresh.append((one, version))
            outcomes[key] = Written(*key, one.charts[0], version, "created", at)
        elif _same(one, current):
            outcomes[key] = Written(*key, one.charts[0], current.version, "unchanged", current.updated_at)
        else:
            writing.replace(opened, one, version=current.version + 1, at=at)
            # The same instant as the statement gives: two versions of one resource never have one.
            now = max(at, current.updated_at + writing.A_TICK)
            outcomes[key] = Written(*key, one.charts[0], current.version + 1, "updated", now)
    stricter = [one for one, _ in fresh if one.resource_id not in drawn]
    stricter += [
        one for one in labelled if (old := held.get((one.resource_type, one.resource_id))) and one.mask & ~old.mask
    ]
    raise_naming(opened, stricter, at)
    writing.insert(opened, fresh, at)
    _project(opened, labelled, outcomes)
    return list(outcomes.values())


def _held(opened: Cursor, known: Sequence[Labelled]) -> dict[tuple[str, str], writing.Held]:
    by_chart: dict[ChartId, list[str]] = {}
    for one in known:
        by_chart.setdefault(one.charts[0], []).append(one.resource_id)
    found: dict[tuple[str, str], writing.Held] = {}
    for chart_id, wanted in by_chart.items():
        found |= writing.held(opened, chart_id, wanted)
    return found


def _same(one: Labelled, current: writing.Held) -> bool:
    """Whether nothing that is stored would change: content, label, origin or sender's meta."""
    return (
        current.body == one.body
        and current.meta == one.meta
        and current.mask == int(one.mask)
        and current.source_org == one.source_org
        and current.author == one.author
        and current.several == (len(one.charts) > 1)
    )


def _project(opened: Cursor, labelled: Sequence[Labelled], outcomes: dict[tuple[str, str], Written]) -> None:
    """Headers of patients and the list of sources, for what was really written."""
    changed = [one for one in labelled if outcomes[one.resource_type, one.resource_id].outcome != "unchanged"]
    writing.add_sources(opened, {(int(chart), int(one.source_org)) for one in changed for chart in one.charts if chart})
    for one in changed:
        if one.resource_type == "Patient":
            writing.put_header(opened, one, header_of(one.body))


def _refuse_moves(known: Sequence[Labelled], homes: dict[tuple[str, str], ChartId]) -> None:
    if any(homes[one.resource_type, one.resource_id] != one.charts[0] for one in known):
        raise HallwayError(
            Kind.CONFLICT,
            "H-REC-002",
            what="A resource of this id belongs to another chart.",
            undone="Nothing was saved.",
            to_do="Check the patient named in it. A correction of the patient needs a new resource.",
        )


def _refuse_twice() -> None:
    raise HallwayError(
        Kind.UNPROCESSABLE,
        "H-REC-003",
        what="The same resource stands twice in one write.",
        undone="Nothing was saved.",
        to_do="Send each resource once.",
    )


def _note(written: Sequence[Written], by: Requester) -> None:
    """One ledger line for the write: which charts, and which versions when they are few."""
    changed = [one for one in written if one.outcome != "unchanged"]
    if changed:
        few = " ".join(f"{one.kind}/{one.id}/{one.version}" for one in changed[:20])
        detail = few if len(changed) <= 20 else f"{len(changed)} resources"
        charts = sorted({int(one.chart_id) for one in changed})
        lines.write(lines.step_line(by, "record.write", charts=charts, detail=detail))


def relabel(labelled: Sequence[Labelled], *, by: Requester) -> list[Written]:
    """Store the same content under another label: ``write``, and then whatever names it takes the label that follows.

    Unlike ``write`` it also lowers what had risen for its sake. The chart's plans are dead from the commit on.
    """
    with transaction(), cursor() as opened:
        written = write(labelled, by=by)
        charts = sorted({int(chart) for one in labelled for chart in one.charts})
        lock_charts(opened, [ChartId(one) for one in charts])
        advance(opened, [ChartId(one) for one in charts])
        keys = [(one.resource_type, str(one.resource_id)) for one in labelled]
        settle_naming(opened, charts, keys, clock.now())
        shut_wall(opened)
        bump_epoch([ChartId(one) for one in charts if one])
    return written


def delete(kind: str, resource_id: ResourceId, *, chart_id: ChartId, by: Requester) -> Written | None:
    """Put a tombstone in place of a resource; its versions stay in history. None when there is nothing to delete."""
    with transaction(), cursor() as opened:
        charts = [chart_id, *charts_holding(kind, resource_id)]
        lock_charts(opened, charts)
        advance(opened, charts)
        buried = writing.bury(opened, [chart_id, kind, resource_id], clock.now())
        shut_wall(opened)
        if buried is None:
            return None
        version, at = buried
        detail = f"{kind}/{resource_id}/{version}"
        lines.write(lines.step_line(by, "record.delete", charts=[chart_id], detail=detail))
    return Written(kind, resource_id, chart_id, version, "deleted", at)


def new_chart(patient_id: ResourceId) -> ChartId:
    """Open a chart for a patient id that the server gave; the Patient resource is written into it next.

    The id is drawn by lot: pages name charts by it, and a number from a sequence would tell how many patients of
    others came before.
    """
    chart_id = ChartId(1 + int.from_bytes(ids.random_bytes(7), "big") % (2**53 - 2))
    with transaction(), cursor() as opened:
        opened.execute(
            OPEN_CHART,
            [chart_id, patient_id, clock.now()],
        )
    return chart_id


def foresee_source(chart_id: ChartId, organization: OrganizationId) -> None:
    """Note that an organization is about to write into a chart: its grants are compiled from the sources noted."""
    with transaction(), cursor() as opened:
        writing.add_sources(opened, {(int(chart_id), int(organization))})


def bump_epoch(chart_ids: Sequence[ChartId]) -> None:
    """Kill every compiled plan of these charts. Called in the transaction that changes a right."""
    with transaction(), cursor() as opened:
        opened.execute(
            BUMP_EPOCHS,
            ["{" + ",".join(str(int(one)) for one in sorted(chart_ids)) + "}"],
        )
