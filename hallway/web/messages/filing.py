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
from hallway.talking.tables import library
from hallway.talking.team import Parties
from hallway.talking.views import RequestView
from hallway.web.chart import forms
from hallway.web.chart import resources as charted
from hallway.web.chart.writing import writer_of
from hallway.web.messages.along import line_of

_TITLE = "Information received"


def draft(view: RequestView, *, on: datetime) -> str:
    """The note as it begins: who sent what, asked when, word for word, and what came along."""
    wanted = "; ".join(library.wanted()[key].words.lower() for key in view.said.wanted if key in library.wanted())
    asked_at = view.request.asked_at.astimezone(on.tzinfo)
    lines = [
        f"Information received from {view.asked.who}, {view.asked.practice}, read {on:%m/%d/%Y}.",
        f"Asked {asked_at:%m/%d/%Y}: {wanted}.",
        "",
        view.answer.words if view.answer else "",
    ]
    along = [line_of(one) for one in view.attached]
    if any(along):
        lines += ["", "Sent along: " + "; ".join(line for line in along if line) + "."]
    return "\n".join(lines)


def file(view: RequestView, *, by: Requester, note_id: ResourceId, text: str) -> None:
    """Write the note, its provenance and the end of the request, in one transaction.

    The note keeps the classes of what it holds: a program's record stays one (42 CFR 2.11, "Records"); a licence binds
    whoever wrote it and is not passed on.
    """
    row = view.request
    chart = ChartId(row.chart_id)
    carried = row.answer_mask & ~int(LICENCE_CLASSES)
    parties = Parties.of(by, row.to_org_id, row.to_practitioner_id)
    now = clock.now()
    writer = writer_of(by, chart)
    note = charted.note(note_id, writer, on=forms.instant_of(clock.today(), now), text=text, title=_TITLE)
    trace = resources.filed(
        writing.new_id(),
        team.refs_of(chart, parties),
        note_id=str(note_id),
        sources=(f"Communication/{row.answer_id}", f"Task/{row.task_id}"),
        at=now,
        by_practice=f"Organization/{writer.organization}",
    )
    source = Source(by.organization_id, by.practitioner_id, note_kind="progress", carries=carried)
    with transaction():
        store([note], by=by, source=source)
        actions.file_answer(row.id, by=by, note_id=str(note_id))
        store([trace], by=by, source=Source(by.organization_id, by.practitioner_id, chart_id=chart, carries=carried))
