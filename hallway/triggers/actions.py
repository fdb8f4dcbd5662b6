"""What people do with a firing and with a rule: close one in one of three ways, run a rule otherwise from now on."""

from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from msgspec import structs

from hallway import clock
from hallway.consent import gate
from hallway.consent.actions import keep, label_entering
from hallway.directory.models import Practitioner
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import ChartId
from hallway.labels.source import Incoming, Source
from hallway.ledger import lines
from hallway.loops.actions import Label, Owed, close_subject, open_loop
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.standards.fhir import r4
from hallway.storage.connection import transaction
from hallway.triggers import looking, queries, resources
from hallway.triggers.models import Firing, Tuning
from hallway.triggers.tables.reasons import DECLINED, NOT_NEEDED
from hallway.triggers.views import FiringView

REASONS: Mapping[str, Mapping[str, str]] = {"done": {}, "not_needed": NOT_NEEDED, "declined": DECLINED}
"""The three ways to close one, each with the reasons it asks for. Nothing else closes one."""
LONGEST_REASON = 200
MOST_WORDS = 2000
FURTHEST_DAYS = 366


def close(
    firing_id: UUID,
    *,
    by: Requester,
    state: str,
    reason: str = "",
    outcome_kind: str = "",
    outcome_id: str = "",
    expected_version: int,
) -> Firing:
    """Close a firing as done, not needed or declined by the patient.

    Raises NOT_FOUND where ``by`` may not know of it, UNPROCESSABLE H-TRG-202 for another way or a reason that is none,
    CONFLICT H-TRG-203 where somebody acted first: nothing of this is kept then.
    """
    if by.role not in CLINICIANS:
        raise gate.not_found()
    if state not in REASONS or (bool(REASONS[state]) and reason not in REASONS[state]):
        raise _no_such_way()
    queries.firing(by, firing_id)
    with transaction():
        row = Firing.objects.select_for_update().get(id=firing_id)
        if row.state != Firing.State.OPEN or row.version != expected_version:
            raise _acted_first(row)
        row.outcome_kind, row.outcome_id = outcome_kind, outcome_id
        _end(row, by, state, reason if REASONS[state] else "")
    return row


def close_answered(chart_id: ChartId, rule: str, *, by: Requester, state: str, reason: str) -> int:
    """End what a rule asked of the practice of ``by``, who has done just that; how many.

    Whoever did it need not be one who reads the facts behind it (the desk asks, too): nothing of it is shown, and no
    answer tells whether there was any.
    """
    with transaction():
        rows = Firing.objects.select_for_update().filter(
            chart_id=chart_id, organization_id=by.organization_id, rule=rule, state=Firing.State.OPEN
        )
        found = list(rows)
        for row in found:
            _end(row, by, state, reason)
    return len(found)


def _end(row: Firing, by: Requester, state: str, reason: str) -> None:
    row.state, row.reason = state, reason
    row.closed_at, row.closed_by = clock.now(), by.practitioner_id
    row.version += 1
    row.save()
    close_subject(row.id, closed_as=state, kinds=(LoopKind.COORDINATE,))
    lines.write(lines.step_line(by, f"firing.{state}", charts=[row.chart_id], detail=row.rule))


def assign_labs(firing_id: UUID, *, by: Requester, text: str, days: int, expected_version: int) -> Firing:
    """Take the laboratory tests upon oneself, and the firing is done. Raises as ``close`` and ``take_labs``."""
    view = queries.firing(by, firing_id)
    with transaction():
        task_id = take_labs(view, by=by, text=text, days=days)
        return close(
            firing_id, by=by, state="done", outcome_kind="Task", outcome_id=task_id, expected_version=expected_version
        )


