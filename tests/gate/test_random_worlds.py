"""SQL, memory and oracle on random facts. 10,000 cases in ``make test``; HALLWAY_GATE_CASES asks for more."""

import os
import random
from datetime import UTC, datetime, timedelta

from hallway import clock
from hallway.consent import actions, gate
from hallway.consent.decision import Plan
from hallway.consent.queries import grant_lateral, grant_parameters
from hallway.errors import HallwayError
from hallway.record.classes import DataClass
from hallway.record.evidence import Purpose
from hallway.storage import connection
from tests.gate import world
from tests.gate.oracle import Asker, Emergency, Facts, Form, Judgement, Limit, Thing, may

CASES = int(os.environ.get("HALLWAY_GATE_CASES", "10000"))
SEED = int(os.environ.get("HALLWAY_GATE_SEED", "20261121"))
A_CHART = 100
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
STATE = {1: "MA", 2: "CT", 3: "ME", 4: "MA", 5: "CT", 6: "ME", 7: "MA"}
PROGRAMS = {3, 5}
CLASSES = sorted(one.name for one in DataClass)
ROLES = [
    *("pcp", "therapist", "psychiatrist", "bh_care_manager", "medical_specialist", "front_desk", "biller"),
    *("practice_leader", "privacy_officer", "network_administrator", "patient", "system"),
]
KINDS = ["Patient", "DocumentReference", "Condition", "Appointment", "Coverage", "Task"]
PURPOSES = ["TREAT", "PAY", "OPS", "EMERG", "INDIVIDUAL", "SYSTEM"]
EDGES = [NOW + timedelta(hours=hours) for hours in (-9000, -500, -24, -1, 0, 1, 24, 700)]
PEOPLE = range(1, 15)


def org_of(person):
    return (person - 1) % len(STATE) + 1


def span(dice):
    begins = dice.choice(EDGES[:6])
    return begins, dice.choice([None, None, *[edge for edge in EDGES if edge > begins]])


def some_classes(dice, usual):
    picked = set(dice.sample(CLASSES, dice.randint(0, 3)))
    return picked | set(usual if dice.random() < 0.8 else ())


def random_form(dice):
    kind = dice.choice(["release", "release", "part2", "part2_tpo", "psychotherapy", "sud_counseling", "hiv"])
    own = {"psychotherapy": {"PSYTHER_NOTE"}, "sud_counseling": {"SUD_COUNSEL_NOTE"}, "hiv": {"HIV"}}
    from_org = dice.choice(list(STATE))
    begins, ends = span(dice)
    complete = dice.random() < 0.9
    classes = own.get(kind) or some_classes(dice, ("GENERAL", "MH", "MA_SOCIAL_WORKER", "CT_COUNSELOR"))
    classes = set(classes) - ({"PSYTHER_NOTE", "SUD_COUNSEL_NOTE", "UNCLASSIFIED"} if kind not in own else set())
    if kind in ("part2", "part2_tpo"):
        classes |= {"PART2"}
    if kind == "release":
        classes = (classes - {"PART2"}) | {"GENERAL"}
    if kind != "hiv" and STATE[from_org] == "MA":
        classes -= {"HIV"}
    purposes = {"TREAT"} if kind == "hiv" else set(dice.sample(["TREAT", "PAY", "OPS"], dice.randint(1, 3)))
    if STATE[from_org] == "CT" and kind == "release":
        ends = ends or EDGES[-1]
    to_org = 0 if kind == "part2_tpo" and dice.random() < 0.7 else dice.choice(list(STATE))
    people = [0, 0, *[person for person in PEOPLE if org_of(person) == to_org]]
    return Form(
        kind=kind,
        from_org=from_org,
        to_org=to_org,
        classes=classes,
        purposes=purposes,
        begins=begins,
        ends=ends,
        from_person=dice.choice([0, 0, *[person for person in PEOPLE if org_of(person) == from_org]]),
        to_person=dice.choice(people) if to_org else 0,
        kinds=set(dice.sample(KINDS, 2)) if dice.random() < 0.3 else set(),
        complete=complete,
    )


def random_facts(dice, chart):
    members = [(dice.choice(list(STATE)), *span(dice)) for _ in range(dice.randint(0, 5))]
    judgements = []
    for _ in range(dice.randint(0, 1)):
        need, one = dice.choice([("six_facts", "MA_SOCIAL_WORKER"), ("clinician_determination", "CT_PSYCHIATRIC")])
        from_org = dice.choice(list(STATE))
        person = dice.choice([person for person in PEOPLE if org_of(person) == from_org])
        judgements.append(Judgement(need, from_org, person, dice.choice(list(STATE)), {one}, *span(dice)))
    limits = []
    for _ in range(dice.choice([0, 0, 0, 1, 2])):
        to_org = dice.choice([0, *STATE])
        to_person = dice.choice([0, 0, *[person for person in PEOPLE if org_of(person) == to_org]]) if to_org else 0
        classes = set(CLASSES) if dice.random() < 0.4 else set(dice.sample(CLASSES, 3))
        limits.append(Limit(dice.choice(list(STATE)), to_org, to_person, classes, *span(dice)))
    emergencies = []
    for _ in range(dice.choice([0, 0, 1])):
        person = dice.choice(PEOPLE)
        begins = dice.choice(EDGES[:6])
        kinds = set(dice.choice(list(world.CATEGORY_BY_KINDS)))
        emergencies.append(Emergency(org_of(person), person, kinds, begins, begins + timedelta(minutes=90)))
    return Facts(
        chart=chart,
        state=STATE,
        programs=PROGRAMS,
        sources=set(dice.sample(list(STATE), dice.randint(1, 4))),
        treated=members,
        forms=[random_form(dice) for _ in range(dice.randint(0, 5))],
        judgements=judgements,
        limits=limits,
        emergencies=emergencies,
    )


