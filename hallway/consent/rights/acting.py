"""Who may act for a patient: entered with a document, ended, not treated as representative, agreed to by the minor.

45 CFR 164.502(g). Each change recompiles the chart's grants in its own transaction, so it holds from the commit on.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hallway import clock, ids
from hallway.consent import gate, refusals
from hallway.consent.grants.rebuilding import rebuild_grants
from hallway.directory.models import Licence, Organization, Practitioner, Representative, RepresentativeDecision
from hallway.identity import actions as identity
from hallway.identity.models import Account
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import AccountId, ChartId, OrganizationId
from hallway.ledger import lines
from hallway.storage.connection import transaction

KEEPERS = CLINICIANS | {Role.FRONT_DESK, Role.PRIVACY_OFFICER}
"""Who at a practice may look at a document and write down who acts."""
ENDED_AS = ("document_ended", "of_age", "emancipated", "patient_asked", "replaced", "mistake", "died")
AGAINST = frozenset({"not_treated", "detriment", "professional_no"})
"""Words that take access away. Only a licensed professional says them (164.502(g)(5), (g)(3)(ii)(C))."""
MAX_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is written down of somebody who acts. ``document`` says what was shown, in words."""

    name: str
    relation: str
    authority: str
    document: str
    phone: str = ""
    classes: int = 0
    kinds: tuple[str, ...] = ()
    until_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody who acts, with the words said about them."""

    id: int
    name: str
    relation: str
    authority: str
    authority_label: str
    document: str
    phone: str
    kinds: tuple[str, ...]
    has_sign_in: bool
    since: datetime
    until: datetime | None
    holds: bool
    ended_as: str
    agreed: UUID | None
    against: tuple["Against", ...]
    on_paper: tuple["Against", ...] = ()
    """The minor's word as practices wrote it down, each for its own records: all for the patient, else one's own."""

    @property
    def is_parent(self) -> bool:
        """Whether they act as parent or guardian of a minor."""
        return self.authority == Representative.Authority.PARENT


@dataclass(frozen=True, slots=True)
class Against:
    """One word about somebody who acts, said or kept at a practice; ``reason`` only where its reader may know it."""

    id: UUID
    label: str
    organization_id: int
    organization: str
    reason: str
    at: datetime


def acting_for(by: Requester, chart_id: ChartId | None = None) -> list[Actor]:
    """Everybody who acts or acted, newest first: for the patient, and for whoever keeps such lists at a practice.

    The reasons of decisions are shown at the practice that took them. Raises NOT_FOUND for everybody else.
    """
    wanted = by.chart_id if by.role is Role.PATIENT else chart_id
    if wanted is None or (by.role is not Role.PATIENT and by.role not in KEEPERS):
        raise gate.not_found()
    release = gate.release(by, wanted)
    rows = list(Representative.objects.filter(chart_id=wanted).order_by("-from_at", "-id"))
    words = list(RepresentativeDecision.objects.filter(chart_id=wanted, ended_at=None).order_by("decided_at"))
    places = dict(
        Organization.objects.filter(id__in={word.organization_id for word in words}).values_list("id", "name")
    )
    lines.write(lines.line_for(release, "representatives", route="acting"))
    return [_actor(row, [word for word in words if word.representative_id == row.id], places, by) for row in rows]


def _actor(row: Representative, words: list[RepresentativeDecision], places: dict[int, str], by: Requester) -> Actor:
    now = clock.now()
    agreed = next((word.id for word in words if word.kind == "minor_agrees" and word.organization_id == 0), None)
    return Actor(
        id=row.id,
        name=row.name,
        relation=Representative.Relation(row.relation).label,
        authority=row.authority,
        authority_label=Representative.Authority(row.authority).label,
        document=row.document,
        phone=row.phone,
        kinds=tuple(row.kinds),
        has_sign_in=bool(row.account_id),
        since=row.from_at,
        until=row.until_at,
        holds=row.ended_at is None and (row.until_at is None or row.until_at > now),
        ended_as=row.ended_as,
        agreed=agreed,
        against=tuple(_said(word, places, by) for word in words if word.kind in AGAINST),
        on_paper=tuple(
            _said(word, places, by)
            for word in words
            if word.kind == "minor_agrees"
            and word.organization_id
            and (by.role is Role.PATIENT or word.organization_id == by.organization_id)
        ),
    )


def _said(word: RepresentativeDecision, places: dict[int, str], by: Requester) -> Against:
    return Against(
        word.id,
        RepresentativeDecision.Kind(word.kind).label,
        word.organization_id,
        places.get(word.organization_id, ""),
        word.reason if word.organization_id == by.organization_id else "",
        word.decided_at,
    )


def add_representative(chart_id: ChartId, entry: Entry, *, by: Requester) -> int:
    """Write down who acts, after the document was seen; the entry's number. FORBIDDEN for whoever keeps no such list.

    Raises NOT_FOUND when ``by`` may not open the chart, UNPROCESSABLE without a name, a document or a known code.
    """
    if by.role not in KEEPERS or not by.practitioner_id:
        raise refusals.not_yours()
    gate.release(by, chart_id)
    _refuse_gaps(entry)
    with transaction():
        row = Representative.objects.create(
            chart_id=chart_id,
            name=entry.name.strip(),
            phone=entry.phone.strip(),
            relation=entry.relation,
            authority=entry.authority,
            document=entry.document.strip(),
            classes=entry.classes,
            kinds=list(entry.kinds),
            verified_by=by.practitioner_id,
            verified_org_id=by.organization_id,
            from_at=clock.now(),
            until_at=entry.until_at,
        )
        _done(chart_id, by, "representative.added", f"representative/{row.id} {row.authority}")
    return row.id


def _refuse_gaps(entry: Entry) -> None:
    if entry.relation not in Representative.Relation.values:
        raise refusals.unknown_code("relation")
    if entry.authority not in Representative.Authority.values:
        raise refusals.unknown_code("authority")
    for field, text in (("name", entry.name), ("document", entry.document)):
        if not 2 <= len(text.strip()) <= 200 or not text.isprintable():
            raise refusals.say_it(field)


def give_sign_in(representative_id: int, account_id: AccountId, *, by: Requester) -> None:
    """Let an account act under this entry. The account is a patient's or nobody's yet, never a practitioner's."""
    with transaction():
        row = _kept_by(representative_id, by)
        account = Account.objects.filter(id=account_id, ended_at=None).first()
        if account is None or account.practitioner_id:
            raise refusals.unknown_code("account")
        row.account_id = account.id
        row.save()
        _note(ChartId(row.chart_id), by, "representative.sign_in", f"representative/{row.id}")


