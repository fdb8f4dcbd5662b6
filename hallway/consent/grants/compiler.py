"""Facts of a chart into grants, pure. Each grant is one way for items of one source to reach one grantee for a while.

The timeline is cut wherever a fact or a rule begins or ends; equal neighbours are joined again. What has already ended
is not compiled: a grant speaks of now and later.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time

from hallway.consent import rules
from hallway.consent.grants import representing
from hallway.consent.law.facts import ChartFacts, Member, Opening, Place
from hallway.consent.rules import Opener, Setting
from hallway.consent.tables import library
from hallway.consent.tables.library import Holder, Relation
from hallway.record.evidence import Purpose

SELF = -1
"""In ``consent_grant.author``: the grantee's own items."""
ORIGIN = datetime.combine(library.BASELINE, time(), UTC)
"""When a grant began that nothing began: before the first rule there is none."""


@dataclass(frozen=True, slots=True)
class GrantRow:
    """A row of ``consent_grant`` (see ``models.Grant``), without its chart."""

    grantee_org: int
    purpose: str
    relation: str
    source_org: int
    allow: int
    grantee_practitioner: int = 0
    not_practitioners: tuple[int, ...] = ()
    roles: tuple[str, ...] = ()
    sud_duty: bool = False
    author: int = 0
    kinds: tuple[str, ...] = ()
    rule_ids: tuple[str, ...] = ()
    consent_ids: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
    from_at: datetime = ORIGIN
    until_at: datetime | None = None


def compile_grants(facts: ChartFacts, now: datetime) -> list[GrantRow]:
    """Every grant of the chart that holds at ``now`` or will hold by facts known now."""
    edges = _edges(facts)
    starts = edges[max(bisect_right(edges, now) - 1, 0) :]
    running: dict[GrantRow, datetime] = {}
    done: list[GrantRow] = []
    for start in starts:
        current = set(_grants_at(in_force(facts, start), start))
        done += [replace(row, from_at=began, until_at=start) for row, began in running.items() if row not in current]
        running = {row: running.get(row, start) for row in current}
    done += [replace(row, from_at=began) for row, began in running.items()]
    return sorted(done, key=_order)


def _order(row: GrantRow) -> tuple[object, ...]:
    return (row.grantee_org, row.grantee_practitioner, row.purpose, row.source_org, row.author, row.kinds, row.from_at,
            row.roles, row.sud_duty, row.allow)  # fmt: skip


def _edges(facts: ChartFacts) -> list[datetime]:
    """Every instant at which something begins or ends, in order; between two of them nothing changes."""
    timed = (*facts.members, *facts.forms, *facts.judgements, *facts.limits, *facts.openings, *facts.acting)
    timed = (*timed, *facts.words)
    instants = {edge for fact in timed for edge in (fact.span.from_at, fact.span.until_at) if edge is not None}
    instants |= {datetime.combine(day, time(), UTC) for day in library.boundaries()}
    return sorted({ORIGIN, *instants})


def in_force(facts: ChartFacts, at: datetime) -> ChartFacts:
    """The same facts without those that do not hold at ``at``."""
    return replace(
        facts,
        members=tuple(fact for fact in facts.members if fact.span.holds(at)),
        knew=frozenset(fact.organization for fact in facts.members if fact.span.from_at <= at),
        forms=tuple(fact for fact in facts.forms if fact.span.holds(at)),
        judgements=tuple(fact for fact in facts.judgements if fact.span.holds(at)),
        limits=tuple(fact for fact in facts.limits if fact.span.holds(at)),
        openings=tuple(fact for fact in facts.openings if fact.span.holds(at)),
        acting=tuple(fact for fact in facts.acting if fact.span.holds(at)),
        words=tuple(fact for fact in facts.words if fact.span.holds(at)),
    )


def _grants_at(facts: ChartFacts, at: datetime) -> Iterator[GrantRow]:
    """The grants of one instant, without their times. ``facts`` are those in force."""
    for source in facts.sources:
        place = facts.places.get(source, Place(source, "", is_part2=False))
        yield from _ways(facts, place, Way(Relation.INDIVIDUAL, 0, ("patient",)), at)
        yield from _acting(facts, place, at)
        for recipient in recipients(facts):
            named = people(facts, recipient)
            for person in (0, *named):
                hidden = named if person == 0 else ()
                for way in relations(facts, place, recipient):
                    yield from _ways(facts, place, replace(way, practitioner=person, not_practitioners=hidden), at)
        for opening in facts.openings:
            yield from _emergency(facts, place, opening, at)


