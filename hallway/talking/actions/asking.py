"""The asker's first step: ask another practice for information. How it ends for them: ``ending``."""

from datetime import datetime, timedelta
from uuid import UUID

from hallway import clock, ids
from hallway.consent import gate
from hallway.identity.requester import Requester
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId
from hallway.loops import actions as loops
from hallway.loops.refusing import recording
from hallway.loops.tables.clocks import LoopKind
from hallway.record.evidence import Labelled
from hallway.standards.fhir import r4
from hallway.storage.connection import transaction
from hallway.talking import refusals, resources, team, writing
from hallway.talking.actions.ending import Instead, replace
from hallway.talking.models import InformationRequest
from hallway.talking.resources import Asked
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
    instead_of: Instead | None = None,
) -> UUID:
    """Ask another practice for something about a patient, by a time (R30); the request's id.

    ``treatment`` (with ``evaluation`` wanted) names what waits: its ServiceRequest stands on hold until
    ``release_treatment``. ``carries`` are the classes of the facts that the words repeat. CONFLICT H-TLK-006 where the
    question itself may not leave. ``instead_of`` is a request that was declined or has no answer yet: it ends in the
    same transaction, with the treatment that was held for it.
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
        if instead_of is not None:
            carries |= replace(instead_of, by=by, chart_id=chart_id)
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
