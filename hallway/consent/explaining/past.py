"""What one clinician could see of a chart on a day gone by: data, labels, roles, forms and rules as they were then.

For the patient, and for the privacy officer about the own practice's part. A resource that belongs to several charts
(a group session) is counted as not seen: what stood in the others' plans is not this reader's to know.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from hallway.consent import gate
from hallway.consent.grants import compiler, plans
from hallway.consent.grants.compiler import GrantRow
from hallway.consent.grants.decision import Decision, Plan
from hallway.consent.grants.plans import ItemThen
from hallway.directory.models import PractitionerRole
from hallway.errors import HallwayError
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId
from hallway.ledger import lines
from hallway.record.evidence import Purpose, Release

UUID_LENGTH = 36
"""The reasons of a decision are rules and forms; a form's is a UUID."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One item that the clinician could see and the reader may see too; rules and forms it flowed under."""

    kind: str
    resource_id: str
    dated_at: datetime | None
    source_org: OrganizationId
    rule_ids: tuple[str, ...]
    consent_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Counted:
    """Of one source and kind: how many there were, and how many of them could be seen."""

    source_org: OrganizationId
    kind: str
    seen: int
    held: int


@dataclass(frozen=True, slots=True)
class Then:
    """The answer. ``had_role`` is false where the role was not in force on that day: then nothing could be seen."""

    at: datetime
    had_role: bool
    in_emergency: bool
    counts: tuple[Counted, ...]
    listed: tuple[Listed, ...]


def could_see(reader: Requester, chart_id: ChartId, role_id: int, at: datetime) -> Then:
    """What the holder of a role could see at ``at``. The question leaves its line.

    Raises NOT_FOUND for a role that is not in the directory, and for every reader but the patient and the privacy
    officer of a practice that has put something into the chart.
    """
    if reader.role not in (Role.PATIENT, Role.PRIVACY_OFFICER):
        raise gate.not_found()
    own = gate.release(reader, chart_id)
    held = PractitionerRole.objects.filter(id=role_id).first()
    if held is None:
        raise gate.not_found()
    lines.write(
        lines.step_line(reader, "seen.then", charts=[chart_id], purpose=own.purpose, detail=f"role/{role_id} {at:%F}")
    )
    had_role = _in_force(held, at.date())
    plans_then = _plans(chart_id, held, at) if had_role else []
    items = [item for item in plans.items_then(chart_id, at) if _entitled(reader, item.source_org)]
    emergency = any(plan.purpose is Purpose.EMERGENCY for plan in plans_then)
    return _answer(at, items, plans_then, own, had_role=had_role, in_emergency=emergency)


def _entitled(reader: Requester, source: int) -> bool:
    return reader.role is Role.PATIENT or reader.organization_id == source


def _in_force(held: PractitionerRole, on: date) -> bool:
    return held.from_on <= on and (held.until_on is None or on <= held.until_on)


def _plans(chart_id: ChartId, held: PractitionerRole, at: datetime) -> list[Release]:
    """The releases that this role would have had: for its own purpose, and under an emergency access open then."""
    grants = compiler.compile_grants(plans.load_facts([chart_id])[0], at)
    who = Requester(
        AccountId(0),
        PractitionerId(held.practitioner_id),
        OrganizationId(held.organization_id),
        Role(held.role),
        sud_duty=held.sud_duty,
    )
    stated = gate.purpose_for(who, None)
    purposes = [stated] if stated else []
    if any(row.purpose == Purpose.EMERGENCY for row in grants):
        purposes.append(Purpose.EMERGENCY)
    found = (_release(grants, who, chart_id, purpose, at=at) for purpose in purposes)
    return [release for release in found if release is not None]


def _release(
    grants: Iterable[GrantRow], who: Requester, chart_id: ChartId, purpose: Purpose, *, at: datetime
) -> Release | None:
    try:
        return gate.release_from(grants, who, chart_id, purpose, now=at)
    except HallwayError:
        return None


def _answer(
    at: datetime,
    items: list[ItemThen],
    releases: list[Release],
    own: Release,
    *,
    had_role: bool,
    in_emergency: bool,
) -> Then:
    made, mine = [Plan(release) for release in releases], Plan(own)
    held: Counter[tuple[int, str]] = Counter()
    seen: Counter[tuple[int, str]] = Counter()
    listed: list[Listed] = []
    for item in items:
        held[item.source_org, item.kind] += 1
        decided = next((one for plan in made if (one := _of(plan, item)).permits), None)
        if decided is None or item.several:
            continue
        seen[item.source_org, item.kind] += 1
        if _of(mine, item).permits:
            rules = tuple(reason for reason in decided.reasons if len(reason) != UUID_LENGTH)
            forms = tuple(reason for reason in decided.reasons if len(reason) == UUID_LENGTH)
            source = OrganizationId(item.source_org)
            listed.append(Listed(item.kind, item.resource_id, item.dated_at, source, rules, forms))
    counts = tuple(Counted(OrganizationId(key[0]), key[1], seen[key], count) for key, count in sorted(held.items()))
    return Then(at, had_role, in_emergency, counts, tuple(listed))


def _of(plan: Plan, item: ItemThen) -> Decision:
    return plan.decide(item.mask, item.source_org, item.author, item.kind)
