"""Where a fact comes from: that, and never the code alone, decides its legal status."""

from dataclasses import dataclass
from typing import Literal

from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.standards.fhir import r4

Conveyed = Literal["oral", "transmitted"]
NotCovered = Literal["", "no_sud", "court_evidence"]


@dataclass(frozen=True, slots=True)
class Source:
    """Who sends or charts a fact.

    ``note_kind`` is what the author chose when writing (``rules.KNOWN_NOTES``: ``progress``, ``psychotherapy``,
    ``sud_counseling``, ``report``, ``intake``, ``plan``, ``message``, ``consent``), or empty for content that is no
    note. ``received_under_notice`` is true for records that came with the Part 2 notice; they keep their label at the
    recipient. ``chart_id`` is for types that name no patient themselves (Medication, Binary): the chart they are for.
    ``carries`` are classes that the writer knows the content to have (a form about substance use records, a referral to
    such a program, ``MINOR_CONSENTED`` for a service to which a minor consented alone, ``SELF_PAY_RESTRICTED`` for one
    paid out of pocket and kept from the plan): added to what ``labels`` finds, never less.
    ``conveyed`` says how a program told a recipient what stands here: ``oral`` words that the recipient wrote down are
    the recipient's own record (42 CFR 2.11, "Records"); anything ``transmitted`` keeps the program's label.
    ``not_covered`` is a diagnosis at a program that Part 2 leaves out (2.12(e)(4)): ``no_sud`` for an overdose or
    intoxication that clearly shows no use disorder, ``court_evidence`` for one made solely for a court or police.
    """

    organization: OrganizationId
    author: PractitionerId = NOBODY
    note_kind: str = ""
    received_under_notice: bool = False
    chart_id: ChartId | None = None
    carries: int = 0
    conveyed: Conveyed = "transmitted"
    not_covered: NotCovered = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One resource on its way in. ``resource_id`` is the id we give it; without one its own ``id`` is taken as ours."""

    resource: bytes | r4.Part
    source: Source
    resource_id: ResourceId | None = None