def random_thing(dice, facts):
    source = dice.choice(sorted(facts.sources))
    usual = {"GENERAL"} | ({"MH"} if dice.random() < 0.6 else set()) | ({"PART2"} if source in PROGRAMS else set())
    rare = set(dice.sample(CLASSES, dice.choice([0, 0, 1, 1, 2])))
    author = dice.choice([0, *[person for person in PEOPLE if org_of(person) == source]])
    return Thing(source, author, dice.choice(KINDS), frozenset(usual | rare))


def random_asker(dice, facts):
    role = dice.choice(ROLES[:5]) if dice.random() < 0.6 else dice.choice(ROLES)
    person = dice.choice(PEOPLE)
    if role == "patient":
        return Asker(0, 0, role, chart=dice.choice([facts.chart, facts.chart, facts.chart + 1]))
    return Asker(org_of(person), dice.choice([person, person, person, 0]), role, duty=dice.random() < 0.5)


def random_question(dice, facts):
    asker = random_asker(dice, facts)
    own = {"biller": "PAY", "practice_leader": "OPS", "privacy_officer": "OPS", "patient": "INDIVIDUAL"}
    usual = own.get(asker.role, "TREAT")
    if any(one.person == asker.person for one in facts.emergencies):
        usual = dice.choice([usual, "EMERG"])
    return asker, usual if dice.random() < 0.9 else dice.choice(PURPOSES), random_thing(dice, facts)


def in_memory(asker, thing, purpose, facts, plans):
    key = (facts.chart, asker, purpose)
    if key not in plans:
        try:
            plans[key] = Plan(gate.release(world.requester(asker), facts.chart, Purpose(purpose)))
        except HallwayError:
            plans[key] = None
    plan = plans[key]
    mask = world.mask_of(thing.classes)
    return plan is not None and plan.decide(mask, thing.source, thing.author, thing.kind).permits


def in_sql(questions):
    """The verdict of the many-chart query, one statement for all questions of the same asker, purpose and kind."""
    grouped = {}
    for place, (facts, asker, purpose, thing) in enumerate(questions):
        grouped.setdefault((asker, purpose, thing.kind), []).append((place, facts.chart, thing))
    passed = set()
    with connection.cursor() as opened:
        for (asker, purpose, kind), rows in grouped.items():
            statement = (
                "SELECT w.place FROM unnest(%(places)s::bigint[], %(charts)s::bigint[], %(sources)s::int[],"
                " %(authors)s::int[], %(masks)s::bigint[]) AS w (place, chart_id, source_org_id, author, mask) "
                + grant_lateral("w", author="w.author")
            )
            parameters = {
                **grant_parameters(world.requester(asker), kind, Purpose(purpose)),
                "places": [place for place, _, _ in rows],
                "charts": [chart for _, chart, _ in rows],
                "sources": [thing.source for _, _, thing in rows],
                "authors": [thing.author for _, _, thing in rows],
                "masks": [world.mask_of(thing.classes) for _, _, thing in rows],
            }
            found = [row[0] for row in opened.execute(statement.encode(), parameters).fetchall()]
            assert len(found) == len(set(found))
            passed.update(found)
    return [place in passed for place in range(len(questions))]


def test_sql_memory_and_oracle_agree_on_random_worlds(fresh_db):
    dice = random.Random(SEED)
    world.build_organizations(STATE, PROGRAMS)
    worlds = [random_facts(dice, chart) for chart in range(1, CASES // A_CHART + 1)]
    questions = [(facts, *random_question(dice, facts)) for facts in worlds for _ in range(A_CHART)]
    with clock.stopped_at(NOW):
        world.build(worlds)
        actions.rebuild_grants([facts.chart for facts in worlds])
    # Some verdicts are asked later than the grants were compiled: times are tested in the query.
    for asked_at in (NOW, NOW + timedelta(hours=2)):
        plans = {}
        with clock.stopped_at(asked_at):
            sql = in_sql(questions)
            for place, (facts, asker, purpose, thing) in enumerate(questions):
                law = may(asker, thing, purpose, facts, asked_at)
                memory = in_memory(asker, thing, purpose, facts, plans)
                # No list opens by emergency access; what one chart opens by it is read in test_release_matrix.
                listed = law and purpose != "EMERG"
                assert (memory, sql[place]) == (law, listed), (SEED, asker, purpose, thing, facts)
        share = sum(sql) / len(sql)
        assert 0.1 < share < 0.9, "the cases no longer ask anything"
