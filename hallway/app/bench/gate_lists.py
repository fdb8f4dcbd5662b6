"""The figures of bench ``gate`` that need a database: plans built cold, and a gated worklist at two sizes."""

import random
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from statistics import median, quantiles

from django.db import connections

from hallway import clock
from hallway.app.bench import scratch
from hallway.app.bench.figure import Figure
from hallway.app.bench.gate_world import NOW, PLACES
from hallway.consent import gate
from hallway.consent.grants.compiler import GrantRow, compile_grants
from hallway.consent.law.facts import ChartFacts, Form, Member, Span
from hallway.directory.models import Organization
from hallway.identity.requester import Requester, Role
from hallway.ids import AccountId, ChartId, OrganizationId, PractitionerId
from hallway.loops.queries import worklist
from hallway.record.classes import DataClass
from hallway.storage.connection import cursor

SMALL, LARGE, QUICK = 10_000, 1_000_000, 50_000
ROWS_A_CHART = 10
CLINICIANS = 25
CHARTS_A_PRACTICE = 250
SAMPLES = 400
SEED = 20261121


def run(*, quick: bool) -> Iterator[Figure]:
    """``cold_plan`` on the large database, then ``gated_list`` large : small."""
    with scratch.database("gate_small"):
        fill(SMALL)
        small = _list_p50(SMALL)
    size = QUICK if quick else LARGE
    with scratch.database("gate_large"):
        grants = fill(size)
        shape = f"{size // ROWS_A_CHART} charts, {grants} grants"
        cold, checked = _cold_plan(size)
        yield Figure("cold_plan", cold, "ms, p95", None, None, shape, checked)
        large = _list_p50(size)
    shape = f"{size} rows in {shape} : {SMALL} rows; practices of {CLINICIANS} clinicians at both sizes"
    checked = f"{SAMPLES} lists at each size hold the owner's rows without the three in ten of a withheld label"
    yield Figure("gated_list", large, "ms, p50 of 50 rows", small, large / small, shape, checked)


def fill(rows: int, *, each: int = ROWS_A_CHART) -> int:
    """Practices, charts, compiled grants, and ``each`` worklist rows a chart; the number of grants."""
    charts = rows // each
    practices = max(2, charts // CHARTS_A_PRACTICE)
    Organization.objects.bulk_create(
        Organization(id=number, fhir_id=f"o{number}", name=f"Practice {number}", state="MA")
        for number in range(1, practices + 1)
    )
    with _indexes_last("consent_grant", "loops_loop"), cursor() as opened:
        opened.execute(_CHARTS, [charts])
        opened.execute(_HEADERS, [practices, charts])
        grants = 0
        for grant in sample_grants():
            grants += opened.execute(_GRANTS, _grant_values(grant, practices, charts)).rowcount
        opened.execute(
            _LOOPS,
            {"practices": practices, "clinicians": CLINICIANS, "rows": rows, "charts": charts, "now": clock.now()},
        )
    # As the owner: the application's role may not analyze, and PostgreSQL passes over it with a warning alone.
    with connections["owner"].cursor() as opened:
        opened.execute("VACUUM ANALYZE")
    connections["owner"].close()
    return grants


@contextmanager
def _indexes_last(*tables: str) -> Generator[None]:
    """Build the indexes of these tables in one go at the end: row by row they take most of a large network's time."""
    with connections["owner"].cursor() as opened:
        opened.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = ANY(%s::regclass[]) AND NOT indisunique",
            [list(tables)],
        )
        indexes = opened.fetchall()
        for name, _ in indexes:
            opened.execute(f"DROP INDEX {name}")
        yield
        for _, text in indexes:
            opened.execute(text)


def sample_grants() -> list[GrantRow]:
    """The grants of one chart between a primary care and a behavioral health practice, with one signed form."""
    begun = Span(NOW - timedelta(days=200))
    form = Form(
        id="00000000-0000-7000-8000-000000000001",
        kind="release",
        discloser_org=2,
        discloser_practitioner=0,
        recipient_org=1,
        recipient_practitioner=0,
        classes=int(DataClass.GENERAL | DataClass.MH | DataClass.MA_SOCIAL_WORKER),
        kinds=(),
        purposes=("TREAT",),
        span=Span(NOW - timedelta(days=100), NOW + timedelta(days=3650)),
    )
    facts = ChartFacts(1, (1, 2), PLACES, members=(Member(1, begun), Member(2, begun)), forms=(form,))
    return [replace(grant, from_at=NOW - timedelta(days=400)) for grant in compile_grants(facts, NOW)]


def _grant_values(grant: GrantRow, practices: int, charts: int) -> dict[str, object]:
    return {
        "practices": practices,
        "charts": charts,
        "grantee": grant.grantee_org,
        "source": grant.source_org,
        "roles": list(grant.roles),
        "sud_duty": grant.sud_duty,
        "purpose": str(grant.purpose),
        "relation": str(grant.relation),
        "author": grant.author,
        "allow": grant.allow,
        "kinds": list(grant.kinds),
        "from_at": grant.from_at,
        "until_at": grant.until_at,
        "rules": list(grant.rule_ids),
        "consents": list(grant.consent_ids),
        "obligations": list(grant.obligations),
    }


