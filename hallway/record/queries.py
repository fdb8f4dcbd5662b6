"""Every read of the record. Each takes a Release and writes its ledger line in the statement that reads.

``also`` names releases for other charts of the same requester: a resource that belongs to several charts (a group
session, a family) flows only when every one of them is there and lets it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple, cast

from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.ledger.lines import Line, line_for
from hallway.record import store
from hallway.record.evidence import Release
from hallway.record.linking import linked as linked  # told from here too
from hallway.record.matching import place_of as place_of
from hallway.record.matching import together as together
from hallway.record.recount import Wanted as Wanted
from hallway.record.recount import items_of as items_of  # told from here too: it is a read of the record
from hallway.record.recount import newest_first as newest_first
from hallway.record.recount import page
from hallway.record.resources import fold
from hallway.record.searching import count_found as count_found
from hallway.record.searching import count_shared as count_shared
from hallway.record.searching import find as find
from hallway.record.searching import find_shared as find_shared
from hallway.record.stored import PatientHeader, Stored


def _line(release: Release, act: str, *, route: str, wanted: Wanted, also: Sequence[Release] = ()) -> Line:
    return line_for(release, act, route=route, detail=wanted.text(), also=also)


def _kinds(kinds: Sequence[str] | None) -> str | None:
    return None if kinds is None else "{" + ",".join(kinds) + "}"


def read_chart(
    release: Release,
    *,
    kinds: Sequence[str] | None = None,
    since: datetime | None = None,
    limit: int | None = None,
    route: str = "",
    also: Sequence[Release] = (),
) -> list[Stored]:
    """Everything of the chart that ``release`` lets flow, newest first. ``since`` is about ``dated_at``.

    Raises StaleRelease when the chart's epoch has moved on or the release has ended by time; then nothing flows and no
    line is written.
    """
    parameters = store.plan_parameters((release, *also))
    rows = store.released(
        store.READ,
        {**parameters, "kinds": _kinds(kinds), "since": since, "limit": limit},
        _line(
            release, "read", route=route, wanted=Wanted(tuple(kinds or ()), limit=limit or 0, since=since), also=also
        ),
    )
    found = store.stored_rows(rows)
    if limit is None:
        found = newest_first(found)
    return found


def read_slice(release: Release, wanted: Wanted, *, route: str = "", ahead: int = 0) -> list[Stored]:
    """What of the chart lies within the bounds of ``wanted``, newest first; its line says just that.

    ``ahead`` more are looked up that the caller will not give out. Raises as ``read_chart``.
    """
    parameters = {**store.plan_parameters((release,)), "kinds": _kinds(wanted.kinds or None)}
    line = _line(release, "read", route=route, wanted=wanted)
    rows = store.released(store.READ, {**parameters, "since": None, "limit": None}, line)
    return list(page(replace(wanted, limit=wanted.limit and wanted.limit + ahead), store.stored_rows(rows)))


def read_one(
    release: Release,
    kind: str,
    resource_id: ResourceId,
    *,
    version: int | None = None,
    route: str = "",
    also: Sequence[Release] = (),
    act: str = "read",
) -> Stored | None:
    """One resource (or one version of it), or None when it is not there or may not flow: one answer for both.

    ``act`` other than ``read`` stands in the ledger's line of a reading that rests on no plan of the gate (a review).
    """
    statement = store.READ_ONE if version is None else store.READ_VERSIONS
    rows = store.released(
        statement,
        {**store.plan_parameters((release, *also)), "kind": kind, "id": resource_id},
        _line(release, act, route=route, wanted=Wanted((kind,), resource_id, version or 0), also=also),
    )
    found = store.stored_rows(rows)
    return next((row for row in found if version in (None, row.version) and row.body), None)


def history(release: Release, kind: str, resource_id: ResourceId, *, route: str = "") -> list[Stored]:
    """Every version that may flow, newest first; empty when none may. A version with an empty body is a tombstone."""
    rows = store.released(
        store.READ_VERSIONS,
        {**store.plan_parameters((release,)), "kind": kind, "id": resource_id},
        _line(release, "history", route=route, wanted=Wanted((kind,), resource_id)),
    )
    return store.stored_rows(rows)


def count(release: Release, kind: str | None = None, *, route: str = "") -> int:
    """How many resources (of ``kind``) this release would give."""
    rows = store.released(
        store.COUNT,
        {**store.plan_parameters((release,)), "kinds": _kinds([kind] if kind else None)},
        _line(release, "count", route=route, wanted=Wanted((kind,) if kind else ())),
    )
    return cast("int", rows[0][0])


def sources(release: Release, *, route: str = "") -> list[OrganizationId]:
    """The organizations of whose facts this release would give any, ascending; counted, not read."""
    line = _line(release, "count", route=route, wanted=Wanted(()))
    rows = store.released(store.SOURCES, store.plan_parameters((release,)), line)
    return sorted(OrganizationId(cast("int", row[0])) for row in rows if row[0] is not None)


def ask_again(releases: Sequence[Release], *, number: int, of: int) -> None:
    """Ask the gate again before part ``number`` of an answer that was read under ``releases``, and leave that line.

    Raises StaleRelease when a right has changed or ended since: then that part may not go out, and none after it.
    """
    first, *also = releases
    line = line_for(first, "part", detail=f"{number}/{of}", also=also)
    store.released(store.PART, store.plan_parameters(releases), line)


def read_shared(kind: str, resource_id: ResourceId) -> Stored | None:
    """An organization, practitioner, location or other resource that belongs to no patient. No release needed."""
    return store.shared_row(kind, resource_id)


def chart_of(patient_id: ResourceId) -> ChartId | None:
    """The chart of a Patient id, or None. It says that a patient exists: for the gate and for writers only."""
    return charts_of([patient_id]).get(patient_id)


def charts_of(patient_ids: Sequence[ResourceId]) -> Mapping[ResourceId, ChartId]:
    """Chart of each known Patient id; unknown ids are left out."""
    return store.charts_of(patient_ids)


def charts_holding(kind: str, resource_id: ResourceId) -> list[ChartId]:
    """Every chart that a resource belongs to, the one that stores it first; empty for an unknown id.

    It says that a resource exists: for the gate and for writers only.
    """
    return store.charts_holding(kind, resource_id)


def charts_called(family: str, given: str, birth_on: date) -> list[ChartId]:
    """Charts of patients of exactly this family name, a given name that begins so, and this birth date; at most two.

    It says that a patient exists: for the gate's emergency search only, which has stored its reason before it asks.
    """
    found = store.charts_called(fold(family), fold(given), birth_on)
    return [ChartId(one) for one in found]


def patient_of(chart_id: ChartId) -> ResourceId | None:
    """The Patient id of a chart."""
    found = store.one_value("SELECT patient_id::text FROM record_chart WHERE chart_id = %s::bigint", [chart_id])
    return cast("ResourceId | None", found)


def epoch_of(chart_id: ChartId) -> int | None:
    """The chart's consent epoch now, or None for an unknown chart."""
    return cast("int | None", store.one_value("SELECT epoch FROM record_chart WHERE chart_id = %s::bigint", [chart_id]))


