"""A no to a lawful ask: its record, and the task that would turn it into a yes, in one transaction.

Where a form would open what was asked for, somebody owes the patient that form (45 CFR 171.202(b): reasonable efforts
to give it). Asking again for the same thing does not owe it twice.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from hallway import clock, ids
from hallway.consent.denials import blocking
from hallway.consent.denials.blocking import Refusal, ground_of
from hallway.consent.explaining.preview import Preview
from hallway.consent.models import Denial
from hallway.errors import HallwayError
from hallway.identity.requester import Requester
from hallway.ids import ChartId, LoopId, OrganizationId, PractitionerId
from hallway.loops.actions import Owed, open_loop
from hallway.loops.models import Loop
from hallway.loops.tables.clocks import LoopKind
from hallway.record.evidence import Purpose
from hallway.storage import connection
from hallway.storage.connection import cursor, transaction

Party = tuple[OrganizationId, PractitionerId]
"""An organization and a person there; 0 for nobody in particular."""

SERVES = {"part2": ("part2", "part2_tpo"), "release": ("release", "part2")}
"""Forms that open what another one was asked for."""


def refuse(refusal: Refusal, *, by: Requester) -> UUID:
    """Record the no and open its task where a form cures it; the id of the record.

    The task is the discloser's, whose form it is, and is labelled with what was asked for, so that it tells the asker
    no more than the no did.
    """
    with transaction():
        denial_id = ids.new_uuid(clock.now())
        loop_id = (_running(refusal) or _owed(refusal, by, denial_id)) if refusal.form_kind else None
        blocking.record(refusal, by=by, denial_id=denial_id, loop_id=loop_id)
    return denial_id


class WithheldError(HallwayError):
    """An error of the asking room that is also a no to a lawful ask: ``refusal`` is what must be recorded of it."""

    def __init__(self, error: HallwayError, refusal: Refusal) -> None:
        """The same words and code; what was refused beside them."""
        super().__init__(
            error.kind, error.code, what=error.what, undone=error.undone, to_do=error.to_do, field=error.field
        )
        self.refusal = refusal


@contextmanager
def recording(by: Requester) -> Generator[None]:
    """Record the no that ends the work in this context, once that work is undone; then let the error go on.

    Inside somebody's own transaction nothing is recorded: it would be undone with it.
    """
    try:
        yield
    except WithheldError as error:
        if not connection.in_transaction():
            refuse(error.refusal, by=by)
        raise


def of_preview(said: Preview, *, chart_id: ChartId, route: str, discloser: Party, recipient: Party) -> Refusal:
    """What the gate's sentence refused, for treatment. ``discloser`` and ``recipient``: organization and person."""
    return Refusal(
        chart_id=chart_id,
        route=route,
        discloser_org=discloser[0],
        recipient_org=recipient[0],
        recipient_practitioner=recipient[1],
        purpose=str(Purpose.TREATMENT),
        classes=said.classes,
        outcome="DENY_NEEDS" if said.form_kind else "DENY",
        needs=(said.form_kind,) if said.form_kind else (),
        rule_ids=said.rule_ids,
        ground=ground_of("B-REQUEST") if "164.522" in said.citation else None,
        form_kind=said.form_kind,
    )


def _running(refusal: Refusal) -> LoopId | None:
    """The task that an earlier no about the same form opened and that still runs."""
    earlier = Denial.objects.filter(
        chart_id=refusal.chart_id,
        discloser_org_id=refusal.discloser_org,
        recipient_org_id=refusal.recipient_org,
        recipient_practitioner_id=refusal.recipient_practitioner,
        form_kind=refusal.form_kind,
    )
    wanted = earlier.values_list("loop_id", flat=True)
    running = Loop.objects.filter(id__in=list(wanted), closed_at__isnull=True).order_by("opened_at").first()
    return LoopId(running.id) if running else None


def _owed(refusal: Refusal, by: Requester, denial_id: UUID) -> LoopId:
    return open_loop(
        Owed(
            chart_id=refusal.chart_id,
            kind=LoopKind.SEND_FORM,
            owner_org=refusal.discloser_org,
            for_org=by.organization_id,
            for_practitioner=by.practitioner_id,
            source_org=refusal.discloser_org,
            mask=refusal.classes,
            subject_id=denial_id,
        )
    )


_GIVEN = """
UPDATE loops_loop l SET closed_at = %(now)s, closed_as = 'form_given'
FROM consent_denial d
WHERE l.kind = %(kind)s AND l.closed_at IS NULL AND d.id = l.subject_id AND EXISTS (
    SELECT FROM consent_consent c
    WHERE c.chart_id = l.chart_id AND c.discloser_org_id = d.discloser_org_id AND c.composed_at >= l.opened_at
    AND (c.kind = d.form_kind OR d.form_kind || '/' || c.kind = ANY(%(serving)s))
    AND (d.recipient_org_id = 0 OR c.recipient_org_id IN (0, d.recipient_org_id)))
"""


def settle_forms(now: datetime) -> int:
    """Close the tasks whose form has been prepared since: signed, declined or waiting, it was given. How many.

    A tick of the worker runs it, whoever prepared the form and on whatever page. It asks for what was given, and not
    what became of each task: however many wait for a form that nobody prepares, they keep none behind them open.
    """
    serving = [f"{asked}/{form}" for asked, forms in SERVES.items() for form in forms]
    with transaction(), cursor() as opened:
        return opened.execute(_GIVEN, {"now": now, "kind": LoopKind.SEND_FORM.value, "serving": serving}).rowcount
