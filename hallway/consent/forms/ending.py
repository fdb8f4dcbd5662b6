"""A form ends: declined, taken back whole or for one recipient, expired by its date or by an event that occurred."""

from datetime import date, datetime
from uuid import UUID

from hallway import clock
from hallway.consent import gate, refusals
from hallway.consent.forms import steps
from hallway.consent.grants import plans
from hallway.consent.models import Consent, Paper
from hallway.directory.models import Organization
from hallway.identity.requester import Requester
from hallway.ids import ChartId, ConsentId, OrganizationId
from hallway.storage import turns
from hallway.storage.connection import transaction

DECLINE_REASONS = ("not_now", "does_not_want", "wants_to_think", "prefers_to_tell", "no_reason")
CHANNELS = ("written", "oral", "portal", "phone", "mail", "fax", "link", "found_false")
"""How it came to end. ``found_false``: something material on it is known to be false, so it counts as absent
(164.508(b)(2)(v), 42 CFR 2.31(c)(4))."""
EVENTS = ("end_of_treatment",)
"""Events that end a form and can be known to have occurred; "none" is no event."""


def decline_consent(
    consent_id: ConsentId, reason: str, *, by: Requester, expected_version: int, ask_again_on: date | None = None
) -> None:
    """The patient says no; ``reason`` is one of DECLINE_REASONS. It changes no grant.

    Nobody is prompted to ask again before ``ask_again_on``; without one, never by us.
    """
    if reason not in DECLINE_REASONS:
        raise refusals.unknown_code("reason")
    with transaction():
        row = steps.locked(consent_id, by, expected_version)
        steps.step(row, "decline")
        row.declined_at = clock.now()
        row.decline_reason = reason
        row.ask_again_on = ask_again_on
        steps.finish(row, by)


def revoke_consent(
    consent_id: ConsentId,
    channel: str,
    *,
    by: Requester,
    expected_version: int,
    recipient_org: OrganizationId | None = None,
    paper_id: UUID | None = None,
) -> None:
    """The patient takes it back, whole or for one recipient; at once, to every exit. ``channel`` is one of CHANNELS.

    For one recipient of a form that names a class, the others keep what they have: the form stands, without that one.
    """
    if channel not in CHANNELS:
        raise refusals.unknown_code("channel")
    with turns.first(), transaction():
        row = steps.locked(consent_id, by, expected_version)
        _refuse_wrong_paper(row, paper_id)
        row.revocation_paper_id = paper_id
        if recipient_org is not None and row.recipient_org_id == 0:
            _without(row, recipient_org)
            steps.finish_part(row, by)
            return
        if recipient_org not in (None, row.recipient_org_id):
            raise gate.not_found()
        steps.step(row, "revoke")
        row.revoked_at = clock.now()
        row.revoked_by = by.account_id
        row.revocation_channel = channel
        steps.finish(row, by)


def _without(row: Consent, recipient_org: OrganizationId) -> None:
    if row.state != "signed":
        raise refusals.not_now()
    if not Organization.objects.filter(id=recipient_org).exclude(id=row.discloser_org_id).exists():
        raise refusals.unknown_code("recipient")
    row.not_for_orgs = sorted({*row.not_for_orgs, int(recipient_org)})
    row.version += 1


def _refuse_wrong_paper(row: Consent, paper_id: UUID | None) -> None:
    if paper_id and not Paper.objects.filter(id=paper_id, chart_id=row.chart_id, purpose="revocation").exists():
        raise refusals.unknown_code("paper")


def event_occurred(consent_id: ConsentId, event: str, *, by: Requester, expected_version: int) -> None:
    """The event that ends the form is known to have occurred: it holds no longer (164.508(b)(2)(i))."""
    with turns.first(), transaction():
        row = steps.locked(consent_id, by, expected_version)
        if event not in EVENTS or row.expires_event != event:
            raise refusals.unknown_code("event")
        steps.step(row, "expire")
        row.expires_at = clock.now()
        steps.finish(row, by)


def expire_consents(now: datetime, *, by: Requester) -> int:
    """Mark consents whose time has passed; how many. Grants end by their own time, whether or not this ran."""
    due = Consent.objects.filter(state="signed", expires_at__lte=now).order_by("chart_id", "id")
    ended = 0
    for consent_id, chart_id in list(due.values_list("id", "chart_id")):
        with transaction():
            # The chart before the form, as every other step of a form locks them.
            plans.lock([ChartId(chart_id)])
            row = Consent.objects.select_for_update().get(id=consent_id)
            if row.state == "signed":
                steps.step(row, "expire")
                steps.finish(row, by)
                ended += 1
    return ended
