"""One chart as one practice may see it, for the rules: read through a release of that practice, one reading a look."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from hallway.consent import gate
from hallway.consent.models import Restriction
from hallway.consent.queries import team_of
from hallway.directory import queries as directory
from hallway.directory.models import CareTeamMember, Organization, PractitionerRole
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import CLINICIANS, Requester
from hallway.ids import ChartId, OrganizationId, ResourceId
from hallway.ledger.lines import BY_RULES
from hallway.loops.queries import known_of_chart
from hallway.loops.tables.clocks import LoopKind
from hallway.record import queries as record
from hallway.record.classes import DataClass
from hallway.record.evidence import Release
from hallway.record.stored import Stored
from hallway.standards.fhir import dates, r4
from hallway.triggers import facts, narrowing
from hallway.triggers.facts import OF_CLOCK, Chart, Fact, Member, Offered, Running, Tuned
from hallway.triggers.models import Firing, Offer, Tuning

LOOPS_SINCE = timedelta(days=400)
_WITH_A_PAST = frozenset({"MedicationRequest"})
"""Kinds whose earlier versions are asked for: a dose that was changed in place."""


@dataclass(frozen=True, slots=True)
class Seen:
    """``chart`` as the rules see it; at ``until`` a right or a membership begins or ends by time alone."""

    chart: Chart
    until: datetime | None


def see(practice: Organization, by: Requester, chart_id: ChartId, now: datetime) -> Seen:
    """Everything that may flow to the practice and that a rule may ask. Empty where nothing at all may flow.

    Raises StaleRelease when a right changes meanwhile, and what ``gate.release`` raises where it cannot be relied on.
    """
    tunings = tunings_of(OrganizationId(practice.id))
    empty = Chart(chart_id=int(chart_id), practice=practice.id, side=str(practice.side), tunings=tunings)
    try:
        release = gate.release(by, chart_id)
    except HallwayError as error:
        if error.kind is not Kind.NOT_FOUND:
            raise
        return Seen(empty, gate.next_change(by, chart_id))
    rows = record.read_chart(release, kinds=sorted({*facts.KINDS, "Patient"}), route=BY_RULES)
    born, gender, deceased = _person(rows)
    members = list(team_of(chart_id))
    team = _team(release, members, practice.id)
    found = _facts(release, rows)
    chart = Chart(
        chart_id=int(chart_id),
        practice=practice.id,
        side=str(practice.side),
        birth_on=born,
        gender=gender,
        facts=found,
        team=team,
        offers=_offers(chart_id, practice.id),
        loops=_loops(by, chart_id, now),
        tunings=tunings,
        deceased=deceased,
        helpers=_helpers((one for every in found.values() for one in every), practice.id, now.date()),
    )
    edges = [edge for one in team for edge in (one.from_at, one.until_at)]
    return Seen(chart, soonest((*edges, release.until, gate.next_change(by, chart_id)), after=now))


def soonest(instants: Iterable[datetime | None], *, after: datetime) -> datetime | None:
    """The earliest of them that still lies ahead."""
    return min((one for one in instants if one is not None and one > after), default=None)


def _facts(release: Release, rows: Iterable[Stored]) -> Mapping[str, tuple[Fact, ...]]:
    found: defaultdict[str, list[Fact]] = defaultdict(list)
    for one in rows:
        past = _past(release, one) if one.version > 1 and one.kind in _WITH_A_PAST else []
        found[one.kind] += [fact for each in (*past, one) if (fact := _fact(each)) is not None]
    return {kind: tuple(held) for kind, held in found.items()}


_read: dict[tuple[str, int], tuple[Stored, Fact | None]] = {}
_MOST_READ = 20_000


def _fact(one: Stored) -> Fact | None:
    """What a resource says, kept for the other practices of the chart and for its next look.

    Only a row that a release has just given finds what was made of it: the whole row must be the same.
    """
    if not narrowing.is_asked(one.kind, one.body):
        return None
    key = (one.id, one.version)
    known = _read.get(key)
    if known is None or known[0] != one:
        if len(_read) >= _MOST_READ:
            _read.clear()
        known = _read[key] = one, facts.of(one)
    return known[1]


def _past(release: Release, one: Stored) -> list[Stored]:
    """Its earlier versions that may flow; a version that was taken back has no body."""
    versions = record.history(release, one.kind, ResourceId(one.id), route=BY_RULES)
    return [each for each in versions if each.version < one.version and each.body]


def _person(rows: Iterable[Stored]) -> tuple[date | None, str, bool]:
    found = next((one for one in rows if one.kind == "Patient"), None)
    if found is None:
        return None, "", False
    patient = found.view(r4.Patient)
    text = (patient.birth_date or "")[:10]
    born = dates.parse(text) if len(text) == len("2026-11-22") else None
    deceased = bool(patient.deceased_boolean or patient.deceased_date_time)
    return facts.within(born).date() if born else None, patient.gender or "", deceased


# The team ------------------------------------------------------------------------------------------------------------


def _team(release: Release, members: Iterable[CareTeamMember], own: int) -> tuple[Member, ...]:
    """Those whom this practice may know to treat: that somebody does is as secret as what they write."""
    rows = list(members)
    treating = known({one.organization_id for one in rows}, release, own)
    roles = _role_refs([one.practitioner_id for one in rows if one.practitioner_id])
    return tuple(_member(one, roles) for one in rows if one.organization_id in treating)


def _helpers(found: Iterable[Fact], own: int, today: date) -> frozenset[int]:
    """Authors here who hold roles today, none of them a clinician's; of whom nothing is known nothing is said."""
    authors = {one.author for one in found if one.source_org == own and one.author}
    held: defaultdict[int, set[str]] = defaultdict(set)
    roles = PractitionerRole.objects.filter(practitioner_id__in=authors, organization_id=own, from_on__lte=today)
    for person, role in roles.exclude(until_on__lt=today).values_list("practitioner_id", "role"):
        held[person].add(role)
    return frozenset(person for person, each in held.items() if not each & CLINICIANS)


