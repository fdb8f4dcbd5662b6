"""A firing as one reader may know it, and how often the rules of a practice fire. Values only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from hallway.consent.grants.notices import Owed
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.record.stored import PatientHeader, Stored
from hallway.triggers.resources import Labs


class Cause(NamedTuple):
    """One fact that a firing stands on: which version of which resource, and its label at that time."""

    kind: str
    id: str
    version: int
    source_org: int
    mask: int
    author: int


@dataclass(frozen=True, slots=True)
class FiringView:
    """One firing under one reader's release. ``causes`` are the facts as they stand now, every one of them released.

    ``closed_by`` is a practitioner's id. ``counterpart_org`` is whom the word is owed to, 0 where nobody is named
    or nobody whom this reader may know to treat.
    ``owed`` are the notices that law makes travel with those facts: who shows them shows it.
    """

    id: UUID
    chart_id: ChartId
    header: PatientHeader
    organization_id: OrganizationId
    practitioner_id: PractitionerId
    role: str
    counterpart_org: OrganizationId
    rule: str
    state: str
    reason: str
    version: int
    causes: tuple[Stored, ...]
    parameters: Mapping[str, str | int | float]
    occurred_at: datetime
    fired_at: datetime
    due_at: datetime
    closed_at: datetime | None
    closed_by: int
    outcome_kind: str
    outcome_id: str
    owed: Owed

    @property
    def is_open(self) -> bool:
        """Whether the word is still owed."""
        return self.state == "open"


@dataclass(frozen=True, slots=True)
class LabsView:
    """Tests that somebody took on with a finding, as one reader may know them: by their own label, whatever it is of.

    ``mask`` is their label, ``owed`` the notices that must be shown with them.
    """

    firing_id: UUID
    chart_id: ChartId
    header: PatientHeader
    rule: str
    labs: Labs
    mask: int
    owed: Owed


@dataclass(frozen=True, slots=True)
class Noise:
    """How one rule fared at a practice in one month: fired, and how each ended. ``reasons`` counts the not needed."""

    rule: str
    month_on: date
    fired: int
    is_open: int
    done: int
    not_needed: int
    declined: int
    withdrawn: int
    merged: int
    reasons: Mapping[str, int]


class Late(NamedTuple):
    """How many findings of one rule are past due with one person of a practice; ``practitioner_id`` 0 for nobody's."""

    practitioner_id: int
    rule: str
    number: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a rule would have done. ``days``: each day with its count. ``charts`` of ``of`` were looked at."""

    fired: int
    days: tuple[tuple[date, int], ...]
    patients: int
    charts: int
    of: int
