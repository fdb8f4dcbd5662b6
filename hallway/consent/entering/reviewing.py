"""What nobody could judge waits here for a person: who may look at it, what they may say, and taking it back.

The author says what their own paper is. For the rest of a practice's papers, and for what came from outside about its
patients, the privacy officer (or a practice leader with a clinical licence) says it, as operations of the practice
(45 CFR 164.506(c)(1)). What may be a psychotherapy note of somebody who can still be asked is never shown to them:
who may not read it may only make it stricter or leave it shut.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Q

from hallway import clock, ids
from hallway.consent import gate, refusals
from hallway.consent.grants import plans
from hallway.consent.grants.telling import tell_changed
from hallway.directory import queries as directory
from hallway.directory.models import CareTeamMember, Organization, Practitioner, Side
from hallway.identity.requester import CLINICIANS, Requester, Role, system
from hallway.ids import NOBODY, ChartId, OrganizationId, PractitionerId, ResourceId
from hallway.labels import rules
from hallway.labels.actions import relabelled
from hallway.labels.models import Decision
from hallway.ledger import lines
from hallway.record import actions as record
from hallway.record import queries
from hallway.record.classes import AUTHOR_ONLY, DataClass
from hallway.record.evidence import Clause, Purpose, Release
from hallway.record.queries import Waiting
from hallway.record.stored import Stored
from hallway.storage.connection import transaction

RULE = "HW-REVIEW"
"""The rule that a reading for review stands on: own operations, to say what the content is."""
DECIDERS = (*sorted(CLINICIANS), Role.PRIVACY_OFFICER, Role.PRACTICE_LEADER)


class Choice(StrEnum):
    """What a person may say that a paper is."""

    GENERAL = "general"
    MENTAL_HEALTH = "mental_health"
    SENSITIVE = "sensitive"
    PSYCHOTHERAPY = "psychotherapy"
    SUD_COUNSELING = "sud_counseling"
    KEEP = "keep"


_SENSITIVE = (
    DataClass.HIV | DataClass.GENETIC | DataClass.REPRO | DataClass.GENDER | DataClass.SEX_ASSAULT | DataClass.DV
)
ADDS: dict[Choice, int] = {
    Choice.GENERAL: 0,
    Choice.MENTAL_HEALTH: int(DataClass.MH),
    Choice.SENSITIVE: int(_SENSITIVE),
    Choice.PSYCHOTHERAPY: int(DataClass.MH | DataClass.PSYTHER_NOTE),
    Choice.SUD_COUNSELING: int(DataClass.MH | DataClass.SUD_COUNSEL_NOTE),
}
"""Classes that a choice adds to those the rules have found by themselves; it never takes one of theirs away."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One thing that waits, as far as this person may know of it. ``may_read``: whether the content may be shown."""

    chart_id: ChartId
    kind: str
    id: ResourceId
    version: int
    dated_at: datetime | None
    since: datetime
    source_org: OrganizationId
    author: PractitionerId
    mask: int
    basis: tuple[str, ...]
    may_read: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class _Scope:
    """Whose papers somebody answers for: a source, an author (0: all), some charts (None: all)."""

    place: Organization
    is_program: bool
    author: PractitionerId = NOBODY
    charts: tuple[ChartId, ...] | None = None


def waiting_for(by: Requester, *, limit: int = 100) -> list[Paper]:
    """What waits for this person's word, the longest waiting first."""
    found: list[Paper] = []
    for scope in _scopes(by):
        rows = _rows(scope, scope.charts, limit + _kept_at(scope))
        kept = _kept([row.id for row in rows])
        found += [_paper(by, scope, row) for row in rows if (row.id, row.version) not in kept]
    return sorted(found, key=lambda one: (one.since, one.id))[:limit]


def content_of(by: Requester, paper: Paper) -> Stored | None:
    """The content, with its ledger line; None when this person may not read it."""
    return _read(by, paper) if paper.may_read else None


def paper_for(by: Requester, chart_id: ChartId, kind: str, resource_id: ResourceId) -> Paper:
    """One paper that waits for this person. Raises NOT_FOUND for what is not there, not theirs, or already decided."""
    for scope in _scopes(by):
        if scope.charts is None or chart_id in scope.charts:
            for row in _rows(scope, (chart_id,), 1000):
                if (row.kind, row.id) == (kind, resource_id) and (row.id, row.version) not in _kept([row.id]):
                    return _paper(by, scope, row)
    raise gate.not_found()


