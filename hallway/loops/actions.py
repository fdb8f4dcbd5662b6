"""Open, close and escalate what is owed. Called inside the transaction of the step that owes."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from hallway import clock, ids
from hallway.identity.requester import system
from hallway.ids import NOBODY, ChartId, LoopId, OrganizationId, PractitionerId
from hallway.ledger import lines
from hallway.loops import rules
from hallway.loops.events import LoopEscalated
from hallway.loops.models import Loop
from hallway.loops.tables.clocks import CLOCKS, LoopKind, Unit
from hallway.storage import outbox
from hallway.storage.connection import transaction

_AT_ONCE = 10_000

Label = tuple[int, int, int] | tuple[int, int, int, str] | tuple[int, int, int, str, str]
"""Source, mask and author of a fact; where it is known its kind of resource, as a role may have some kinds only; and
its id, by which a list counts the classes that it has gained since."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Who owes whom what about whom. ``mask`` and ``source_org`` label the row like any fact."""

    chart_id: ChartId
    kind: LoopKind
    owner_org: OrganizationId
    for_org: OrganizationId
    source_org: OrganizationId
    mask: int
    owner_practitioner: PractitionerId = NOBODY
    for_practitioner: PractitionerId = NOBODY
    owner_role: str = ""
    referral_id: UUID | None = None
    subject_id: UUID | None = None
    due_at: datetime | None = None
    """Empty: the clock of its kind."""
    from_at: datetime | None = None
    """When it enters the owner's list; empty: at once."""
    harm: int | None = None
    why: str = ""
    """Its own words for the list, where those of its kind say too little."""
    also: tuple[Label, ...] = ()
    """Labels of further facts it rests on."""
    rises_as: LoopKind | None = None
    """Rises as that kind does, where its own clock is too slow; empty: as its kind."""


def open_loop(owed: Owed) -> LoopId:
    """Start a clock."""
    now = clock.now()
    row = CLOCKS[owed.kind]
    loop = Loop.objects.create(
        id=ids.new_uuid(now),
        chart_id=owed.chart_id,
        kind=owed.kind.value,
        next_step=owed.kind.value,
        owner_org_id=owed.owner_org,
        owner_practitioner_id=owed.owner_practitioner,
        owner_role=owed.owner_role,
        for_org_id=owed.for_org,
        for_practitioner_id=owed.for_practitioner,
        source_org_id=owed.source_org,
        mask=owed.mask,
        referral_id=owed.referral_id,
        subject_id=owed.subject_id,
        why=owed.why,
        also=[list(one) for one in owed.also],
        rises_as=owed.rises_as.value if owed.rises_as else "",
        harm=row.harm if owed.harm is None else owed.harm,
        opened_at=now,
        from_at=owed.from_at or now,
        due_at=owed.due_at or rules.due_at(row, now),
    )
    return LoopId(loop.id)


def close_loops(
    *, referral_id: UUID, closed_as: str, kinds: tuple[LoopKind, ...] = (), keep: tuple[LoopKind, ...] = ()
) -> int:
    """Stop the clocks of a referral: of ``kinds`` (empty: all) but ``keep``. How many were running."""
    running = Loop.objects.filter(referral_id=referral_id, closed_at__isnull=True)
    if kinds:
        running = running.filter(kind__in=[kind.value for kind in kinds])
    if keep:
        running = running.exclude(kind__in=[kind.value for kind in keep])
    return running.update(closed_at=clock.now(), closed_as=closed_as)


def close_subject(
    subject_id: UUID,
    *,
    closed_as: str,
    kinds: tuple[LoopKind, ...] = (),
    owner_org: int | None = None,
    among: Collection[UUID] | None = None,
) -> int:
    """Stop the clocks about one thing (an emergency access): of ``kinds``, or all, and of one owner or everybody.

    ``among``: only these, where whoever acts may not know of the others. How many were running.
    """
    running = Loop.objects.filter(subject_id=subject_id, closed_at__isnull=True)
    if kinds:
        running = running.filter(kind__in=[kind.value for kind in kinds])
    if owner_org is not None:
        running = running.filter(owner_org_id=owner_org)
    if among is not None:
        running = running.filter(id__in=among)
    return running.update(closed_at=clock.now(), closed_as=closed_as)


def close_owed(chart_id: ChartId, *, kind: LoopKind, owner_org: int, closed_as: str) -> int:
    """Stop what a practice owes of one kind on a chart. How many were running."""
    return _owed_by(chart_id, kind, owner_org).update(closed_at=clock.now(), closed_as=closed_as)


