"""Who would see what of one practice's own record: now, and if forms that nobody has signed yet were signed.

The same compiler that makes the grants answers, over the same facts and one hypothetical form more, so the picture at
the desk cannot differ from what happens after the signature. Reads facts, releases nothing, writes nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from hallway import clock
from hallway.consent.actions import Composition
from hallway.consent.grants import compiler, plans
from hallway.consent.grants.compiler import SELF, GrantRow
from hallway.consent.law.facts import ChartFacts, Form, Span
from hallway.consent.tables.profiles import profiles
from hallway.identity.requester import Role
from hallway.ids import ChartId, OrganizationId, PractitionerId
from hallway.record.evidence import Purpose


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who might receive: a person in a role at a practice, and for what."""

    organization: OrganizationId
    practitioner: PractitionerId
    role: Role
    purpose: Purpose = Purpose.TREATMENT
    sud_duty: bool = False


@dataclass(frozen=True, slots=True)
class Portion:
    """Items alike in the gate's eyes: one kind, one author, one mask."""

    kind: str
    author: PractitionerId
    mask: int


class Reach:
    """What one practice's items reach, compiled once for many questions."""

    def __init__(self, grants: Iterable[GrantRow], source: OrganizationId) -> None:
        """Keep the grants of one source that hold now."""
        now = clock.now()
        self._grants = [
            row
            for row in grants
            if row.source_org == source and row.from_at <= now and (row.until_at is None or row.until_at > now)
        ]

    def sees(self, recipient: Recipient, portion: Portion) -> bool:
        """Whether one grant, under the recipient's role, lets the portion through."""
        return self.why(recipient, portion) is not None

    def why(self, recipient: Recipient, portion: Portion) -> GrantRow | None:
        """The grant that lets it through, or None."""
        profile = profiles()[recipient.role]
        for row in self._grants:
            kinds = profile.narrow(row.kinds)
            if (
                kinds is not None
                and _is_for(row, recipient)
                and (not kinds or portion.kind in kinds)
                and _by(row, recipient, portion)
                and portion.mask & ~(row.allow & profile.mask) == 0
            ):
                return row
        return None

    def grantees(self) -> set[tuple[int, int]]:
        """Organizations and persons (0: anybody there) to whom anything flows."""
        return {(row.grantee_org, row.grantee_practitioner) for row in self._grants if row.allow}


def _is_for(row: GrantRow, recipient: Recipient) -> bool:
    person = recipient.practitioner
    named = person not in row.not_practitioners if row.grantee_practitioner == 0 else person == row.grantee_practitioner
    role = not row.roles or str(recipient.role) in row.roles
    duty = recipient.sud_duty or not row.sud_duty
    return row.grantee_org == recipient.organization and row.purpose == recipient.purpose and named and role and duty


def _by(row: GrantRow, recipient: Recipient, portion: Portion) -> bool:
    wanted = recipient.practitioner if row.author == SELF else row.author
    return row.author == 0 or (wanted != 0 and portion.author == wanted)


def whole(chart_id: ChartId) -> Callable[[int], Reach]:
    """What the items of each source reach now, for the patient, to whom everything about it is known."""
    grants = compiler.compile_grants(plans.load_facts([chart_id])[0], clock.now())
    return lambda source: Reach(grants, OrganizationId(source))


def now_and_then(
    chart_id: ChartId, source: OrganizationId, compositions: Sequence[Composition] = ()
) -> tuple[Reach, Reach]:
    """What the source's items reach now, and what they would reach were ``compositions`` signed this instant."""
    at = clock.now()
    facts = as_known_at(source, plans.load_facts([chart_id])[0], at)
    today = Reach(compiler.compile_grants(facts, at), source)
    if not compositions:
        return today, today
    unknown = {int(one.recipient_org) for one in compositions} - facts.places.keys() - {0}
    near = plans.places(unknown) if unknown else {}
    signed = replace(
        facts, places=facts.places | near, forms=(*facts.forms, *(_as_form(one, facts) for one in compositions))
    )
    return today, Reach(compiler.compile_grants(signed, at), source)


def as_known_at(source: OrganizationId, facts: ChartFacts, at: datetime) -> ChartFacts:
    """The facts that people at ``source`` may know.

    That a Part 2 program treats somebody is itself protected (42 CFR 2.11 "patient identifying information", 2.12): it
    is left out unless the program is the source, or a form between the two holds. Found by the two-worlds proof.
    """
    unknown = {one.organization for one in facts.members} - facts.places.keys()
    places = facts.places | (plans.places(unknown) if unknown else {})
    programs = {place.id for place in places.values() if place.is_part2}
    named = {
        other
        for form in facts.forms
        if form.span.holds(at) and source in (form.discloser_org, form.recipient_org)
        for other in (form.discloser_org, form.recipient_org)
    }
    hidden = programs - named - {source}
    return replace(facts, members=tuple(one for one in facts.members if one.organization not in hidden))


def _as_form(composition: Composition, facts: ChartFacts) -> Form:
    return Form(
        id=f"draft-{len(facts.forms)}",
        kind=composition.kind,
        discloser_org=composition.discloser_org,
        discloser_practitioner=composition.discloser_practitioner,
        recipient_org=composition.recipient_org,
        recipient_practitioner=composition.recipient_practitioner,
        classes=composition.classes,
        kinds=composition.kinds,
        purposes=tuple(str(purpose) for purpose in composition.purposes),
        span=Span(clock.now(), composition.expires_at),
    )
