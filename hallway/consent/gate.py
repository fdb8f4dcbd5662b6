"""The one maker of a ``Release``. One query reads the compiled grants; the role's profile narrows them; else nothing.

An unknown chart, a chart about which nothing may flow, and a role without any right raise one and the same error.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from hallway import clock
from hallway.consent.grants import soundness
from hallway.consent.grants.compiler import SELF, GrantRow
from hallway.consent.tables.profiles import Profile, profiles
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import PATIENT_SIDE, Requester, Role
from hallway.identity.scopes import VERBS
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.record import given
from hallway.record.classes import LICENCE_CLASSES
from hallway.record.evidence import Clause, Purpose, Release
from hallway.storage import connection

_PLAN = """
SELECT c.epoch, g.source_org, g.allow, g.author, g.kinds, g.rule_ids, g.consent_ids, g.obligations, g.purpose,
       g.until_at
FROM record_chart c
JOIN consent_grant g ON g.chart_id = c.chart_id
  AND g.grantee_org = %(org)s::int AND g.purpose = ANY(%(purposes)s::text[])
  AND g.from_at <= %(now)s::timestamptz AND (g.until_at IS NULL OR g.until_at > %(now)s::timestamptz)
  AND CASE g.grantee_practitioner WHEN 0 THEN NOT (%(practitioner)s::int = ANY(g.not_practitioners))
      ELSE g.grantee_practitioner = %(practitioner)s::int END
  AND (g.author <> -1 OR %(practitioner)s::int <> 0)
  AND (g.roles = '{}' OR %(role)s::text = ANY(g.roles)) AND (NOT g.sud_duty OR %(sud_duty)s::bool)
WHERE c.chart_id = %(chart)s::bigint
ORDER BY g.source_org, g.author, g.kinds, g.allow, g.purpose
"""


def not_found() -> HallwayError:
    """The one answer for "not there" and "not for you"."""
    return HallwayError(
        Kind.NOT_FOUND,
        "H-CON-001",
        what="No patient matches, or none you may open.",
        undone="Nothing was shown.",
        to_do="Check the name and birth date, or ask the patient.",
    )


def no_emergency() -> HallwayError:
    """Emergency access was named as the purpose and is not open."""
    return HallwayError(
        Kind.GONE,
        "H-CON-002",
        what="Emergency access is not open.",
        undone="Nothing was shown under it.",
        to_do="Open it again with a reason if you still need it.",
    )


def purpose_for(requester: Requester, purpose: Purpose | None) -> Purpose | None:
    """The purpose this role may state: the one named, or the role's own; None when it may not."""
    allowed = profiles()[requester.role].purposes
    if purpose is None:
        return allowed[0] if allowed else None
    return purpose if purpose in allowed else None


def may_know(release: Release, *, source_org: int, mask: int, kind: str = "Task") -> bool:
    """Does the release let a workflow row with this label flow?

    A practice always knows its own steps: licence classes bind what it tells others, not its own desk.
    """
    own = source_org == release.requester.organization_id
    needed = mask & ~int(LICENCE_CLASSES) if own else mask
    return any(
        clause.source_org == source_org
        and needed & ~clause.allow == 0
        and not clause.author
        and (not clause.kinds or kind in clause.kinds)
        for clause in release.clauses
    )


def grantee_of(requester: Requester) -> int:
    """The number by which grants name this person: a practitioner's, or a representative's below zero."""
    return -requester.representative_id if requester.role is Role.REPRESENTATIVE else requester.practitioner_id


def release(requester: Requester, chart_id: ChartId, purpose: Purpose | None = None) -> Release:
    """Permission for ``requester`` to take content of one chart now, or an error that tells nothing.

    ``purpose`` defaults to the role's own (treatment for clinicians, payment for billers, operations for leaders,
    individual for the patient). EMERGENCY adds an open emergency access to what treatment allows.
    Raises NOT_FOUND when nothing at all may flow, GONE when emergency access is not open; UNAVAILABLE or FAULT where
    the clock, the grants or a rule cannot be relied on.
    """
    soundness.refuse_clock_set_back()
    stated = _stated(requester, chart_id, purpose)
    now = clock.now()
    rows = _rows(requester, chart_id, stated, now)
    if not rows:
        soundness.refuse_where_rules_failed(chart_id, requester.organization_id)
        raise not_found()
    made = _assembled(rows, requester, Asked(chart_id, stated, rows[0][0], now))
    given.note((made,))
    return made


def _stated(requester: Requester, chart_id: ChartId, purpose: Purpose | None) -> Purpose:
    """The purpose asked for. Raises NOT_FOUND where the role may not state it, or a patient asks about another."""
    stated = purpose_for(requester, purpose)
    if stated is None or (requester.role in PATIENT_SIDE and requester.chart_id != chart_id):
        raise not_found()
    if requester.scopes is not None and requester.scopes.chart_id not in (None, chart_id):
        raise not_found()
    return stated


_NEXT = """
SELECT least(min(from_at) FILTER (WHERE from_at > %(now)s::timestamptz),
             min(until_at) FILTER (WHERE until_at > %(now)s::timestamptz))
FROM consent_grant
WHERE chart_id = %(chart)s::bigint AND grantee_org = %(org)s::int AND purpose = ANY(%(purposes)s::text[])
"""


