"""Findings on the charts that the callers share: one that each side owes, for every page of them to show."""

from datetime import timedelta

from hallway import clock, ids
from hallway.app.prove.cast import Cast
from hallway.consent import gate
from hallway.loops.actions import Owed, open_loop
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.triggers.models import Firing

OWED = (("therapist", "T5", "millbrook"), ("pcp", "T30", "northgate"))
"""Who owes a word, by which rule, to whom."""


def serve(cast: Cast) -> None:
    """Open findings, each on a diagnosis of the owner's own practice."""
    cast.know("rule", "T1")
    for key in ("marisol", "otto"):
        for who, rule, to in OWED:
            _open(cast, key, who, rule, to=to)


def _open(cast: Cast, key: str, who: str, rule: str, *, to: str) -> None:
    by, chart, now = cast.callers[who], cast.charts[key], clock.now()
    rows = record.read_chart(gate.release(by, chart), kinds=("Condition",), route="prove")
    cause = next(one for one in rows if one.source_org == by.organization_id)
    row = Firing.objects.create(
        id=ids.new_uuid(now), chart_id=chart, organization_id=by.organization_id, practitioner_id=by.practitioner_id,
        counterpart_org_id=cast.organizations[to], rule=rule, occasion=f"{cause.kind}/{cause.id}",
        causes=[[cause.kind, str(cause.id), cause.version, cause.source_org, cause.mask, cause.author]],
        occurred_at=now - timedelta(days=1), fired_at=now, due_at=now + timedelta(days=6),
    )  # fmt: skip
    open_loop(
        Owed(
            chart, LoopKind.COORDINATE, by.organization_id, by.organization_id, by.organization_id, cause.mask,
            by.practitioner_id, subject_id=row.id, why="A word is owed",
            also=((int(cause.source_org), cause.mask, int(cause.author), cause.kind),),
        )
    )  # fmt: skip
    cast.know("firing_id", row.id)
