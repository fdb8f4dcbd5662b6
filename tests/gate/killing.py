"""What a mutant of the gate must survive: random and systematic worlds and questions, judged beforehand by the witness.

``tools.mutate`` builds a corpus once with the gate as it is, and asks it again of each mutant. Everything expected here
comes from the witness, from the oracle or from what people reviewed, never from the gate.
"""

import random
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hallway.app.witness import judge, papers, plan
from hallway.consent import gate
from hallway.consent.grants import compiler
from hallway.consent.grants.decision import Plan
from hallway.consent.law import validity
from hallway.consent.law.disclosing import decide
from hallway.consent.law.facts import Acting, Span, Word
from hallway.errors import HallwayError
from hallway.ids import ChartId
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose
from tests.gate import answers, judges, narrow, tidy, translate, world
from tests.gate import test_disclosures_agree as disclosures
from tests.gate import test_random_worlds as some
from tests.gate import test_release_matrix as matrix

A_SCENE = 14
SOCIAL_WORKERS = ("MA_SOCIAL_WORKER", "CT_SOCIAL_WORKER")
MICRO = timedelta(microseconds=1)
FAR = timedelta(days=3650)
ROW_OF_2024 = datetime(2024, 4, 15, 15, 0, tzinfo=UTC)
"""Nine hours before a federal row ends and the next begins."""


@dataclass
class Case:
    """One release asked for: by whom, for what, when; each thing with whether it may flow."""

    ask: judge.Ask
    asker: object
    expected: list


@dataclass
class Scene:
    """One chart, compiled at an instant, and the cases about it."""

    facts: object
    compiled_at: datetime
    cases: list


def shifted(facts, by):
    """The same facts at another time."""

    def moved(one):
        return replace(one, begins=one.begins + by, ends=one.ends and one.ends + by)

    changed = replace(facts)
    changed.treated = [(org, begins + by, ends and ends + by) for org, begins, ends in facts.treated]
    for name in ("forms", "judgements", "limits", "emergencies"):
        setattr(changed, name, [moved(one) for one in getattr(facts, name)])
    return changed


def random_scene(dice, chart, now):
    facts = shifted(some.random_facts(dice, chart), now - some.NOW)
    questions = [some.random_question(dice, facts) for _ in range(A_SCENE)]
    instants = [now, *(now + timedelta(hours=hours) for hours in (1, 2, 10, 24, 700))]
    seen = translate.to_witness(facts)
    cases = []
    for asker, purpose, thing in questions:
        at = dice.choice(instants)
        ask = judge.Ask(translate.witness_asker(asker), purpose, seen, at)
        others = [thing, *(some.random_thing(dice, facts) for _ in range(3))]
        expected = [(one, judge.may(ask, translate.witness_thing(one))) for one in others]
        cases.append(Case(ask, asker, expected))
    return Scene(facts, now, [*cases, *own_cases(dice, facts, seen, now), *struck_cases(dice, facts, seen, now)])


def own_cases(dice, facts, seen, at):
    """A patient about her own chart, by a practice's sign-in too; about another's; with a sign-in bound to none."""
    for org, chart in ((0, facts.chart), (2, facts.chart), (0, facts.chart + 1), (0, 0)):
        asker = some.Asker(org, 0, "patient", chart=chart)
        ask = judge.Ask(translate.witness_asker(asker), "INDIVIDUAL", seen, at)
        yield Case(ask, asker, judged(ask, [translate.witness_thing(some.random_thing(dice, facts)) for _ in range(3)]))


def struck_cases(dice, facts, seen, at):
    """Somebody of a practice that was put on the care team and struck again at once: it never treated."""
    struck = [org for org, begins, ends in facts.treated if begins == ends]
    for org in struck:
        person = dice.choice([person for person in some.PEOPLE if some.org_of(person) == org])
        asker = some.Asker(org, person, "pcp")
        ask = judge.Ask(translate.witness_asker(asker), "TREAT", seen, at)
        plain = [some.Thing(source, 0, "Patient", frozenset({"GENERAL"})) for source in sorted(facts.sources)]
        yield Case(ask, asker, judged(ask, plain))


