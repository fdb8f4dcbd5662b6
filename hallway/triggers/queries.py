"""Firings as a reader may know them: only of their own practice, and only where every fact behind one flows to them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any, LiteralString, cast
from uuid import UUID

from hallway import clock
from hallway.consent import gate
from hallway.consent.grants import notices
from hallway.consent.grants.notices import Owed
from hallway.consent.queries import every_label_flows, grant_parameters, headers, kinds_open_to
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.ledger import lines
from hallway.record import queries as record
from hallway.record.evidence import Release
from hallway.record.stored import PatientHeader, Stored
from hallway.standards.fhir import r4
from hallway.storage.connection import cursor, transaction
from hallway.triggers import gathering
from hallway.triggers.models import Firing
from hallway.triggers.principal import of_practice
from hallway.triggers.resources import Labs, labs_id, labs_in
from hallway.triggers.views import Cause, FiringView, LabsView, Late, Noise

_MOST = 100
# A cause is [kind, id, version, source, mask, author]; a label is [source, mask, author, kind, id].
_LABELS = """(SELECT coalesce(jsonb_agg(jsonb_build_array(one->3, one->4, one->5, one->0, one->1)), '[]'::jsonb)
              FROM jsonb_array_elements(f.causes) AS cause (one)) AS also"""


def _statement(columns: str, which: str, after: str = "") -> LiteralString:
    text = f"""