def decide(by: Requester, paper: Paper, choice: Choice, *, expected_version: int) -> UUID:
    """Say what a paper is: its label, whatever names it, the plans of its charts and the ledger change together.

    Raises CONFLICT when it has changed since it was looked at, FORBIDDEN for a choice this person may not make. The id
    of the decision, for taking it back.
    """
    if choice not in paper.choices:
        raise refusals.not_yours()
    with transaction():
        charts = queries.charts_holding(paper.kind, paper.id)
        plans.lock(charts)
        stored = _read(system("review"), paper)
        if stored is None or not stored.version == paper.version == expected_version:
            raise refusals.stale()
        row = _noted(by, paper, choice)
        if choice is not Choice.KEEP:
            own = stored.mask & ~int(DataClass.UNCLASSIFIED) | int(DataClass.GENERAL) | ADDS[choice]
            basis = tuple(one for one in paper.basis if one not in rules.SHUTTING)
            made = relabelled(stored, charts, mask=own, basis=(*basis, f"LBL-DECIDED-{choice}"))
            (written,) = record.relabel([made], by=by)
            tell_changed(charts)
            row.version, row.becomes = written.version, made.mask
        row.save(force_insert=True)
        lines.write(_line(by, "label.decided", row, f"{row.choice}"))
    return row.id


def undo(by: Requester, decision_id: UUID) -> Decision:
    """Give a paper back the label it had. Raises NOT_FOUND for another practice's, CONFLICT when it has changed."""
    with transaction():
        row = Decision.objects.select_for_update().filter(_of(by), id=decision_id).first()
        if row is None:
            raise gate.not_found()
        charts = queries.charts_holding(row.kind, ResourceId(str(row.resource_id)))
        plans.lock(charts)
        stored = _now(row)
        if row.undone_at is not None or stored is None or stored.version != row.version:
            raise refusals.stale(by_you=row.undone_by == int(by.account_id))
        if row.choice != Choice.KEEP:
            made = relabelled(stored, charts, mask=row.was, basis=tuple(row.basis_was))
            record.relabel([made], by=by)
            tell_changed(charts)
        row.undone_at, row.undone_by = clock.now(), int(by.account_id)
        row.save(update_fields=["undone_at", "undone_by"])
        lines.write(_line(by, "label.undone", row, row.choice))
    return row


def decided_by(by: Requester, *, limit: int = 20) -> list[Decision]:
    """What this person (or, for a reviewer, the practice) has decided lately and may take back."""
    return list(Decision.objects.filter(_of(by), undone_at=None).order_by("-decided_at", "id")[:limit])


# Who answers for what ------------------------------------------------------------------------------------------------


def _scopes(by: Requester) -> Iterator[_Scope]:
    place = Organization.objects.filter(id=by.organization_id).first()
    if place is None:
        return
    is_program = bool(directory.programs([place.id]))
    if _is_reviewer(by):
        yield _Scope(place, is_program)
        charts = tuple(_patients_of(by.organization_id))
        outside = Organization.objects.filter(on_hallway=False, id__in=plans.sources_among(charts)).order_by("id")
        programs = directory.programs([one.id for one in outside])
        for one in outside:
            yield _Scope(one, one.id in programs, charts=charts)
    elif by.role in CLINICIANS and by.practitioner_id:
        yield _Scope(place, is_program, author=by.practitioner_id)


def _is_reviewer(by: Requester) -> bool:
    if by.role is Role.PRACTICE_LEADER:
        licence = Practitioner.objects.filter(id=by.practitioner_id).values_list("licence", flat=True).first()
        return licence not in (None, "", "none")
    return by.role is Role.PRIVACY_OFFICER


def _patients_of(organization_id: int) -> Sequence[ChartId]:
    now = clock.now()
    rows = CareTeamMember.objects.filter(organization_id=organization_id, from_at__lte=now).exclude(until_at__lte=now)
    return [ChartId(one) for one in rows.values_list("chart_id", flat=True).distinct().order_by("chart_id")]


