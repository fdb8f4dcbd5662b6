"""Opening the protocol: by a critical answer, by a score from elsewhere, by a clinician's press. Once a cause."""

from datetime import datetime
from uuid import UUID

from hallway import clock, ids
from hallway.consent import gate
from hallway.consent.actions import store
from hallway.consent.grants import licences, plans
from hallway.directory.models import Organization
from hallway.identity.requester import CLINICIANS, Requester, system
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId
from hallway.labels.source import Source
from hallway.ledger import lines
from hallway.loops import actions as loops
from hallway.loops.actions import Owed
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.screening.events import SafetyOpened
from hallway.screening.models import Safety, SafetyStep
from hallway.screening.safety import refusals, resources, rules
from hallway.screening.safety.states import State, Step
from hallway.storage import outbox
from hallway.storage.connection import transaction

FURTHER = "A person may be in danger: a further sign came in"
"""Why a protocol that another answer joined stands on a list."""
_LONGEST_CODE = 24


def open_safety(  # noqa: PLR0913 - the contract names each part of the cause
    chart_id: ChartId,
    *,
    organization: OrganizationId,
    opened_by: str,
    cause_kind: str,
    cause_id: str,
    cause_code: str,
    source_org: OrganizationId,
    mask: int,
    cause_level: str = "",
    owner: PractitionerId = NOBODY,
    by: Requester | None = None,
) -> UUID:
    """Open it for one practice, or give the one that this cause opened or joined; its id.

    ``opened_by`` is ``screening``, ``elsewhere`` or ``clinician``. A cause is one answer: what holds it, its question
    and its level. A second sign of the same label joins the protocol that runs and raises its clock anew; where that
    one has ended, or for another label, it has its own, because who may know of it differs. ``mask`` and
    ``source_org`` label it. No right is asked: whoever calls has seen the sign, and reading it is gated.
    """
    with transaction():
        plans.lock([chart_id])
        cause_code = cause_code[:_LONGEST_CODE]
        known = _of_cause(chart_id, organization, (cause_kind, cause_id), (cause_code, cause_level))
        if known is not None:
            return known
        actor = by or system("safety")
        running = _running(chart_id, organization, source_org, mask)
        if running is not None:
            answer = rules.joined(cause_code, cause_level)
            note(running, Step.ALSO, by=actor, code=answer, kind=cause_kind, key=cause_id)
            running.save(update_fields=["version"])
            loops.raise_anew(running.id, kind=LoopKind.SAFETY, why=FURTHER)
            return running.id
        _ground(chart_id, source_org, mask, by=actor)
        now = clock.now()
        made = Safety.objects.create(
            id=ids.new_uuid(now),
            chart_id=chart_id,
            organization_id=organization,
            owner_practitioner_id=owner,
            opened_by=opened_by,
            cause_kind=cause_kind,
            cause_id=cause_id,
            cause_code=cause_code,
            cause_level=cause_level,
            source_org_id=source_org,
            mask=mask,
            state=State.WAITING.value,
            opened_at=now,
        )
        loops.open_loop(_owed(made))
        lines.write(lines.step_line(actor, "safety.opened", charts=[chart_id], detail=str(made.id)))
        outbox.announce(SafetyOpened(chart_id, made.id, organization))
    return made.id


def press(by: Requester, chart_id: ChartId) -> UUID:
    """A clinician has seen for themselves that somebody may be in danger: the protocol, theirs from the start.

    Raises NOT_FOUND as the gate does, FORBIDDEN for a role that may not.
    """
    if by.role not in CLINICIANS:
        raise refusals.not_your_step()
    gate.release(by, chart_id)
    return open_safety(
        chart_id,
        organization=by.organization_id,
        opened_by="clinician",
        cause_kind="",
        cause_id="",
        cause_code="",
        source_org=by.organization_id,
        mask=licences.usual_classes(by.practitioner_id, by.organization_id),
        owner=by.practitioner_id,
        by=by,
    )


def _ground(chart_id: ChartId, source_org: OrganizationId, mask: int, *, by: Requester) -> None:
    """Where the practice has charted nothing yet, no right to what is its own exists: a Task is its first fact there.

    Without it the protocol would be open and nobody could see it.
    """
    if not plans.charts_without_grants({(int(chart_id), int(source_org))}):
        return
    place = Organization.objects.get(id=source_org)
    task = resources.begun(f"Patient/{record.patient_of(chart_id)}", f"Organization/{place.fhir_id}", clock.now())
    store([task], by=by, source=Source(source_org, carries=mask))


def _of_cause(chart_id: int, organization: int, held_by: tuple[str, str], answer: tuple[str, str]) -> UUID | None:
    """The protocol that this very answer opened or joined, running or ended: its holder, then its code and level."""
    (kind, key), (code, level) = held_by, answer
    if not key:
        return None
    mine = Safety.objects.filter(chart_id=chart_id, organization_id=organization)
    found = mine.filter(cause_kind=kind, cause_id=key, cause_code=code, cause_level=level).first()
    found = found or mine.filter(
        steps__step=Step.ALSO.value,
        steps__resource_kind=kind[:40],
        steps__resource_id=key,
        steps__code=rules.joined(code, level),
    ).first()  # fmt: skip
    return found.id if found else None


def _running(chart_id: int, organization: int, source_org: int, mask: int) -> Safety | None:
    running = Safety.objects.select_for_update().filter(
        chart_id=chart_id, organization_id=organization, source_org_id=source_org, mask=mask, closed_at__isnull=True
    )
    return running.order_by("opened_at").first()


def _owed(safety: Safety) -> Owed:
    return Owed(
        chart_id=ChartId(safety.chart_id),
        kind=LoopKind.SAFETY,
        owner_org=OrganizationId(safety.organization_id),
        owner_practitioner=PractitionerId(safety.owner_practitioner_id),
        for_org=OrganizationId(safety.organization_id),
        source_org=OrganizationId(safety.source_org_id),
        mask=safety.mask,
        subject_id=safety.id,
    )


def note(
    safety: Safety,
    step: Step,
    *,
    by: Requester,
    code: str = "",
    kind: str = "",
    key: str = "",
    at: datetime | None = None,
) -> SafetyStep:
    """Write one step down; its position is the protocol's new version, which the caller saves."""
    safety.version += 1
    return SafetyStep.objects.create(
        safety=safety,
        position=safety.version,
        step=step.value,
        at=at or clock.now(),
        by_account_id=by.account_id,
        by_practitioner_id=by.practitioner_id,
        by_org_id=by.organization_id,
        code=code[:40],
        resource_kind=kind[:40],
        resource_id=key[:64],
    )
