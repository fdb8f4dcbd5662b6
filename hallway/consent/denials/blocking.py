"""Records of denials under the information blocking rule (45 CFR part 171): the exception, the criterion, the cure.

Only an explicit ask makes one: a preview, a referral, a question why, another system's decision, a request for access.
A list that leaves something out says nothing of it, so it makes none: such a record would itself tell.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from hallway import clock, ids
from hallway.consent import gate
from hallway.consent.denials.models import Denial
from hallway.consent.law.asking import BlockingGround
from hallway.consent.tables import blocking as grounds
from hallway.directory.models import Organization, OrganizationKind
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.ledger import lines

SHOWN = 200
ANYBODY = OrganizationId(0)
"""A recipient who is not in the directory."""
USUAL = "B-PRECONDITION"
"""The ground of a denial whose rules name no other."""


def ground_of(row_id: str) -> BlockingGround:
    """A row of the grounds, as a denial carries it. Raises KeyError for an unknown one."""
    row = grounds.ground(row_id)
    return BlockingGround(
        rule_id=row.id, exception=row.exception, criterion=row.criterion, citation=row.citation, cure=row.cure
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A no as the asking room knows it; ``form_kind`` is the form that would open it, if one would."""

    chart_id: ChartId
    route: str
    discloser_org: OrganizationId
    purpose: str
    classes: int
    outcome: str
    rule_ids: tuple[str, ...]
    needs: tuple[str, ...] = ()
    recipient_org: OrganizationId = ANYBODY
    recipient_practitioner: PractitionerId = ids.NOBODY
    recipient_kind: str = "provider"
    subject: str = ""
    ground: BlockingGround | None = None
    form_kind: str = ""


def record(refusal: Refusal, *, by: Requester, denial_id: UUID, loop_id: UUID | None) -> None:
    """Store the no with its ledger line, in the caller's transaction. ``loop_id`` is the task that cures it."""
    ground = refusal.ground or ground_of(USUAL)
    Denial.objects.create(
        id=denial_id,
        chart_id=refusal.chart_id,
        route=refusal.route,
        denied_at=clock.now(),
        asker_org_id=by.organization_id,
        asker_practitioner_id=by.practitioner_id,
        asker_account_id=by.account_id,
        asker_role=str(by.role),
        asker_client=by.name if by.role is Role.SYSTEM else "",
        discloser_org_id=refusal.discloser_org,
        recipient_org_id=refusal.recipient_org,
        recipient_practitioner_id=refusal.recipient_practitioner,
        recipient_kind=refusal.recipient_kind,
        purpose=refusal.purpose,
        classes=refusal.classes,
        subject=refusal.subject,
        outcome=refusal.outcome,
        needs=list(refusal.needs),
        rule_ids=list(refusal.rule_ids),
        exception=ground.exception,
        criterion=ground.criterion[:300],
        citation=ground.citation[:200],
        policy_id=grounds.ground(ground.rule_id or USUAL).policy,
        cure=list(ground.cure),
        form_kind=refusal.form_kind,
        loop_id=loop_id,
    )
    detail = f"denial/{denial_id} {refusal.outcome} {','.join(refusal.rule_ids)}"
    lines.write(lines.step_line(by, "denial", charts=[refusal.chart_id], purpose=refusal.purpose, detail=detail))


@dataclass(frozen=True, slots=True)
class Shown:
    """One denial as the privacy officer reads it, without the patient's name."""

    id: UUID
    chart_id: ChartId
    route: str
    denied_at: datetime
    asker: str
    asker_role: str
    discloser: str
    recipient: str
    purpose: str
    classes: int
    outcome: str
    needs: tuple[str, ...]
    rule_ids: tuple[str, ...]
    exception: str
    criterion: str
    citation: str
    policy_id: str
    form_kind: str
    loop_id: UUID | None
    recipient_org: OrganizationId
    recipient_practitioner: PractitionerId


def denials_at(requester: Requester, *, limit: int = SHOWN) -> list[Shown]:
    """Denials that the privacy officer answers for, newest first: of the own practice's records, the network's of all.

    The read leaves its line. Raises NOT_FOUND for every other role.
    """
    if requester.role is not Role.PRIVACY_OFFICER:
        raise gate.not_found()
    rows = list(Denial.objects.filter(_answered_for(requester)).order_by("-denied_at", "-id")[:limit])
    charts = sorted({row.chart_id for row in rows})
    lines.write(lines.step_line(requester, "denial.list", charts=charts, purpose="OPS", detail=str(len(rows))))
    return _shown(rows)


def denial_for(requester: Requester, denial_id: UUID) -> Shown:
    """One denial, for the people of the practice whose record it is. Raises NOT_FOUND for everybody else."""
    row = Denial.objects.filter(_answered_for(requester), id=denial_id).first()
    if row is None or requester.role is Role.PATIENT:
        raise gate.not_found()
    lines.write(
        lines.step_line(requester, "denial.read", charts=[row.chart_id], purpose="OPS", detail=f"denial/{row.id}")
    )
    return _shown([row])[0]


def _answered_for(by: Requester) -> Q:
    network = Organization.objects.filter(id=by.organization_id, kind=OrganizationKind.NETWORK).exists()
    return Q() if network and by.role is Role.PRIVACY_OFFICER else Q(discloser_org_id=by.organization_id)


def _shown(rows: list[Denial]) -> list[Shown]:
    places = {row.asker_org_id for row in rows} | {row.discloser_org_id for row in rows}
    places |= {row.recipient_org_id for row in rows}
    names = dict(Organization.objects.filter(id__in=places).values_list("id", "name"))
    return [_one(row, names) for row in rows]


def _one(row: Denial, names: dict[int, str]) -> Shown:
    return Shown(
        id=row.id,
        chart_id=ChartId(row.chart_id),
        route=row.route,
        denied_at=row.denied_at,
        asker=names.get(row.asker_org_id, ""),
        asker_role=row.asker_role,
        discloser=names.get(row.discloser_org_id, ""),
        recipient=names.get(row.recipient_org_id, row.recipient_kind),
        purpose=row.purpose,
        classes=row.classes,
        outcome=row.outcome,
        needs=tuple(row.needs),
        rule_ids=tuple(row.rule_ids),
        exception=row.exception,
        criterion=row.criterion,
        citation=row.citation,
        policy_id=row.policy_id,
        form_kind=row.form_kind,
        loop_id=row.loop_id,
        recipient_org=OrganizationId(row.recipient_org_id),
        recipient_practitioner=PractitionerId(row.recipient_practitioner_id),
    )
