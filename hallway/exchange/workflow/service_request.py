"""A ServiceRequest to another practice is a referral: written as a draft, and sent when it is active."""

from hallway.directory.models import Organization, OrganizationKind, PractitionerRole, Side
from hallway.exchange.workflow import people, refusals
from hallway.identity.requester import Requester
from hallway.ids import OrganizationId, PractitionerId, ReferralId
from hallway.record.stored import Stored
from hallway.referral import actions
from hallway.referral.models import ExpectedRole, Referral
from hallway.referral.resources import ELEMENTS, REFERRAL_NOTE
from hallway.referral.sight import look
from hallway.referral.tables.codes import RECIPIENT_TYPES
from hallway.referral.views import ReferralRequest
from hallway.standards.fhir import r4
from hallway.talking.resources import is_held

_URGENCY = {"stat": "today", "asap": "today", "urgent": "soon"}
_STATES = ("draft", "active")
_GIVEN_UP = ("revoked", "entered-in-error")


def wants(by: Requester, raw: bytes, current: Stored | None) -> bool:
    """Whether it is a referral: one already, one by its category, or one that another practice is to perform.

    Also a treatment that waits for its evaluation, unless it is given up.
    """
    if current is not None and (referral_of(current.id) is not None or _starts(raw, current)):
        return True
    sent = r4.decode(raw, r4.ServiceRequest)
    named = any(coding.code == REFERRAL_NOTE for concept in sent.category for coding in concept.coding)
    return named or people.is_elsewhere(sent.performer, by.organization_id)


def _starts(raw: bytes, current: Stored) -> bool:
    """Whether what is sent would let a held treatment begin, or make another thing of it."""
    return is_held(current.view(r4.ServiceRequest)) and r4.decode(raw, r4.ServiceRequest).status not in _GIVEN_UP


def referral_of(resource_id: str) -> Referral | None:
    """The referral that a ServiceRequest stands for."""
    return Referral.objects.filter(service_request_id=resource_id).first() if resource_id else None


def do(by: Requester, raw: bytes, current: Stored | None) -> None:
    """Draft, revise, send. Raises what the actions raise; UNPROCESSABLE for what is none of these."""
    if current is not None and referral_of(current.id) is None and _starts(raw, current):
        raise refusals.no_step(
            "It waits for its evaluation: release its start on the page of the request, or revoke it.",
            field="ServiceRequest.status",
        )
    sent = r4.decode(raw, r4.ServiceRequest)
    if sent.status not in _STATES:
        raise refusals.no_step(
            "Send it as draft or active; end it by the status of its Task.", field="ServiceRequest.status"
        )
    request = request_of(by, sent)
    if current is None:
        draft = actions.draft_referral(by, request)
        referral_id, version = ReferralId(draft.id), 1
    else:
        held = referral_of(current.id)
        if held is None or held.sent_at is not None:
            raise refusals.no_step("A request that was sent is not rewritten: withdraw it by its Task, and write anew.")
        referral_id = ReferralId(held.id)
        version = look(by, held.id).version
        actions.revise_draft(by, referral_id, expected_version=version, request=request)
        version += 1
    if sent.status == "active":
        actions.send_referral(by, referral_id, expected_version=version)


def request_of(by: Requester, sent: r4.ServiceRequest) -> ReferralRequest:
    """What is asked of whom. The question is the reason marked as such, else the first reason."""
    place, person = people.party(sent.performer, "ServiceRequest.performer")
    words = {
        coding.code or "": concept.text or ""
        for concept in sent.reason_code
        for coding in concept.coding
        if coding.system == ELEMENTS
    }
    spoken = [concept.text for concept in sent.reason_code if concept.text]
    said = {concept.text for concept in sent.order_detail}
    roles = [role for role in ExpectedRole.values if role in said]
    return ReferralRequest(
        chart_id=people.chart_of(sent.subject, "ServiceRequest.subject"),
        receiver_org=place,
        receiver_practitioner=person,
        question=words.get("question") or (spoken[0] if spoken else ""),
        reason=words.get("reason", ""),
        presenting_problem=words.get("presenting-problem", ""),
        chief_concern=words.get("chief-concern", ""),
        recipient_type=_recipient_type(sent, place, person),
        expected_role=str(roles[0] if roles else ExpectedRole.COMANAGE),
        urgency=_URGENCY.get(sent.priority or "", "routine"),
        attached=tuple(people.split(one) for one in sent.supporting_info),
    )


def _recipient_type(sent: r4.ServiceRequest, place: OrganizationId, person: PractitionerId) -> str:
    """The kind of clinician: as the request says it, else by what the receiver is."""
    said = (sent.code.text or "").lower().replace(" ", "_") if sent.code is not None else ""
    if said in RECIPIENT_TYPES:
        return said
    organization = Organization.objects.get(id=place)
    if organization.kind == OrganizationKind.SUD_PROGRAM:
        return "sud_program"
    if organization.side == Side.PRIMARY_CARE:
        return "primary_care"
    if organization.side == Side.BEHAVIORAL_HEALTH:
        role = PractitionerRole.objects.filter(practitioner_id=person, organization_id=place).first()
        return "psychiatrist" if role is not None and role.role == "psychiatrist" else "therapist"
    return "other_specialty"