def make_sign_in(representative_id: int, login_name: str, password: str, *, by: Requester, demo: bool = False) -> None:
    """A sign-in of their own, with a first password; the second factor is theirs to set up. One for each entry.

    Raises what ``identity`` raises for a short password; CONFLICT when the entry has one or the name is taken.
    """
    with transaction():
        row = _kept_by(representative_id, by)
        name = login_name.strip().lower()
        if by.role is Role.PATIENT or not 3 <= len(name) <= 254 or not name.isprintable():
            raise refusals.say_it("login")
        if row.account_id or Account.objects.filter(login_name=name).exists():
            raise refusals.name_taken()
        account = identity.create_account(name, row.name, password=password, demo=demo)
        row.account_id = account.id
        row.save()
        _note(ChartId(row.chart_id), by, "representative.sign_in", f"representative/{row.id}")


def end_representative(representative_id: int, ended_as: str, *, by: Requester) -> None:
    """They act no more; every session in which they do ends now. ``ended_as`` is one of ENDED_AS."""
    if ended_as not in ENDED_AS:
        raise refusals.unknown_code("ended_as")
    with transaction():
        row = _kept_by(representative_id, by)
        if row.ended_at is not None:
            raise refusals.stale(by_you=row.ended_by == by.account_id)
        row.ended_at, row.ended_by, row.ended_as = clock.now(), by.account_id, ended_as
        row.save()
        identity.end_sessions_for(row.id)
        _done(ChartId(row.chart_id), by, "representative.ended", f"representative/{row.id} {ended_as}")


