"""The gate sentence: what the law says about an act of sharing, before it is done. Reads facts, releases nothing."""

from dataclasses import dataclass
from typing import Literal

from hallway.ids import ChartId, ConsentId, OrganizationId, PractitionerId
from hallway.record.evidence import Purpose

Verdict = Literal["open", "pen_before", "pen_signed", "shut"]


@dataclass(frozen=True, slots=True)
class Preview:
    """Verdict in bold, reason in plain words, citation, one link (``pages.md`` section 6).

    ``form_kind`` is the form to prepare when a signature is missing; ``consent_id`` the one that already holds.
    ``classes`` is the mask that was asked about; ``verified`` is false when a rule in it has not been checked.
    """

    verdict: Verdict
    headline: str
    reason: str
    citation: str
    rule_ids: tuple[str, ...]
    verified: bool
    form_kind: str
    consent_id: ConsentId | None
    obligations: tuple[str, ...]
    classes: int = 0


def preview(
    *,
    chart_id: ChartId,
    discloser_practitioner: PractitionerId,
    discloser_org: OrganizationId,
    recipient_practitioner: PractitionerId,
    recipient_org: OrganizationId,
    purpose: Purpose = Purpose.TREATMENT,
    classes: int | None = None,
) -> Preview:
    """May the discloser send content of ``classes`` (default: what they would write) to the recipient now?"""
    raise NotImplementedError
