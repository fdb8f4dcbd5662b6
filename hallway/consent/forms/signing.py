"""A form is signed: at the desk, with a witness where the desk will receive, by a link, or on paper elsewhere."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from hallway import clock, ids
from hallway.consent import queries, refusals, states
from hallway.consent.forms import ink, steps, wording
from hallway.consent.grants import representing
from hallway.consent.models import Consent, CoSignature, MinorService, Paper
from hallway.consent.rights import minors
from hallway.consent.tables.contents import TICKED_CLASSES
from hallway.directory.models import PractitionerRole, Representative
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, ChartId, ConsentId, PractitionerId
from hallway.record.classes import DataClass
from hallway.record.stored import PatientHeader
from hallway.storage.connection import transaction

SIGNATURE_KINDS = ("drawn", "typed")
SIGNERS = ("patient", "representative", "minor")
MAX_SIGNATURE_BYTES = 200_000
LEAST_AUTHORITY = 3
_INITIALED = sum(int(one) for one in TICKED_CLASSES) | int(DataClass.PART2)
_WHOLLY_APART = ("hiv", "psychotherapy", "sud_counseling")


@dataclass(frozen=True, slots=True)
class Member:
    """A further person who signs: name, relation to the patient, and their own hand."""

    name: str
    relation: str
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Signature:
    """Evidence of signing: ``kind`` drawn (PNG bytes, with ink on them) or typed (UTF-8 name, typed with intent).

    ``signer`` is patient, representative (whose name and authority are then described, ``right`` being one of
    ``Representative.Authority``) or minor (signing for a service to which a minor may consent alone).
    ``witness`` is somebody else than who explained the form.
    """

    kind: str
    content: bytes
    signer: str = "patient"
    witness: PractitionerId = NOBODY
    name: str = ""
    relation: str = ""
    right: str = ""
    authority: str = ""
    authority_paper: UUID | None = None
    interpreter: str = ""
    interpreter_language: str = ""
    members: tuple[Member, ...] = ()
    initials: str = ""
    through: str = "desk"


def sign_consent(
    consent_id: ConsentId,
    signature: Signature,
    *,
    by: Requester,
    expected_version: int,
    witness_later: bool = False,
) -> None:
    """The patient signs; ``by`` is who explained it, or the patient. Grants change in this transaction.

    Raises CONFLICT when somebody acted first, UNPROCESSABLE without evidence. What is signed at a desk that will
    receive needs a witness, because nobody writes a consent for their own benefit alone: with ``witness_later`` the
    form then waits for one, who confirms from a sign-in of their own (``witness_consent``), and opens nothing yet.
    """
    with transaction():
        row = steps.locked(consent_id, by, expected_version)
        if states.transition("sign", row.state) is None:
            raise refusals.not_now()
        _refuse_weak_evidence(signature, by)
        steps.refuse_defects(row, clock.now())
        refuse_wrong_patient(row, signature.signer, by)
        refuse_wrong_representative(row, signature.signer, signature.right, by)
        waits = receives(row, by) and not _is_witnessed(signature, by)
        if waits and not witness_later:
            raise refusals.needs_witness()
        _take_members(row, signature.members)
        _take_hand(row, signature, by)
        if waits:
            wait_for_witness(row, by)
        else:
            steps.step(row, "sign")
            hold(row, by)


def witness_consent(consent_id: ConsentId, *, by: Requester, expected_version: int) -> None:
    """Somebody else at the desk confirms having seen the patient sign: from now on the form holds.

    Raises FORBIDDEN for whoever explained the form, and for whoever does not work at that desk.
    """
    with transaction():
        row = steps.locked(consent_id, by, expected_version)
        _refuse_own_witness(row, by)
        steps.refuse_defects(row, clock.now())
        steps.step(row, "witness")
        row.witness = by.practitioner_id
        hold(row, by)


def dispute_consent(consent_id: ConsentId, *, by: Requester, expected_version: int) -> None:
    """Somebody else at the desk did not see the patient sign: the form opens nothing, and says so."""
    with transaction():
        row = steps.locked(consent_id, by, expected_version)
        _refuse_own_witness(row, by)
        steps.step(row, "dispute")
        row.declined_at, row.decline_reason = clock.now(), "no_witness"
        steps.finish(row, by)


def receives(row: Consent, by: Requester) -> bool:
    """Whether the desk that takes the signature is the one that will receive under it."""
    return by.organization_id == row.recipient_org_id and by.role is not Role.PATIENT


def wants_initials(row: Consent) -> bool:
    """Whether the signer puts initials beside what is shared apart (law.md 3.1); a form for it alone needs none."""
    return bool(row.classes & _INITIALED) and row.kind not in _WHOLLY_APART


def _refuse_own_witness(row: Consent, by: Requester) -> None:
    at_the_desk = by.organization_id == row.recipient_org_id and bool(by.practitioner_id)
    if not at_the_desk or by.practitioner_id == row.explained_by:
        raise refusals.not_yours()


def wait_for_witness(row: Consent, by: Requester) -> None:
    """The form is whole and opens nothing before a colleague confirms it. Inside the caller's transaction."""
    steps.step(row, "wait")
    row.save()
    steps.note(by, "consent.witnessing", row)


def hold(row: Consent, by: Requester) -> None:
    """From here on the form holds: its words are kept as they were printed. Inside the caller's transaction."""
    row.signed_at = clock.now()
    row.wording = wording.snapshot(row, by)
    steps.finish(row, by)


