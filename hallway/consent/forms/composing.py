"""A form is prepared: who gives what to whom, for what, until when. It opens nothing before it is signed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from hallway import clock, ids
from hallway.consent import gate, refusals
from hallway.consent.forms import steps, talks
from hallway.consent.grants import plans
from hallway.consent.models import Consent, ConsentKind, ConsentState
from hallway.consent.tables.forms import FormRule, strictest
from hallway.directory.models import Organization
from hallway.identity.requester import Requester, Role
from hallway.ids import NOBODY, ChartId, ConsentId, OrganizationId, PractitionerId, ReferralId
from hallway.record.classes import LICENCE_CLASSES
from hallway.record.evidence import Purpose
from hallway.storage.connection import transaction

DEFAULT_TERM = timedelta(days=365)
USUAL_POINTS, LARGE_POINTS = 12, 18
LANGUAGES = ("en", "es")
NOTE_FORMS = ("psychotherapy", "sud_counseling")
NOTE_KEEPERS = (Role.THERAPIST, Role.PSYCHIATRIST, Role.PATIENT)
"""Who may prepare a form about notes that open for their author alone: nobody at a front desk."""


@dataclass(frozen=True, slots=True)
class Composition:
    """What a form will say: who gives what to whom, for what, until when.

    ``kind`` is a ConsentKind value; ``classes`` a DataClass mask; ``kinds`` FHIR types, empty for all of the classes.
    ``expires_event`` is used where there is no date ("none", "end_of_treatment"); neither gives a year.
    ``states`` are further states whose words are printed (the patient's); ``longer_asked`` that the signer wants more
    than a state's longest term; ``members`` how many further persons must sign; ``licences`` the discloser's licence
    classes where the classes carried are wider (-1: those carried). ``once`` is the id that one press asks for: pressed
    twice, it is one form.
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
    states: tuple[str, ...] = ()
    language: str = "en"
    large_print: bool = False
    longer_asked: bool = False
    skin: str = ""
    template_id: UUID | None = None
    initials: str = ""
    members: int = 0
    exchange_id: UUID | None = None
    patient_asks: bool = False
    licences: int = -1
    once: UUID | None = None


def compose_consent(composition: Composition, *, by: Requester) -> ConsentId:
    """Prepare a form. It opens nothing. Raises UNPROCESSABLE when the form may not carry what is asked of it,
    FORBIDDEN for a form about notes by whoever keeps none, CONFLICT while the patient asked not to be asked.

    The second press of one ``once`` finds the form of the first, if that says the same.
    """
    gate.release(by, composition.chart_id)
    now = clock.now()
    row = _draft(composition, by, now)
    steps.refuse_defects(row, now)
    if not steps.is_party(row, by):
        raise gate.not_found()
    _refuse_wrong_hands(row, by)
    if not composition.patient_asks and talks.rests(composition.chart_id, by=by, today=clock.today()):
        raise refusals.asked_not_to_be_asked()
    with transaction():
        first = _first_press(composition, row)
        if first is None:
            row.save(force_insert=True)
            steps.note(by, "consent.prepared", row)
    return ConsentId(row.id if first is None else first.id)


_SAID = (
    "chart_id", "kind", "discloser_org_id", "discloser_practitioner_id", "recipient_org_id",
    "recipient_practitioner_id", "classes", "kinds", "purposes", "expires_at", "expires_event", "tell_withheld",
    "language", "point_size", "skin", "template_id", "members_needed", "composed_by", "composed_org_id",
)  # fmt: skip
"""What two presses must agree on to be one."""


def _first_press(composition: Composition, row: Consent) -> Consent | None:
    """The form that the same press prepared before; ``row`` takes the id asked for, or another where that is taken."""
    if composition.once is None:
        return None
    plans.lock([composition.chart_id])
    held = Consent.objects.filter(id=composition.once).first()
    if held is None:
        row.id = composition.once
        return None
    answered = held.state not in (ConsentState.DRAFT, ConsentState.DECLINED)
    if answered or any(getattr(held, name) != getattr(row, name) for name in _SAID):
        return None
    return held


def asked_before(consent_id: ConsentId, *, by: Requester) -> Composition:
    """What a form asked for, to ask it again: who, what and what for, and never its signature or its dates.

    Raises NOT_FOUND when it is not there or ``by`` is no party to it: one answer for both.
    """
    row = Consent.objects.filter(id=consent_id).first()
    if row is None or not steps.is_party(row, by):
        raise gate.not_found()
    gate.release(by, ChartId(row.chart_id))
    return Composition(
        chart_id=ChartId(row.chart_id),
        kind=row.kind,
        discloser_org=OrganizationId(row.discloser_org_id),
        recipient_org=OrganizationId(row.recipient_org_id),
        classes=row.classes,
        purposes=tuple(Purpose(one) for one in row.purposes),
        kinds=tuple(row.kinds),
        discloser_practitioner=PractitionerId(row.discloser_practitioner_id),
        recipient_practitioner=PractitionerId(row.recipient_practitioner_id),
        tell_withheld=row.tell_withheld,
        language=row.language,
        large_print=row.point_size >= LARGE_POINTS,
        skin=row.skin,
        template_id=row.template_id,
        members=row.members_needed,
        exchange_id=row.exchange_id,
    )


def compose_exchange(there: Composition, back: Composition, *, by: Requester) -> tuple[ConsentId, ConsentId]:
    """Both directions of a confidential exchange, joined, to be signed with one hand and taken back apart."""
    exchange_id = ids.new_uuid(clock.now())
    with transaction():
        made = [compose_consent(replace(one, exchange_id=exchange_id), by=by) for one in (there, back)]
    return made[0], made[1]


def _refuse_wrong_hands(row: Consent, by: Requester) -> None:
    """Notes of sessions: their form is prepared where they are kept, by who keeps them, or by the patient."""
    if row.kind in NOTE_FORMS and (
        by.role not in NOTE_KEEPERS or (by.role is not Role.PATIENT and by.organization_id != row.discloser_org_id)
    ):
        raise refusals.not_yours()


def rule_of(composition: Composition, state: str) -> FormRule:
    """The strictest union for the discloser's state, the further states, and the licences among the classes."""
    return strictest(composition.kind, frozenset({state, *composition.states} - {""}), licences_of(composition))


def licences_of(composition: Composition) -> int:
    """The licence classes whose words are printed."""
    asked = composition.classes if composition.licences < 0 else composition.licences
    return int(asked) & int(LICENCE_CLASSES)


def _draft(composition: Composition, by: Requester, now: datetime) -> Consent:
    state = Organization.objects.filter(id=composition.discloser_org).values_list("state", flat=True).first()
    if composition.kind not in ConsentKind.values or state is None:
        raise refusals.invalid_form("kind" if state is not None else "discloser")
    if composition.language not in LANGUAGES:
        raise refusals.unknown_code("language")
    rule = rule_of(composition, state)
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
        statements=list(rule.statements),
        tell_withheld=composition.tell_withheld,
        referral_id=composition.referral_id,
        composed_at=now,
        composed_by=by.practitioner_id,
        composed_org_id=by.organization_id,
        expires_at=expires_at,
        expires_event="" if expires_at else event,
        **_look(composition, rule),
    )


def _look(composition: Composition, rule: FormRule) -> dict[str, object]:
    """How the form is printed, and what it asks of further hands."""
    wanted = LARGE_POINTS if composition.large_print else USUAL_POINTS
    return {
        "language": composition.language,
        "point_size": max(wanted, rule.points),
        "licences": licences_of(composition),
        "longer_asked": composition.longer_asked,
        "skin": composition.skin,
        "template_id": composition.template_id,
        "initials": composition.initials[:8],
        "members_needed": composition.members,
        "exchange_id": composition.exchange_id,
    }


def drafts_of(consent_ids: Sequence[UUID]) -> list[Consent]:
    """These forms, in the order asked; those that are gone are left out."""
    rows = {row.id: row for row in Consent.objects.filter(id__in=list(consent_ids))}
    return [rows[one] for one in consent_ids if one in rows]