def standing(chart_ids: Sequence[ChartId]) -> dict[ChartId, tuple[int, int]]:
    """Epoch and position of each known chart: while both stand, no right and no resource of it has changed."""
    return store.standing(chart_ids)


def patients_of(chart_ids: Sequence[ChartId]) -> dict[ChartId, ResourceId]:
    """The Patient id of each known chart. It says that patients exist: ask it about charts that the gate has opened."""
    return store.patients_of(chart_ids)


def sources_of(chart_id: ChartId) -> list[OrganizationId]:
    """The organizations that have put something into this chart."""
    return store.sources_of(chart_id)


def header_columns() -> str:
    """SQL columns of ``record_header h`` in the order that ``header_from_row`` takes them."""
    return "h.chart_id, h.given, h.family, h.birth_on, h.gender, h.pronouns, h.record_number, h.deceased"


def label_now(kind: str, resource_id: str) -> str:
    """SQL of the mask that a resource of any chart has now, null where there is none; both are SQL expressions.

    For rows of workflows that keep a copy of a label: a look at the index, behind no wall, and of no content.
    """
    return f"""(SELECT t.mask FROM record_id i
        JOIN record_token t ON t.chart_id = i.chart_id AND t.kind = i.kind AND t.resource_id = i.resource_id
        WHERE i.kind = {kind} AND i.resource_id = {resource_id})"""  # noqa: S608 - expressions of our own queries


def header_from_row(row: Sequence[object]) -> PatientHeader:
    """A PatientHeader from a row of ``header_columns``; the caller's query has gated it."""
    chart_id, given, family, birth_on, gender, pronouns, number, deceased = cast(
        "tuple[ChartId, str, str, date | None, str, str, str, bool]", tuple(row)
    )
    name = f"{given} {family}".strip()
    return PatientHeader(chart_id, name, birth_on, gender, pronouns, number, deceased)


class Waiting(NamedTuple):
    """What nobody could judge: where it lies and why it waits (``basis``), never what it says."""

    chart_id: ChartId
    kind: str
    id: ResourceId
    version: int
    dated_at: datetime | None
    updated_at: datetime
    author: PractitionerId
    mask: int
    basis: tuple[str, ...]


def waiting(
    organization: OrganizationId,
    *,
    author: PractitionerId = NOBODY,
    charts: Sequence[ChartId] | None = None,
    shutting: Sequence[str],
    limit: int = 200,
) -> list[Waiting]:
    """Unclassified resources of one source, the longest waiting first; ``author`` other than 0 narrows to theirs.

    ``charts`` narrows to those; ``shutting`` are the rows of labelling by which something waits on its own account.
    It says that something exists: for ``consent`` alone, which decides who may be told.
    """
    rows = store.waiting(organization, author=author, charts=charts, shutting=shutting, limit=limit)
    return [Waiting(*row[:8], tuple(cast("list[str]", row[8]))) for row in rows]  # type: ignore[arg-type]


def masks_of(chart_ids: Sequence[ChartId], keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """(kind, id) -> label mask of resources in these charts: it gives out labels, never content.

    For ``labels``, and for workflow rows that are judged by the label which their resource has now.
    """
    return store.masks_of(chart_ids, keys)


class Subject(NamedTuple):
    """A patient as far as the law asks: chart, birth date, whether deceased."""

    chart_id: ChartId
    birth_on: date | None
    deceased: bool


def subjects_known_by(tokens: Sequence[str]) -> list[Subject]:
    """Patients with one of these identifiers (``identifier=system|value``). For the gate: it says that they exist."""
    return [Subject(*cast("tuple[ChartId, date | None, bool]", row)) for row in store.subjects_known_by(tokens)]