@dataclass(frozen=True, slots=True)
class Way:
    """Who receives, and in which relation."""

    relation: Relation
    organization: int
    roles: tuple[str, ...] = ()
    practitioner: int = 0
    not_practitioners: tuple[int, ...] = ()


def abroad(facts: ChartFacts, place: Place, recipient: int) -> bool:
    """Whether a recipient other than the patient stands in another state than the source, or in none that is known."""
    there = facts.places.get(recipient)
    return recipient != 0 and (there is None or not there.state or there.state != place.state)


def recipients(facts: ChartFacts) -> list[int]:
    """Every organization that a grant of this chart could speak of."""
    named = (form.recipient_org for form in facts.forms)
    return sorted({*facts.sources, *(member.organization for member in facts.members), *named} - {0})


def people(facts: ChartFacts, recipient: int) -> tuple[int, ...]:
    """The persons at a recipient whom a form or a restriction names."""
    named = {form.recipient_practitioner for form in facts.forms if form.recipient_org == recipient}
    named |= {limit.recipient_practitioner for limit in facts.limits if limit.recipient_org == recipient}
    return tuple(sorted(named - {0}))


def _treats(members: tuple[Member, ...], organization: int) -> bool:
    return any(member.organization == organization for member in members)


def relations(facts: ChartFacts, place: Place, recipient: int) -> Iterator[Way]:
    """How a recipient stands to a source. Its own staff may stand in three ways at once."""
    if recipient == place.id:
        yield Way(Relation.OWN, recipient, rules.OTHER_STAFF)
        yield Way(Relation.OWN_MEDICAL, recipient, rules.MEDICAL_ROLES)
        yield Way(Relation.AUTHOR, recipient)
    elif _treats(facts.members, recipient):
        yield Way(Relation.TREATING, recipient)
    else:
        former = recipient in facts.sources and recipient in facts.knew
        yield Way(Relation.FORMER if former else Relation.NAMED, recipient)


def _ways(facts: ChartFacts, place: Place, way: Way, at: datetime) -> Iterator[GrantRow]:
    """The grants of one relation, for each purpose that makes sense in it."""
    holder: Holder = "program" if place.is_part2 else "holder"
    barred = barred_classes(facts, place.id, way)
    for purpose in library.PURPOSES[way.relation]:
        if way.relation is Relation.OWN_MEDICAL and purpose is not Purpose.TREATMENT:
            continue
        setting = Setting(way.relation, purpose, place.state, holder, at.date(), abroad(facts, place, way.organization))
        found = openers(facts, place.id, way, purpose)
        # Billers and leaders state their own purposes, so only treatment is split by discipline.
        who = replace(way, roles=()) if purpose in (Purpose.PAYMENT, Purpose.OPERATIONS) else way
        for duty in (False, True) if rules.asks_duty(setting) else (False,):
            yield from _cells(setting, found, barred, _row(who, setting, place.id, duty))


def _row(way: Way, setting: Setting, source: int, duty: bool) -> GrantRow:
    return GrantRow(
        grantee_org=way.organization,
        purpose=setting.purpose,
        relation=setting.relation,
        source_org=source,
        allow=0,
        grantee_practitioner=way.practitioner,
        not_practitioners=way.not_practitioners,
        roles=way.roles,
        sud_duty=duty,
        author=SELF if way.relation is Relation.AUTHOR else 0,
    )


def barred_classes(facts: ChartFacts, source: int, way: Way) -> int:
    """The classes that the patient's restrictions take away from this recipient; never the author's own or hers."""
    mask = 0
    if way.relation not in (Relation.AUTHOR, Relation.INDIVIDUAL):
        for limit in facts.limits:
            if limit.binds(source, way.organization, way.practitioner):
                mask |= limit.classes
    return mask


