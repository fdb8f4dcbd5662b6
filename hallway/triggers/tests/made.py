"""Firings made by hand, for the tests of what is shown and closed."""

from datetime import timedelta
from uuid import UUID

from hallway import clock, ids
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.loops.actions import Owed, open_loop
from hallway.loops.tables.clocks import LoopKind
from hallway.record.classes import DataClass
from hallway.triggers.models import Firing


def fire(
    chart: ChartId,
    *,
    org: OrganizationId,
    causes: list[tuple[str, str, int, int]],
    rule: str = "T1",
    to: int = 0,
    who: int = 0,
    days_ago: int = 2,
) -> UUID:
    """An open firing and its loop. ``causes`` are (kind, id, source, mask)."""
    now = clock.now()
    row = Firing.objects.create(
        id=ids.new_uuid(now),
        chart_id=chart,
        organization_id=org,
        practitioner_id=who,
        counterpart_org_id=to,
        rule=rule,
        rule_version="1",
        occasion=f"made/{ids.new_uuid(now)}",
        causes=[[kind, one, 1, source, int(mask), 0] for kind, one, source, mask in causes],
        occurred_at=now - timedelta(days=days_ago),
        fired_at=now,
        due_at=now + timedelta(days=1),
    )
    open_loop(
        Owed(
            chart_id=chart,
            kind=LoopKind.COORDINATE,
            owner_org=org,
            owner_practitioner=PractitionerId(who),
            for_org=OrganizationId(to or org),
            source_org=org,
            mask=int(DataClass.GENERAL),
            subject_id=row.id,
            why="A psychotropic was started",
            also=tuple((source, int(mask), 0, kind) for kind, _, source, mask in causes),  # type: ignore[arg-type]
        )
    )
    return row.id
