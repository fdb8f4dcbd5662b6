"""Reads of one request's resources through its reader's release."""

from hallway.ids import ResourceId
from hallway.record import queries as record
from hallway.record.stored import Stored
from hallway.standards.fhir import r4
from hallway.talking.resources import Asked, Said, asked_in, said_in
from hallway.talking.sight import Sight, State


def asked_by(sight: Sight) -> Asked | None:
    """What the asker's Task says; None where it may not be read."""
    stored = record.read_one(sight.release, "Task", ResourceId(sight.request.task_id), route="request")
    return asked_in(stored.view(r4.Task)) if stored else None


def held_by(sight: Sight) -> tuple[Asked, Stored | None]:
    """What was asked, and the treatment that waits for it where one does and may be read."""
    asked = asked_by(sight) or Asked("", ())
    if not asked.held:
        return asked, None
    return asked, record.read_one(sight.release, "ServiceRequest", ResourceId(asked.held), route="request")


def answer_of(sight: Sight) -> Said | None:
    """The answer's words and what it names; None where there is none that this reader may know."""
    if not sight.request.answer_id or (sight.asks and sight.state not in (State.ANSWERED, State.FILED)):
        return None
    stored = record.read_one(sight.release, "Communication", ResourceId(sight.request.answer_id), route="request")
    return said_in(stored.view(r4.Communication)) if stored else None


def attached_of(sight: Sight, said: Said) -> list[Stored]:
    """What the answer names, as far as this reader may read it."""
    if not said.attached:
        return []
    kinds = sorted({kind for kind, _ in said.attached})
    named = set(said.attached)
    found = record.read_chart(sight.release, kinds=kinds, route="request")
    return [one for one in found if (one.kind, str(one.id)) in named]


def shown(sight: Sight) -> list[Stored]:
    """The resources of the request itself that a page shows: the asker's Task, and the answer where it may be known."""
    ids = [("Task", sight.request.task_id)]
    if answer_of(sight) is not None:
        ids.append(("Communication", sight.request.answer_id))
    found = (record.read_one(sight.release, kind, ResourceId(one), route="request") for kind, one in ids)
    return [one for one in found if one is not None]
