"""Every change of a right, and the one door by which capabilities store resources. One function a use case.

Each rewrites the chart's grants and raises its epoch in its own transaction, so a revocation holds from the commit on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hallway.identity.requester import Requester
from hallway.ids import NOBODY, ChartId, ConsentId, OrganizationId, PractitionerId, ReferralId
from hallway.labels.source import Source
from hallway.record.evidence import Labelled, Purpose
from hallway.record.stored import Written
from hallway.standards.fhir import r4

ANY_ORGANIZATION = OrganizationId(0)
"""Every source, or every recipient but the source, as the argument says."""


@dataclass(frozen=True, slots=True)
class Composition:
    """What a form will say: who gives what to whom, for what, until when.

    ``kind`` is a ConsentKind value; ``classes`` a DataClass mask; ``kinds`` FHIR types, empty for all of the classes.
    ``expires_event`` is used where there is no date ("none", "end of treatment").
    """

    chart_id: ChartId
    kind: str
    discloser_org: OrganizationId
    recipient_org: OrganizationId
    classes: int
    purposes: tuple[Purpose, ...] = (Purpose.TREATMENT,)
    kinds: tuple[str, ...] = ()
    discloser_practitioner: PractitionerId = NOBODY
    recipient_practitioner: PractitionerId = NOBODY
    expires_at: datetime | None = None
    expires_event: str = ""
    tell_withheld: bool = False
    referral_id: ReferralId | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Evidence of signing: ``kind`` drawn (PNG or SVG bytes) or typed (UTF-8 name).

    ``signer`` is patient or representative.
    """

    kind: str
    content: bytes
    signer: str = "patient"
    witness: PractitionerId = NOBODY


def store(
    content: Sequence[Labelled | bytes | r4.Part], *, by: Requester, source: Source | None = None
) -> list[Written]:
    """Label what is not labelled yet (``source`` says by whom), write it, compile grants for a source that is new.

    One transaction, joined when the caller has one open.
    """
    raise NotImplementedError


def rebuild_grants(chart_ids: Sequence[ChartId]) -> None:
    """Compile the grants of these charts from their facts; raise the epoch of those whose grants changed."""
    raise NotImplementedError


def compose_consent(composition: Composition, *, by: Requester) -> ConsentId:
    """Prepare a form. It opens nothing. Raises UNPROCESSABLE when the form may not carry what is asked of it."""
    raise NotImplementedError


def sign_consent(consent_id: ConsentId, signature: Signature, *, by: Requester, expected_version: int) -> None:
    """The patient signs at the desk; ``by`` is who explained it. Grants change in this transaction."""
    raise NotImplementedError


def decline_consent(consent_id: ConsentId, reason: str, *, by: Requester, expected_version: int) -> None:
    """The patient says no; ``reason`` is a code. It changes no grant."""
    raise NotImplementedError


def revoke_consent(consent_id: ConsentId, channel: str, *, by: Requester, expected_version: int) -> None:
    """The patient takes it back; at once, to every exit. ``channel``: written, oral, portal, phone."""
    raise NotImplementedError


def expire_consents(now: datetime) -> int:
    """Mark consents whose time has passed; how many. Grants end by their own time, whether or not this ran."""
    raise NotImplementedError


def restrict(
    chart_id: ChartId,
    *,
    by: Requester,
    classes: int,
    recipient_org: OrganizationId = ANY_ORGANIZATION,
    recipient_practitioner: PractitionerId = NOBODY,
    source_org: OrganizationId = ANY_ORGANIZATION,
    basis: str = "164.522(a)(1)(i)",
) -> UUID:
    """Record an agreed restriction; 0 stands for every source and for everybody but the source."""
    raise NotImplementedError


def end_restriction(restriction_id: UUID, basis: str, *, by: Requester) -> None:
    """End it; ``basis``: patient_written, patient_oral."""
    raise NotImplementedError


def record_determination(
    chart_id: ChartId,
    *,
    by: Requester,
    recipient_org: OrganizationId,
    need: str,
    facts: Sequence[str],
    patient_informed: bool,
) -> UUID:
    """A discloser's own judgement that opens a licence rule: clinician_determination (CT) or six_facts (MA)."""
    raise NotImplementedError


def open_emergency(by: Requester, chart_id: ChartId, *, category: str, nature: str, reason: str) -> UUID:
    """Open one category for 30 minutes, five fields stored before anything shows. Same answer whatever is there."""
    raise NotImplementedError


def close_emergency(by: Requester, emergency_id: UUID) -> None:
    """End it now."""
    raise NotImplementedError


def review_emergency(by: Requester, emergency_id: UUID, outcome: str) -> None:
    """The privacy officer's finding: justified, not_justified, follow_up."""
    raise NotImplementedError


def join_team(
    chart_id: ChartId,
    *,
    by: Requester,
    organization: OrganizationId,
    basis: str,
    practitioner: PractitionerId = NOBODY,
    role: str = "",
    referral_id: ReferralId | None = None,
    until_at: datetime | None = None,
) -> int:
    """Put an organization (and a person) on the care team: assigned, encounter or referral. The membership's id."""
    raise NotImplementedError


def leave_team(chart_id: ChartId, *, by: Requester, referral_id: ReferralId | None = None, member_id: int = 0) -> int:
    """End memberships: the one named, or those of a referral that was declined or cancelled. How many ended."""
    raise NotImplementedError