def known(organizations: set[int], release: Release, own: int) -> set[int]:
    """Those of them of whom the requester of a release may know that they treat this patient."""
    if not organizations:
        return {own}
    wrote = set(map(int, record.sources_of(release.chart_id)))
    programs = directory.programs(organizations)
    behavioral = set(Organization.objects.filter(id__in=organizations, side="bh").values_list("id", flat=True))
    asked_not_to = set(
        Restriction.objects.filter(chart_id=release.chart_id, ended_at=None).values_list("source_org_id", flat=True)
    )
    found: set[int] = {own}
    for one in organizations:
        needed = DataClass.PART2 if one in programs else DataClass.MH if one in behavioral else DataClass.GENERAL
        whole = [
            clause for clause in release.clauses if clause.source_org == one and not (clause.author or clause.kinds)
        ]
        flows = any(not needed & ~way.allow for way in whole)
        # Who treats and has not written yet has no clause. A program's patients are never told of by that.
        is_new = one not in wrote and one not in programs and one not in asked_not_to
        if flows or is_new:
            found.add(one)
    return found


def _role_refs(people: list[int]) -> Mapping[tuple[int, int], frozenset[str]]:
    found: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    for one in PractitionerRole.objects.filter(practitioner_id__in=people):
        found[one.practitioner_id, one.organization_id].add(f"PractitionerRole/{one.fhir_id}")
    return {key: frozenset(refs) for key, refs in found.items()}


def _member(one: CareTeamMember, roles: Mapping[tuple[int, int], frozenset[str]]) -> Member:
    # What is sent to the practice is sent to whoever of it is on the team.
    refs = {f"Organization/{one.organization.fhir_id}"}
    if one.practitioner is not None:
        refs |= {f"Practitioner/{one.practitioner.fhir_id}", *roles.get((one.practitioner.id, one.organization_id), ())}
    return Member(
        organization=one.organization_id,
        practitioner=one.practitioner_id or 0,
        role=one.role,
        side=str(one.organization.side),
        from_at=one.from_at,
        until_at=one.until_at,
        refs=frozenset(refs),
    )


# What Hallway keeps itself -------------------------------------------------------------------------------------------


def _offers(chart_id: ChartId, practice: int) -> tuple[Offered, ...]:
    """What was offered here; no other practice reads it."""
    rows = Offer.objects.filter(chart_id=chart_id, organization_id=practice).order_by("at", "id")
    return tuple(Offered(one.side, one.answer, one.at, one.again_on) for one in rows)


def _loops(by: Requester, chart_id: ChartId, now: datetime) -> tuple[Running, ...]:
    """What is owed to or by this practice, without what the rules themselves opened.

    A clock that was found once is given for good: a row of it that nobody closed would else be withdrawn in silence.
    """
    found = known_of_chart(by, chart_id, since=now - LOOPS_SINCE, about=_found_of_clocks(by, chart_id))
    return tuple(
        Running(
            kind=one.kind.value,
            id=str(one.id),
            opened_at=one.opened_at,
            due_at=one.due_at,
            closed_at=one.closed_at,
            owner_org=one.owner_org,
            for_org=one.for_org,
            subject=str(one.subject_id or ""),
            referral=str(one.referral_id or ""),
        )
        for one in found
        if one.kind is not LoopKind.COORDINATE
    )


def _found_of_clocks(by: Requester, chart_id: ChartId) -> list[UUID]:
    rows = Firing.objects.filter(chart_id=chart_id, organization_id=by.organization_id, occasion__startswith=OF_CLOCK)
    return [UUID(one.removeprefix(OF_CLOCK)) for one in rows.values_list("occasion", flat=True)]


def tunings_of(practice: OrganizationId) -> dict[str, Tuned]:
    """How the practice runs each rule now: the newest row of each."""
    return {one.rule: Tuned(one.is_on, one.parameters) for one in _newest_tunings(practice)}


def tuned_at(practice: int) -> dict[str, datetime]:
    """When the practice last changed each rule that it changed."""
    return {one.rule: one.from_at for one in _newest_tunings(practice)}


def _newest_tunings(practice: int) -> Iterable[Tuning]:
    return Tuning.objects.filter(organization_id=practice).order_by("rule", "-from_at", "-id").distinct("rule")