def decide_against(representative_id: int, kind: str, reason: str, *, by: Requester) -> UUID:
    """This practice does not treat them as representative, or withholds its records: a licensed person's judgement.

    It is about the practice's own records; another decides for its own. The reason is kept for the privacy officer.
    """
    if kind not in AGAINST:
        raise refusals.unknown_code("kind")
    if by.role not in CLINICIANS or not _is_licensed(by):
        raise refusals.not_yours()
    if not 10 <= len(reason.strip()) <= MAX_REASON or "\x00" in reason:
        raise refusals.no_reason()
    with transaction():
        row = _kept_by(representative_id, by)
        word = _word(row, by, kind=kind, organization=by.organization_id, reason=reason.strip())
        _done(ChartId(row.chart_id), by, "representative.refused", f"representative/{row.id} {kind}")
    return word


def agree_as_minor(
    representative_id: int, *, by: Requester, organization: OrganizationId, classes: int = 0, witness_of: str = ""
) -> UUID:
    """The patient lets this person see what only the patient may open: asked by the patient, or written down at a desk.

    ``organization`` is whose records; 0 every practice's. ``witness_of`` says where the signed paper lies, at a desk.
    """
    if by.role is not Role.PATIENT and (by.role not in KEEPERS or len(witness_of.strip()) < 2):
        raise refusals.not_yours()
    if by.role is not Role.PATIENT and organization != by.organization_id:
        raise refusals.not_yours()
    with transaction():
        row = _kept_by(representative_id, by)
        reason = witness_of.strip()[:MAX_REASON]
        word = _word(row, by, kind="minor_agrees", organization=organization, reason=reason, classes=classes)
        _done(ChartId(row.chart_id), by, "representative.agreed", f"representative/{row.id}")
    return word


def end_decision(decision_id: UUID, *, by: Requester) -> None:
    """Take such a word back: the patient their agreement, the practice its decision."""
    with transaction():
        row = RepresentativeDecision.objects.select_for_update().filter(id=decision_id, ended_at=None).first()
        if row is None:
            raise gate.not_found()
        gate.release(by, ChartId(row.chart_id))
        agreed = row.kind == RepresentativeDecision.Kind.MINOR_AGREES
        if not (agreed and by.role is Role.PATIENT) and row.organization_id != by.organization_id:
            raise refusals.not_yours()
        if not agreed and (by.role not in CLINICIANS or not _is_licensed(by)):
            raise refusals.not_yours()
        row.ended_at, row.ended_by = clock.now(), by.account_id
        row.save()
        _done(ChartId(row.chart_id), by, "representative.word_ended", f"representative/{row.representative_id}")


def _word(row: Representative, by: Requester, *, kind: str, organization: int, reason: str, classes: int = 0) -> UUID:
    """Said once, however often it is pressed: what is taken back with one press was not said twice."""
    now = clock.now()
    same = RepresentativeDecision.objects.filter(
        representative=row, organization_id=organization, kind=kind, classes=classes, ended_at=None
    ).first()
    if same is not None:
        return same.id
    word = RepresentativeDecision.objects.create(
        id=ids.new_uuid(now),
        chart_id=row.chart_id,
        representative=row,
        organization_id=organization,
        kind=kind,
        classes=classes,
        reason=reason,
        decided_by=by.account_id,
        decided_as=str(by.role),
        decided_at=now,
    )
    return word.id


def _kept_by(representative_id: int, by: Requester) -> Representative:
    """The entry, for whoever may open its chart and keeps such lists, or for the patient."""
    row = Representative.objects.select_for_update().filter(id=representative_id).first()
    if row is None:
        raise gate.not_found()
    gate.release(by, ChartId(row.chart_id))
    if by.role is not Role.PATIENT and by.role not in KEEPERS:
        raise refusals.not_yours()
    return row


def _is_licensed(by: Requester) -> bool:
    licences = Practitioner.objects.filter(id=by.practitioner_id).exclude(licence=Licence.NONE)
    return bool(by.practitioner_id) and licences.exists()


def _done(chart_id: ChartId, by: Requester, act: str, detail: str) -> None:
    rebuild_grants([chart_id])
    _note(chart_id, by, act, detail)


def _note(chart_id: ChartId, by: Requester, act: str, detail: str) -> None:
    lines.write(lines.step_line(by, act, charts=[chart_id], detail=detail))
