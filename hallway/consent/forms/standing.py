"""What forms and emergency accesses stand on a chart, for the parties to them and for nobody else.

That a form exists may itself tell of a program, so a reader sees it only where their practice gives or receives under
it. Each read leaves its line in the ledger.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q

from hallway import clock
from hallway.consent import gate
from hallway.consent.emergency.access import watched_by
from hallway.consent.forms import printing, wording
from hallway.consent.forms.signing import wants_initials
from hallway.consent.forms.steps import note
from hallway.consent.forms.wording import Hand, Words
from hallway.consent.models import Consent, ConsentKind, ConsentState, EmergencyAccess
from hallway.consent.tables.emergency import categories
from hallway.consent.tables.forms import form_rule, statements
from hallway.directory.models import CareTeamMember, Organization, Practitioner
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId, ConsentId, OrganizationId
from hallway.ledger import lines, served
from hallway.storage.connection import transaction

OPENED_TO_RECIPIENT = (ConsentState.SIGNED, ConsentState.REVOKED, ConsentState.EXPIRED)
"""A recipient learns of a form once it was signed; what was only prepared or declined stays where it was asked."""
REVIEWS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """One form as a party to it may see it. ``holds`` is true while it opens something."""

    id: ConsentId
    chart_id: ChartId
    kind: str
    kind_label: str
    state: str
    version: int
    discloser: str
    recipient: str
    recipient_person: str
    is_discloser: bool
    kinds: tuple[str, ...]
    purposes: tuple[str, ...]
    citation: str
    statements: tuple[str, ...]
    composed_at: datetime
    signed_at: datetime | None
    expires_at: datetime | None
    expires_event: str
    ended_at: datetime | None
    holds: bool
    is_receiving_desk: bool
    language: str = "en"
    names_everybody: bool = False
    not_for: tuple[str, ...] = ()
    taken_back_paper_id: UUID | None = None
    is_two_way: bool = False
    members_needed: int = 0
    wants_initials: bool = False
    explained_by: int = 0
    ask_again_on: date | None = None
    paper_id: UUID | None = None
    paper_signed_on: date | None = None
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Emergency:
    """One emergency access: who, which category, why, until when, and what the review found."""

    id: UUID
    chart_id: ChartId
    category: str
    category_label: str
    nature: str
    reason: str
    who: str
    facility: str
    opened_at: datetime
    ends_at: datetime
    closed_at: datetime | None
    is_open: bool
    patient_told_at: datetime | None
    reviewed_at: datetime | None
    outcome: str


def consents_of(requester: Requester, chart_id: ChartId) -> list[Standing]:
    """The forms of a chart that the requester's practice is a party to, newest first. Raises NOT_FOUND as the gate."""
    release = gate.release(requester, chart_id)
    with transaction():
        rows = list(Consent.objects.filter(_party(requester), chart_id=chart_id).order_by("-composed_at", "-id"))
        lines.write(lines.line_for(release, "consents", route="consents", detail=str(len(rows))))
        return _views(rows, requester)


def reached_by(requester: Requester, consent_id: ConsentId) -> list[Organization]:
    """The practices that the patient's form for "all who treat me" reaches now; empty for a form that names one."""
    row = Consent.objects.filter(_party(requester), id=consent_id, recipient_org_id=0, state=ConsentState.SIGNED)
    form = row.first()
    if form is None or requester.role is not Role.PATIENT:
        return []
    now = clock.now()
    team = CareTeamMember.objects.filter(chart_id=form.chart_id, from_at__lte=now).exclude(until_at__lte=now)
    left_out = {form.discloser_org_id, *form.not_for_orgs}
    wanted = set(team.values_list("organization_id", flat=True)) - left_out
    return list(Organization.objects.filter(id__in=wanted).order_by("name"))


def consents_at(requester: Requester, *, limit: int = REVIEWS_SHOWN) -> list[Standing]:
    """Forms of the requester's practice that wait for an answer or for a witness, newest first."""
    here = requester.organization_id
    waits = Q(state=ConsentState.DRAFT, composed_org_id=here) | Q(state=ConsentState.WITNESSING, recipient_org_id=here)
    rows = list(Consent.objects.filter(waits).order_by("-composed_at", "-id")[:limit])
    charts = sorted({row.chart_id for row in rows})
    lines.write(lines.step_line(requester, "consents.waiting", charts=charts, detail=str(len(rows))))
    return _views(rows, requester)


