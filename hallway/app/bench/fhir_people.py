"""Invented patients by the hundred thousand: some are taken in by the product's own door, the rest are copies of them.

A copy is made inside the database, row by row, from every column that a table has: charts, ids and what names the
patient are new, everything else is the template's. So a copy is stored and indexed exactly as the product stored and
indexed its template, and stays so when a table gets another column.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from django.db import connections

from hallway import clock
from hallway.app.prove.cast import Cast, people, sign_in
from hallway.consent import actions as consent
from hallway.directory.models import CareTeamMember
from hallway.exchange.intake import taking
from hallway.exchange.intake.files import Entry, Parcel
from hallway.identity.requester import system
from hallway.ids import ChartId
from hallway.labels.source import Source

NUMBERS = "urn:bench:record-number"
LOINC = "http://loinc.org"
CATEGORIES = "http://terminology.hl7.org/CodeSystem/observation-category"
COMMON = ("8480-6", "8462-4", "8867-4", "29463-7", "2345-7", "4548-4")
RARE = "75626-2"
RESOURCES = 50
AT_ONCE = 20
"""Patients of one transaction."""
NEWEST = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)
SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "le", "mi", "no", "ru", "sa", "te", "vi", "wo", "ze")


@dataclass(frozen=True, slots=True)
class Fact:
    """What the oracle knows of one template resource; ``withheld`` from the reader, whoever asks."""

    kind: str
    person: int
    at: datetime
    code: str = ""
    category: str = ""
    status: str = ""
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """A template: her number, name and birth date."""

    number: str
    family: str
    given: str
    born: str


@dataclass(frozen=True, slots=True)
class People:
    """Everybody: the templates with what was charted about them, and how many times each stands there."""

    cast: Cast
    persons: tuple[Person, ...]
    facts: tuple[Fact, ...]


def take_templates(count: int) -> People:
    """A network, its people signed in, and ``count`` patients of ``RESOURCES`` resources each."""
    dice = random.Random(count)  # noqa: S311 - the same patients every time
    cast = people(NEWEST.date())
    for key in ("pcp", "psychiatrist"):
        sign_in(cast, key)
    feed, program = (Source(cast.organizations[key]) for key in ("millbrook", "harbor"))
    persons = tuple(_person(number, dice) for number in range(count))
    charted = [list(_facts(number, dice)) for number in range(count)]
    for first in range(0, count, AT_ONCE):
        entries: list[Entry] = []
        sources: dict[int, Source] = {}
        for number in range(first, min(first + AT_ONCE, count)):
            entries.append(_entry(len(entries) + 1, _patient(persons[number]), "Patient", f"{number}p"))
            for one in charted[number]:
                entries.append(_entry(len(entries) + 1, _resource(one), one.kind, f"r{len(entries)}-{number}"))
                if one.withheld:
                    sources[len(entries)] = program
        taken = taking.take(Parcel(f"{first}", entries), feed=feed, by=system("bench"), sources=sources)
        _join(cast, taken.charts)
    return People(cast, persons, tuple(one for own in charted for one in own))


def _join(cast: Cast, charts: Sequence[ChartId]) -> None:
    """Both practices treat everybody. The compiler makes the grants, for many charts at once."""
    CareTeamMember.objects.bulk_create(
        CareTeamMember(chart_id=chart, organization_id=cast.organizations[key], basis="encounter", from_at=clock.now())
        for chart in charts
        for key in ("millbrook", "northgate")
    )
    consent.rebuild_grants(charts)


def _person(number: int, dice: random.Random) -> Person:
    family = "".join(dice.choice(SYLLABLES) for _ in range(3)).title()
    born = f"{dice.randrange(1930, 2020)}-{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}"
    return Person(f"N-{number:07}", family, dice.choice(SYLLABLES).title() + dice.choice(SYLLABLES), born)


def _facts(person: int, dice: random.Random) -> Iterator[Fact]:
    """One fewer than ``RESOURCES``: with the Patient they are as many. One Observation in eight is a program's."""
    for n in range(RESOURCES - 9):
        code = RARE if person % 200 == 7 and n == 0 else dice.choice(COMMON)
        category = "vital-signs" if code in COMMON[:4] else "laboratory"
        status = "amended" if dice.random() < 0.02 else "final"
        withheld = code != RARE and dice.random() < 0.125
        yield Fact("Observation", person, _at(dice), code, category, status, withheld)
    for _ in range(8):
        yield Fact("Encounter", person, _at(dice), "AMB", "", "finished")


def _at(dice: random.Random) -> datetime:
    return NEWEST - timedelta(minutes=dice.randrange(3 * 365 * 24 * 60))


def _entry(number: int, raw: bytes, kind: str, sent_id: str) -> Entry:
    return Entry(number, raw, kind, "", f"urn:uuid:{sent_id}")


def _patient(person: Person) -> bytes:
    return msgspec.json.encode(
        {
            "resourceType": "Patient",
            "identifier": [{"system": NUMBERS, "value": person.number}],
            "name": [{"use": "official", "family": person.family, "given": [person.given]}],
            "birthDate": person.born,
            "gender": "unknown",
        }
    )


