"""What people do with a firing and with a rule: close one in one of three ways, run a rule otherwise from now on."""

from collections.abc import Mapping
from datetime import timedelta
from functools import reduce
from operator import or_
from uuid import UUID

from hallway import clock, ids
from hallway.consent import gate
from hallway.consent.actions import store
from hallway.directory.models import Practitioner
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Requester
from hallway.labels.source import Source
from hallway.ledger import lines
from hallway.loops.actions import close_subject
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.storage.connection import transaction
from hallway.triggers import looking, queries, resources
from hallway.triggers.models import Firing, Tuning
from hallway.triggers.tables.reasons import DECLINED, NOT_NEEDED

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
        row.state, row.reason = state, reason if REASONS[state] else ""
        row.closed_at, row.closed_by = clock.now(), by.practitioner_id
        row.outcome_kind, row.outcome_id = outcome_kind, outcome_id
        row.version += 1
        row.save()
        close_subject(firing_id, closed_as=state, kinds=(LoopKind.COORDINATE,))
        lines.write(lines.step_line(by, f"firing.{state}", charts=[row.chart_id], detail=row.rule))
    return row


def assign_labs(firing_id: UUID, *, by: Requester, text: str, days: int, expected_version: int) -> Firing:
    """Take the laboratory tests upon oneself: a Task of one's own, due in ``days``, and the firing is done.

    Raises as ``close``, and UNPROCESSABLE H-TRG-205 without words that say which tests, or with a time out of reach.
    """
    said = text.strip()
    if not said or len(said) > MOST_WORDS or not 0 < days <= FURTHEST_DAYS:
        raise _which_tests()
    view = queries.firing(by, firing_id)
    patient, now = record.patient_of(view.chart_id), clock.now()
    who = Practitioner.objects.filter(pk=by.practitioner_id).first()
    if patient is None or who is None:
        raise gate.not_found()
    task_id = str(ids.new_uuid(now))
    due_at = now + timedelta(days=days)
    with transaction():
        row = close(
            firing_id, by=by, state="done", outcome_kind="Task", outcome_id=task_id, expected_version=expected_version
        )
        part = resources.labs_task(task_id, patient, who.fhir_id, text=said, at=now, due_at=due_at)
        told = reduce(or_, (fact.mask for fact in view.causes), 0)
        store([part], by=by, source=Source(by.organization_id, by.practitioner_id, carries=told))
    return row


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
