"""The asker's use cases: ask for information, take it back, file the answer, release what waited for it."""

from datetime import datetime, timedelta
from uuid import UUID

from hallway import clock, ids
from hallway.consent import gate
from hallway.identity.requester import Requester
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.loops import actions as loops
from hallway.loops.refusing import recording
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.record.evidence import Labelled
from hallway.standards.fhir import codec, r4
from hallway.storage.connection import transaction
from hallway.talking import refusals, resources, team, writing
from hallway.talking.models import InformationRequest
from hallway.talking.reading import held_by
from hallway.talking.resources import Asked
from hallway.talking.sight import Sight, State, look
from hallway.talking.tables import library
from hallway.talking.team import Parties

PHONE_THEM = "No answer to what you asked for: phone them"
EVALUATION = "evaluation"
_FURTHEST = timedelta(days=366)
_REMINDED = timedelta(days=2)
"""How long after its day a request may still be answered upon the reminder (T16) before somebody phones."""


def request(  # noqa: PLR0913 - the contract names each side of the act
    chart_id: ChartId,
    *,
    by: Requester,
    to_org: OrganizationId,
    wanted: tuple[str, ...],
    words: str,
    due_at: datetime,
    to_practitioner: PractitionerId = NOBODY,
    treatment: str = "",
    subject_kind: str = "",
    subject_id: UUID | None = None,
    carries: int = 0,
) -> UUID:
    """Ask another practice for something about a patient, by a time (R30); the request's id.

    ``treatment`` (with ``evaluation`` wanted) names what waits: its ServiceRequest stands on hold until
    ``release_treatment``. ``carries`` are the classes of the facts that the words repeat. CONFLICT H-TLK-006 where the
    question itself may not leave.
    """
    asked = _checked(by, wanted, words, treatment)
    now = clock.now()
    if not now < due_at <= now + _FURTHEST:
        raise refusals.bad_time("due", "That day is not ahead, or over a year away.")
    gate.release(by, chart_id)
    parties = Parties.of(by, to_org, to_practitioner)
    place = team.check_partner(by, chart_id, parties)
    row = InformationRequest(
        id=ids.new_uuid(now),
        chart_id=chart_id,
        from_org_id=by.organization_id,
        from_practitioner_id=by.practitioner_id,
        to_org_id=to_org,
        to_practitioner_id=to_practitioner,
        wanted=list(wanted),
        subject_kind=subject_kind,
        subject_id=subject_id,
        task_id=writing.new_id(),
        source_org_id=by.organization_id,
        asked_at=now,
        due_at=due_at,
    )
    with recording(by), transaction():
        labelled = _asked(row, parties, asked, carries=carries)
        writing.check_leaves(chart_id, parties, labelled, route="request")
        row.mask = labelled[-1].mask
        row.save(force_insert=True)
        writing.keep(labelled, by=by, act="request.asked", chart_id=chart_id, detail=f"request/{row.id}")
        _owe(row, parties, is_outside=not place.on_hallway)
    return row.id


def _checked(by: Requester, wanted: tuple[str, ...], words: str, treatment: str) -> Asked:
    writing.check_clinician(by)
    if not wanted:
        raise refusals.missing("wanted", "Nothing is asked for.")
    waits = EVALUATION in wanted
    if any(key not in library.wanted() for key in wanted) or len(set(wanted)) != len(wanted):
        raise refusals.unknown_code("wanted")
    if treatment and (treatment not in library.treatments() or not waits):
        raise refusals.unknown_code("treatment")
    return Asked(writing.check_text("words", words), wanted, treatment)


def _asked(row: InformationRequest, parties: Parties, asked: Asked, *, carries: int) -> list[Labelled]:
    """The held treatment, where something waits, then the Task."""
    refs = team.refs_of(ChartId(row.chart_id), parties)
    found: list[Labelled] = []
    if asked.treatment:
        held = writing.new_id()
        kind = library.treatments()[asked.treatment]
        asked = Asked(asked.words, asked.wanted, asked.treatment, held)
        part = resources.held_treatment(held, refs, words=kind.words, key=kind.key, status="on-hold", at=row.asked_at)
        found = writing.judged([part], parties, carries=carries)
    carried = carries | (found[0].mask if found else 0)
    return [*found, *writing.judged([_task(row, parties, asked, "requested")], parties, carries=carried)]