def take_labs(view: FiringView, *, by: Requester, text: str, days: int) -> str:
    """A Task of one's own for the tests that ``text`` names, and a clock until they are ordered; the Task's id.

    It closes nothing of the firing. Raises UNPROCESSABLE H-TRG-205 without words that say which tests, or with a time
    out of reach.
    """
    said = text.strip()
    if not said or len(said) > MOST_WORDS or not 0 < days <= FURTHEST_DAYS:
        raise _which_tests()
    patient, now = record.patient_of(view.chart_id), clock.now()
    who = Practitioner.objects.filter(pk=by.practitioner_id).first()
    if by.role not in CLINICIANS or patient is None or who is None:
        raise gate.not_found()
    task_id, due_at = resources.labs_id(view.id), now + timedelta(days=days)
    task = resources.labs_task(task_id, patient, who.fhir_id, text=said, at=now, due_at=due_at)
    # They may say what they rest on, so they have every class of it; from then on they are the practice's own record.
    label = _keep_task(task, by, carries=reduce(or_, (fact.mask for fact in view.causes), 0))
    open_loop(
        Owed(
            chart_id=view.chart_id,
            kind=LoopKind.LABS,
            owner_org=by.organization_id,
            owner_practitioner=by.practitioner_id,
            for_org=by.organization_id,
            source_org=by.organization_id,
            mask=label[1],
            subject_id=view.id,
            due_at=due_at,
            also=(label,),
        )
    )
    return task_id


def labs_ordered(firing_id: UUID, *, by: Requester) -> None:
    """The tests that somebody of the practice took on are ordered; said again, nothing more happens.

    Raises NOT_FOUND where none were taken on that ``by`` may know of. Whether they still know the facts is not asked.
    """
    view = queries.labs(by, firing_id)
    if by.role not in CLINICIANS:
        raise gate.not_found()
    if not view.labs.is_open:
        return
    at = clock.now().isoformat(timespec="seconds")
    with transaction():
        _keep_task(structs.replace(view.labs.task, status="completed", last_modified=at), by, carries=view.mask)
        close_subject(firing_id, closed_as="ordered", kinds=(LoopKind.LABS,))
        lines.write(lines.step_line(by, "labs.ordered", charts=[view.chart_id], detail=view.rule))


def _keep_task(task: r4.Task, by: Requester, *, carries: int) -> Label:
    """Store it as the practice's own; the label that it has now."""
    source = Source(by.organization_id, by.practitioner_id, carries=carries)
    [labelled] = label_entering([Incoming(task, source)])
    keep([labelled], by=by)
    source, mask, author = int(labelled.source_org), int(labelled.mask), int(labelled.author)
    return source, mask, author, labelled.resource_type, str(labelled.resource_id)


def tune(rule: str, *, by: Requester, is_on: bool, parameters: Mapping[str, str | int | float], reason: str) -> Tuning:
    """Run a rule otherwise at the leader's practice from now on; the row before stays as it was.

    Raises FORBIDDEN for other roles, UNPROCESSABLE H-TRG-204 without a reason.
    """
    queries.may_lead(by)
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON or not said.isprintable():
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-TRG-204",
            what="No reason is given, or it is too long.",
            undone="The rule runs as before.",
            to_do=f"Say why in at most {LONGEST_REASON} signs; name no patient.",
            field="reason",
        )
    with transaction():
        row = Tuning.objects.create(
            organization_id=by.organization_id,
            rule=rule,
            is_on=is_on,
            parameters=dict(parameters),
            reason=said,
            by_account_id=by.account_id,
            from_at=clock.now(),
        )
        looking.look_again(by.organization_id)
        lines.write(lines.step_line(by, "triggers.tuned", charts=[], purpose="OPS", detail=rule))
    return row


def _no_such_way() -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-TRG-202",
        what="No reason is chosen.",
        undone="It is still open.",
        to_do="Choose a reason, or say that it is done.",
        field="reason",
    )


def _acted_first(row: Firing) -> HallwayError:
    who = Practitioner.objects.filter(pk=row.closed_by).first() if row.closed_by else None
    what = f"{who.short_name} acted on this first." if who else "This has changed since you opened it."
    return HallwayError(
        Kind.CONFLICT,
        "H-TRG-203",
        what=what,
        undone="Nothing of yours was kept or sent.",
        to_do="Look at where it stands now.",
    )


def _which_tests() -> HallwayError:
    return HallwayError(
        Kind.UNPROCESSABLE,
        "H-TRG-205",
        what="It is not said which tests, or by when.",
        undone="Nothing was assigned.",
        to_do="Name the tests, and a number of days within a year.",
        field="words",
    )