def consent_for(requester: Requester, consent_id: ConsentId) -> Standing:
    """One form. Raises NOT_FOUND when it is not there or the requester is no party to it: one answer for both."""
    row = Consent.objects.filter(_party(requester), id=consent_id).first()
    if row is None:
        raise gate.not_found()
    release = gate.release(requester, ChartId(row.chart_id))
    lines.write(lines.line_for(release, "consent", route="consents", detail=str(consent_id)))
    return _views([row], requester)[0]


def words_for(requester: Requester, consent_id: ConsentId, *, language: str = "") -> tuple[Words, Hand]:
    """What stands on a form, word for word, and how it was answered. Raises NOT_FOUND as ``consent_for``."""
    row = _row(requester, consent_id)
    words = wording.words_of(row, requester, language=language)
    return words, wording.hand_of(row, words, zone=_zone(row))


def paper_for(requester: Requester, consent_id: ConsentId, *, language: str = "", large: bool = False) -> bytes:
    """The form as tagged PDF. Paper is a release: it leaves a line. Raises NOT_FOUND as ``consent_for``."""
    row = _row(requester, consent_id)
    note(requester, "consent.printed", row)
    return printing.printed(row, requester, language=language, large=large, zone=_zone(row))


def _row(requester: Requester, consent_id: ConsentId) -> Consent:
    row = Consent.objects.filter(_party(requester), id=consent_id).first()
    if row is None:
        raise gate.not_found()
    gate.release(requester, ChartId(row.chart_id))
    return row


def _zone(row: Consent) -> str:
    return Organization.objects.filter(id=row.discloser_org_id).values_list("timezone", flat=True).first() or "UTC"


@dataclass(frozen=True, slots=True)
class Served:
    """One practice that was served under a form, and between which days.

    Days and no counts: how often a practice looked can move with what it does for reasons that the giver may not know.
    """

    place: str
    first_on: date
    last_on: date


def served_under(requester: Requester, consent_id: ConsentId) -> list[Served]:
    """Who was already served under this form, from the ledger: told when it is taken back (law.md 2.3)."""
    row = _row(requester, consent_id)
    found = served.under_consent(row.chart_id, str(row.id))
    names = {one.id: one.name for one in Organization.objects.filter(id__in=[one.organization_id for one in found])}
    zone = ZoneInfo(_zone(row))
    return sorted(
        (
            Served(
                names.get(one.organization_id, ""),
                one.first_at.astimezone(zone).date(),
                one.last_at.astimezone(zone).date(),
            )
            for one in found
        ),
        key=lambda one: one.place,
    )


def _party(requester: Requester) -> Q:
    organization = requester.organization_id
    if requester.role is Role.PATIENT:
        return Q(chart_id=requester.chart_id or -1)
    if requester.role is Role.REPRESENTATIVE:
        return Q(pk__in=[])
    return (
        Q(discloser_org_id=organization)
        | Q(composed_org_id=organization)
        | Q(recipient_org_id=organization, state__in=OPENED_TO_RECIPIENT)
    )


def _views(rows: list[Consent], requester: Requester) -> list[Standing]:
    named = {row.discloser_org_id for row in rows} | {row.recipient_org_id for row in rows}
    named |= {one for row in rows for one in row.not_for_orgs}
    persons = {row.recipient_practitioner_id for row in rows} - {0}
    organizations = {one.id: one for one in Organization.objects.filter(id__in=named)}
    people = {one.id: one.full_name for one in Practitioner.objects.filter(id__in=persons)}
    return [
        _view(
            row,
            requester.organization_id,
            not_for=tuple(organizations[one].name for one in row.not_for_orgs if one in organizations),
            discloser=organizations[row.discloser_org_id],
            recipient=organizations.get(row.recipient_org_id),
            person=people.get(row.recipient_practitioner_id, ""),
        )
        for row in rows
    ]


def _view(
    row: Consent,
    reader: OrganizationId,
    *,
    discloser: Organization,
    recipient: Organization | None,
    person: str,
    not_for: tuple[str, ...],
) -> Standing:
    texts = statements()
    return Standing(
        id=ConsentId(row.id),
        chart_id=ChartId(row.chart_id),
        kind=row.kind,
        kind_label=ConsentKind(row.kind).label,
        state=row.state,
        version=row.version,
        discloser=discloser.name,
        recipient=recipient.name if recipient else "All treating providers",
        recipient_person=person,
        is_discloser=row.discloser_org_id == reader,
        kinds=tuple(row.kinds),
        purposes=tuple(row.purposes),
        citation=form_rule(row.kind, discloser.state).citation,
        statements=tuple(texts[name] for name in row.statements if name in texts),
        composed_at=row.composed_at,
        signed_at=row.signed_at,
        expires_at=row.expires_at,
        expires_event=row.expires_event,
        ended_at=row.revoked_at or row.declined_at,
        holds=row.state == "signed" and (row.expires_at is None or row.expires_at > clock.now()),
        is_receiving_desk=row.recipient_org_id == reader,
        language=row.language,
        names_everybody=row.recipient_org_id == 0,
        is_two_way=row.exchange_id is not None,
        members_needed=row.members_needed,
        wants_initials=wants_initials(row),
        explained_by=row.explained_by or 0,
        ask_again_on=row.ask_again_on,
        paper_id=row.paper_id if reader in (row.discloser_org_id, row.composed_org_id) else None,
        taken_back_paper_id=row.revocation_paper_id if reader in (row.discloser_org_id, row.composed_org_id) else None,
        not_for=not_for,
        paper_signed_on=row.paper_signed_on,
        zone=discloser.timezone,
    )


