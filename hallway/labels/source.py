"""Where a fact comes from: that, and never the code alone, decides its legal status."""

from dataclasses import dataclass

from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.standards.fhir import r4


@dataclass(frozen=True, slots=True)
class Source:
    """Who sends or charts a fact.

    ``note_kind`` is what the author chose when writing (``rules.KNOWN_NOTES``: ``progress``, ``psychotherapy``,
    ``sud_counseling``, ``report``, ``intake``, ``plan``, ``message``, ``consent``), or empty for content that is no
    note. ``received_under_notice`` is true for records that came with the Part 2 notice; they keep their label at the
    recipient. ``chart_id`` is for types that name no patient themselves (Medication, Binary): the chart they are for.
    ``carries`` are classes that the writer knows the content to have (a form about substance use records, a referral to
    such a program): added to what ``labels`` finds, never less.
    """

    organization: OrganizationId
    author: PractitionerId = NOBODY
    note_kind: str = ""
    received_under_notice: bool = False
    chart_id: ChartId | None = None
    carries: int = 0


@dataclass(frozen=True, slots=True)
class Incoming:
    """One resource on its way in. ``resource_id`` is the id we give it; without one its own ``id`` is taken as ours."""

    resource: bytes | r4.Part
    source: Source
    resource_id: ResourceId | None = None
