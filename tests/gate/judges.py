"""The judges of one question: the law by hand, the witness, the gate in memory, and the gate's two SQL forms."""

from hallway import clock
from hallway.app.witness import judge
from hallway.consent import gate
from hallway.consent.grants.decision import Plan
from hallway.consent.queries import grant_lateral, grant_parameters
from hallway.errors import HallwayError
from hallway.record.evidence import Purpose
from hallway.storage import connection
from tests.gate import translate, world
from tests.gate.oracle import may


def by_hand(question, at):
    """The naive judge of law."""
    facts, asker, purpose, thing = question
    return may(asker, thing, purpose, facts, at)


class Witness:
    """The independent evaluator; facts are translated once a chart."""

    def __init__(self):
        self.facts = {}

    def __call__(self, question, at):
        facts, asker, purpose, thing = question
        if facts.chart not in self.facts:
            self.facts[facts.chart] = translate.to_witness(facts)
        ask = judge.Ask(translate.witness_asker(asker), purpose, self.facts[facts.chart], at)
        return judge.may(ask, translate.witness_thing(thing))


class Memory:
    """The gate without a database: grants compiled once a chart at one instant, asked at another."""

    def __init__(self, compiled_at):
        self.compiled_at = compiled_at
        self.grants = {}
        self.plans = {}

    def __call__(self, question, at):
        facts, asker, purpose, thing = question
        key = (facts.chart, asker, purpose, at)
        if key not in self.plans:
            self.plans[key] = self.plan(facts, asker, purpose, at)
        return permits(self.plans[key], thing)

    def plan(self, facts, asker, purpose, at):
        if facts.chart not in self.grants:
            self.grants[facts.chart] = translate.grants_of(facts, self.compiled_at)
        try:
            grants = self.grants[facts.chart]
            return Plan(gate.release_from(grants, world.requester(asker), facts.chart, Purpose(purpose), now=at))
        except HallwayError:
            return None


def permits(plan, thing):
    return (
        plan is not None and plan.decide(world.mask_of(thing.classes), thing.source, thing.author, thing.kind).permits
    )


def bulk_plan():
    """``gate._PLAN``, word for word, once for each row of a list of questions."""
    of_question = {
        "%(org)s::int": "q.org",
        "%(purposes)s::text[]": "string_to_array(q.purposes, ',')",
        "%(now)s::timestamptz": "q.at",
        "%(practitioner)s::int": "q.practitioner",
        "%(role)s::text": "q.role",
        "%(sud_duty)s::bool": "q.sud_duty",
        "%(chart)s::bigint": "q.chart",
    }
    plan = gate._PLAN
    for parameter, column in of_question.items():
        assert parameter in plan
        plan = plan.replace(parameter, column)
    assert "%(" not in plan
    return (
        "SELECT q.place, p.* FROM unnest(%s::bigint[], %s::bigint[], %s::int[], %s::text[], %s::timestamptz[],"
        " %s::int[], %s::text[], %s::bool[]) AS q (place, chart, org, purposes, at, practitioner, role, sud_duty)"
        f" CROSS JOIN LATERAL ({plan}) AS p"
    )


def by_plan(questions, at):
    """The verdicts of the one-chart plan, read from the database in one statement."""
    asked = {}
    for facts, asker, purpose, _ in questions:
        asked.setdefault((facts.chart, asker, purpose), len(asked))
    rows = {place: [] for place in asked.values()}
    columns = [[], [], [], [], [], [], [], []]
    for (chart, asker, purpose), place in asked.items():
        purposes = ",".join(gate.gate_purposes(Purpose(purpose)))
        org = 0 if purpose == "INDIVIDUAL" else asker.org
        for column, value in zip(
            columns, (place, chart, org, purposes, at, asker.person, asker.role, asker.duty), strict=True
        ):
            column.append(value)
    with connection.cursor() as opened:
        for place, *row in opened.execute(bulk_plan().encode(), columns).fetchall():
            rows[place].append(tuple(row))
    plans = {key: _plan_of(rows[place], *key, at) for key, place in asked.items()}
    return [permits(plans[facts.chart, asker, purpose], thing) for facts, asker, purpose, thing in questions]


def _plan_of(rows, chart, asker, purpose, at):
    requester = world.requester(asker)
    try:
        stated = gate._stated(requester, chart, Purpose(purpose))
        if not rows:
            return None
        return Plan(gate._assembled(rows, requester, gate.Asked(chart, stated, rows[0][0], at)))
    except HallwayError:
        return None


def by_lateral(questions, at):
    """The verdicts of the many-chart query, one statement for all questions of the same asker, purpose and kind."""
    grouped = {}
    for place, (facts, asker, purpose, thing) in enumerate(questions):
        grouped.setdefault((asker, purpose, thing.kind), []).append((place, facts.chart, thing))
    passed = set()
    with clock.stopped_at(at), connection.cursor() as opened:
        for (asker, purpose, kind), rows in grouped.items():
            statement = (
                "SELECT w.place FROM unnest(%(places)s::bigint[], %(charts)s::bigint[], %(sources)s::int[],"
                " %(authors)s::int[], %(masks)s::bigint[]) AS w (place, chart_id, source_org_id, author, mask) "
                + (grant_lateral("w", author="w.author") if any(one.author for *_, one in rows) else grant_lateral("w"))
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