SELECT {columns}
FROM (SELECT f.*, {_LABELS} FROM triggers_firing f WHERE f.organization_id = %(org)s AND {which}) gated
WHERE gated.also <> '[]'::jsonb AND {every_label_flows("gated")}
{after}
"""  # noqa: S608 - every part is a constant of ours
    return cast("LiteralString", text)


_BY_ID = _statement("gated.id", "f.id = %(firing)s::uuid")
_OF_CHART = _statement(
    "gated.id", "f.chart_id = %(chart)s AND f.state = 'open'", "ORDER BY gated.due_at, gated.id LIMIT %(limit)s"
)
_NOISE = _statement(
    "gated.rule, date_trunc('month', gated.fired_at AT TIME ZONE 'UTC')::date, gated.state, gated.reason, count(*)",
    "f.fired_at >= %(since)s",
    "GROUP BY 1, 2, 3, 4",
)

_LATE = _statement(
    "gated.practitioner_id, gated.rule, count(*)",
    "f.state = 'open' AND f.due_at < %(now)s",
    "GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2",
)


def firing(requester: Requester, firing_id: UUID) -> FiringView:
    """One firing. Raises NOT_FOUND when unknown, of another practice, or where one fact behind it does not flow."""
    with transaction():
        found = _run(requester, _BY_ID, firing=str(firing_id))
        row = Firing.objects.filter(id=firing_id).first() if found else None
        if row is None:
            raise gate.not_found()
        views = _views(requester, ChartId(row.chart_id), [row])
        if not views:
            raise gate.not_found()
    return views[0]


def labs_of(requester: Requester, view: FiringView) -> Labs | None:
    """The laboratory tests that somebody took on with a firing; None where nobody did, or where it may not be known."""
    stored = _labs_task(requester, gate.release(requester, view.chart_id), view.id)
    return labs_in(stored.view(r4.Task)) if stored else None


def labs(requester: Requester, firing_id: UUID) -> LabsView:
    """The tests that somebody of the reader's practice took on with a firing, though nothing behind it flows any more.

    They are that practice's own record: a fact that was deleted, or a right that has ended, leaves them owed. Raises
    NOT_FOUND when unknown, of another practice, or where they may not be known.
    """
    row = Firing.objects.filter(id=firing_id, organization_id=requester.organization_id or -1).first()
    if row is None:
        raise gate.not_found()
    chart_id = ChartId(row.chart_id)
    release = gate.release(requester, chart_id)
    task, header = _labs_task(requester, release, row.id), headers(requester, [chart_id]).get(chart_id)
    if task is None or header is None:
        raise gate.not_found()
    return LabsView(
        row.id, chart_id, header, row.rule, labs_in(task.view(r4.Task)), task.mask, notices.owed([release], [task])
    )


def _labs_task(requester: Requester, release: Release, firing_id: UUID) -> Stored | None:
    """What is tested for tells of a drug or a score: a clinician's to know, though the task is the practice's."""
    if requester.role not in CLINICIANS:
        return None
    return record.read_one(release, "Task", ResourceId(labs_id(firing_id)), route="due")


def firings_of(requester: Requester, chart_id: ChartId) -> list[FiringView]:
    """What the reader's practice still owes a word about on one chart, the soonest due first.

    Raises NOT_FOUND for a chart that is not theirs.
    """
    with transaction():
        wanted = [row[0] for row in _run(requester, _OF_CHART, chart=int(chart_id), limit=_MOST)]
        rows = list(Firing.objects.filter(id__in=wanted).order_by("due_at", "id"))
        return _views(requester, chart_id, rows)


def noise(requester: Requester, since: date) -> list[Noise]:
    """How often each rule of the leader's practice fired since a day, and how it ended, by month; newest month first.

    It counts what flows to the practice as such, and names nobody. Raises FORBIDDEN H-TRG-201 for other roles.
    """
    may_lead(requester)
    by = of_practice(requester.organization_id)
    with transaction():
        rows = _run(by, _NOISE, since=datetime.combine(since, time(tzinfo=UTC)))
        lines.write(lines.step_line(requester, "triggers.noise", charts=[], purpose="OPS"))
    groups: defaultdict[tuple[str, date], list[tuple[str, str, int]]] = defaultdict(list)
    for rule, month, state, reason, count in rows:
        groups[rule, month].append((state, reason, count))
    return sorted(
        (_noise(rule, month, own) for (rule, month), own in groups.items()),
        key=lambda one: (-one.month_on.toordinal(), one.rule),
    )


def late(requester: Requester) -> list[Late]:
    """What is past due at the leader's practice, by who owes it and by rule, most first; it names no patient.

    A leader's role reads no charts, so the row itself never reaches them: this is how they hear of it. It counts what
    flows to the practice as such. Raises FORBIDDEN H-TRG-201 for other roles.
    """
    may_lead(requester)
    with transaction():
        rows = _run(of_practice(requester.organization_id), _LATE, now=clock.now())
        lines.write(lines.step_line(requester, "triggers.late", charts=[], purpose="OPS"))
    return [Late(*row) for row in rows]


def may_lead(requester: Requester) -> None:
    """Raises FORBIDDEN H-TRG-201 for whoever does not lead a practice."""
    if requester.role is not Role.PRACTICE_LEADER:
        raise HallwayError(
            Kind.FORBIDDEN,
            "H-TRG-201",
            what="The rules of a practice are its leader's.",
            undone="Nothing was shown and nothing was changed.",
            to_do="Ask your practice leader.",
        )


def _noise(rule: str, month: date, own: Sequence[tuple[str, str, int]]) -> Noise:
    states: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for state, reason, count in own:
        states[state] += count
        if state == Firing.State.NOT_NEEDED:
            reasons[reason] += count
    return Noise(
        rule=rule,
        month_on=month,
        fired=states.total(),
        is_open=states["open"],
        done=states["done"],
        not_needed=states["not_needed"],
        declined=states["declined"],
        withdrawn=states["withdrawn"],
        merged=states["merged"],
        reasons=dict(reasons),
    )


def _run(requester: Requester, statement: LiteralString, **parameters: object) -> list[tuple[Any, ...]]:
    bound = grant_parameters(requester, "Task") | parameters
    bound |= {"org": requester.organization_id, "gate_kinds": kinds_open_to(requester)}
    with cursor() as opened:
        return opened.execute(statement, bound).fetchall()


def causes_of(row: Firing) -> tuple[Cause, ...]:
    """What a row says it stands on."""
    return tuple(Cause(*one) for one in row.causes)


def _views(requester: Requester, chart_id: ChartId, rows: Sequence[Firing]) -> list[FiringView]:
    """Those whose facts the record still gives out to this reader, each of them; one read of the chart."""
    release = gate.release(requester, chart_id)
    if not rows:
        return []
    kinds = sorted({cause.kind for row in rows for cause in causes_of(row)})
    stored = {(one.kind, str(one.id)): one for one in record.read_chart(release, kinds=kinds, route="due")}
    header = headers(requester, [chart_id]).get(chart_id)
    if header is None:
        raise gate.not_found()
    owed_to = gathering.known({row.counterpart_org_id for row in rows} - {0}, release, requester.organization_id)
    found: list[FiringView] = []
    for row in rows:
        facts = [stored.get((cause.kind, cause.id)) for cause in causes_of(row)]
        known = tuple(fact for fact in facts if fact is not None)
        if len(known) == len(facts):
            # A right that has ended takes the name of who treats with it, though the finding stands.
            sources = {int(one.source_org) for one in known}
            to = row.counterpart_org_id if row.counterpart_org_id in owed_to | sources else 0
            found.append(_view(row, header, known, to=to, owed=notices.owed([release], known)))
    return found


def _view(row: Firing, header: PatientHeader, causes: tuple[Stored, ...], *, to: int, owed: Owed) -> FiringView:
    return FiringView(
        id=row.id,
        chart_id=ChartId(row.chart_id),
        header=header,
        organization_id=OrganizationId(row.organization_id),
        practitioner_id=PractitionerId(row.practitioner_id),
        role=row.role,
        counterpart_org=OrganizationId(to),
        rule=row.rule,
        state=row.state,
        reason=row.reason,
        version=row.version,
        causes=causes,
        parameters=row.parameters,
        occurred_at=row.occurred_at,
        fired_at=row.fired_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        outcome_kind=row.outcome_kind,
        outcome_id=row.outcome_id,
        owed=owed,
    )
