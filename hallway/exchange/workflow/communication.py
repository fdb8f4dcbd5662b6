"""A Communication about a referral, about a request for information, or to another practice; any other is a fact."""

from collections.abc import Iterable

from hallway.exchange.workflow import people, refusals
from hallway.exchange.workflow.requests import request_of
from hallway.exchange.workflow.service_request import referral_of
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import ReferralId
from hallway.record.stored import Stored
from hallway.referral import actions
from hallway.referral.models import Referral
from hallway.referral.sight import look
from hallway.referral.states import Side
from hallway.standards.fhir import r4
from hallway.talking import actions as talking
from hallway.talking.models import InformationRequest
from hallway.talking.resources import Named
from hallway.talking.sight import look as look_at_request


def wants(by: Requester, raw: bytes, current: Stored | None) -> bool:
    """Whether it names a referral's ServiceRequest or a request's Task, or is a clinician's word to a practice."""
    sent = r4.decode(raw, r4.Communication)
    return _referral(sent) is not None or _request(sent) is not None or _is_message(by, sent)


def _referral(sent: r4.Communication) -> Referral | None:
    return next((found for one in _named(sent, "ServiceRequest") if (found := referral_of(one)) is not None), None)


def _request(sent: r4.Communication) -> InformationRequest | None:
    return next((found for one in _named(sent, "Task") if (found := request_of(one)) is not None), None)


def _named(sent: r4.Communication, wanted: str) -> list[str]:
    return [one for kind, one in map(people.split, (*sent.about, *sent.based_on)) if kind == wanted]


def _is_message(by: Requester, sent: r4.Communication) -> bool:
    speaks = by.role in CLINICIANS
    return speaks and sent.subject is not None and people.is_elsewhere(sent.recipient, by.organization_id)


def do(by: Requester, raw: bytes, current: Stored | None) -> None:
    """Say it, through the action that the page calls."""
    sent = r4.decode(raw, r4.Communication)
    if current is not None:
        raise refusals.no_step("What was said is not rewritten. Send another.", field="Communication")
    words = "\n".join(one.content_string for one in sent.payload if one.content_string)
    held, asked = _referral(sent), _request(sent)
    if len(words) == 0 or (asked is None and any(not one.content_string for one in sent.payload)):
        raise refusals.no_step("Write it as text in payload.contentString.", field="Communication.payload")
    if held is not None:
        _note(by, held, sent, words)
    elif asked is not None:
        _answer(by, asked, sent, words)
    else:
        _send(by, sent, words)


def _note(by: Requester, held: Referral, sent: r4.Communication, words: str) -> None:
    """The receiver's short word to the sender; it opens a loop until it is read. It names no fact besides."""
    sight = look(by, held.id)
    if sent.reason_reference or any(one.reference and referral_of(people.split(one)[1]) is None for one in sent.about):
        to_do = "Name the referral alone. What belongs to it is named in the report, or in a message of its own."
        raise refusals.no_step(to_do, field="Communication.about")
    if sight.side is not Side.RECEIVER:
        raise refusals.no_step("The sender's words stand in the ServiceRequest, and the answer on the report's page.")
    actions.send_interim_note(by, ReferralId(held.id), expected_version=sight.version, text=words)


def _answer(by: Requester, asked: InformationRequest, sent: r4.Communication, words: str) -> None:
    """The answer to a request, with what ``payload`` names besides and the facts that the words are about."""
    sight = look_at_request(by, asked.id)
    facts = [one for one in sent.about if request_of(people.split(one)[1]) is None]
    named = [people.split(one.content_reference) for one in sent.payload if one.content_reference is not None]
    talking.answer_request(
        asked.id,
        by=by,
        words=words,
        attached=tuple((kind, one) for kind, one in named if kind),
        named=Named(_here(facts), _here(sent.reason_reference)),
        expected_version=sight.version,
    )


def _send(by: Requester, sent: r4.Communication, words: str) -> None:
    """A word of a thread with another practice, with the facts that it names."""
    place, person = people.party(sent.recipient, "Communication.recipient")
    chart = people.chart_of(sent.subject, "Communication.subject")
    named = Named(_here(sent.about), _here(sent.reason_reference))
    talking.send(chart, by=by, to_org=place, to_practitioner=person, words=words, named=named)


def _here(references: Iterable[r4.Reference]) -> tuple[str, ...]:
    """Those that name a resource of ours: that the writer may read it was asked before."""
    return tuple(f"{kind}/{one}" for kind, one in map(people.split, references) if kind)
