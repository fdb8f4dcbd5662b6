"""What every step of a form shares: the lock, the party, the transition, the FHIR Consent, the grants, the ledger."""

from datetime import datetime

from hallway import clock, ids
from hallway.consent import gate, refusals, states
from hallway.consent.entering.storing import store
from hallway.consent.events import ConsentStepped
from hallway.consent.grants import plans
from hallway.consent.grants.rebuilding import rebuild_grants
from hallway.consent.law import validity
from hallway.consent.models import Consent, ConsentState
from hallway.consent.resources import ConsentView, consent_resource
from hallway.consent.tables.forms import form_rule
from hallway.directory.models import Organization, Practitioner
from hallway.errors import HallwayError
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId, ConsentId, OrganizationId, ResourceId
from hallway.labels.source import Source
from hallway.ledger import lines
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose
from hallway.storage import outbox

_NOTES = DataClass.PSYTHER_NOTE | DataClass.SUD_COUNSEL_NOTE
"""A form about such notes is not itself such a note, and its parties must be able to read it."""


def refuse_defects(row: Consent, now: datetime) -> None:
    """Raise UNPROCESSABLE with the first element that is missing or may not stand on the form."""
    if not row.recipient_org_id and row.recipient_practitioner_id:
        raise refusals.class_and_person()
    defects = validity.missing(plans.elements_of(row))
    if row.expires_at is not None and row.expires_at <= now:
        defects.append("expiry")
    if row.recipient_org_id == row.discloser_org_id:
        defects.append("recipient")
    if row.recipient_org_id and not Organization.objects.filter(id=row.recipient_org_id).exists():
        defects.append("recipient")
    if not set(row.purposes) <= {Purpose.TREATMENT, Purpose.PAYMENT, Purpose.OPERATIONS}:
        defects.append("purpose")
    if not all(kind.isascii() and kind.isalpha() and kind[0].isupper() for kind in row.kinds):
        defects.append("kinds")
    if defects:
        raise refusals.invalid_form(defects[0])


def is_party(row: Consent, by: Requester) -> bool:
    """Whether the requester is the patient or sits at a desk that the form names.

    A recipient is a party from the signature on: of what another desk has prepared it knows nothing.
    """
    if by.role is Role.PATIENT:
        return by.chart_id == row.chart_id
    here = by.organization_id
    receives = here == row.recipient_org_id and row.state not in (ConsentState.DRAFT, ConsentState.DECLINED)
    return bool(here) and (here in (row.discloser_org_id, row.composed_org_id) or receives)


def locked(consent_id: ConsentId, by: Requester, expected_version: int) -> Consent:
    """The form under its chart's lock. NOT_FOUND for whoever is no party to it, CONFLICT when it has moved on."""
    chart_id = Consent.objects.filter(id=consent_id).values_list("chart_id", flat=True).first()
    if chart_id is None:
        raise gate.not_found()
    plans.lock([ChartId(chart_id)])
    row = Consent.objects.select_for_update().get(id=consent_id)
    if not is_party(row, by) or not _may_open(by, ChartId(chart_id)):
        raise gate.not_found()
    if row.version != expected_version:
        raise refusals.stale(by_you=_was_last_hand(row, by))
    return row


def _was_last_hand(row: Consent, by: Requester) -> bool:
    """Whether this person took the form's last step, as far as the form says who did."""
    if row.state == ConsentState.REVOKED:
        return row.revoked_by == by.account_id
    if row.state not in (ConsentState.SIGNED, ConsentState.WITNESSING):
        return False
    return bool(by.practitioner_id) and by.practitioner_id == (row.witness or row.explained_by)


def _may_open(by: Requester, chart_id: ChartId) -> bool:
    try:
        gate.release(by, chart_id)
    except HallwayError:
        return False
    return True


def step(row: Consent, name: str) -> None:
    """Move the form on. Raises CONFLICT when the step is not legal now."""
    found = states.transition(name, row.state)
    if found is None:
        raise refusals.not_now()
    row.state = found.after
    row.version += 1


def finish(row: Consent, by: Requester) -> None:
    """Save, write the FHIR Consent, recompile, leave the ledger line: all or nothing."""
    at = clock.now()
    row.resource_id = row.resource_id or str(ids.new_uuid(at))
    row.save()
    store([consent_resource(_view(row, at))], by=by, source=_source(row))
    rebuild_grants([ChartId(row.chart_id)])
    note(by, f"consent.{row.state}", row)
    outbox.announce(ConsentStepped(row.id, row.chart_id, row.version))


def finish_part(row: Consent, by: Requester) -> None:
    """As ``finish``, where the form stands and one recipient was taken out of it."""
    row.save()
    store([consent_resource(_view(row, clock.now()))], by=by, source=_source(row))
    rebuild_grants([ChartId(row.chart_id)])
    note(by, "consent.revoked_for_one", row)
    outbox.announce(ConsentStepped(row.id, row.chart_id, row.version))


def note(by: Requester, act: str, row: Consent) -> None:
    """The ledger's line of a step."""
    lines.write(lines.step_line(by, act, charts=[row.chart_id], detail=f"consent/{row.id}/{row.version}"))


def _source(row: Consent) -> Source:
    """A signed form belongs to the discloser; one declined stays with the desk that asked, and with nobody else."""
    if row.state == "declined":
        carries = row.classes | DataClass.PATIENT_RESTRICTED
        return Source(OrganizationId(row.composed_org_id), carries=int(carries))
    return Source(OrganizationId(row.discloser_org_id), carries=row.classes & ~int(_NOTES))


def _view(row: Consent, at: datetime) -> ConsentView:
    patient_id = record.patient_of(ChartId(row.chart_id)) or ResourceId("")
    names = dict(
        Organization.objects.filter(id__in=[row.discloser_org_id, row.recipient_org_id]).values_list("id", "fhir_id")
    )
    person = Practitioner.objects.filter(id=row.recipient_practitioner_id).values_list("fhir_id", flat=True).first()
    return ConsentView(
        resource_id=row.resource_id,
        kind=row.kind,
        state=row.state,
        patient=f"Patient/{patient_id}",
        discloser=f"Organization/{names[row.discloser_org_id]}",
        recipient=f"Organization/{names[row.recipient_org_id]}" if row.recipient_org_id else "",
        recipient_practitioner=f"Practitioner/{person}" if person else "",
        classes=row.classes,
        kinds=tuple(row.kinds),
        purposes=tuple(row.purposes),
        citation=form_rule(row.kind, row.discloser_state).citation,
        decided_at=row.signed_at or row.declined_at or at,
        ends_at=row.revoked_at or row.expires_at,
    )
