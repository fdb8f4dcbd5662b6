"""Worlds of few facts, each naming one person, author, kind or practice, so that a verdict hangs on every word of it.

One practice's record, somebody who treats, somebody who does not; now and then a state or a whole practice that nobody
knows of. Whoever asks is near the facts: the person named, a colleague, somebody without a number.
"""

from dataclasses import replace
from datetime import timedelta

from tests.gate import test_random_worlds as some
from tests.gate.oracle import Asker, Emergency, Facts, Judgement, Limit, Thing

FIRST, STATELESS, UNLISTED = 1, 6, 7
KINDS = ("Condition", "Task", "Patient")
PURPOSE_OF = {"biller": "PAY", "practice_leader": "OPS", "patient": "INDIVIDUAL"}
INSTANTS = (0, 0, 0, 1, 2, 24, 700)


def people_of(org):
    return [person for person in some.PEOPLE if some.org_of(person) == org]


def a_world(dice, chart):
    """Home keeps the record; there treats, or did, or will."""
    one, other, third = dice.sample(list(some.STATE)[1:], 3)
    # The first practice and its first person often: a number taken for "anybody" shows there.
    home, there = dice.choice(((FIRST, one), (one, FIRST), (one, other)))
    state = dict(some.STATE)
    if dice.random() < 0.4:
        state[STATELESS] = ""
        del state[UNLISTED]
    facts = Facts(chart=chart, state=state, programs=some.PROGRAMS, sources={home, *dice.choice([(), (), (there,)])})
    facts.treated = [(there, *some.span(dice)), *dice.choice([[], [], [(home, *some.span(dice))]])]
    facts.home, facts.near = home, (home, home, there, there, third)
    facts.forms = [a_form(dice, home, there) for _ in range(dice.choice((1, 1, 2, 3)))]
    facts.limits = [a_limit(dice, home, there) for _ in range(dice.choice((0, 1, 1, 2)))]
    facts.judgements = [a_judgement(dice, home, there) for _ in range(dice.choice((0, 0, 1)))]
    facts.emergencies = [an_emergency(dice, there, third) for _ in range(dice.choice((0, 0, 1)))]
    return facts


def a_form(dice, home, there):
    form = some.random_form(dice, {home})
    while form.from_org != home:
        form = some.random_form(dice, {home})
    to_org = form.to_org and dice.choice((there, there, there, home))
    return replace(
        form,
        to_org=to_org,
        from_person=dice.choice((0, *people_of(home))),
        to_person=dice.choice((0, *people_of(to_org))) if to_org else 0,
        kinds=set(dice.choice(((), (), KINDS[:1], KINDS[:2]))),
        not_for={there} if not to_org and dice.random() < 0.5 else set(),
    )


def a_limit(dice, home, there):
    to_org = dice.choice((0, home, there, there))
    to_person = dice.choice((0, *people_of(to_org))) if to_org else 0
    classes = dice.choice([set(some.CLASSES), {"MH"}, {"GENERAL", "HIV"}])
    return Limit(dice.choice((0, home, home, there)), to_org, to_person, classes, *some.span(dice))


def a_judgement(dice, home, there):
    need, one = dice.choice([("six_facts", "MA_SOCIAL_WORKER"), ("clinician_determination", "CT_PSYCHIATRIC")])
    return Judgement(need, home, dice.choice((0, *people_of(home))), there, {one}, *some.span(dice))


def an_emergency(dice, there, third):
    person = dice.choice(people_of(dice.choice((there, third))))
    kinds = set(dice.choice(list(some.world.CATEGORY_BY_KINDS)))
    return Emergency(some.org_of(person), person, kinds, some.NOW, some.NOW + timedelta(minutes=90))


def askers(dice, facts, count=12):
    """Who asks, for what, when."""
    for _ in range(count):
        role = dice.choice((*some.ROLES[:5], *some.ROLES[:3], "biller", "practice_leader", "patient"))
        at = some.NOW + timedelta(hours=dice.choice(INSTANTS))
        if role == "patient":
            yield Asker(0, 0, role, chart=facts.chart), "INDIVIDUAL", at
            continue
        org = dice.choice(facts.near)
        asker = Asker(org, dice.choice((0, *people_of(org) * 2)), role, duty=dice.random() < 0.5)
        purpose = PURPOSE_OF.get(role) or dice.choice(("TREAT", "TREAT", "TREAT", "EMERG"))
        yield asker, purpose, at


def things(dice, facts, count=16):
    """Of each source, by somebody a fact names or by another, of a kind a fact names or not."""
    named = sorted({one for fact in (*facts.forms, *facts.limits, *facts.judgements) for one in fact.classes})
    for _ in range(count):
        source = dice.choice((facts.home, facts.home, *facts.sources))
        classes = {"GENERAL", *dice.sample(named, min(len(named), dice.choice((0, 1, 1, 2))))}
        yield Thing(source, dice.choice((0, *people_of(source))), dice.choice(KINDS), frozenset(classes))
