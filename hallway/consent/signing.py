"""Forms: prepared, signed, declined, taken back, expired. Each step is one transaction with its ledger line."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from hallway import clock, ids
from hallway.consent import gate, ink, plans, refusals, states, validity
from hallway.consent.models import Consent, ConsentKind
from hallway.consent.rebuilding import rebuild_grants
from hallway.consent.resources import ConsentView, consent_resource
from hallway.consent.storing import store
from hallway.consent.tables.forms import form_rule
from hallway.directory.models import Organization, Practitioner, PractitionerRole
from hallway.errors import HallwayError
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, ChartId, ConsentId, OrganizationId, PractitionerId, ReferralId, ResourceId
from hallway.labels.source import Source
from hallway.ledger import lines
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose
from hallway.storage.connection import transaction

DEFAULT_TERM = timedelta(days=365)
DECLINE_REASONS = ("not_now", "does_not_want", "wants_to_think", "prefers_to_tell", "no_reason")
CHANNELS = ("written", "oral", "portal", "phone")
SIGNATURE_KINDS = ("drawn", "typed")
SIGNERS = ("patient", "representative")
MAX_SIGNATURE_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Composition:
    """What a form will say: who gives what to whom, for what, until when.

    ``kind`` is a ConsentKind value; ``classes`` a DataClass mask; ``kinds`` FHIR types, empty for all of the classes.
    ``expires_event`` is used where there is no date ("none", "end_of_treatment"); neither gives a year.
    """

    chart_id: ChartId
    kind: str
    discloser_org: OrganizationId
    recipient_org: OrganizationId
    classes: int
    purposes: tuple[Purpose, ...] = (Purpose.TREATMENT,)
    kinds: tuple[str, ...] = ()
    discloser_practitioner: PractitionerId = NOBODY
    recipient_practitioner: PractitionerId = NOBODY
    expires_at: datetime | None = None
    expires_event: str = ""
    tell_withheld: bool = False
    referral_id: ReferralId | None = None


@dataclass(frozen=True, slots=True)
class Signature:
    """Evidence of signing: ``kind`` drawn (PNG bytes, with ink on them) or typed (UTF-8 name).

    ``signer`` is patient or representative. ``witness`` is somebody else than who explained the form.
    """

    kind: str
    content: bytes
    signer: str = "patient"
    witness: PractitionerId = NOBODY


def compose_consent(composition: Composition, *, by: Requester) -> ConsentId:
    """Prepare a form. It opens nothing. Raises UNPROCESSABLE when the form may not carry what is asked of it."""
    gate.release(by, composition.chart_id)
    now = clock.now()
    row = _draft(composition, by, now)
    _refuse_defects(row, now)
    if not _is_party(row, by):
        raise gate.not_found()
    with transaction():
        row.save(force_insert=True)
        _note(by, "consent.prepared", row)
    return ConsentId(row.id)


def _draft(composition: Composition, by: Requester, now: datetime) -> Consent:
    state = Organization.objects.filter(id=composition.discloser_org).values_list("state", flat=True).first()
    if composition.kind not in ConsentKind.values or state is None:
        raise refusals.invalid_form("kind" if state is not None else "discloser")
    event = composition.expires_event or ("none" if composition.kind == "part2_tpo" else "")
    expires_at = composition.expires_at or (None if event else now + DEFAULT_TERM)
    return Consent(
        id=ids.new_uuid(now),
        chart_id=composition.chart_id,
        kind=composition.kind,
        discloser_org_id=composition.discloser_org,
        discloser_state=state,
        discloser_practitioner_id=composition.discloser_practitioner,
        recipient_org_id=composition.recipient_org,
        recipient_practitioner_id=composition.recipient_practitioner,
        classes=int(composition.classes),
        kinds=list(composition.kinds),
        purposes=[str(purpose) for purpose in composition.purposes],
        statements=list(form_rule(composition.kind, state).statements),
        tell_withheld=composition.tell_withheld,
        referral_id=composition.referral_id,
        composed_at=now,
        composed_by=by.practitioner_id,
        composed_org_id=by.organization_id,
        expires_at=expires_at,
        expires_event="" if expires_at else event,
    )


def _refuse_defects(row: Consent, now: datetime) -> None:
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


def _is_party(row: Consent, by: Requester) -> bool:
    """Whether the requester is the patient or sits at a desk that the form names."""
    if by.role is Role.PATIENT:
        return by.chart_id == row.chart_id
    return by.organization_id in (row.discloser_org_id, row.recipient_org_id, row.composed_org_id) and bool(
        by.organization_id
    )


def sign_consent(consent_id: ConsentId, signature: Signature, *, by: Requester, expected_version: int) -> None:
    """The patient signs at the desk; ``by`` is who explained it. Grants change in this transaction.

    Raises CONFLICT when somebody acted first, UNPROCESSABLE without evidence: a typed name taken by the practice that
    will receive needs a witness, because nobody writes a consent for their own benefit alone.
    """
    with transaction():
        row = _locked(consent_id, by, expected_version)
        _refuse_weak_evidence(row, signature, by)
        _refuse_defects(row, clock.now())
        _step(row, "sign")
        row.signed_at = clock.now()
        row.signature_kind = signature.kind
        row.signature = signature.content
        row.signer = signature.signer
        row.witness = signature.witness or None
        row.explained_by = by.practitioner_id
        _finish(row, by)


def _refuse_weak_evidence(row: Consent, signature: Signature, by: Requester) -> None:
    if signature.kind not in SIGNATURE_KINDS or signature.signer not in SIGNERS:
        raise refusals.no_signature("signature_kind")
    if not signature.content or len(signature.content) > MAX_SIGNATURE_BYTES or not _readable(signature):
        raise refusals.no_signature("signature")
    if not by.practitioner_id and by.role is not Role.PATIENT:
        raise refusals.not_yours()
    receiving = by.organization_id == row.recipient_org_id and by.role is not Role.PATIENT
    if signature.kind == "typed" and receiving and not _is_witnessed(signature, by):
        raise refusals.needs_witness()


def _is_witnessed(signature: Signature, by: Requester) -> bool:
    """Whether somebody besides ``by`` is named who works at the same desk today."""
    today = clock.today()
    here = PractitionerRole.objects.filter(
        practitioner_id=signature.witness, organization_id=by.organization_id, from_on__lte=today
    ).filter(Q(until_on=None) | Q(until_on__gte=today))
    return signature.witness not in (NOBODY, by.practitioner_id) and here.exists()


def _readable(signature: Signature) -> bool:
    if signature.kind == "drawn":
        return ink.has_ink(signature.content)
    try:
        name = signature.content.decode()
    except UnicodeDecodeError:
        return False
    return name.isprintable() and len(name.strip()) > 1


def decline_consent(consent_id: ConsentId, reason: str, *, by: Requester, expected_version: int) -> None:
    """The patient says no; ``reason`` is one of DECLINE_REASONS. It changes no grant."""
    if reason not in DECLINE_REASONS:
        raise refusals.unknown_code("reason")
    with transaction():
        row = _locked(consent_id, by, expected_version)
        _step(row, "decline")
        row.declined_at = clock.now()
        row.decline_reason = reason
        _finish(row, by)


def revoke_consent(consent_id: ConsentId, channel: str, *, by: Requester, expected_version: int) -> None:
    """The patient takes it back; at once, to every exit. ``channel`` is one of CHANNELS."""
    if channel not in CHANNELS:
        raise refusals.unknown_code("channel")
    with transaction():
        row = _locked(consent_id, by, expected_version)
        _step(row, "revoke")
        row.revoked_at = clock.now()
        row.revoked_by = by.account_id
        row.revocation_channel = channel
        _finish(row, by)


def expire_consents(now: datetime, *, by: Requester) -> int:
    """Mark consents whose time has passed; how many. Grants end by their own time, whether or not this ran."""
    due = Consent.objects.filter(state="signed", expires_at__lte=now).order_by("chart_id", "id")
    ended = 0
    for consent_id in list(due.values_list("id", flat=True)):
        with transaction():
            row = Consent.objects.select_for_update().get(id=consent_id)
            if row.state == "signed":
                _step(row, "expire")
                _finish(row, by)
                ended += 1
    return ended


def _locked(consent_id: ConsentId, by: Requester, expected_version: int) -> Consent:
    """The form under its chart's lock. NOT_FOUND for whoever is no party to it, CONFLICT when it has moved on."""
    chart_id = Consent.objects.filter(id=consent_id).values_list("chart_id", flat=True).first()
    if chart_id is None:
        raise gate.not_found()
    plans.lock([ChartId(chart_id)])
    row = Consent.objects.select_for_update().get(id=consent_id)
    if not _is_party(row, by) or not _may_open(by, ChartId(chart_id)):
        raise gate.not_found()
    if row.version != expected_version:
        raise refusals.stale()
    return row


