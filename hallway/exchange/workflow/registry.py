"""Which resource types belong to a workflow, and what takes their steps."""

from typing import Protocol

from hallway.exchange.workflow import appointment, communication, consent, service_request, task
from hallway.identity.requester import Requester
from hallway.record.stored import Stored


class Workflow(Protocol):
    """One type's file. ``raw`` is the resource in our words; ``current`` what its writer was shown, if anything."""

    def wants(self, by: Requester, raw: bytes, current: Stored | None) -> bool:
        """Whether it is a step; otherwise it is a fact like any other."""
        ...

    def do(self, by: Requester, raw: bytes, current: Stored | None) -> None:
        """Take the step, through the action that the pages call. Raises HallwayError."""
        ...


WORKFLOWS: dict[str, Workflow] = {
    "Appointment": appointment,
    "Communication": communication,
    "Consent": consent,
    "ServiceRequest": service_request,
    "Task": task,
}


def workflow_of(by: Requester, kind: str, raw: bytes, current: Stored | None) -> Workflow | None:
    """What takes this as a step, or None where it is a fact."""
    found = WORKFLOWS.get(kind)
    return found if found is not None and found.wants(by, raw, current) else None
