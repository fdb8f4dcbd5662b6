"""Facts of charts out of the tables, as they were: consents, teams, wishes and openings are ended, never deleted.

Plain SQL over rows of every room; no query of the gate is used. What has no history is taken as it stands and said so
in ``docs/proofs.md``: an organization's state and program status, and who has duties in substance use care.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import cast

from hallway.app.witness import papers
from hallway.app.witness.facts import Acts, Determined, During, Facts, Opened, Paper, Said, Treats, Wish
from hallway.app.witness.rows import kinds_of_category
from hallway.ids import OrganizationId, PractitionerId, ResourceId
from hallway.record.classes import DataClass
from hallway.record.stored import Stored
from hallway.standards.fhir.search import tokens
from hallway.storage.connection import Cursor, cursor, transaction

Row = tuple[object, ...]
_ANY_DAY = datetime(2000, 1, 1, tzinfo=UTC)
_CONSENTS = """
SELECT chart_id, id::text, kind, discloser_org_id, discloser_practitioner_id, recipient_org_id,
    recipient_practitioner_id, classes, kinds, purposes, signed_at, expires_at, revoked_at, discloser_state, statements,
    expires_event, point_size, longer_asked, not_for_orgs
FROM consent_consent WHERE chart_id = ANY (%s::bigint[]) AND signed_at IS NOT NULL ORDER BY signed_at, id
"""
_STEPS = """
SELECT l.detail, l.act, l.at FROM ledger_line n JOIN ledger_answer l ON l.id = n.id
WHERE n.chart_id = ANY (%s::bigint[]) AND l.act LIKE 'consent.%%' AND l.detail LIKE 'consent/%%' ORDER BY l.id
"""
_SINCE = """
SELECT chart_id, source_org, min(updated_at) FROM (
    SELECT chart_id, source_org, updated_at FROM record_resource WHERE chart_id = ANY (%(charts)s::bigint[])
    UNION ALL SELECT chart_id, source_org, updated_at FROM record_history WHERE chart_id = ANY (%(charts)s::bigint[])
    UNION ALL SELECT m.chart_id, r.source_org, r.updated_at FROM record_membership m JOIN record_resource r
        ON r.chart_id = m.home_chart_id AND r.kind = m.kind AND r.resource_id = m.resource_id
        WHERE m.chart_id = ANY (%(charts)s::bigint[]) AND m.home_chart_id <> m.chart_id
) AS held GROUP BY 1, 2
"""
_OF_AGE = """SELECT chart_id, birth_on + interval '18 years' FROM record_header
    WHERE chart_id = ANY (%s::bigint[]) AND birth_on IS NOT NULL"""
_VERSIONS = """
SELECT h.chart_id, h.kind, h.resource_id::text, h.version, h.position, h.source_org, h.author, h.mask, h.several,
    h.dated_at, false AS deleted FROM record_resource h WHERE h.chart_id = ANY (%(charts)s::bigint[])
UNION ALL
SELECT h.chart_id, h.kind, h.resource_id::text, h.version, h.position, h.source_org, h.author, h.mask, h.several,
    h.dated_at, h.deleted FROM record_history h WHERE h.chart_id = ANY (%(charts)s::bigint[])
"""
_MEMBERS = """SELECT m.chart_id, m.home_chart_id, m.kind, m.resource_id::text, m.position FROM record_membership m
    WHERE (m.home_chart_id, m.kind, m.resource_id) IN (
        SELECT home_chart_id, kind, resource_id FROM record_membership WHERE chart_id = ANY (%s::bigint[]))"""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a resource with the label it was written with; ``position`` is the record's at that write."""

    home: int
    kind: str
    id: str
    number: int
    position: int
    source: int
    author: int
    classes: frozenset[str]
    is_shared: bool
    dated_at: datetime | None
    is_gone: bool


_words: dict[int, frozenset[str]] = {}


