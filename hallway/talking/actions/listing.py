"""The Coordination of Care Check List: one of a practice for a shared patient and a year (R37)."""

from datetime import date

from hallway import clock, ids
from hallway.consent import gate
from hallway.identity.requester import Requester
from hallway.ids import ChartId
from hallway.ledger import lines
from hallway.storage.connection import transaction
from hallway.talking import refusals, writing
from hallway.talking.models import Checklist, ChecklistEntry
from hallway.talking.tables import library


def open_checklist(chart_id: ChartId, *, by: Requester, year: int) -> Checklist:
    """The practice's check list of that year; made where there is none. Raises NOT_FOUND as the gate does."""
    writing.check_clinician(by)
    gate.release(by, chart_id)
    if not clock.today().year - 1 <= year <= clock.today().year:
        raise refusals.bad_time("year", "A check list is of this year or the last.")
    with transaction():
        row, is_new = Checklist.objects.get_or_create(
            chart_id=chart_id,
            organization_id=by.organization_id,
            from_on=date(year, 1, 1),
            defaults={
                "id": ids.new_uuid(clock.now()),
                "until_on": date(year, 12, 31),
                "owner_practitioner_id": by.practitioner_id,
                "opened_at": clock.now(),
            },
        )
        if is_new:
            lines.write(lines.step_line(by, "checklist.opened", charts=[chart_id], detail=f"checklist/{row.id}"))
    return row


def tick(chart_id: ChartId, *, by: Requester, year: int, entry: str, on: date) -> None:
    """Say by hand that a process was done, and on which day."""
    if entry not in library.processes():
        raise refusals.unknown_code("entry")
    row = open_checklist(chart_id, by=by, year=year)
    if not row.from_on <= on <= min(row.until_on, clock.today()):
        raise refusals.bad_time("on", "That day is not in the time of this list, or is still to come.")
    with transaction():
        row = _locked(row)
        ChecklistEntry.objects.update_or_create(
            checklist=row,
            entry=entry,
            resource_id="",
            defaults={"on": on, "by_practitioner_id": by.practitioner_id},
        )
        _step(row, by, f"ticked {entry}")


def untick(chart_id: ChartId, *, by: Requester, year: int, entry: str) -> None:
    """Take back what was said by hand; what the record shows stays."""
    row = open_checklist(chart_id, by=by, year=year)
    with transaction():
        row = _locked(row)
        ChecklistEntry.objects.filter(checklist=row, entry=entry, resource_id="").delete()
        _step(row, by, f"unticked {entry}")


def plan_next(chart_id: ChartId, *, by: Requester, year: int, next_step: str) -> None:
    """What is next, and that this person does it."""
    if next_step not in library.words().next:
        raise refusals.unknown_code("next_step")
    row = open_checklist(chart_id, by=by, year=year)
    with transaction():
        row = _locked(row)
        row.next_step = next_step
        row.owner_practitioner_id = by.practitioner_id
        _step(row, by, f"next {next_step}")


def _locked(row: Checklist) -> Checklist:
    """The list as it stands now, one step at a time: what a colleague planned meanwhile stays."""
    return Checklist.objects.select_for_update().get(id=row.id)


def _step(row: Checklist, by: Requester, what: str) -> None:
    row.version += 1
    row.save()
    detail = f"checklist/{row.id} {what}"
    lines.write(lines.step_line(by, "checklist.stepped", charts=[row.chart_id], detail=detail))
