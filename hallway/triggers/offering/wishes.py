"""That a patient wants the other side's care is owed by the practice that asked, until the referral has gone."""

from hallway.consent import gate
from hallway.consent.actions import foresee_source
from hallway.consent.queries import team_of
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId
from hallway.labels.actions import label
from hallway.labels.source import Source
from hallway.ledger import lines
from hallway.loops.actions import Owed, close_owed, is_owed_by, open_loop
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.storage.connection import transaction
from hallway.triggers import looking
from hallway.triggers.offering import resources
from hallway.triggers.tables.reasons import NO_REFERRAL


def owe(chart_id: ChartId, *, by: Requester) -> None:
    """Open the clock of the practice of ``by``; said again, the one that runs goes on.

    In the caller's transaction, for a caller to whom the gate gave the chart.
    """
    here = by.organization_id
    if is_owed_by(chart_id, kind=LoopKind.REFER, owner_org=here):
        return
    # A practice that has written nothing yet would not see its own row.
    foresee_source(chart_id, here)
    open_loop(
        Owed(
            chart_id=chart_id,
            kind=LoopKind.REFER,
            owner_org=here,
            owner_practitioner=_owner(chart_id, by),
            # Not for the other side: what a patient said here is this practice's own, as the offer is.
            for_org=here,
            source_org=here,
            mask=_mask(chart_id, here),
        )
    )


def end(chart_id: ChartId, *, by: Requester, closed_as: str) -> int:
    """Stop that clock; how many ran. In the caller's transaction, for a caller to whom the gate gave the chart."""
    return close_owed(chart_id, kind=LoopKind.REFER, owner_org=by.organization_id, closed_as=closed_as)


def end_for(chart_id: ChartId, *, reason: str, by: Requester) -> None:
    """No referral is made, for a reason of ``NO_REFERRAL``.

    Raises NOT_FOUND for a chart that is not theirs, UNPROCESSABLE H-TRG-106 for a reason that is none.
    """
    gate.release(by, chart_id)
    if reason not in NO_REFERRAL:
        raise HallwayError(
            Kind.UNPROCESSABLE,
            "H-TRG-106",
            what="No reason is chosen.",
            undone="The answer was not kept.",
            to_do="Choose why no referral is made.",
            field="end",
        )
    with transaction():
        if end(chart_id, by=by, closed_as=reason):
            looking.look_again(by.organization_id, [chart_id])
            lines.write(lines.step_line(by, "offer.wish_ended", charts=[chart_id], detail=reason))


def _owner(chart_id: ChartId, by: Requester) -> PractitionerId:
    """Who asked, where they may refer; else the first clinician of the practice on the team, else nobody yet."""
    if by.role in CLINICIANS:
        return by.practitioner_id
    here = [one for one in team_of(chart_id) if one.organization_id == by.organization_id and one.role in CLINICIANS]
    return next((PractitionerId(one.practitioner_id) for one in here if one.practitioner_id), NOBODY)


def _mask(chart_id: ChartId, here: OrganizationId) -> int:
    patient = record.patient_of(chart_id)
    if patient is None:
        raise gate.not_found()
    return label(resources.wish(patient), source=Source(here)).mask