def words(mask: int) -> frozenset[str]:
    """A stored mask in words."""
    if mask not in _words:
        known = {str(one.name) for one in DataClass if one & mask}
        rest = mask & ~sum(DataClass)
        _words[mask] = frozenset(known | ({f"UNKNOWN_{rest:x}"} if rest else set()))
    return _words[mask]


def organizations() -> tuple[dict[int, str], frozenset[int]]:
    """The state of each, and the substance use programs among them: by flag, by kind, or by lying in one."""
    with cursor() as opened:
        rows = opened.execute("SELECT id, state, is_part2, kind, parent_id FROM directory_organization").fetchall()
    states = {int(row[0]): str(row[1]) for row in rows}
    program = {int(row[0]) for row in rows if row[2] or row[3] == "sud_program"}
    parent = {int(row[0]): int(row[4]) for row in rows if row[4] is not None}
    within = {one for one in states if any(above in program for above in _chain(one, parent))}
    return states, frozenset(within)


def _chain(one: int, parent: dict[int, int]) -> list[int]:
    found = [one]
    while found[-1] in parent and parent[found[-1]] not in found:
        found.append(parent[found[-1]])
    return found


def duties() -> dict[tuple[int, int, str], list[tuple[date, date | None]]]:
    """Days on which a person, at an organization, in a role, has duties in substance use care."""
    found: defaultdict[tuple[int, int, str], list[tuple[date, date | None]]] = defaultdict(list)
    with cursor() as opened:
        opened.execute(
            "SELECT practitioner_id, organization_id, role, from_on, until_on FROM directory_practitionerrole"
            " WHERE sud_duty"
        )
        for person, org, role, begins, ends in opened.fetchall():
            found[person, org, role].append((begins, ends))
    return found


def charts_of_patients() -> dict[int, int]:
    """Account -> the patient's own chart."""
    with cursor() as opened:
        opened.execute("SELECT id, chart_id FROM identity_account WHERE chart_id IS NOT NULL")
        return {int(row[0]): int(row[1]) for row in opened.fetchall()}


def facts_of(chart_ids: Sequence[int]) -> dict[int, Facts]:
    """The facts of each chart, from its first day."""
    states, programs = organizations()
    found = {chart: Facts(chart, states, programs, {}) for chart in chart_ids}
    with transaction(), cursor() as opened:
        open_wall(opened, _homes(opened, chart_ids))
        for chart, source, since in opened.execute(_SINCE, {"charts": list(chart_ids)}).fetchall():
            found[chart].since[source] = since
        _treats(opened, found)
        _papers(opened, found)
        _determined(opened, found)
        _wishes(opened, found)
        _opened(opened, found)
        _acts(opened, found)
        shut_wall(opened)
    return found


def _homes(opened: Cursor, chart_ids: Sequence[int]) -> list[int]:
    opened.execute("SELECT home_chart_id FROM record_membership WHERE chart_id = ANY (%s::bigint[])", [list(chart_ids)])
    return sorted({*chart_ids, *(int(row[0]) for row in opened.fetchall())})


def open_wall(opened: Cursor, chart_ids: Iterable[int]) -> None:
    """Let the bodies of these charts be read, until ``shut_wall``."""
    opened.execute("SELECT set_config('hallway.charts', %s, true)", ["{" + ",".join(map(str, chart_ids)) + "}"])


def shut_wall(opened: Cursor) -> None:
    """Let none be read any more."""
    opened.execute("SELECT set_config('hallway.charts', '', true)")


def _rows(opened: Cursor, found: dict[int, Facts], columns: str, table: str) -> list[tuple[Facts, Row]]:
    """Rows of a table by chart, oldest first as they were made."""
    opened.execute(
        f"SELECT chart_id, {columns} FROM {table} WHERE chart_id = ANY (%s::bigint[]) ORDER BY id".encode(),  # noqa: S608
        [list(found)],
    )
    return [(found[row[0]], tuple(row[1:])) for row in opened.fetchall()]


