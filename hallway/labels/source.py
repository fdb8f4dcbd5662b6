"""Where a fact comes from: that, and never the code alone, decides its legal status."""

from dataclasses import dataclass

from hallway.ids import NOBODY, OrganizationId, PractitionerId


@dataclass(frozen=True, slots=True)
class Source:
    """Who sends or charts a fact.

    ``note_kind`` is what the author chose when writing: ``progress``, ``psychotherapy``, ``sud_counseling``, ``report``
    or empty for content that is no note. ``received_under_notice`` is true for records that came with the Part 2
    notice; they keep their label at the recipient. ``carries`` are classes that the writer knows the content to have
    (a form about substance use records, a referral to such a program): added to what ``labels`` finds, never less.
    """

    organization: OrganizationId
    author: PractitionerId = NOBODY
    note_kind: str = ""
    received_under_notice: bool = False
    carries: int = 0