# A chart's first practice is chart mod n, its second the next one; practice p's clinicians are p*100 + 1 and so on.
_FIRST = "(c %% %(practices)s::int + 1)"
_SECOND = "((c + 1) %% %(practices)s::int + 1)"
_CHARTS = b"""INSERT INTO record_chart (chart_id, patient_id, created_at)
    SELECT c, gen_random_uuid(), now() FROM generate_series(1, %s::int) c"""
_HEADERS = b"""INSERT INTO record_header
    (chart_id, family, given, family_key, given_key, birth_on, source_org, mask)
    SELECT c, 'Family' || c, 'Given', 'family' || c, 'given', '1980-01-01', c %% %s::int + 1, 1
    FROM generate_series(1, %s::int) c"""
_GRANTS = f"""INSERT INTO consent_grant
    (chart_id, grantee_org, grantee_practitioner, not_practitioners, roles, sud_duty, purpose, relation,
     source_org, author, allow, kinds, from_at, until_at, rule_ids, consent_ids, obligations)
    SELECT c, CASE %(grantee)s::int WHEN 0 THEN 0 WHEN 1 THEN {_FIRST} ELSE {_SECOND} END, 0, '{{}}', %(roles)s::text[],
     %(sud_duty)s::bool, %(purpose)s::text, %(relation)s::text,
     CASE %(source)s::int WHEN 1 THEN {_FIRST} ELSE {_SECOND} END, %(author)s::int, %(allow)s::bigint,
     %(kinds)s::text[], %(from_at)s::timestamptz, %(until_at)s::timestamptz, %(rules)s::text[], %(consents)s::text[],
     %(obligations)s::text[]
    FROM generate_series(1, %(charts)s::int) c""".encode()  # noqa: S608 - constants of this file
_LOOPS = f"""INSERT INTO loops_loop
    (id, chart_id, kind, next_step, owner_org_id, owner_practitioner_id, owner_role, for_org_id, for_practitioner_id,
     source_org_id, mask, harm, opened_at, from_at, due_at, escalation, closed_as)
    SELECT gen_random_uuid(), c, 'report', 'send_report', {_FIRST},
     {_FIRST} * 100 + (r / %(charts)s::int * 7 + c / %(practices)s::int) %% %(clinicians)s::int + 1, '', {_SECOND}, 0,
     {_FIRST}, CASE WHEN r / %(charts)s::int %% 4 = 0 THEN 17 ELSE 1 END, r %% 3,
     %(now)s::timestamptz - interval '9 days', %(now)s::timestamptz - interval '9 days',
     %(now)s::timestamptz + (r %% 40 - 10) * interval '1 day', 0, ''
    FROM (SELECT r, r %% %(charts)s::int + 1 AS c FROM generate_series(0, %(rows)s::int - 1) r) made""".encode()  # noqa: S608


def _cold_plan(rows: int) -> tuple[float, str]:
    """p95 of a release built from the database for charts not asked for before."""
    charts = rows // ROWS_A_CHART
    practices = max(2, charts // CHARTS_A_PRACTICE)
    dice = random.Random(SEED)  # noqa: S311 - a workload, not a secret
    spent: list[float] = []
    clauses = 0
    for chart_id in dice.sample(range(1, charts + 1), min(charts, 2000)):
        requester = _clinician(chart_id % practices + 1, 1)
        begun = time.perf_counter()
        release = gate.release(requester, ChartId(chart_id))
        spent.append((time.perf_counter() - begun) * 1000)
        clauses += len(release.clauses)
    expected = sum(1 for grant in sample_grants() if grant.grantee_org == 1 and _of_pcp(grant))
    if clauses != expected * len(spent):
        raise AssertionError("A plan built cold has not the clauses that were compiled. Nothing was measured.")
    return quantiles(spent, n=20)[-1], f"{len(spent)} plans, each with the {expected} clauses compiled for it"


def _of_pcp(grant: GrantRow) -> bool:
    return grant.purpose == "TREAT" and (not grant.roles or "pcp" in grant.roles) and not grant.sud_duty


def _clinician(practice: int, number: int) -> Requester:
    person = PractitionerId(practice * 100 + number)
    return Requester(AccountId(person), person, OrganizationId(practice), Role.PCP)


def _list_p50(rows: int) -> float:
    """p50 of one clinician's gated worklist, over many clinicians."""
    practices = max(2, rows // ROWS_A_CHART // CHARTS_A_PRACTICE)
    dice = random.Random(SEED)  # noqa: S311 - a workload, not a secret
    spent: list[float] = []
    for _ in range(SAMPLES):
        requester = _clinician(dice.randrange(practices) + 1, dice.randrange(CLINICIANS) + 1)
        begun = time.perf_counter()
        shown = worklist(requester, show="mine", limit=50).rows
        spent.append((time.perf_counter() - begun) * 1000)
        if len(shown) != min(50, _open_rows(requester)) or not all(row.is_mine for row in shown):
            raise AssertionError("The worklist shows too little, too much or somebody else's. Nothing was measured.")
    return median(spent)


def _open_rows(requester: Requester) -> int:
    """How many of the clinician's loops carry a label that may flow, counted without the gate."""
    with cursor() as opened:
        found = opened.execute(
            "SELECT count(*) FROM loops_loop"
            " WHERE owner_org_id = %s::int AND owner_practitioner_id = %s::int AND mask = 1",
            [requester.organization_id, requester.practitioner_id],
        ).fetchone()
    return int(found[0]) if found else 0
