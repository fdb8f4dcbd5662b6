"""The oracle's plain facts as the witness and as the product's compiler take them, without a database."""

from hallway.app.witness import facts as seen
from hallway.consent.grants.compiler import ORIGIN, compile_grants
from hallway.consent.law import facts as compiled
from hallway.consent.law.facts import ChartFacts, Place, Span
from hallway.consent.tables.emergency import categories
from hallway.record.classes import DataClass
from tests.gate.world import mask_of

EMERGENCY_MASK = categories()["everything"].mask


def during(fact):
    return seen.During(fact.begins, fact.ends)


def lasting(treated):
    """Who treated for any while at all: an entry that ended as it began was struck."""
    return [(org, begins, ends) for org, begins, ends in treated if ends is None or ends > begins]


def to_witness(facts):
    """What the witness judges by. Sources have been there since long ago."""
    return seen.Facts(
        chart=facts.chart,
        states=facts.state,
        programs=frozenset(facts.programs),
        since=dict.fromkeys(facts.sources, ORIGIN),
        treats=[seen.Treats(org, seen.During(begins, ends)) for org, begins, ends in lasting(facts.treated)],
        papers=[
            seen.Paper(
                one.id,
                one.kind,
                one.from_org,
                one.from_person,
                one.to_org,
                one.to_person,
                frozenset(one.classes),
                frozenset(one.kinds),
                frozenset(one.purposes),
                during(one),
                tuple((org, one.begins) for org in sorted(one.not_for)),
            )
            for one in facts.forms
            if one.complete
        ],
        determined=[
            seen.Determined(
                one.id, one.need, one.from_org, one.from_person, one.to_org, frozenset(one.classes), during(one)
            )
            for one in facts.judgements
        ],
        wishes=[
            seen.Wish(one.from_org, one.to_org, one.to_person, frozenset(one.classes), during(one))
            for one in facts.limits
        ],
        opened=[
            seen.Opened(one.id, one.org, one.person, frozenset(one.kinds), during(one)) for one in facts.emergencies
        ],
        acts=[
            seen.Acts(one.id, 0, one.authority, words_of(one.classes), frozenset(one.kinds), of_span(one.span))
            for one in getattr(facts, "acting", ())
        ],
        said=[
            seen.Said(one.id, one.representative, one.organization, one.kind, words_of(one.classes), of_span(one.span))
            for one in getattr(facts, "words", ())
        ],
    )


def words_of(mask):
    return frozenset(one.name for one in DataClass if one & mask)


def of_span(span):
    return seen.During(span.from_at, span.until_at)


def witness_asker(asker):
    if asker.role == "representative":
        return seen.Asker(asker.org, 0, asker.role, chart=asker.chart, acts=asker.person)
    return seen.Asker(asker.org, asker.person, asker.role, asker.duty, asker.chart)


def witness_thing(thing):
    return seen.Thing(thing.source, thing.author, thing.kind, thing.classes)


def to_compiler(facts):
    """What the product compiles from: the same facts, as ``plans.load_facts`` would give them."""

    def span(one):
        return Span(one.begins, one.ends)

    def valid(one):
        return one.complete and (one.ends is None or one.ends > one.begins)

    def in_order(found):
        return sorted(found, key=lambda one: (one.begins, one.id))

    return ChartFacts(
        chart_id=facts.chart,
        sources=tuple(sorted(facts.sources)),
        places={org: Place(org, state, org in facts.programs) for org, state in facts.state.items()},
        members=tuple(compiled.Member(org, Span(begins, ends)) for org, begins, ends in lasting(facts.treated)),
        forms=tuple(
            compiled.Form(
                one.id,
                one.kind,
                one.from_org,
                one.from_person,
                one.to_org,
                one.to_person,
                mask_of(one.classes),
                tuple(sorted(one.kinds)),
                tuple(sorted(one.purposes)),
                span(one),
                tuple(sorted(one.not_for)),
            )
            for one in in_order(facts.forms)
            if valid(one)
        ),
        judgements=tuple(
            compiled.Judgement(
                one.id, one.from_org, one.from_person, one.to_org, mask_of(one.classes), one.need, span(one)
            )
            for one in in_order(facts.judgements)
        ),
        limits=tuple(
            compiled.Limit(one.from_org, one.to_org, one.to_person, mask_of(one.classes), span(one))
            for one in facts.limits
        ),
        openings=tuple(
            compiled.Opening(one.id, one.org, one.person, tuple(sorted(one.kinds)), EMERGENCY_MASK, span(one))
            for one in in_order(facts.emergencies)
        ),
        acting=tuple(getattr(facts, "acting", ())),
        words=tuple(sorted(getattr(facts, "words", ()), key=lambda one: (one.span.from_at, one.id))),
    )


def grants_of(facts, now):
    return compile_grants(to_compiler(facts), now)