def openers(facts: ChartFacts, source: int, way: Way, purpose: Purpose) -> tuple[Opener, ...]:
    """The forms and judgements that speak of this source, recipient and purpose."""
    found: list[Opener] = []
    if way.relation in (Relation.AUTHOR, Relation.INDIVIDUAL):
        return ()
    for form in facts.forms:
        named = form.recipient_org == way.organization or (
            form.recipient_org == 0 and way.relation is Relation.TREATING and way.organization not in form.not_for
        )
        if (
            named
            and form.discloser_org == source
            and purpose in form.purposes
            and form.recipient_practitioner in (0, way.practitioner)
        ):
            found.append(
                Opener(form.id, rules.COVERS[form.kind], form.classes, form.discloser_practitioner, form.kinds)
            )
    if purpose is Purpose.TREATMENT and way.relation in (Relation.TREATING, Relation.OWN_MEDICAL):
        found += [
            Opener(fact.id, frozenset({fact.need}), fact.classes, fact.discloser_practitioner)
            for fact in facts.judgements
            if fact.discloser_org == source and fact.recipient_org == way.organization
        ]
    return tuple(found)


def _cells(setting: Setting, openers: tuple[Opener, ...], barred: int, row: GrantRow) -> Iterator[GrantRow]:
    """One grant for every distinct mask over authors and kinds; what a wider grant already gives is left out."""
    authors = (row.author, *sorted({opener.author for opener in openers} - {0}))
    kinds = ("", *sorted(rules.kinds_named(setting) | {kind for opener in openers for kind in opener.kinds}))
    found = {
        (author, kind): rules.base(setting, openers, author=author, kind=kind, duty=row.sud_duty)
        for author in authors
        for kind in kinds
    }
    allowed = {cell: result.mask & ~barred for cell, result in found.items()}
    grouped: dict[tuple[int, rules.Base], list[str]] = {}
    for (author, kind), mask in allowed.items():
        wider = {(row.author, ""), (author, ""), (row.author, kind)} - {(author, kind)}
        if mask and all(mask & ~allowed[cell] for cell in wider):
            grouped.setdefault((author, found[author, kind]), []).append(kind)
    for (author, result), named in grouped.items():
        yield replace(
            row,
            author=author,
            kinds=() if "" in named else tuple(named),
            allow=result.mask & ~barred,
            rule_ids=result.rule_ids,
            consent_ids=result.opener_ids,
            obligations=result.obligations,
        )


def _acting(facts: ChartFacts, place: Place, at: datetime) -> Iterator[GrantRow]:
    """What those who act for the patient may see of one source. ``grantee_practitioner`` is their number below zero."""
    holder: Holder = "program" if place.is_part2 else "holder"
    for one in facts.acting:
        if representing.is_shut_out(one, facts.words, place.id):
            continue
        relation = Relation.PARENT if one.is_parent else Relation.REPRESENTATIVE
        setting = Setting(relation, Purpose.INDIVIDUAL, place.state, holder, at.date())
        way = Way(relation, 0, ("representative",), practitioner=-one.id)
        found = representing.openers(one, facts.words, place.id)
        barred = ~one.classes if one.classes else 0
        for row in _cells(setting, found, barred, _row(way, setting, place.id, duty=False)):
            kinds = representing.narrowed(row.kinds, one.kinds)
            if kinds is not None:
                yield replace(row, kinds=kinds)


def _emergency(facts: ChartFacts, place: Place, opening: Opening, at: datetime) -> Iterable[GrantRow]:
    """What one open emergency access gives from one source."""
    holder: Holder = "program" if place.is_part2 else "holder"
    outside = abroad(facts, place, opening.organization)
    setting = Setting(Relation.EMERGENCY, Purpose.EMERGENCY, place.state, holder, at.date(), outside)
    way = Way(Relation.EMERGENCY, opening.organization, practitioner=opening.practitioner)
    result = rules.base(setting)
    if result.mask & opening.classes:
        yield replace(
            _row(way, setting, place.id, duty=False),
            allow=result.mask & opening.classes,
            kinds=opening.kinds,
            rule_ids=result.rule_ids,
            consent_ids=(opening.id,),
            obligations=result.obligations,
        )
