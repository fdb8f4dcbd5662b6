"""The answerer's use cases: answer with words and what goes along, or decline with a reason."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from hallway import clock
from hallway.consent import gate
from hallway.identity.requester import Requester
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.loops import actions as loops
from hallway.loops.refusing import recording
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.record.evidence import Labelled
from hallway.storage.connection import transaction
from hallway.talking import refusals, resources, team, writing
from hallway.talking.actions.ending import begun
from hallway.talking.models import InformationRequest
from hallway.talking.reading import asked_by
from hallway.talking.resources import NOTHING_NAMED, Named, Said
from hallway.talking.sight import Sight, State
from hallway.talking.tables import library
from hallway.talking.team import Parties

_TOPIC = "Answer to an information request"


def answer_request(
    request_id: UUID,
    *,
    by: Requester,
    words: str,
    attached: tuple[tuple[str, str], ...] = (),
    parts: Mapping[str, str] | None = None,
    named: Named = NOTHING_NAMED,
    expected_version: int = 0,
) -> None:
    """Answer with words, what goes along of the own record, and for an evaluation each of its parts.

    ``named`` are facts that the words refer to, which the writer may read: their labels are the answer's.

    Raises UNPROCESSABLE for a part that is missing or something that is not theirs to give, CONFLICT H-TLK-006 where
    the law does not let it reach the asker, CONFLICT H-TLK-011 where nobody there can read it any more.
    """
    with recording(by), transaction():
        sight = _waiting(by, request_id, expected_version)
        said = replace(_said(sight, words, attached, parts or {}), named=named)
        chart_id, parties = ChartId(sight.request.chart_id), _back(sight.request, by)
        labelled = _answer(sight, parties, said, parts or {})
        writing.check_leaves(chart_id, parties, labelled, route="request")
        if not _stands(chart_id, parties, labelled[0].mask):
            raise refusals.nobody_reads()
        sight.request.answer_id = str(labelled[0].resource_id)
        _finish(sight, by, labelled, State.ANSWERED)
        _owe_asker(sight.request, LoopKind.FILE_ANSWER)


def decline_request(request_id: UUID, *, by: Requester, reason: str, expected_version: int = 0) -> None:
    """Say no, with a coded reason that tells nothing of the patient. It reaches the asker where the law lets it.

    What was asked for is theirs to seek again or to do without: a clock of their own desk, labelled as the no is, so
    that it is on their list as soon as the no may be told to them and not before.
    """
    if reason not in library.words().decline:
        raise refusals.unknown_code("reason")
    with transaction():
        sight = _waiting(by, request_id, expected_version)
        parties = _back(sight.request, by)
        coded = (reason, library.words().decline[reason])
        part = resources.answer_task(writing.new_id(), request_id, _refs(sight, parties), at=clock.now(), reason=coded)
        sight.request.reason = reason
        _finish(sight, by, writing.judged([part], parties), State.DECLINED)
        _owe_asker(sight.request, LoopKind.ASK_ELSEWHERE)


def _waiting(by: Requester, request_id: UUID, expected_version: int) -> Sight:
    sight = begun(by, request_id, asks=False, expected_version=expected_version)
    if sight.state is not State.ASKED:
        raise refusals.not_now("This request does not wait for an answer.")
    return sight


def _back(row: InformationRequest, by: Requester) -> Parties:
    """From whoever answers to who asked."""
    return Parties.of(by, OrganizationId(row.from_org_id), PractitionerId(row.from_practitioner_id))


def _refs(sight: Sight, parties: Parties) -> resources.Refs:
    return team.refs_of(ChartId(sight.request.chart_id), parties)


def _said(sight: Sight, words: str, attached: tuple[tuple[str, str], ...], parts: Mapping[str, str]) -> Said:
    """The words, those of each part under them, and what goes along: the own practice's, that its clinician reads."""
    text = writing.check_text("words", words, wanted="The answer is empty.")
    asked = asked_by(sight)
    treatment = library.treatments().get(asked.treatment) if asked else None
    lines = [text]
    for key in treatment.parts if treatment else ():
        name = library.parts()[key].words
        said = writing.check_text(f"part-{key}", parts.get(key, ""), wanted=f"“{name}” is missing.")
        lines.append(f"{name}: {said}")
    if attached:
        own = sight.release.requester.organization_id
        found = record.read_chart(sight.release, kinds=sorted({kind for kind, _ in attached}), route="request")
        readable = {(one.kind, str(one.id)) for one in found if one.source_org == own}
        if set(attached) - readable:
            raise refusals.unknown_code("attached")
    return Said("\n\n".join(lines), attached)


def _answer(sight: Sight, parties: Parties, said: Said, parts: Mapping[str, str]) -> list[Labelled]:
    """The Communication, and the Task that says that it came and holds an evaluation's parts."""
    now, row, refs = clock.now(), sight.request, _refs(sight, parties)
    sent = resources.message(writing.new_id(), refs, said, at=now, topic=_TOPIC, of=row.id)
    [judged] = writing.judged([sent], parties)
    kept = {key: text.strip() for key, text in parts.items() if key in library.parts() and text.strip()}
    task = resources.answer_task(writing.new_id(), row.id, refs, at=now, output=str(judged.resource_id), parts=kept)
    # Written together: the Task names the Communication, whose label it must take without having been stored.
    return [judged, *writing.judged([task], parties, carries=judged.mask)]


def _finish(sight: Sight, by: Requester, labelled: list[Labelled], state: State) -> None:
    row = sight.request
    if row.from_org_id == row.to_org_id:
        raise gate.not_found()
    row.state = state.value
    row.answered_at = clock.now()
    row.answer_mask = labelled[0].mask
    row.version += 1
    row.save()
    chart_id = ChartId(row.chart_id)
    writing.keep(labelled, by=by, act=f"request.{state.value}", chart_id=chart_id, detail=f"request/{row.id}")
    loops.close_subject(row.id, closed_as=state.value, kinds=(LoopKind.ANSWER_REQUEST,), owner_org=row.to_org_id)
    if _stands(chart_id, _back(row, by), row.answer_mask):
        loops.close_subject(row.id, closed_as=state.value, kinds=(LoopKind.ANSWER_REQUEST,))


def _stands(chart_id: ChartId, parties: Parties, mask: int) -> bool:
    """Whether it may reach the asker, and be read there."""
    return team.may_reach(chart_id, parties, classes=mask).flows and team.can_read(chart_id, parties, classes=mask)


def _owe_asker(row: InformationRequest, kind: LoopKind) -> None:
    """What follows from it at the asker's: a clock of their own desk, labelled as what the answerer said."""
    loops.open_loop(
        loops.Owed(
            chart_id=ChartId(row.chart_id),
            kind=kind,
            owner_org=OrganizationId(row.from_org_id),
            owner_practitioner=team.covered(PractitionerId(row.from_practitioner_id), row.from_org_id),
            for_org=OrganizationId(row.from_org_id),
            source_org=OrganizationId(row.to_org_id),
            mask=row.answer_mask,
            subject_id=row.id,
        )
    )
