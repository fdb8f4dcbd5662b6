"""The two evidence types on which the record opens: ``Release`` to read and ``Labelled`` to write.

They live here so that ``record`` can demand them; an AST rule lets only ``consent`` construct a ``Release`` and only
``labels`` construct a ``Labelled``.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hallway.identity.requester import Requester
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.standards.fhir.ranges import Range


class Purpose(StrEnum):
    """Why content is asked for (``law.md`` 2.1)."""

    TREATMENT = "TREAT"
    PAYMENT = "PAY"
    OPERATIONS = "OPS"
    EMERGENCY = "EMERG"
    INDIVIDUAL = "INDIVIDUAL"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True)
class Clause:
    """One way by which a resource may flow: from this source, with at most these classes.

    ``author`` other than 0 narrows the clause to that practitioner's own items; ``kinds`` other than empty narrows
    it to those resource types (FHIR names). ``rule_ids``, ``consent_ids`` and ``obligations`` say why.
    """

    source_org: OrganizationId
    allow: int
    author: PractitionerId = NOBODY
    kinds: tuple[str, ...] = ()
    rule_ids: tuple[str, ...] = ()
    consent_ids: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Release:
    """Permission for one requester to take content of one chart, for one purpose, now.

    ``epoch`` is the chart's consent epoch at compile time: a query compares it, so a cached plan cannot outlive a
    revocation. ``until`` is the earliest instant at which a clause ends by time. An empty ``clauses`` releases nothing.
    """

    requester: Requester
    chart_id: ChartId
    purpose: Purpose
    clauses: tuple[Clause, ...]
    epoch: int
    decided_at: datetime
    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A resource that ``labels`` has judged, ready to be stored.

    ``body`` is the UTF-8 JSON as it will be served, without ``id`` and ``meta`` (both are spliced in at read);
    ``meta`` is the JSON of what the sender put into ``meta`` besides version, time and security, or empty.
    ``charts`` are the compartments it belongs to, the first is where it is stored; ``(0,)`` for a shared resource.
    ``tokens`` and ``ranges`` are what it is found by; ``dated_at`` is the clinically relevant instant, for ordering.
    """

    resource_type: str
    resource_id: ResourceId
    charts: tuple[ChartId, ...]
    source_org: OrganizationId
    author: PractitionerId
    mask: int
    body: bytes
    meta: bytes = b""
    tokens: tuple[str, ...] = ()
    dated_at: datetime | None = None
    basis: tuple[str, ...] = ()
    ranges: tuple[Range, ...] = ()
