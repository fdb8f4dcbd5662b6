"""What patients ask a practice for, what the practice answers, and where they want to be reached (45 CFR 164.522)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from hallway import clock, ids
from hallway.consent import gate, refusals
from hallway.consent.events import AskAnswered, PatientAsked
from hallway.consent.models import ContactWish, PatientAsk
from hallway.consent.rights import limits
from hallway.consent.tables.profiles import ALL_CLASSES
from hallway.directory.models import Organization, OrganizationKind
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import ChartId, OrganizationId
from hallway.ledger import lines
from hallway.record import queries as record
from hallway.record.classes import LICENCE_CLASSES, DataClass
from hallway.storage import outbox
from hallway.storage.connection import transaction

ANSWERERS = CLINICIANS | {Role.FRONT_DESK, Role.PRIVACY_OFFICER}
"""Who at a practice may answer for it. A restriction binds the practice, so a clinician or a privacy officer agrees."""
DECIDERS = CLINICIANS | {Role.PRIVACY_OFFICER}
TOPICS: dict[str, int] = {
    "everything": ALL_CLASSES,
    "mental_health": int(DataClass.MH | LICENCE_CLASSES),
    "substance_use": int(DataClass.PART2),
    "hiv": int(DataClass.HIV),
    "genetic": int(DataClass.GENETIC),
    "reproductive": int(DataClass.REPRO),
    "gender": int(DataClass.GENDER),
}
"""What a restriction may be about, by data class."""
MOST_WORDS = 500
_Kind, _State = PatientAsk.Kind, PatientAsk.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is asked of which practice: ``topic`` and ``recipient_org`` of a restriction, ``service_on`` of self-pay."""

    organization: OrganizationId
    kind: str
    topic: str = ""
    recipient_org: OrganizationId = limits.ANY_ORGANIZATION
    service_on: date | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One ask as both sides read it."""

    id: UUID
    chart_id: ChartId
    organization: str
    kind: str
    kind_label: str
    state: str
    state_label: str
    topic: str
    recipient: str
    service_on: date | None
    words: str
    asked_at: datetime
    answer: str
    decided_at: datetime | None


def ask(by: Requester, wish: Wish) -> UUID:
    """The patient asks. Raises FORBIDDEN for anybody else, UNPROCESSABLE for what no practice could answer."""
    if by.role is not Role.PATIENT or by.chart_id is None:
        raise refusals.not_yours()
    gate.release(by, by.chart_id)
    _refuse_gaps(by.chart_id, wish)
    now = clock.now()
    with transaction():
        row = PatientAsk.objects.create(
            id=ids.new_uuid(now),
            chart_id=by.chart_id,
            organization_id=wish.organization,
            kind=wish.kind,
            topic=wish.topic,
            recipient_org_id=wish.recipient_org,
            service_on=wish.service_on,
            words=wish.words.strip(),
            asked_at=now,
            asked_by=by.account_id,
        )
        _note(by, "ask.asked", row)
        outbox.announce(PatientAsked(row.id, row.chart_id, row.organization_id))
    return row.id


def _refuse_gaps(chart_id: ChartId, wish: Wish) -> None:
    if wish.kind not in _Kind.values:
        raise refusals.unknown_code("kind")
    if wish.organization not in record.sources_of(chart_id):
        raise refusals.unknown_code("organization")
    if wish.kind == _Kind.RESTRICTION and wish.topic not in TOPICS:
        raise refusals.unknown_code("topic")
    if wish.kind == _Kind.SELF_PAY and (wish.service_on is None or wish.service_on > clock.today()):
        raise refusals.say_it("service_on")
    text = wish.words.strip()
    said = len(text) >= 2 or wish.kind in (_Kind.RESTRICTION, _Kind.SELF_PAY)
    if not said or len(text) > MOST_WORDS or "\x00" in text:
        raise refusals.say_it("words")


def agree(by: Requester, ask_id: UUID) -> None:
    """The practice agrees; a restriction holds from this commit on, for its own records."""
    with transaction():
        row = _waiting(by, ask_id, DECIDERS)
        if row.kind not in (_Kind.RESTRICTION, _Kind.SELF_PAY):
            raise refusals.unknown_code("answer")
        for recipient in _recipients(row):
            row.restriction_id = limits.restrict(
                ChartId(row.chart_id),
                by=by,
                classes=_classes(row),
                recipient_org=recipient,
                basis="164.522(a)(1)(i)" if row.kind == _Kind.RESTRICTION else "164.522(a)(1)(vi)",
            )
        _decide(row, by, _State.AGREED)


def _recipients(row: PatientAsk) -> list[OrganizationId]:
    """Whom it is kept from: a self-pay restriction binds toward health plans, whichever there are."""
    if row.kind == _Kind.RESTRICTION:
        return [OrganizationId(row.recipient_org_id)]
    plans = Organization.objects.filter(kind=OrganizationKind.PAYER).order_by("id")
    return [OrganizationId(one) for one in plans.values_list("id", flat=True)]


def _classes(row: PatientAsk) -> int:
    return TOPICS[row.topic] if row.kind == _Kind.RESTRICTION else int(DataClass.SELF_PAY_RESTRICTED)


def refuse(by: Requester, ask_id: UUID, answer: str) -> None:
    """The practice does not agree, and says why. For self-pay the only ground is that it was not paid in full."""
    with transaction():
        row = _waiting(by, ask_id, DECIDERS)
        row.answer = _said(answer)
        _decide(row, by, _State.REFUSED)


def answer_ask(by: Requester, ask_id: UUID, answer: str) -> None:
    """The practice answers a question, or says what became of a wish for another form."""
    with transaction():
        row = _waiting(by, ask_id, ANSWERERS)
        if row.kind in (_Kind.RESTRICTION, _Kind.SELF_PAY):
            raise refusals.unknown_code("answer")
        row.answer = _said(answer)
        _decide(row, by, _State.ANSWERED)


def take_back(by: Requester, ask_id: UUID) -> None:
    """The patient asks no more. What was agreed before stays agreed: end the restriction for that."""
    with transaction():
        row = PatientAsk.objects.select_for_update().filter(id=ask_id, chart_id=by.chart_id or -1).first()
        if row is None or by.role is not Role.PATIENT:
            raise gate.not_found()
        if row.state != _State.ASKED:
            raise refusals.stale(by_you=row.decided_by == by.account_id)
        _decide(row, by, _State.WITHDRAWN)


def _waiting(by: Requester, ask_id: UUID, roles: frozenset[Role]) -> PatientAsk:
    if by.role not in roles:
        raise refusals.not_yours()
    row = PatientAsk.objects.select_for_update().filter(id=ask_id, organization_id=by.organization_id or -1).first()
    if row is None:
        raise gate.not_found()
    gate.release(by, ChartId(row.chart_id))
    if row.state != _State.ASKED:
        raise refusals.stale(by_you=row.decided_by == by.account_id)
    return row


def _said(answer: str) -> str:
    text = answer.strip()
    if not 2 <= len(text) <= MOST_WORDS or "\x00" in text:
        raise refusals.say_it("answer")
    return text


def _decide(row: PatientAsk, by: Requester, state: str) -> None:
    row.state, row.decided_at, row.decided_by = state, clock.now(), by.account_id
    row.save()
    _note(by, f"ask.{state}", row)
    outbox.announce(AskAnswered(row.id))


def asks_of(by: Requester) -> list[Asked]:
    """Everything the patient asked for, newest first."""
    if by.role is not Role.PATIENT or by.chart_id is None:
        raise gate.not_found()
    release = gate.release(by, by.chart_id)
    lines.write(lines.line_for(release, "asks", route="my/asks"))
    return _views(list(PatientAsk.objects.filter(chart_id=by.chart_id).order_by("-asked_at", "-id")))


def asks_at(by: Requester, *, limit: int = 100) -> list[Asked]:
    """What patients asked this practice for and nobody has answered, oldest first."""
    if by.role not in ANSWERERS or not by.organization_id:
        raise gate.not_found()
    waiting = PatientAsk.objects.filter(organization_id=by.organization_id, state=_State.ASKED)
    rows = list(waiting.order_by("asked_at", "id")[:limit])
    charts = sorted({row.chart_id for row in rows})
    lines.write(lines.step_line(by, "asks.waiting", charts=charts, purpose="OPS"))
    return _views(rows)


def _views(rows: Sequence[PatientAsk]) -> list[Asked]:
    wanted = {row.organization_id for row in rows} | {row.recipient_org_id for row in rows}
    places = dict(Organization.objects.filter(id__in=wanted).values_list("id", "name"))
    return [
        Asked(
            id=row.id,
            chart_id=ChartId(row.chart_id),
            organization=places.get(row.organization_id, ""),
            kind=row.kind,
            kind_label=_Kind(row.kind).label,
            state=row.state,
            state_label=_State(row.state).label,
            topic=row.topic,
            recipient=places.get(row.recipient_org_id, "everybody outside this practice"),
            service_on=row.service_on,
            words=row.words,
            asked_at=row.asked_at,
            answer=row.answer,
            decided_at=row.decided_at,
        )
        for row in rows
    ]


# Where to reach them -------------------------------------------------------------------------------------------------


def reach_me_at(by: Requester, *, channel: str, address: str, payment: str = "") -> None:
    """Another way to reach the patient, accepted at once and without a reason; it takes the former one's place."""
    chart_id = _own(by)
    if channel not in ContactWish.Channel.values:
        raise refusals.unknown_code("channel")
    texts = (address.strip(), payment.strip())
    if len(texts[0]) < 5 or not all(len(text) <= 200 and text.isprintable() for text in texts):
        raise refusals.say_it("address")
    now = clock.now()
    with transaction():
        ContactWish.objects.filter(chart_id=chart_id, ended_at=None).update(ended_at=now)
        row = ContactWish.objects.create(
            id=ids.new_uuid(now), chart_id=chart_id, channel=channel, address=texts[0], payment=texts[1], from_at=now
        )
        lines.write(lines.step_line(by, "contact.wished", charts=[chart_id], detail=f"contact/{row.id}"))


def reach_me_as_before(by: Requester) -> None:
    """The wish ends."""
    chart_id = _own(by)
    with transaction():
        if ContactWish.objects.filter(chart_id=chart_id, ended_at=None).update(ended_at=clock.now()):
            lines.write(lines.step_line(by, "contact.ended", charts=[chart_id]))


def contact_wish(by: Requester, chart_id: ChartId) -> ContactWish | None:
    """The wish that holds, for the patient and for whoever may open the chart at a practice."""
    if by.role is Role.REPRESENTATIVE:
        raise gate.not_found()
    gate.release(by, chart_id)
    return ContactWish.objects.filter(chart_id=chart_id, ended_at=None).first()


def _own(by: Requester) -> ChartId:
    if by.role is not Role.PATIENT or by.chart_id is None:
        raise refusals.not_yours()
    gate.release(by, by.chart_id)
    return by.chart_id


def _note(by: Requester, act: str, row: PatientAsk) -> None:
    lines.write(lines.step_line(by, act, charts=[row.chart_id], purpose="OPS", detail=f"ask/{row.id}"))
