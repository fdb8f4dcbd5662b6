"""A Task that asks for information, and the one that stands for such a request: asked, declined, taken back."""

from hallway.exchange.workflow import people, refusals
from hallway.identity.requester import Requester
from hallway.record.stored import Stored
from hallway.standards.fhir import r4
from hallway.talking import actions
from hallway.talking.models import InformationRequest
from hallway.talking.resources import ASKED, TASK, WANTED, asked_in
from hallway.talking.sight import look
from hallway.talking.tables import library

_REASON = "Task.statusReason"
_END = "Task.restriction.period.end"


def request_of(task_id: str) -> InformationRequest | None:
    """The request that an asker's Task stands for."""
    return InformationRequest.objects.filter(task_id=task_id).first() if task_id else None


def is_one(sent: r4.Task) -> bool:
    """Whether it asks for information, by its code."""
    codings = sent.code.coding if sent.code is not None else ()
    return any(one.system == TASK and one.code == ASKED for one in codings)


def ask(by: Requester, sent: r4.Task) -> None:
    """Ask for what ``input`` names (codes of the system ``urn:hallway:wanted``), by the end of ``restriction``."""
    if sent.owner is None:
        raise refusals.no_step("Name in owner whom you ask.", field="Task.owner")
    place, person = people.party([sent.owner], "Task.owner")
    said = asked_in(sent)
    wanted = said.wanted or tuple(_coded(sent))
    if not wanted or set(wanted) - library.wanted().keys():
        raise refusals.no_step(f"Name in input what you need: {', '.join(library.wanted())}.", field="Task.input")
    period = sent.restriction.period if sent.restriction is not None else None
    actions.request(
        people.chart_of(sent.for_, "Task.for"),
        by=by,
        to_org=place,
        to_practitioner=person,
        wanted=wanted,
        words=said.words,
        due_at=people.instant(period.end if period else None, _END),
        treatment=said.treatment,
    )


def _coded(sent: r4.Task) -> list[str]:
    """What is wanted, where it is said in the type of an input."""
    return [
        coding.code
        for one in sent.input
        for coding in (one.type.coding if one.type else ())
        if coding.system == WANTED and coding.code
    ]


def step(by: Requester, held: InformationRequest, sent: r4.Task) -> None:
    """Its owner declines it (``rejected``), its requester takes it back (``cancelled``)."""
    sight = look(by, held.id)
    if sight.asks and sent.status == "cancelled":
        actions.withdraw_request(held.id, by=by, expected_version=sight.version)
    elif not sight.asks and sent.status == "rejected":
        reason = people.reason_code(sent.status_reason, library.words().decline, _REASON)
        actions.decline_request(held.id, by=by, reason=reason, expected_version=sight.version)
    else:
        raise refusals.no_step(
            "Answer it by a Communication that is about it; decline it by rejected, take it back by cancelled.",
            field="Task.status",
        )


def of_current(current: Stored | None) -> InformationRequest | None:
    """The request that what stands is the Task of."""
    return request_of(str(current.id)) if current is not None else None