def _during(begins: object, *ends: object) -> During:
    """From ``begins`` until the first of ``ends`` that is set."""
    given = [cast("datetime", end) for end in ends if end is not None]
    return During(cast("datetime", begins), min(given, default=None))


def _lasts(during: During) -> bool:
    return during.ends is None or during.ends > during.begins


def _treats(opened: Cursor, found: dict[int, Facts]) -> None:
    for facts, row in _rows(opened, found, "organization_id, from_at, until_at", "directory_careteammember"):
        if _lasts(during := _during(row[1], row[2])):
            facts.treats.append(Treats(cast("int", row[0]), during))


def _papers(opened: Cursor, found: dict[int, Facts]) -> None:
    steps = _steps(opened, found)
    for row in opened.execute(_CONSENTS, [list(found)]).fetchall():
        form = papers.Written(
            kind=row[2], state=row[13], from_org=row[3], to_org=row[5], classes=words(row[7]), purposes=row[9],
            statements=row[14], begins=row[10], expires_at=row[11], expires_event=row[15], points=row[16],
            longer_asked=row[17],
        )  # fmt: skip
        during = _during(row[10], row[11], row[12])
        if papers.is_valid(form) and _lasts(during):
            found[row[0]].papers.append(_paper(row, during, steps.get(row[1], [])))


def _paper(row: Sequence[object], during: During, steps: list[tuple[int, str, datetime]]) -> Paper:
    taken = [at for _, act, at in steps if act == "consent.revoked_for_one"]
    since = taken[-1] if taken else during.begins
    return Paper(
        id=str(row[1]),
        kind=str(row[2]),
        from_org=cast("int", row[3]),
        from_person=cast("int", row[4]),
        to_org=cast("int", row[5]),
        to_person=cast("int", row[6]),
        classes=words(cast("int", row[7])),
        kinds=frozenset(cast("list[str]", row[8])),
        purposes=frozenset(cast("list[str]", row[9])),
        during=during,
        not_for=tuple((org, since) for org in cast("list[int]", row[18])),
        versions=tuple((number, at) for number, _, at in steps),
    )


def _steps(opened: Cursor, found: dict[int, Facts]) -> dict[str, list[tuple[int, str, datetime]]]:
    """Form -> the numbers it had, by which step, since when: read from the ledger's own lines."""
    steps: defaultdict[str, list[tuple[int, str, datetime]]] = defaultdict(list)
    for detail, act, at in opened.execute(_STEPS, [list(found)]).fetchall():
        _, name, number = [*detail.split("/"), "", ""][:3]
        if number.isdigit():
            steps[name].append((int(number), act, at))
    return steps


def _determined(opened: Cursor, found: dict[int, Facts]) -> None:
    columns = (
        "id::text, need, discloser_org_id, discloser_practitioner_id, recipient_org_id, classes, made_at, ended_at"
    )
    for facts, row in _rows(opened, found, columns, "consent_determination"):
        name, need, from_org, person, to_org, mask, begins, ends = cast(
            "tuple[str, str, int, int, int, int, datetime, datetime | None]", row
        )
        facts.determined.append(Determined(name, need, from_org, person, to_org, words(mask), _during(begins, ends)))


def _wishes(opened: Cursor, found: dict[int, Facts]) -> None:
    columns = "source_org_id, recipient_org_id, recipient_practitioner_id, classes, agreed_at, ended_at"
    for facts, row in _rows(opened, found, columns, "consent_restriction"):
        from_org, to_org, person, mask = cast("tuple[int, int, int, int]", row[:4])
        facts.wishes.append(Wish(from_org, to_org, person, words(mask), _during(row[4], row[5])))


def _opened(opened: Cursor, found: dict[int, Facts]) -> None:
    columns = "id::text, organization_id, practitioner_id, category, opened_at, ends_at, closed_at"
    for facts, row in _rows(opened, found, columns, "consent_emergencyaccess"):
        name, org, person, category = cast("tuple[str, int, int, str]", row[:4])
        if _lasts(during := _during(*row[4:])):
            facts.opened.append(Opened(name, org, person, kinds_of_category(category), during))


