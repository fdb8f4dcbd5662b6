"""Every read of the record. Each takes a Release and writes its ledger line in the statement that reads."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from hallway.ids import ChartId, OrganizationId, ResourceId
from hallway.record.evidence import Release
from hallway.record.stored import PatientHeader, Stored


def read_chart(
    release: Release,
    *,
    kinds: Sequence[str] | None = None,
    since: datetime | None = None,
    limit: int | None = None,
    route: str = "",
) -> list[Stored]:
    """Everything of the chart that ``release`` lets flow, newest first. ``since`` is about ``dated_at``.

    Raises StaleRelease when the chart's epoch has moved on or the release has ended by time; then nothing flows and no
    line is written.
    """
    raise NotImplementedError


def read_one(
    release: Release, kind: str, resource_id: ResourceId, *, version: int | None = None, route: str = ""
) -> Stored | None:
    """One resource (or one version of it), or None when it is not there or may not flow: one answer for both."""
    raise NotImplementedError


def search(
    release: Release,
    kind: str,
    tokens: Sequence[str],
    *,
    limit: int = 50,
    after: tuple[str, str] | None = None,
    route: str = "",
) -> list[Stored]:
    """Resources of ``kind`` that carry every token, ordered by date and id; ``after`` is the last one's keys."""
    raise NotImplementedError


def history(release: Release, kind: str, resource_id: ResourceId, *, route: str = "") -> list[Stored]:
    """Every version that may flow, newest first; empty when none may."""
    raise NotImplementedError


def count(release: Release, kind: str | None = None, *, route: str = "") -> int:
    """How many resources (of ``kind``) this release would give."""
    raise NotImplementedError


def read_shared(kind: str, resource_id: ResourceId) -> Stored | None:
    """An organization, practitioner, location or other resource that belongs to no patient. No release needed."""
    raise NotImplementedError


def chart_of(patient_id: ResourceId) -> ChartId | None:
    """The chart of a Patient id, or None. It says that a patient exists: for the gate and for writers only."""
    raise NotImplementedError


def charts_of(patient_ids: Sequence[ResourceId]) -> Mapping[ResourceId, ChartId]:
    """Chart of each known Patient id; unknown ids are left out."""
    raise NotImplementedError


def patient_of(chart_id: ChartId) -> ResourceId | None:
    """The Patient id of a chart."""
    raise NotImplementedError


def epoch_of(chart_id: ChartId) -> int | None:
    """The chart's consent epoch now, or None for an unknown chart."""
    raise NotImplementedError


def sources_of(chart_id: ChartId) -> list[OrganizationId]:
    """The organizations that have put something into this chart."""
    raise NotImplementedError


def header_columns() -> str:
    """SQL columns of ``record_header h`` in the order that ``header_from_row`` takes them."""
    return "h.chart_id, h.given, h.family, h.birth_on, h.gender, h.pronouns, h.record_number, h.deceased"


def header_from_row(row: Sequence[object]) -> PatientHeader:
    """A PatientHeader from a row of ``header_columns``; the caller's query has gated it."""
    raise NotImplementedError