def open_emergency_of(requester: Requester, chart_id: ChartId) -> Emergency | None:
    """The requester's own emergency access to this chart that is open now."""
    now = clock.now()
    rows = EmergencyAccess.objects.filter(
        _own(requester), chart_id=chart_id, closed_at=None, opened_at__lte=now, ends_at__gt=now
    )
    row = rows.order_by("-opened_at").first()
    return _emergency(row) if row else None


def _own(requester: Requester) -> Q:
    """Accesses of this person at this practice: what was opened for one practice does not go along to another."""
    return Q(account_id=requester.account_id, organization_id=requester.organization_id or -1)


def whom_to_call(emergency_id: UUID) -> tuple[Emergency, str] | None:
    """Who opened it and their practice's phone, for a clinician asked to call; the caller has checked that."""
    row = EmergencyAccess.objects.filter(id=emergency_id).first()
    if row is None:
        return None
    phone = Organization.objects.filter(id=row.organization_id).values_list("phone", flat=True).first()
    return _emergency(row), phone or ""


def own_emergencies(requester: Requester, *, limit: int = REVIEWS_SHOWN) -> list[Emergency]:
    """What this person opened at this practice, newest first, those whose patient was not told yet before the rest."""
    rows = list(EmergencyAccess.objects.filter(_own(requester)).order_by("-opened_at", "-id")[:limit])
    charts = sorted({row.chart_id for row in rows})
    lines.write(lines.step_line(requester, "emergency.own", charts=charts, purpose="EMERG", detail=str(len(rows))))
    return sorted((_emergency(row) for row in rows), key=lambda one: one.patient_told_at is not None)


def emergencies_about(requester: Requester) -> list[Emergency]:
    """Every emergency access to the patient's own chart, newest first. Raises NOT_FOUND for everybody else."""
    if requester.role is not Role.PATIENT or requester.chart_id is None:
        raise gate.not_found()
    release = gate.release(requester, requester.chart_id)
    rows = list(EmergencyAccess.objects.filter(chart_id=release.chart_id).order_by("-opened_at", "-id"))
    lines.write(lines.line_for(release, "emergencies", route="my/emergencies"))
    return [_emergency(row) for row in rows]


def emergency_for(requester: Requester, emergency_id: UUID) -> Emergency:
    """One access, for whoever opened it. Raises NOT_FOUND for everybody else."""
    row = EmergencyAccess.objects.filter(_own(requester), id=emergency_id).first()
    if row is None:
        raise gate.not_found()
    return _emergency(row)


def emergencies_to_review(requester: Requester, *, limit: int = REVIEWS_SHOWN) -> list[Emergency]:
    """Accesses opened at the privacy officer's practice: those without a finding first, then the newest."""
    rows = list(EmergencyAccess.objects.filter(watched_by(requester)).order_by("-reviewed_at", "-opened_at")[:limit])
    charts = sorted({row.chart_id for row in rows})
    lines.write(lines.step_line(requester, "emergency.list", charts=charts, detail=str(len(rows))))
    return sorted((_emergency(row) for row in rows), key=lambda one: one.reviewed_at is not None)


def _emergency(row: EmergencyAccess) -> Emergency:
    now = clock.now()
    return Emergency(
        id=row.id,
        chart_id=ChartId(row.chart_id),
        category=row.category,
        category_label=categories()[row.category].label,
        nature=row.nature,
        reason=row.reason,
        who=row.recipient_name,
        facility=row.recipient_facility,
        opened_at=row.opened_at,
        ends_at=row.ends_at,
        closed_at=row.closed_at,
        is_open=row.closed_at is None and row.opened_at <= now < row.ends_at,
        patient_told_at=row.patient_told_at,
        reviewed_at=row.reviewed_at,
        outcome=row.review_outcome,
    )
