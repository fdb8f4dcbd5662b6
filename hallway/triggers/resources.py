"""What a firing leaves in the record: laboratory tests that a clinician takes upon themselves. Pure."""

from datetime import datetime

from hallway.standards.fhir import r4

TASK = "urn:hallway:task"
LABS = "order-labs"
"""System and code of our Task."""


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
