"""A Communication about a referral is the receiver's short word to the sender; any other is a fact."""

from hallway.exchange.workflow import people, refusals
from hallway.exchange.workflow.service_request import referral_of
from hallway.identity.requester import Requester
from hallway.ids import ReferralId
from hallway.record.stored import Stored
from hallway.referral import actions
from hallway.referral.models import Referral
from hallway.referral.sight import look
from hallway.referral.states import Side
from hallway.standards.fhir import r4


def wants(by: Requester, raw: bytes, current: Stored | None) -> bool:
    """Whether it names the ServiceRequest of a referral."""
    return _referral(r4.decode(raw, r4.Communication)) is not None


def _referral(sent: r4.Communication) -> Referral | None:
    named = (one for kind, one in map(people.split, (*sent.about, *sent.based_on)) if kind == "ServiceRequest")
    return next((found for one in named if (found := referral_of(one)) is not None), None)


def do(by: Requester, raw: bytes, current: Stored | None) -> None:
    """Send the note; it opens a loop until it is read."""
    sent = r4.decode(raw, r4.Communication)
    held = _referral(sent)
    if current is not None or held is None:
        raise refusals.no_step("What was said is not rewritten. Send another.", field="Communication")
    sight = look(by, held.id)
    if sight.side is not Side.RECEIVER:
        raise refusals.no_step("The sender's words stand in the ServiceRequest, and the answer on the report's page.")
    words = "\n".join(one.content_string for one in sent.payload if one.content_string)
    if len(words) == 0 or any(not one.content_string for one in sent.payload):
        raise refusals.no_step("Write it as text in payload.contentString.", field="Communication.payload")
    actions.send_interim_note(by, ReferralId(held.id), expected_version=sight.version, text=words)