def _acts(opened: Cursor, found: dict[int, Facts]) -> None:
    """Who acts for the patient; a parent until the child is of age, and for nobody whose birth date is not known."""
    opened.execute(_OF_AGE, [list(found)])
    of_age = {row[0]: datetime.combine(row[1], time(), UTC) for row in opened.fetchall()}
    columns = "id, account_id, authority, classes, kinds, from_at, until_at, ended_at"
    for facts, row in _rows(opened, found, columns, "directory_representative"):
        number, account, authority, mask, kinds = cast("tuple[int, int, str, int, list[str]]", row[:5])
        grown = of_age.get(facts.chart, row[5]) if authority == "parent" else None
        if _lasts(during := _during(*row[5:], grown)):
            facts.acts.append(Acts(number, account, authority, words(mask), frozenset(kinds), during))
    columns = "id::text, representative_id, organization_id, kind, classes, decided_at, ended_at"
    for facts, row in _rows(opened, found, columns, "directory_representativedecision"):
        name, about, org, kind, mask = cast("tuple[str, int, int, str, int]", row[:5])
        facts.said.append(Said(name, about, org, kind, words(mask), _during(row[5], row[6])))


@dataclass(slots=True)
class Held:
    """Every version that a chart has ever held; for shared ones the charts they belong to, since which position."""

    versions: list[Version]
    members: dict[tuple[int, str, str], list[tuple[int, int]]]


def held_by(chart_ids: Sequence[int]) -> dict[int, Held]:
    """The versions of each chart, its own and those that live elsewhere and belong to it."""
    with transaction(), cursor() as opened:
        members: defaultdict[tuple[int, str, str], list[tuple[int, int]]] = defaultdict(list)
        for chart, home, kind, name, position in opened.execute(_MEMBERS, [list(chart_ids)]).fetchall():
            members[home, kind, name].append((chart, position))
        homes = sorted({*chart_ids, *(home for home, _, _ in members)})
        open_wall(opened, homes)
        rows = opened.execute(_VERSIONS, {"charts": homes}).fetchall()
        shut_wall(opened)
    found = {chart: Held([], dict(members)) for chart in chart_ids}
    for home, kind, name, number, position, source, author, mask, several, dated, gone in rows:
        one = Version(home, kind, name, number, position, source, author, words(mask), several, dated, gone)
        belongs = {home, *(chart for chart, _ in members.get((home, kind, name), ()))} if several else {home}
        for chart in belongs & found.keys():
            found[chart].versions.append(one)
    return found


_BODY = """
SELECT meta, body FROM record_resource WHERE chart_id = %(chart)s::bigint AND kind = %(kind)s::text
    AND resource_id = %(id)s::uuid AND version = %(version)s::int
UNION ALL SELECT meta, body FROM record_history WHERE chart_id = %(chart)s::bigint AND kind = %(kind)s::text
    AND resource_id = %(id)s::uuid AND version = %(version)s::int
"""


def hashed_tokens(one: Version) -> frozenset[str]:
    """What a version is found by, as a line may say it: the first twelve digits of each token's hash."""
    with transaction(), cursor() as opened:
        open_wall(opened, [one.home])
        named = {"chart": one.home, "kind": one.kind, "id": one.id, "version": one.number}
        row = opened.execute(_BODY, named).fetchone()
        shut_wall(opened)
    if row is None:
        return frozenset()
    nobody = (OrganizationId(0), PractitionerId(0))
    stored = Stored(
        one.kind,
        ResourceId(one.id),
        one.number,
        one.dated_at or _ANY_DAY,
        None,
        *nobody,
        0,
        bytes(row[0]),
        bytes(row[1]),
    )
    found = tokens(one.kind, json.loads(stored.json_bytes()))
    return frozenset(hashlib.sha256(token.encode()).hexdigest()[:12] for token in found)