def acting_scene(dice, chart):
    """A chart for whose patient somebody acts: parents and others, in force or not, narrowed, refused, agreed to."""
    facts = some.random_facts(dice, chart)
    facts.acting = [
        Acting(
            id=number,
            authority=authority,
            is_parent=authority == "parent",
            classes=dice.choice([0, 0, 0b11, int(DataClass.GENERAL | DataClass.MH | DataClass.PART2)]),
            kinds=dice.choice([(), (), ("Patient", "Condition")]),
            span=a_span(dice),
        )
        for number in (1, 2)
        for authority in [dice.choice(("parent", "parent", "court_guardian", "executor", "health_care_agent"))]
    ]
    facts.words = [
        Word(
            id=f"word-{number}",
            representative=dice.choice((1, 2)),
            organization=dice.choice([0, *facts.sources]),
            kind=dice.choice(("minor_agrees", "minor_agrees", "not_treated", "detriment")),
            classes=dice.choice([0, 0, int(DataClass.MINOR_CONSENTED), int(DataClass.PART2 | DataClass.PSYTHER_NOTE)]),
            span=a_span(dice),
        )
        for number in range(dice.choice((0, 1, 2, 3)))
    ]
    seen = translate.to_witness(facts)
    cases = []
    for _ in range(10):
        person, at = dice.choice((1, 1, 2, 2, 3)), some.NOW + timedelta(hours=dice.choice((0, 1, 2, 24)))
        asker = some.Asker(0, person, "representative", chart=dice.choice([chart] * 5 + [chart + 1]))
        ask = judge.Ask(translate.witness_asker(asker), "INDIVIDUAL", seen, at)
        things = [some.random_thing(dice, facts) for _ in range(4)]
        cases.append(Case(ask, asker, [(one, judge.may(ask, translate.witness_thing(one))) for one in things]))
    return Scene(facts, some.NOW, cases)


def narrow_scene(dice, chart):
    """A chart whose few facts each name one person, author or kind; asked by everybody about everything near them."""
    facts = narrow.a_world(dice, chart)
    seen = translate.to_witness(facts)
    cases = []
    for asker, purpose, at in narrow.askers(dice, facts):
        ask = judge.Ask(translate.witness_asker(asker), purpose, seen, at)
        cases.append(Case(ask, asker, judged(ask, list(narrow.things(dice, facts)))))
    return Scene(facts, some.NOW, cases)


def ending_scene(chart):
    """A chart whose few facts end in an hour, each in one of the ways in which it can; one open-ended treatment."""
    source, treating, stranger = ((4, 5, 2), (1, 5, 6), (2, 4, 6))[chart % 3]
    begins, ends = some.NOW - timedelta(hours=24), some.NOW + timedelta(hours=1)
    form = some.Form("release", source, stranger, {"GENERAL", "MH"}, {"TREAT"}, begins, ends, complete=chart % 4 != 0)
    opened = some.Emergency(treating, treating, set(), some.NOW - timedelta(minutes=10), ends)
    facts = some.Facts(
        chart, some.STATE, some.PROGRAMS, {source}, [(treating, begins, None)], [form], emergencies=[opened]
    )
    seen = translate.to_witness(facts)
    plain, kept = (some.Thing(source, 0, "Condition", frozenset({"GENERAL", *more})) for more in ((), SOCIAL_WORKERS))
    cases = []
    for hours in (0, 1, 2):
        for org, purpose, thing in ((stranger, "TREAT", plain), (treating, "TREAT", plain), (treating, "EMERG", kept)):
            asker = some.Asker(org, org, "pcp")
            ask = judge.Ask(translate.witness_asker(asker), purpose, seen, some.NOW + timedelta(hours=hours))
            cases.append(Case(ask, asker, judged(ask, [thing])))
    return Scene(facts, some.NOW, cases)


def a_span(dice):
    begins, ends = some.span(dice)
    return Span(begins, ends)


def systematic_scenes():
    """The golden worlds, thinned: every third asker of each."""
    dice = random.Random(3)
    chart = 0
    for source in matrix.SOURCES:
        for state in matrix.STATES:
            chart += 1
            facts = matrix.facts_of(chart, source, state)
            seen = translate.to_witness(facts)
            things = matrix.things_of(source)
            cases = []
            for role in matrix.ROLES:
                for asker in matrix.askers(source, role, chart).values():
                    for purpose in Purpose:
                        if dice.random() < 0.3:
                            ask = judge.Ask(translate.witness_asker(asker), str(purpose), seen, matrix.NOW)
                            cases.append(Case(ask, asker, judged(ask, things)))
            yield Scene(facts, matrix.NOW, cases)


def judged(ask, things):
    """Every thing with its verdict; the ways are found once for each source, author and kind."""
    found = {}
    for thing in things:
        key = (thing.source, thing.author, thing.kind)
        if key not in found:
            found[key] = judge.ways(ask, *key)
    return [
        (thing, any(thing.classes <= way.classes for way in found[thing.source, thing.author, thing.kind]))
        for thing in things
    ]


