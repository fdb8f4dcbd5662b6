"""What belongs to a workflow goes to the action that the pages call; the answer tells what that action wrote."""

from hallway.exchange.workflow.registry import Workflow, workflow_of
from hallway.fhirapi import answers
from hallway.fhirapi.answers import Answer
from hallway.fhirapi.asked import Asked
from hallway.fhirapi.writing import answering, keeping
from hallway.fhirapi.writing.accepting import Sent
from hallway.fhirapi.writing.keeping import Change
from hallway.fhirapi.writing.prefer import Prefer
from hallway.fhirapi.writing.references import Sight
from hallway.record import actions as record
from hallway.record.stored import Stored, Written
from hallway.standards.fhir.validation import Issue

_PREPARED = Issue(
    "information", "informational", "", "H-WRT-060", "It was prepared in Hallway, and becomes a resource once signed."
)


def put(asked: Asked, change: Change, sight: Sight, prefer: Prefer) -> Answer:
    """Take it as a step of its workflow, or keep it as a fact. Raises what the action raises."""
    keeping.check(asked, [change], sight)
    workflow = wanted(asked, change.sent, change.current)
    if workflow is not None:
        return take(asked, workflow, change.sent, change.current, prefer=prefer)
    (written,) = keeping.keep(asked, [change], sight)
    return answering.kept(asked, written, prefer, change.sent.warnings)


def wanted(asked: Asked, sent: Sent, current: Stored | None) -> Workflow | None:
    """What takes the resource as a step; None where it is a fact."""
    return workflow_of(asked.requester, sent.kind, sent.raw, current)


def take(asked: Asked, workflow: Workflow, sent: Sent, current: Stored | None, *, prefer: Prefer) -> Answer:
    """Take the step, which ``keeping.check`` has passed."""
    with record.collecting() as written:
        workflow.do(asked.requester, sent.raw, current)
    return _told(asked, sent, current, written=written, prefer=prefer)


def _told(asked: Asked, sent: Sent, current: Stored | None, *, written: list[Written], prefer: Prefer) -> Answer:
    same = [one for one in written if one.kind == sent.kind and (current is None or one.id == current.id)]
    if same:
        last = same[-1]._replace(outcome="created" if current is None else same[-1].outcome)
        return answering.kept(asked, last, prefer, sent.warnings)
    if current is not None:
        return answering.there_already(asked, current, prefer)
    return Answer(202, answers.outcome_of([_PREPARED, *sent.warnings]))