def _may_open(by: Requester, chart_id: ChartId) -> bool:
    try:
        gate.release(by, chart_id)
    except HallwayError:
        return False
    return True


def _step(row: Consent, step: str) -> None:
    found = states.transition(step, row.state)
    if found is None:
        raise refusals.not_now()
    row.state = found.after
    row.version += 1


def _finish(row: Consent, by: Requester) -> None:
    """Save, write the FHIR Consent, recompile, leave the ledger line: all or nothing."""
    at = clock.now()
    row.resource_id = row.resource_id or str(ids.new_uuid(at))
    row.save()
    store([consent_resource(_view(row, at))], by=by, source=_source(row))
    rebuild_grants([ChartId(row.chart_id)])
    _note(by, f"consent.{row.state}", row)


def _source(row: Consent) -> Source:
    """A signed form belongs to the discloser; one declined stays with the desk that asked, and with nobody else."""
    if row.state == "declined":
        carries = row.classes | DataClass.PATIENT_RESTRICTED
        return Source(OrganizationId(row.composed_org_id), carries=int(carries))
    return Source(OrganizationId(row.discloser_org_id), carries=row.classes & ~int(_NOTES))


_NOTES = DataClass.PSYTHER_NOTE | DataClass.SUD_COUNSEL_NOTE
"""A form about such notes is not itself such a note, and its parties must be able to read it."""


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


def _note(by: Requester, act: str, row: Consent) -> None:
    lines.write(lines.step_line(by, act, charts=[row.chart_id], detail=f"consent/{row.id}/{row.version}"))
