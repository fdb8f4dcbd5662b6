"""What a firing leaves in the record: laboratory tests that a clinician takes upon themselves. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from hallway.standards.fhir import r4

TASK = "urn:hallway:task"
LABS = "order-labs"
"""System and code of our Task."""


@dataclass(frozen=True, slots=True)
class Labs:
    """Tests that somebody took on: ``words`` say which, ``is_open`` until they are ordered."""

    task: r4.Task
    words: str
    due_at: datetime | None
    is_open: bool


def labs_id(firing_id: UUID) -> str:
    """The Task of a firing: it has one at most."""
    return str(uuid5(firing_id, LABS))


def labs_in(task: r4.Task) -> Labs:
    """What our Task says."""
    end = task.restriction.period.end if task.restriction and task.restriction.period else None
    due_at = datetime.fromisoformat(end) if end else None
    return Labs(task, task.description or "", due_at, task.status == "requested")


def labs_task(task_id: str, patient: str, practitioner: str, *, text: str, at: datetime, due_at: datetime) -> r4.Task:
    """Tests to be ordered by ``due_at``; which ones stands in ``text``. ``patient`` and ``practitioner`` are ids."""
    owner = r4.Reference(reference=f"Practitioner/{practitioner}")
    return r4.Task(
        id=task_id,
        status="requested",
        intent="order",
        code=r4.CodeableConcept(coding=(r4.Coding(system=TASK, code=LABS),), text="Order laboratory tests"),
        description=text,
        for_=r4.Reference(reference=f"Patient/{patient}"),
        authored_on=at.isoformat(timespec="seconds"),
        requester=owner,
        owner=owner,
        restriction=r4.TaskRestriction(period=r4.Period(end=due_at.isoformat(timespec="seconds"))),
    )
