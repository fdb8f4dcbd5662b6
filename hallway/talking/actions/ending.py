"""How a request ends for its asker: taken back, asked elsewhere, filed into the note; and what waited for it."""

from typing import NamedTuple
from uuid import UUID

from hallway import clock, ids
from hallway.consent import gate
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.ledger import lines
from hallway.loops import actions as loops
from hallway.record import queries as record
from hallway.record.classes import LICENCE_CLASSES
from hallway.record.evidence import Labelled
from hallway.standards.fhir import codec, r4
from hallway.storage.connection import transaction
from hallway.talking import refusals, resources, writing
from hallway.talking.models import Contact, InformationRequest
from hallway.talking.reading import held_by
from hallway.talking.sight import Sight, State, look
from hallway.talking.tables import library
from hallway.talking.team import Parties

_SPOKEN = ("phone", "in_person", "video")


class Instead(NamedTuple):
    """The request that another one takes the place of, at the version that the page showed."""

    request_id: UUID
    version: int


def parties_of(row: InformationRequest) -> Parties:
    """Asker to asked."""
    return Parties(
        OrganizationId(row.from_org_id),
        PractitionerId(row.from_practitioner_id),
        OrganizationId(row.to_org_id),
        PractitionerId(row.to_practitioner_id),
    )


def begun(by: Requester, request_id: UUID, *, asks: bool, expected_version: int) -> Sight:
    """The request, locked, for a step of this side. Raises CONFLICT H-TLK-007 when it is not as the page showed it."""
    writing.check_clinician(by)
    sight = look(by, request_id, lock=True)
    if sight.asks != asks:
        raise gate.not_found()
    if sight.version != expected_version:
        raise refusals.not_now("Somebody acted on this request while you were here.")
    return sight


def withdraw_request(request_id: UUID, *, by: Requester, expected_version: int) -> None:
    """It is not needed any more, be it declined or not. Nothing that was answered is taken back; a treatment that was
    held for it is given up."""
    with transaction():
        _take_back(request_id, by, expected_version, closed_as="withdrawn")


def replace(old: Instead, *, by: Requester, chart_id: ChartId) -> int:
    """Another practice is asked in its place: the old request ends in the transaction that asks anew.

    The classes that the new words keep, as they go on from the old ones; a licence binds whoever wrote.
    """
    sight = _take_back(old.request_id, by, old.version, closed_as="asked elsewhere")
    if sight.request.chart_id != chart_id:
        raise gate.not_found()
    task = record.read_one(sight.release, "Task", ResourceId(sight.request.task_id), route="request")
    return (sight.request.mask | (task.mask if task else 0)) & ~int(LICENCE_CLASSES)


def _take_back(request_id: UUID, by: Requester, expected_version: int, *, closed_as: str) -> Sight:
    sight = begun(by, request_id, asks=True, expected_version=expected_version)
    if not sight.may_be_taken_back:
        raise refusals.not_now("This request has been answered.")
    _end(sight, by, State.WITHDRAWN, "cancelled", also=_given_up(sight))
    loops.close_subject(request_id, closed_as=closed_as)
    return sight


def _given_up(sight: Sight) -> list[Labelled]:
    """The treatment that is held for it: it would wait for what nobody is asked for any more."""
    _, held = held_by(sight)
    if held is None or held.view(r4.ServiceRequest).status != "on-hold":
        return []
    part = codec.amended(held.json_bytes(), {"status": "revoked"})
    return [writing.relabelled(part, parties_of(sight.request), held.mask)]


def file_answer(request_id: UUID, *, by: Requester, note_id: str, expected_version: int | None = None) -> None:
    """The answer stands in a progress note of the asker's practice (R31)."""
    with transaction():
        sight = begun(by, request_id, asks=True, expected_version=1 if expected_version is None else expected_version)
        if sight.state is not State.ANSWERED:
            raise refusals.not_now("There is no answer to file.")
        _file(sight, by, note_id)


def file_from_elsewhere(request_id: UUID, *, by: Requester, note_id: str, came: str, expected_version: int) -> None:
    """What was asked for came another way (``came``: a channel of the contact log) and stands in the asker's note.

    The way it came is a contact of the log.
    """
    with transaction():
        sight = begun(by, request_id, asks=True, expected_version=expected_version)
        if came == "message" or came not in library.words().channel:
            raise refusals.unknown_code("came")
        if not sight.may_come_another_way():
            raise refusals.not_now("The practice that was asked answers here.")
        sight.request.answered_at = sight.request.answered_at or clock.now()
        _file(sight, by, note_id)
        _log(sight.request, by, came)


def _file(sight: Sight, by: Requester, note_id: str) -> None:
    note = record.read_one(sight.release, "DocumentReference", ResourceId(note_id), route="request/file")
    if note is None or note.source_org != by.organization_id:
        raise gate.not_found()
    sight.request.note_id = note_id
    sight.request.filed_at = clock.now()
    _end(sight, by, State.FILED, "completed")
    loops.close_subject(sight.request.id, closed_as="filed", owner_org=by.organization_id)


def _log(row: InformationRequest, by: Requester, came: str) -> None:
    now = clock.now()
    contact = Contact.objects.create(
        id=ids.new_uuid(now),
        chart_id=row.chart_id,
        organization_id=by.organization_id,
        practitioner_id=by.practitioner_id,
        with_org_id=row.to_org_id,
        with_practitioner_id=row.to_practitioner_id,
        direction="in",
        channel=came,
        topic="request",
        outcome="spoke" if came in _SPOKEN else "sent",
        began_at=now,
        ended_at=now,
    )
    lines.write(lines.step_line(by, "contact.logged", charts=[ChartId(row.chart_id)], detail=f"contact/{contact.id}"))


def _end(sight: Sight, by: Requester, state: State, status: str, *, also: list[Labelled] | None = None) -> None:
    """The asker's row and Task, with what else ends by it."""
    row = sight.request
    task = record.read_one(sight.release, "Task", ResourceId(row.task_id), route="request")
    if task is None:
        raise gate.not_found()
    row.state = state.value
    row.version += 1
    row.save()
    changed = codec.amended(task.json_bytes(), {"status": status, "lastModified": resources.stamp(clock.now())})
    labelled = [*(also or []), writing.relabelled(changed, parties_of(row), task.mask)]
    writing.keep(
        labelled, by=by, act=f"request.{state.value}", chart_id=ChartId(row.chart_id), detail=f"request/{row.id}"
    )


def release_treatment(request_id: UUID, *, by: Requester, confirmed: tuple[str, ...]) -> None:
    """Let the treatment begin: its evaluation is back, read and filed, and every row of its list is ticked (T7, R55).

    Raises CONFLICT H-TLK-009 while the evaluation is out, H-TLK-010 for a row that is not ticked.
    """
    writing.check_clinician(by)
    with transaction():
        sight = look(by, request_id, lock=True)
        asked, held = held_by(sight)
        if not sight.asks or held is None:
            raise gate.not_found()
        if held.view(r4.ServiceRequest).status != "on-hold":
            raise refusals.not_now("The start has been released already.")
        if sight.state is not State.FILED:
            raise refusals.not_returned()
        if set(library.treatments()[asked.treatment].parts) - set(confirmed):
            raise refusals.not_confirmed()
        row = sight.request
        part = codec.amended(held.json_bytes(), {"status": "active"})
        labelled = [writing.relabelled(part, parties_of(row), held.mask)]
        writing.keep(
            labelled,
            by=by,
            act="treatment.released",
            chart_id=ChartId(row.chart_id),
            detail=f"ServiceRequest/{held.id}",
        )