def _rows(scope: _Scope, charts: Sequence[ChartId] | None, limit: int) -> list[Waiting]:
    return queries.waiting(
        OrganizationId(scope.place.id), author=scope.author, charts=charts, shutting=rules.SHUTTING, limit=limit
    )


def _paper(by: Requester, scope: _Scope, row: Waiting) -> Paper:
    may_read = _may_read(by, scope, row)
    return Paper(
        chart_id=row.chart_id,
        kind=row.kind,
        id=row.id,
        version=row.version,
        dated_at=row.dated_at,
        since=row.updated_at,
        source_org=OrganizationId(scope.place.id),
        author=row.author,
        mask=row.mask,
        basis=row.basis,
        may_read=may_read,
        choices=tuple(one for one in Choice if _may_choose(one, scope, may_read=may_read)),
    )


def _may_read(by: Requester, scope: _Scope, row: Waiting) -> bool:
    if row.author and row.author == by.practitioner_id:
        return True
    if row.mask & int(AUTHOR_ONLY) or (scope.is_program and not by.sud_duty):
        return False
    return not (scope.place.side == Side.BEHAVIORAL_HEALTH and row.kind in rules.NOTES and row.author)


def _may_choose(choice: Choice, scope: _Scope, *, may_read: bool) -> bool:
    if choice is Choice.PSYCHOTHERAPY:
        return scope.place.side == Side.BEHAVIORAL_HEALTH
    if choice is Choice.SUD_COUNSELING:
        return scope.is_program
    return may_read or choice is Choice.KEEP


# Reading and writing -------------------------------------------------------------------------------------------------


def _read(by: Requester, paper: Paper) -> Stored | None:
    clause = Clause(paper.source_org, paper.mask, author=paper.author, kinds=(paper.kind,), rule_ids=(RULE,))
    return _under(by, clause, paper.kind, paper.id)


def _now(row: Decision) -> Stored | None:
    clause = Clause(OrganizationId(row.source_org_id), row.becomes, kinds=(row.kind,), rule_ids=(RULE,))
    return _under(system("review"), clause, row.kind, ResourceId(str(row.resource_id)))


def _under(by: Requester, clause: Clause, kind: str, resource_id: ResourceId) -> Stored | None:
    """The resource under a release for just this: one source, one type, in every chart that it belongs to."""
    now = clock.now()
    releases = [
        Release(by, chart, Purpose.OPERATIONS, (clause,), epoch, now, reason=RULE)
        for chart in queries.charts_holding(kind, resource_id)
        if (epoch := queries.epoch_of(chart)) is not None
    ]
    if not releases:
        return None
    return queries.read_one(releases[0], kind, resource_id, route="review", also=releases[1:], act="review")


def _noted(by: Requester, paper: Paper, choice: Choice) -> Decision:
    now = clock.now()
    return Decision(
        id=ids.new_uuid(now),
        chart_id=paper.chart_id,
        kind=paper.kind,
        resource_id=UUID(paper.id),
        version=paper.version,
        source_org_id=paper.source_org,
        author_id=paper.author,
        choice=choice,
        was=paper.mask,
        becomes=paper.mask,
        basis_was=list(paper.basis),
        organization_id=by.organization_id,
        practitioner_id=by.practitioner_id,
        account_id=by.account_id,
        decided_at=now,
    )


def _kept(resource_ids: Sequence[ResourceId]) -> set[tuple[ResourceId, int]]:
    """Those that somebody has decided to keep shut, by version: they wait no longer."""
    rows = Decision.objects.filter(choice=Choice.KEEP, undone_at=None, resource_id__in=resource_ids)
    return {(ResourceId(str(one)), version) for one, version in rows.values_list("resource_id", "version")}


def _kept_at(scope: _Scope) -> int:
    """How many of a source were kept shut, so that they do not crowd out what waits."""
    return Decision.objects.filter(choice=Choice.KEEP, undone_at=None, source_org_id=scope.place.id).count()


def _of(by: Requester) -> Q:
    own = Q(organization_id=by.organization_id)
    return own if _is_reviewer(by) else own & Q(practitioner_id=by.practitioner_id, account_id=by.account_id)


def _line(by: Requester, act: str, row: Decision, said: str) -> lines.Line:
    detail = f"{row.kind}/{row.resource_id}/{row.version} {said}"
    return lines.step_line(by, act, charts=[row.chart_id], purpose="OPS", detail=detail)
