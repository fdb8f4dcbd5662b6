"""Papers: a form signed elsewhere, checked element by element by a person; proofs; a practice's own templates."""

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Max

from hallway import clock, ids
from hallway.consent import gate, refusals
from hallway.consent.forms import composing, signing, steps
from hallway.consent.forms.composing import Composition
from hallway.consent.grants import plans
from hallway.consent.law import validity
from hallway.consent.models import Consent, ConsentKind, FormTemplate, Paper
from hallway.consent.tables.forms import form_rule
from hallway.directory.models import Organization
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId, ConsentId
from hallway.ledger import lines
from hallway.storage.connection import transaction

MAX_PAPER_BYTES = 8_000_000
MOST_BLOCKS, MOST_BLOCK_LENGTH = 12, 1_200
_MEDIA_BY_START = ((b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
CORE_ELEMENTS = ("patient", "discloser", "recipient", "what", "purpose", "expiry", "signature", "date")
"""What every form must show on its face (164.508(c)(1), 42 CFR 2.31(a)); the statements of its kind come on top."""


@dataclass(frozen=True, slots=True)
class External:
    """A form signed elsewhere: what it says, on which day it was signed, which elements a person found on the paper."""

    composition: Composition
    paper_id: UUID
    signed_on: date
    found: frozenset[str]
    signer: str = "patient"
    signer_name: str = ""
    relation: str = ""
    right: str = ""
    authority: str = ""
    authority_paper: UUID | None = None


def keep_paper(chart_id: ChartId, content: bytes, *, purpose: str, by: Requester) -> UUID:
    """Keep a page as evidence. Raises UNPROCESSABLE for what is no PDF, PNG or JPEG, or is over 8 MB."""
    media = next((media for start, media in _MEDIA_BY_START if content.startswith(start)), "")
    if not media or len(content) > MAX_PAPER_BYTES:
        raise refusals.unreadable_paper()
    if purpose not in Paper.Purpose.values:
        raise refusals.unknown_code("purpose")
    gate.release(by, chart_id)
    now = clock.now()
    with transaction():
        row = Paper.objects.create(
            id=ids.new_uuid(now),
            chart_id=chart_id,
            organization_id=by.organization_id,
            purpose=purpose,
            media_type=media,
            content=content,
            digest=hashlib.sha256(content).hexdigest(),
            stored_at=now,
            stored_by=by.practitioner_id,
        )
        lines.write(lines.step_line(by, "consent.paper_kept", charts=[chart_id], detail=f"paper/{row.id}"))
    return row.id


def paper_for(by: Requester, paper_id: UUID) -> Paper:
    """One page, for the practice that keeps it and for the patient. Raises NOT_FOUND for anybody else."""
    row = Paper.objects.filter(id=paper_id).first()
    theirs = row is not None and (
        by.chart_id == row.chart_id if by.role is Role.PATIENT else row.organization_id == by.organization_id
    )
    if row is None or not theirs:
        raise gate.not_found()
    release = gate.release(by, ChartId(row.chart_id))
    lines.write(lines.line_for(release, "consent.paper", route="consents/paper", detail=f"paper/{row.id}"))
    return row


def elements_wanted(kind: str, state: str) -> tuple[str, ...]:
    """The elements to look for on the paper: the core ones, then the statements that law wants on this form."""
    return (*CORE_ELEMENTS, *(f"statement:{name}" for name in form_rule(kind, state).statements))


def accept_paper(external: External, *, by: Requester) -> ConsentId:
    """A form signed elsewhere, found whole by the person who checked it, holds from now on.

    At a desk that will receive under it, it waits for a colleague who looks at the paper too (``witness_consent``):
    nobody opens another practice's records by what they alone have read. Raises UNPROCESSABLE with the first element
    that was not found on the paper: such a form counts as absent (164.508(b)(2), 42 CFR 2.31(c)), and the sender is
    told which one is missing.
    """
    asked = external.composition
    gate.release(by, asked.chart_id)
    paper = Paper.objects.filter(
        id=external.paper_id, chart_id=asked.chart_id, organization_id=by.organization_id, purpose="form"
    ).first()
    if paper is None:
        raise gate.not_found()
    if not by.practitioner_id:
        raise refusals.not_yours()
    with transaction():
        consent_id = composing.compose_consent(asked, by=by)
        row = steps.locked(consent_id, by, 1)
        _refuse_gaps(row, external)
        _refuse_wrong_signer(row, external, by)
        _take_paper(row, external, paper, by)
        if signing.receives(row, by):
            signing.wait_for_witness(row, by)
        else:
            steps.step(row, "sign")
            signing.hold(row, by)
    return consent_id


def _refuse_wrong_signer(row: Consent, external: External, by: Requester) -> None:
    """Whoever signed the page, as at our own desk: a representative with name, right and what shows it."""
    signing.refuse_nameless_representative(
        external.signer, external.signer_name, external.authority, right=external.right
    )
    signing.refuse_wrong_patient(row, external.signer, by)
    signing.refuse_wrong_representative(row, external.signer, external.right, by)


def _refuse_gaps(row: Consent, external: External) -> None:
    wanted = elements_wanted(row.kind, row.discloser_state)
    lacking = next((name for name in wanted if name not in external.found), None)
    if lacking:
        raise refusals.paper_lacks(lacking)
    if external.signed_on > clock.today():
        raise refusals.paper_lacks("date")
    signed_at = datetime.combine(external.signed_on, time(), ZoneInfo(zone_of(row.discloser_org_id)))
    if "too_long" in validity.missing(replace(plans.elements_of(row), begins_at=signed_at)):
        raise refusals.invalid_form("too_long")


def _take_paper(row: Consent, external: External, paper: Paper, by: Requester) -> None:
    """The day on the paper is the day of the signature; it opens nothing before it was accepted here.

    ``signed_at`` is when it began to hold, and ``paper_signed_on`` the day that is written on it.
    """
    row.paper_signed_on = external.signed_on
    row.origin, row.signed_through = "paper", "paper"
    row.paper_id, row.paper_elements = paper.id, sorted(external.found)
    row.signature_kind, row.signature = "paper", paper.digest.encode()
    row.signer, row.signer_name = external.signer, external.signer_name[:120]
    row.signer_relation = external.relation[:40]
    row.signer_right = external.right if external.signer == "representative" else ""
    row.signer_authority = external.authority[:200]
    row.signer_paper_id = signing.authority_paper(row, external.authority_paper)
    row.explained_by = by.practitioner_id
    row.members_signed = row.members_needed
    if row.expires_at is not None and row.expires_at <= clock.now():
        raise refusals.invalid_form("expiry")


def last_instant(on: date, zone: str) -> datetime:
    """The instant after the last moment of a day in a practice's own zone."""
    return datetime.combine(on + timedelta(days=1), time(), ZoneInfo(zone))


# Own templates -------------------------------------------------------------------------------------------------------


def save_template(*, by: Requester, name: str, kind: str, language: str, blocks: list[str]) -> UUID:
    """A practice leader's own words for forms of one kind, as a new edition; the edition before is retired.

    They stand beside what law demands, in a part of their own, and replace nothing. Raises FORBIDDEN for others.
    """
    if by.role is not Role.PRACTICE_LEADER:
        raise refusals.not_yours()
    kept = [" ".join(block.split()) for block in blocks if block.strip()]
    fits = 1 <= len(kept) <= MOST_BLOCKS and all(len(block) <= MOST_BLOCK_LENGTH for block in kept)
    if not fits or not name.strip() or kind not in ConsentKind.values or language not in composing.LANGUAGES:
        raise refusals.no_template()
    now = clock.now()
    with transaction():
        same = FormTemplate.objects.filter(
            organization_id=by.organization_id, name=name.strip()[:80], language=language
        )
        newest = same.aggregate(newest=Max("edition"))["newest"] or 0
        same.filter(retired_at=None).update(retired_at=now)
        row = FormTemplate.objects.create(
            id=ids.new_uuid(now),
            organization_id=by.organization_id,
            kind=kind,
            language=language,
            name=name.strip()[:80],
            blocks=kept,
            edition=newest + 1,
            made_at=now,
            made_by=by.practitioner_id,
        )
        lines.write(
            lines.step_line(by, "consent.template_saved", charts=[], purpose="OPS", detail=f"template/{row.id}")
        )
    return row.id


def retire_template(template_id: UUID, *, by: Requester) -> None:
    """No new form is printed with it; what was signed keeps its words."""
    if by.role is not Role.PRACTICE_LEADER:
        raise refusals.not_yours()
    rows = FormTemplate.objects.filter(id=template_id, organization_id=by.organization_id, retired_at=None)
    with transaction():
        if rows.update(retired_at=clock.now()):
            lines.write(
                lines.step_line(
                    by, "consent.template_retired", charts=[], purpose="OPS", detail=f"template/{template_id}"
                )
            )


def templates_at(by: Requester, *, kind: str = "") -> list[FormTemplate]:
    """The practice's templates in use, of one kind or of all, by name."""
    rows = FormTemplate.objects.filter(organization_id=by.organization_id or -1, retired_at=None)
    return list((rows.filter(kind=kind) if kind else rows).order_by("name", "language"))


def zone_of(organization_id: int) -> str:
    """The time zone of a practice."""
    return Organization.objects.filter(id=organization_id).values_list("timezone", flat=True).first() or "UTC"
