"""Every change of a right, and the one door by which capabilities store resources. One function a use case.

Each rewrites the chart's grants and raises its epoch in its own transaction, so a revocation holds from the commit on.
"""

from datetime import datetime

from hallway import clock
from hallway.consent import gate, refusals
from hallway.consent.emergency.access import close_emergency, open_emergency, review_emergency, tell_patient
from hallway.consent.entering.storing import foresee_source, keep, label_entering, store, store_many
from hallway.consent.forms.composing import Composition, compose_consent, compose_exchange
from hallway.consent.forms.ending import decline_consent, event_occurred, expire_consents, revoke_consent
from hallway.consent.forms.links import answer_link, make_link, open_link, shut_link
from hallway.consent.forms.papers import External, accept_paper, keep_paper, retire_template, save_template
from hallway.consent.forms.signing import Member, Signature, dispute_consent, sign_consent, witness_consent
from hallway.consent.forms.talks import record_talk
from hallway.consent.grants.rebuilding import rebuild_grants
from hallway.consent.grants.telling import tell_changed
from hallway.consent.rights.limits import ANY_ORGANIZATION, end_restriction, record_determination, restrict
from hallway.directory.models import CareTeamMember
from hallway.identity.requester import Requester
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId, ReferralId
from hallway.ledger import lines
from hallway.storage.connection import transaction

__all__ = [
    "ANY_ORGANIZATION",
    "Composition",
    "External",
    "Member",
    "Signature",
    "accept_paper",
    "answer_link",
    "close_emergency",
    "compose_consent",
    "compose_exchange",
    "decline_consent",
    "dispute_consent",
    "end_restriction",
    "event_occurred",
    "expire_consents",
    "foresee_source",
    "join_team",
    "keep",
    "keep_paper",
    "label_entering",
    "leave_team",
    "make_link",
    "open_emergency",
    "open_link",
    "rebuild_grants",
    "record_determination",
    "record_talk",
    "restrict",
    "retire_template",
    "review_emergency",
    "revoke_consent",
    "save_template",
    "shut_link",
    "sign_consent",
    "store",
    "store_many",
    "tell_changed",
    "tell_patient",
    "witness_consent",
]


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
    """Put an organization (and a person) on the care team: assigned, encounter or referral. The membership's id.

    Whoever does so must be able to open the chart, so nobody lets themselves in. Raises NOT_FOUND otherwise.
    """
    if basis not in CareTeamMember.Basis.values:
        raise refusals.unknown_code("basis")
    if not by.is_hallway:
        gate.release(by, chart_id)
    with transaction():
        row = CareTeamMember.objects.create(
            chart_id=chart_id,
            organization_id=organization,
            practitioner_id=practitioner or None,
            role=role,
            basis=basis,
            referral_id=referral_id,
            from_at=clock.now(),
            until_at=until_at,
        )
        rebuild_grants([chart_id])
        lines.write(
            lines.step_line(by, "team.joined", charts=[chart_id], detail=f"organization/{organization} {basis}")
        )
    return row.id


def leave_team(chart_id: ChartId, *, by: Requester, referral_id: ReferralId | None = None, member_id: int = 0) -> int:
    """End memberships: the one named, or those of a referral that was declined or cancelled. How many ended."""
    if not by.is_hallway:
        gate.release(by, chart_id)
    now = clock.now()
    with transaction():
        rows = CareTeamMember.objects.filter(chart_id=chart_id).exclude(until_at__lte=now)
        rows = rows.filter(id=member_id) if member_id else rows.filter(referral_id=referral_id, basis="referral")
        ended = rows.update(until_at=now) if member_id or referral_id else 0
        if ended:
            rebuild_grants([chart_id])
            lines.write(lines.step_line(by, "team.left", charts=[chart_id], detail=f"memberships/{ended}"))
    return ended