def _take_hand(row: Consent, signature: Signature, by: Requester) -> None:
    row.signature_kind = signature.kind
    row.signature = signature.content
    row.signer = signature.signer
    row.signer_name = signature.name[:120]
    row.signer_relation = signature.relation[:40]
    row.signer_right = signature.right if signature.signer == "representative" else ""
    row.signer_authority = signature.authority[:200]
    row.signer_paper_id = authority_paper(row, signature.authority_paper)
    row.interpreter_name = signature.interpreter[:120]
    row.interpreter_language = signature.interpreter_language[:40]
    row.signed_through = signature.through
    row.initials = signature.initials.strip()[:8] or row.initials
    row.witness = signature.witness or None
    row.explained_by = by.practitioner_id


def authority_paper(row: Consent, paper_id: UUID | None) -> UUID | None:
    """The paper that proves authority, if it lies with this chart. Raises UNPROCESSABLE for any other."""
    if paper_id is not None and not Paper.objects.filter(id=paper_id, chart_id=row.chart_id, purpose="authority"):
        raise refusals.no_authority()
    return paper_id


def _take_members(row: Consent, members: tuple[Member, ...]) -> None:
    """Each further person's own hand. Raises UNPROCESSABLE when fewer sign than must."""
    names = {" ".join(member.name.split()).casefold() for member in members}
    if len(names) < row.members_needed or len(names) < len(members):
        raise refusals.members_missing()
    for member in members:
        if not _readable(member.kind, member.content) or len(member.name.strip()) < 2:
            raise refusals.members_missing()
        CoSignature.objects.create(
            id=ids.new_uuid(clock.now()),
            consent_id=row.id,
            chart_id=ChartId(row.chart_id),
            name=" ".join(member.name.split())[:120],
            relation=member.relation[:40],
            signature_kind=member.kind,
            signature=member.content,
            signed_at=clock.now(),
        )
    row.members_signed = len(members)


def _refuse_weak_evidence(signature: Signature, by: Requester) -> None:
    if signature.kind not in SIGNATURE_KINDS or signature.signer not in SIGNERS:
        raise refusals.no_signature("signature_kind")
    if not _readable(signature.kind, signature.content):
        raise refusals.no_signature("signature")
    refuse_nameless_representative(signature.signer, signature.name, signature.authority, right=signature.right)
    if bool(signature.interpreter.strip()) != bool(signature.interpreter_language.strip()):
        raise refusals.half_an_interpreter()
    if not by.practitioner_id and by.role is not Role.PATIENT:
        raise refusals.not_yours()


def refuse_nameless_representative(signer: str, name: str, authority: str, *, right: str) -> None:
    """A representative signs with name and authority (164.508(c)(1)(vi))."""
    if signer != "representative":
        return
    is_short = min(len(authority.strip()), len(name.strip())) < LEAST_AUTHORITY
    if is_short or right not in Representative.Authority.values:
        raise refusals.no_authority()


def refuse_wrong_representative(row: Consent, signer: str, right: str, by: Requester) -> None:
    """A representative signs nothing that is not theirs to sign (``representing.may_not_sign``)."""
    if signer != "representative":
        return
    chart_id = ChartId(row.chart_id)
    header = queries.headers(by, [chart_id]).get(chart_id)
    born = header.birth_date if header else None
    why = representing.may_not_sign(
        right,
        row.kind,
        is_of_age=born is not None and minors.years(born, clock.today()) >= minors.OF_AGE,
        is_minors_own=_is_minors_own(row),
    )
    if why:
        raise refusals.not_theirs_to_sign(why)


def _is_minors_own(row: Consent) -> bool:
    """Whether the form opens what a minor agreed to alone: by its classes, or as the program's service to the minor."""
    if row.classes & DataClass.MINOR_CONSENTED:
        return True
    held = MinorService.objects.filter(chart_id=row.chart_id, organization_id=row.discloser_org_id, ended_at=None)
    return row.kind in representing.PROGRAM_FORMS and held.exists()


def refuse_wrong_patient(row: Consent, signer: str, by: Requester) -> None:
    """A form names its patient (164.508(c)(1), 2.31(a)(1)), and who is not of age does not sign as if they were
    (164.502(g)(3), 2.14): the minor signs for care that is the minor's own, else a representative.
    """
    chart_id = ChartId(row.chart_id)
    header = queries.headers(by, [chart_id]).get(chart_id)
    if header is None or not header.name.strip():
        raise refusals.invalid_form("patient")
    if signer == "patient" and is_under_age(header):
        raise refusals.not_of_age()


def is_under_age(header: PatientHeader) -> bool:
    """Whether the patient is known to be under eighteen today."""
    return header.birth_date is not None and minors.years(header.birth_date, clock.today()) < minors.OF_AGE


def _is_witnessed(signature: Signature, by: Requester) -> bool:
    """Whether somebody besides ``by`` is named who works at the same desk today."""
    today = clock.today()
    here = PractitionerRole.objects.filter(
        practitioner_id=signature.witness, organization_id=by.organization_id, from_on__lte=today
    ).filter(Q(until_on=None) | Q(until_on__gte=today))
    return signature.witness not in (NOBODY, by.practitioner_id) and here.exists()


def _readable(kind: str, content: bytes) -> bool:
    if not content or len(content) > MAX_SIGNATURE_BYTES:
        return False
    if kind == "drawn":
        return ink.has_ink(content)
    try:
        name = content.decode()
    except UnicodeDecodeError:
        return False
    return name.isprintable() and len(name.strip()) > 1