def build(scenes=120, seed=11):
    """The corpus, the quickest killers first."""
    dice = random.Random(seed)
    made = [random_scene(dice, chart, ROW_OF_2024 if chart % 4 == 0 else some.NOW) for chart in range(1, scenes + 1)]
    acting = [acting_scene(dice, chart) for chart in range(scenes + 1, scenes + scenes // 3)]
    aimed = [narrow_scene(dice, chart) for chart in range(1001, 1001 + scenes)]
    ending = [ending_scene(chart) for chart in range(2001, 2013)]
    return [*ending, *made[: scenes // 4], *aimed, *acting, *made[scenes // 4 :]], list(systematic_scenes())


def words(mask):
    return frozenset(one.name for one in DataClass if one & mask)


def stated(release):
    return [
        plan.WayOut(
            one.source_org,
            words(one.allow),
            one.author,
            frozenset(one.kinds),
            frozenset(one.rule_ids),
            frozenset(one.consent_ids),
            frozenset(one.obligations),
        )
        for one in release.clauses
    ]


def check(scenes, *, plans=True):
    """Raise on the first case that is not as the witness judged it."""
    for scene in scenes:
        grants = translate.grants_of(scene.facts, scene.compiled_at)
        if plans:
            tidy.check(scene.facts, grants, scene.compiled_at)
        for case in scene.cases:
            check_case(grants, case, plans=plans)


def check_case(grants, case, *, plans):
    requester = world.requester(case.asker)
    purpose, at = Purpose(case.ask.purpose), case.ask.at
    try:
        release = gate.release_from(grants, requester, ChartId(case.ask.facts.chart), purpose, now=at)
    except HallwayError as error:
        refused = error.code
    else:
        refused = ""
    if refused:
        assert refused == code_expected(grants, case)
        assert not any(flows for _, flows in case.expected)
        return
    assert release.clauses, "permission for nothing"
    assert all(one.allow for one in release.clauses), "a way out for nothing"
    decided = Plan(release)
    for thing, flows in case.expected:
        assert judges.permits(decided, thing) == flows, (case, thing)
    check_in_bulk(release, case)
    assert (release.requester, release.purpose, release.decided_at, release.epoch) == (requester, purpose, at, 0)
    assert release.chart_id == case.ask.facts.chart
    assert release.reason == ", ".join(dict.fromkeys(name for one in release.clauses for name in one.rule_ids))
    assert len(set(release.clauses)) == len(release.clauses)
    if plans:
        assert plan.unlawful(case.ask, stated(release)) == []
        check_until(release, case)
        check_reasons(release, decided, case)


class Item(NamedTuple):
    """A thing as a plan takes it in hand."""

    kind: str
    source_org: int
    author: int
    mask: int


def check_in_bulk(release, case):
    """A record decided item by item, or filtered without reasons, gives what each item alone is given."""
    items = [
        (Item(one.kind, one.source, one.author, world.mask_of(one.classes)), flows) for one, flows in case.expected
    ]
    held = [item for item, _ in items]
    assert [(item, found.permits) for item, found in Plan(release).decisions(held)] == items
    assert Plan(release).filter(held) == [item for item, flows in items if flows]


def code_expected(grants, case):
    """A purpose that is not the role's own is like nothing at all; an emergency that nobody opened is told apart."""
    asker, ask = case.asker, case.ask
    if ask.purpose != "EMERG" or ask.purpose not in judge.need_of(asker.role).purposes:
        return "H-CON-001"
    opened = any(
        one.org == asker.org and one.person == asker.person and one.during.holds(ask.at) for one in ask.facts.opened
    )
    care = [one for one in grants if one.grantee_org == asker.org and one.purpose == "TREAT"]
    treats = any(
        (not one.roles or asker.role in one.roles)
        and one.from_at <= ask.at
        and (one.until_at is None or ask.at < one.until_at)
        and (not one.sud_duty or asker.duty)
        and (one.author != compiler.SELF or asker.person)
        and (one.grantee_practitioner == asker.person if one.grantee_practitioner else True)
        and asker.person not in one.not_practitioners
        for one in care
    )
    return "H-CON-002" if treats and not opened else "H-CON-001"


def check_until(release, case):
    """What flows now flows until the release ends, and a release without an end has none."""
    at = release.until - MICRO if release.until else case.ask.at + FAR
    assert release.until is None or release.until > case.ask.at
    later = replace(case.ask, at=at)
    for thing, flows in case.expected[:4]:
        if flows:
            assert judge.may(later, translate.witness_thing(thing)), (case, thing, "the release outlives its right")


def check_reasons(release, decided, case):
    """A permit names what some way out names; a denial names classes of the thing."""
    for thing, flows in case.expected[:4]:
        mask = world.mask_of(thing.classes)
        found = decided.decide(mask, thing.source, thing.author, thing.kind)
        if flows:
            ways = [
                (*one.rule_ids, *one.consent_ids)
                for one in release.clauses
                if one.source_org == thing.source and not mask & ~one.allow
            ]
            assert found.reasons in ways
        else:
            assert set(found.reasons) == nearest(release, thing, mask) or len(found.reasons) == len(
                nearest(release, thing, mask)
            )
            assert set(found.reasons) <= thing.classes


def nearest(release, thing, mask):
    """The classes in the way under the way out that comes nearest; all of them when none is about such a thing."""
    fitting = [
        words(mask & ~one.allow)
        for one in release.clauses
        if one.source_org == thing.source
        and one.author in (0, thing.author)
        and (not one.kinds or thing.kind in one.kinds)
    ]
    return min(fitting, key=len, default=thing.classes)


@dataclass
class Asked:
    """Questions of disclosure with their answers, stored forms, forms that are shown, and reviewed answers."""

    questions: list
    forms: list
    shown: list
    reviewed: list


def build_asked(count=4000, seed=17):
    dice = random.Random(seed)
    questions = [disclosures.asked(text) for text in disclosures.golden("ask")]
    questions += [question for _, question, *_ in disclosures.VECTORS]
    questions += [disclosures.a_question(dice) for _ in range(count)]
    return Asked(
        [(question, disclosures.witnessed(question)) for question in questions],
        [(form, papers.is_valid(form)) for form in (a_stored_form(dice) for _ in range(min(count, 2000)))],
        answers.shown_forms(count),
        answers.reviewed(),
    )


def a_stored_form(dice):
    """A form as it was stored, whole but for a thing or two."""
    kind = dice.choice(["release", "part2", "part2_tpo", "psychotherapy", "sud_counseling", "hiv"])
    state = dice.choice(["MA", "CT", "CA", "ME"])
    rows = [row for row in rows_of("form") if row["kind"] == kind]
    rows += [row for row in rows_of("addition") if row["kind"] == kind and row["state"] == state]
    statements = {name for row in rows for name in row["statements"]}
    only = set(rows[0].get("only", ()))
    some_of = {"GENERAL", *dice.sample(some.CLASSES, dice.choice([0, 1, 1, 2]))}
    classes = only or (some_of - set(rows[0].get("forbids", ())) | set(rows[0].get("requires", ())))
    if kind != "hiv" and state == "MA" and dice.random() < 0.9:
        classes -= {"HIV"}
    purposes = ["TREAT"] if kind == "hiv" else dice.sample(["TREAT", "PAY", "OPS"], dice.randint(1, 3))
    form = papers.Written(
        kind=kind, state=state, from_org=1, to_org=0 if kind == "part2_tpo" else 2, classes=frozenset(classes),
        purposes=purposes, statements=sorted(statements), begins=some.NOW, expires_at=some.NOW + timedelta(days=200),
        expires_event="", points=14, longer_asked=False,
    )  # fmt: skip
    wrong = {
        "from_org": dice.choice([0, -1]),
        "to_org": dice.choice([0, 0, -1]),
        "purposes": dice.choice([[], ["TREAT", "PAY"]]),
        "classes": frozenset(dice.choice([set(), classes | {dice.choice(some.CLASSES)}, classes - {"PART2"}])),
        "statements": sorted(statements - {dice.choice(sorted(statements))}),
        "expires_at": dice.choice([None, some.NOW + timedelta(days=366), some.NOW + timedelta(days=366, seconds=1)]),
        "expires_event": dice.choice(["none", "end_of_treatment"]),
        "points": dice.choice([12, 13]),
        "longer_asked": True,
    }
    changed = dice.sample(sorted(wrong), dice.choice([0, 1, 1, 2, 3]))
    return replace(form, **{name: wrong[name] for name in changed})


def rows_of(name):
    return papers.tables_of(papers.read_forms(), name)


def check_asked(asked):
    """The disclosure engine and the checkers of forms answer as the witness did, in the words of their rows."""
    answers.check_reviewed(asked.reviewed)
    for form, is_valid in asked.forms:
        stored = validity.Elements(
            kind=form.kind, state=form.state, discloser_org=form.from_org, recipient_org=form.to_org,
            classes=world.mask_of(form.classes), purposes=tuple(form.purposes), statements=tuple(form.statements),
            expires_at=form.expires_at, expires_event=form.expires_event, points=form.points, begins_at=form.begins,
            longer_asked=form.longer_asked,
        )  # fmt: skip
        assert (validity.missing(stored) == []) == is_valid, form
    answers.check_shown(asked.shown)
    for question, expected in asked.questions:
        verdict = decide(question)
        assert disclosures.told(verdict) == expected
        answers.check_words(question, verdict)