def _resource(fact: Fact) -> bytes:
    when = fact.at.isoformat(timespec="seconds")
    made: dict[str, Any] = {
        "resourceType": fact.kind,
        "status": fact.status,
        "subject": {"reference": f"urn:uuid:{fact.person}p"},
    }
    if fact.kind == "Encounter":
        made["class"] = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": fact.code}
        made["period"] = {"start": when, "end": when}
    else:
        made["category"] = [{"coding": [{"system": CATEGORIES, "code": fact.category}]}]
        made["code"] = {"coding": [{"system": LOINC, "code": fact.code}]}
        made["effectiveDateTime"] = when
        made["valueQuantity"] = {"value": fact.at.minute + 60, "unit": "1"}
    return msgspec.json.encode(made)


# Copies --------------------------------------------------------------------------------------------------------------

_TABLES = ("record_chart", "record_header", "record_chart_source", "record_id", "record_resource", "record_token")
_FILLED = ["record\\_%", "consent\\_grant"]
_OLD = "c.patient_id::text"
_NEW = f"lpad(to_hex(k), 8, '0') || substr({_OLD}, 9)"
_APART = "E'\\x1f'"


def multiply(templates: People, first: int, last: int, *, first_ones: bool) -> None:
    """Add the copies ``first`` to ``last`` of every template; then indexes and statistics are made anew.

    Unless they are the ``first_ones``, the second practice's grants are not copied: it does not treat these patients;
    and what is rare has another code in each copy, so that it stays as rare in number.
    """
    with connections["owner"].cursor() as opened:
        opened.execute("SET synchronous_commit = off")
        opened.execute("SET maintenance_work_mem = '512MB'")
        _rest(opened)
        begun, ended = _span(opened, len(templates.persons))
        asked: dict[str, object] = {"begun": begun, "ended": ended, "first": first, "last": last}
        asked["stranger"] = 0 if first_ones else templates.cast.organizations["northgate"]
        asked["rare"] = RARE if first_ones else f"{RARE}."
        waiting = _drop_indexes(opened)
        for table in (*_TABLES, "consent_grant"):
            _copy(opened, table, asked)
        for statement in waiting:
            opened.execute(statement)
        opened.execute("VACUUM ANALYZE")
    connections["owner"].close()


def _rest(opened: Any) -> None:
    """No autovacuum here: the one at the end does its work; another would be measured with the searches."""
    opened.execute("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relname LIKE ANY (%s)", [_FILLED])
    for (name,) in opened.fetchall():
        opened.execute(f"ALTER TABLE {name} SET (autovacuum_enabled = off, toast.autovacuum_enabled = off)")


def _span(opened: Any, count: int) -> tuple[int, int]:
    """First and last chart of the templates, which are the lowest of all."""
    opened.execute(
        "SELECT min(chart_id), max(chart_id) FROM"
        " (SELECT chart_id FROM record_chart WHERE chart_id > 0 ORDER BY chart_id LIMIT %s) AS templates",
        [count],
    )
    first, last = opened.fetchone()
    return int(first), int(last)


def _drop_indexes(opened: Any) -> list[str]:
    """Statements that make the indexes anew, once they are dropped: filling them row by row takes much longer."""
    opened.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " JOIN pg_class c ON c.oid = i.indrelid WHERE c.relname = ANY (%s) AND NOT i.indisunique",
        [[*_TABLES, "consent_grant"]],
    )
    found = opened.fetchall()
    for name, _ in found:
        opened.execute(f"DROP INDEX {name}")
    return [text.replace(" ON ONLY ", " ON ") for _, text in found]


def _copy(opened: Any, table: str, asked: dict[str, object]) -> None:
    columns = _columns(opened, table)
    values = ", ".join(_value(table, name) for name in columns)
    narrowed = " AND r.grantee_org <> %(stranger)s" if table == "consent_grant" else ""
    opened.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {values}"  # noqa: S608 - names out of the catalogue
        f" FROM generate_series(%(first)s::int, %(last)s::int) k"
        f" CROSS JOIN {table} r JOIN record_chart c USING (chart_id)"
        f" WHERE r.chart_id BETWEEN %(begun)s AND %(ended)s{narrowed}",
        asked,
    )


def _columns(opened: Any, table: str) -> list[str]:
    """Every column but a number that the table draws by itself."""
    opened.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
        " AND is_generated = 'NEVER' AND NOT (is_identity = 'YES' AND column_name = 'id') ORDER BY ordinal_position",
        [table],
    )
    return [row[0] for row in opened.fetchall()]


def _value(table: str, column: str) -> str:
    """What a copy holds in a column."""
    if column == "chart_id":
        return "r.chart_id + k::bigint * (%(ended)s::bigint - %(begun)s::bigint + 1)"
    if column in {"resource_id", "patient_id"}:
        return f"(lpad(to_hex(k), 8, '0') || substr(r.{column}::text, 9))::uuid"
    if column == "record_number":
        return _renamed("r.record_number")
    if column == "tokens":
        return f"string_to_array({_renamed(f'array_to_string(r.tokens, {_APART})')}, {_APART})"
    if column == "body":
        text = _renamed("convert_from(r.body, 'UTF8')")
        return f"convert_to({text}, 'UTF8')"
    return f"r.{column}"


def _renamed(text: str) -> str:
    """The same text about the copy: another patient id, "N-0000007" becomes "N12-0000007", and another rare code."""
    named = f"replace(replace({text}, {_OLD}, {_NEW}), 'N-', 'N' || k || '-')"
    return f"replace({named}, '{RARE}', %(rare)s::text || CASE %(rare)s::text WHEN '{RARE}' THEN '' ELSE k::text END)"