def next_change(requester: Requester, chart_id: ChartId) -> datetime | None:
    """When time alone next gives the requester's practice a right to this chart, or takes one; None when never.

    For whoever looks again then: it tells nothing of what the right is to.
    """
    stated = purpose_for(requester, None)
    with connection.cursor() as cursor:
        row = cursor.execute(
            _NEXT,
            {
                "chart": chart_id,
                "org": requester.organization_id,
                "purposes": [] if stated is None else gate_purposes(stated),
                "now": clock.now(),
            },
        ).fetchone()
    return row[0] if row else None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: chart, purpose, the chart's epoch, the instant."""

    chart_id: ChartId
    purpose: Purpose
    epoch: int
    at: datetime


def _assembled(rows: Sequence[tuple], requester: Requester, asked: Asked) -> Release:  # type: ignore[type-arg]
    """Rows of the plan as a Release under the role's profile. Raises NOT_FOUND when nothing is left of them.

    Raises GONE when an emergency is the purpose and none of the rows comes from an open access.
    """
    if asked.purpose is Purpose.EMERGENCY and not any(row[8] == Purpose.EMERGENCY for row in rows):
        raise no_emergency()
    profile = profiles()[requester.role]
    pairs = [(clause, row[9]) for row in rows if (clause := _clause(row, requester, profile)) is not None]
    if not pairs:
        raise not_found()
    ends = [until for _, until in pairs if until is not None]
    return Release(
        requester=requester,
        chart_id=asked.chart_id,
        purpose=asked.purpose,
        clauses=tuple(dict.fromkeys(clause for clause, _ in pairs)),
        epoch=asked.epoch,
        decided_at=asked.at,
        until=min(ends) if ends else None,
        reason=", ".join(dict.fromkeys(rule for clause, _ in pairs for rule in clause.rule_ids)),
    )


def release_from(
    grants: Iterable[GrantRow], requester: Requester, chart_id: ChartId, purpose: Purpose, *, now: datetime
) -> Release:
    """The release that ``release`` would give were these the chart's grants; epoch 0, so that no store accepts it.

    For measuring and for trying out a form before it is signed. Raises what ``release`` raises.
    """
    stated = _stated(requester, chart_id, purpose)
    rows = [
        (0, g.source_org, g.allow, g.author, g.kinds, g.rule_ids, g.consent_ids, g.obligations, g.purpose, g.until_at)
        for g in grants
        if _fits(g, requester, stated, now)
    ]
    if not rows:
        raise not_found()
    return _assembled(rows, requester, Asked(chart_id, stated, rows[0][0], now))


def _fits(grant: GrantRow, requester: Requester, purpose: Purpose, now: datetime) -> bool:
    """The conditions of ``_PLAN``, in memory."""
    person = grantee_of(requester)
    meant = (
        person not in grant.not_practitioners
        if not grant.grantee_practitioner
        else grant.grantee_practitioner == person
    )
    return (
        meant
        and grant.grantee_org == (0 if purpose is Purpose.INDIVIDUAL else requester.organization_id)
        and grant.purpose in gate_purposes(purpose)
        and grant.from_at <= now
        and (grant.until_at is None or now < grant.until_at)
        and (grant.author != SELF or person != 0)
        and (not grant.roles or requester.role in grant.roles)
        and (not grant.sud_duty or requester.sud_duty)
    )


def gate_purposes(purpose: Purpose) -> list[str]:
    """The grant purposes that serve a stated purpose: an emergency stands on top of treatment."""
    return [Purpose.EMERGENCY, Purpose.TREATMENT] if purpose is Purpose.EMERGENCY else [purpose]


def _rows(requester: Requester, chart_id: ChartId, purpose: Purpose, now: datetime) -> list[tuple]:  # type: ignore[type-arg]
    individual = purpose is Purpose.INDIVIDUAL
    with connection.cursor() as cursor:
        cursor.execute(
            _PLAN,
            {
                "chart": chart_id,
                "org": 0 if individual else requester.organization_id,
                "purposes": [str(value) for value in gate_purposes(purpose)],
                "now": now,
                "practitioner": grantee_of(requester),
                "role": str(requester.role),
                "sud_duty": requester.sud_duty,
            },
        )
        return cursor.fetchall()


def in_scope(requester: Requester, kinds: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """What is left of ``kinds`` (empty: all) of what a program was granted at all; None when nothing is."""
    opened = None if requester.scopes is None else requester.scopes.kinds(VERBS)
    if kinds is None or opened is None:
        return kinds
    return tuple(kind for kind in kinds or opened if kind in opened) or None


def _clause(row: tuple, requester: Requester, profile: Profile) -> Clause | None:  # type: ignore[type-arg]
    """A grant as a clause under the role's profile; None when nothing is left of it."""
    _, source_org, allow, author, kinds, rule_ids, consent_ids, obligations, _, _ = row
    soundness.refuse_misfit(allow, tuple(rule_ids))
    narrowed = in_scope(requester, profile.narrow(tuple(kinds)))
    if allow & profile.mask == 0 or narrowed is None:
        return None
    own = requester.practitioner_id if author == SELF else PractitionerId(author)
    return Clause(
        source_org=OrganizationId(source_org),
        allow=allow & profile.mask,
        author=own,
        kinds=narrowed,
        rule_ids=tuple(rule_ids),
        consent_ids=tuple(consent_ids),
        obligations=tuple(obligations),
    )