def is_owed_by(chart_id: ChartId, *, kind: LoopKind, owner_org: int) -> bool:
    """Whether a practice owes it of one kind on a chart: for that practice, of what rests on its own doing alone."""
    return _owed_by(chart_id, kind, owner_org).exists()


def _owed_by(chart_id: ChartId, kind: LoopKind, owner_org: int) -> QuerySet[Loop]:
    return Loop.objects.filter(chart_id=chart_id, kind=kind.value, owner_org_id=owner_org, closed_at__isnull=True)


def hand_over(subject_id: UUID, *, kind: LoopKind, to: PractitionerId) -> int:
    """Somebody has taken it on: the running clock about one thing is theirs from now. How many were."""
    running = Loop.objects.filter(subject_id=subject_id, kind=kind.value, closed_at__isnull=True)
    return running.update(owner_practitioner_id=to)


def raise_anew(subject_id: UUID, *, kind: LoopKind, why: str) -> int:
    """More is known about one thing: whoever has heard of its running clock hears again, in these words. How many.

    Its due time stays, as a later one would let the lead hear later.
    """
    running = Loop.objects.select_for_update().filter(subject_id=subject_id, kind=kind.value, closed_at__isnull=True)
    for loop in running:
        loop.why = why
        loop.save(update_fields=["why"])
        _raise_to(loop, max(loop.escalation, rules.OWNER), clock.now())
    return len(running)


def rise_as_own(subject_ids: Collection[UUID], *, kind: LoopKind) -> int:
    """Running clocks of one kind about these things rise as that kind does from now, not faster. How many did not."""
    running = Loop.objects.filter(subject_id__in=subject_ids, kind=kind.value, closed_at__isnull=True)
    return running.exclude(rises_as="").update(rises_as="")


def relabel_subject(subject_id: UUID, *, kind: LoopKind, mask: int, also: tuple[Label, ...]) -> int:
    """Give the running clock of one kind about one thing the labels that its facts have now. How many."""
    running = Loop.objects.filter(subject_id=subject_id, kind=kind.value, closed_at__isnull=True)
    return running.update(mask=mask, also=[list(one) for one in also])


def running_kinds(referral_id: UUID) -> frozenset[LoopKind]:
    """Kinds of the clocks now running on a referral, whoever may know them: for the step that opens and closes them."""
    kinds = Loop.objects.filter(referral_id=referral_id, closed_at__isnull=True).values_list("kind", flat=True)
    return frozenset(LoopKind(kind) for kind in kinds)


def move_due(*, referral_id: UUID, kind: LoopKind, due_at: datetime, from_at: datetime | None = None) -> int:
    """Set a new due time for a running clock; it has not been late then. How many were moved."""
    running = Loop.objects.filter(referral_id=referral_id, kind=kind.value, closed_at__isnull=True)
    moved = {"due_at": due_at, "escalation": 0, "escalated_at": None}
    return running.update(**(moved | {"from_at": from_at} if from_at else moved))


def escalate_due(now: datetime) -> int:
    """Raise what is past due: the owner hears first, then the practice lead, then both sides. How many were raised.

    A tick of the worker runs it; two workers at once pass over each other's rows. Each rise is a ledger line. What
    rises by the minute goes first, then what nobody has heard of yet: thousands that are merely late keep neither back.
    """
    return _raise_late(now, by_minute=True) + _raise_late(now, by_minute=False)


def _raise_late(now: datetime, *, by_minute: bool) -> int:
    kinds = [kind.value for kind, row in CLOCKS.items() if (row.rises is Unit.MINUTES) is by_minute]
    raised = 0
    with transaction():
        late = (
            Loop.objects.select_for_update(skip_locked=True)
            .filter(Q(rises_as__in=kinds) | Q(rises_as="", kind__in=kinds))
            .filter(closed_at__isnull=True, due_at__lte=now, escalation__lt=rules.BOTH)
            .order_by("escalation", "due_at")
        )
        for loop in late[:_AT_ONCE]:
            level = rules.escalation_at(CLOCKS[LoopKind(loop.rises_as or loop.kind)], loop.due_at, now)
            if level > loop.escalation:
                _raise_to(loop, level, now)
                raised += 1
    return raised


def _raise_to(loop: Loop, level: int, now: datetime) -> None:
    loop.escalation = level
    loop.escalated_at = now
    loop.save(update_fields=["escalation", "escalated_at"])
    lines.write(
        lines.step_line(system("clock"), "loop.escalated", charts=[loop.chart_id], detail=f"{loop.kind} {level}")
    )
    outbox.announce(LoopEscalated(loop.id, level))