def _task(row: InformationRequest, parties: Parties, asked: Asked, status: str) -> r4.Task:
    return resources.request_task(
        row.task_id,
        row.id,
        team.refs_of(ChartId(row.chart_id), parties),
        asked,
        status=status,
        asked_at=row.asked_at,
        due_at=row.due_at,
        at=clock.now(),
    )


def parties_of(row: InformationRequest) -> Parties:
    """Asker to asked."""
    return Parties(
        OrganizationId(row.from_org_id),
        PractitionerId(row.from_practitioner_id),
        OrganizationId(row.to_org_id),
        PractitionerId(row.to_practitioner_id),
    )


def _owe(row: InformationRequest, parties: Parties, *, is_outside: bool) -> None:
    """Two clocks, each for its own side alone: the answer is owed; when a reminder has not helped, the asker phones."""
    if not is_outside:
        loops.open_loop(_owed(row, parties.to_org, team.covered(parties.to_person, parties.to_org), due_at=row.due_at))
    start = row.asked_at if is_outside else row.due_at + _REMINDED
    loops.open_loop(
        _owed(
            row,
            parties.from_org,
            parties.from_person,
            due_at=row.due_at if is_outside else start + timedelta(days=1),
            from_at=start,
            why=PHONE_THEM if not is_outside else "Hand your question to a practice that is not on Hallway",
        )
    )


def _owed(
    row: InformationRequest,
    organization: OrganizationId,
    person: PractitionerId,
    *,
    due_at: datetime,
    from_at: datetime | None = None,
    why: str = "",
) -> loops.Owed:
    return loops.Owed(
        chart_id=ChartId(row.chart_id),
        kind=LoopKind.ANSWER_REQUEST,
        owner_org=organization,
        owner_practitioner=person,
        for_org=organization,
        source_org=OrganizationId(row.source_org_id),
        mask=row.mask,
        subject_id=row.id,
        due_at=due_at,
        from_at=from_at,
        why=why,
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
    """It is not needed any more. Nothing that was answered is taken back."""
    with transaction():
        sight = begun(by, request_id, asks=True, expected_version=expected_version)
        if sight.state is not State.ASKED:
            raise refusals.not_now("This request has been answered.")
        _end(sight, by, State.WITHDRAWN, "cancelled")
        loops.close_subject(request_id, closed_as="withdrawn")


def file_answer(request_id: UUID, *, by: Requester, note_id: str, expected_version: int | None = None) -> None:
    """The answer stands in a progress note of the asker's practice (R31)."""
    with transaction():
        sight = begun(by, request_id, asks=True, expected_version=1 if expected_version is None else expected_version)
        if sight.state is not State.ANSWERED:
            raise refusals.not_now("There is no answer to file.")
        note = record.read_one(sight.release, "DocumentReference", ResourceId(note_id), route="request/file")
        if note is None or note.source_org != by.organization_id:
            raise gate.not_found()
        sight.request.note_id = note_id
        sight.request.filed_at = clock.now()
        _end(sight, by, State.FILED, "completed")
        loops.close_subject(request_id, closed_as="filed", kinds=(LoopKind.FILE_ANSWER,))


def _end(sight: Sight, by: Requester, state: State, status: str) -> None:
    row = sight.request
    task = record.read_one(sight.release, "Task", ResourceId(row.task_id), route="request")
    if task is None:
        raise gate.not_found()
    row.state = state.value
    row.version += 1
    row.save()
    changed = codec.amended(task.json_bytes(), {"status": status, "lastModified": resources.stamp(clock.now())})
    labelled = [writing.relabelled(changed, parties_of(row), task.mask)]
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
