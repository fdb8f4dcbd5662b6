"""An answer into the reader's own progress note, with where it came from (R31)."""

from datetime import datetime

from hallway import clock
from hallway.consent.actions import store
from hallway.identity.requester import Requester
from hallway.ids import ChartId, ResourceId
from hallway.labels.source import Source
from hallway.record.classes import LICENCE_CLASSES
from hallway.storage.connection import transaction
from hallway.talking import actions, resources, team, writing
from hallway.talking.models import InformationRequest
from hallway.talking.tables import library
from hallway.talking.team import Parties
from hallway.talking.views import RequestView
from hallway.web.chart import forms
from hallway.web.chart import resources as charted
from hallway.web.chart.writing import writer_of
from hallway.web.messages.along import line_of

_TITLE = "Information received"


def may_be_filed(view: RequestView) -> bool:
    """Whether the reader may begin their note: with an answer given here, or with what came another way."""
    is_answered = view.asks and view.state is InformationRequest.State.ANSWERED
    return (is_answered and view.answer is not None) or view.may_come_another_way


def draft(view: RequestView, *, on: datetime) -> str:
    """The note as it begins: who sent what, asked when, word for word, and what came along.

    Of what came another way the words are the clinician's to write: what they asked for stands there to be filled in.
    """
    wanted = "; ".join(library.wanted()[key].words.lower() for key in view.said.wanted if key in library.wanted())
    asked_at = view.request.asked_at.astimezone(on.tzinfo)
    lines = [
        f"Information received from {view.asked.who}, {view.asked.practice}, read {on:%m/%d/%Y}.",
        f"Asked {asked_at:%m/%d/%Y}: {wanted}.",
        "",
        view.answer.words if view.answer else "",
    ]
    if view.may_come_another_way:
        lines += _headings(view)
    along = [line_of(one) for one in view.attached]
    if any(along):
        lines += ["", "Sent along: " + "; ".join(line for line in along if line) + "."]
    return "\n".join(lines)


def _headings(view: RequestView) -> list[str]:
    """The parts of an evaluation, where one was asked for before a treatment."""
    treatment = library.treatments().get(view.said.treatment)
    return [f"{library.parts()[key].words}:" for key in treatment.parts] if treatment else []


def file(view: RequestView, *, by: Requester, note_id: ResourceId, text: str, came: str = "") -> ResourceId:
    """Write the note, its provenance and the end of the request, in one transaction; the note's id.

    ``came``: the channel of what did not come through Hallway. The note keeps the classes of what it holds, and then
    those of the question that it repeats: a program's record stays one (42 CFR 2.11, "Records"); a licence binds
    whoever wrote it and is not passed on.
    """
    row = view.request
    chart = ChartId(row.chart_id)
    carried = (row.answer_mask | (row.mask if came else 0)) & ~int(LICENCE_CLASSES)
    parties = Parties.of(by, row.to_org_id, row.to_practitioner_id)
    now = clock.now()
    writer = writer_of(by, chart)
    note = charted.note(note_id, writer, on=forms.instant_of(clock.today(), now), text=text, title=_TITLE)
    trace = resources.filed(
        writing.new_id(),
        team.refs_of(chart, parties),
        note_id=str(note_id),
        sources=(*(() if came else (f"Communication/{row.answer_id}",)), f"Task/{row.task_id}"),
        at=now,
        by_practice=f"Organization/{writer.organization}",
    )
    source = Source(by.organization_id, by.practitioner_id, note_kind="progress", carries=carried)
    with transaction():
        store([note], by=by, source=source)
        if came:
            actions.file_from_elsewhere(row.id, by=by, note_id=str(note_id), came=came, expected_version=view.version)
        else:
            actions.file_answer(row.id, by=by, note_id=str(note_id))
        store([trace], by=by, source=Source(by.organization_id, by.practitioner_id, chart_id=chart, carries=carried))
    return note_id
