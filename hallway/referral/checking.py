"""What must hold of a request before it becomes a row. Each check refuses with its own code."""

from collections.abc import Mapping
from datetime import date

from hallway import clock
from hallway.directory.models import Organization, OrganizationKind
from hallway.directory.queries import works_at
from hallway.identity.requester import CLINICIANS, Requester
from hallway.referral import refusals, rules
from hallway.referral.models import ExpectedRole, Urgency
from hallway.referral.tables import codes
from hallway.referral.views import ReferralRequest

_TALKED = {"", "agrees", "rather_not", "not_yet"}


def check_request(by: Requester, request: ReferralRequest) -> Organization:
    """The receiving organization of a request that may become a draft.

    Raises UNPROCESSABLE for oneself, an unknown receiver, code or text; FORBIDDEN for a role that may not refer.
    """
    if by.role not in CLINICIANS:
        raise refusals.not_your_step()
    check_code("recipient_type", request.recipient_type, codes.RECIPIENT_TYPES)
    check_code("expected_role", request.expected_role, dict(ExpectedRole.choices))
    check_code("urgency", request.urgency, dict(Urgency.choices))
    check_code("talked", request.talked, dict.fromkeys(_TALKED, ""))
    for field in ("question", "reason", "presenting_problem", "chief_concern"):
        check_text(field, getattr(request, field))
    return check_receiver(by, request.receiver_org, request.receiver_practitioner)


def check_receiver(by: Requester, organization_id: int, practitioner_id: int) -> Organization:
    """The receiver, who is somebody else and, where named, works there now."""
    if organization_id == by.organization_id and practitioner_id in {0, by.practitioner_id}:
        raise refusals.to_oneself()
    place = Organization.objects.filter(id=organization_id).exclude(kind=OrganizationKind.PAYER).first()
    if place is None or (practitioner_id and not works_at(practitioner_id, organization_id)):
        raise refusals.unknown_receiver()
    return place


def check_code(field: str, code: str, table: Mapping[str, str]) -> None:
    """Refuse a code that its table does not have."""
    if code not in table:
        raise refusals.unknown_code(field)


def check_text(field: str, text: str) -> None:
    """Refuse a text too long or with control characters."""
    if rules.text_fault(text):
        raise refusals.bad_text(field)


def check_day(field: str, day: date) -> None:
    """Refuse a day to come that is not ahead."""
    if rules.day_fault(day, clock.today()):
        raise refusals.bad_date(field)
