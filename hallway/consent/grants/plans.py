"""Facts of charts out of the tables, compiled grants into them. Named SQL of this room and of lower ones."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from hallway.consent.grants import merged
from hallway.consent.grants.compiler import GrantRow
from hallway.consent.law import validity
from hallway.consent.law.facts import Acting, ChartFacts, Form, Judgement, Limit, Member, Opening, Place, Span, Word
from hallway.consent.models import Consent, Determination, EmergencyAccess, Restriction
from hallway.consent.tables.emergency import categories
from hallway.directory import queries as directory
from hallway.directory.models import CareTeamMember, Organization, Representative, RepresentativeDecision
from hallway.ids import ChartId
from hallway.record.store import lock_charts
from hallway.storage.connection import Cursor, cursor, transaction

_COLUMNS = (
    "grantee_org",
    "purpose",
    "relation",
    "source_org",
    "allow",
    "grantee_practitioner",
    "not_practitioners",
    "roles",
    "sud_duty",
    "author",
    "kinds",
    "rule_ids",
    "consent_ids",
    "obligations",
    "from_at",
    "until_at",
)
_TYPES = (
    *("int", "text", "text", "int", "bigint", "int", "int[]", "text[]"),
    *("bool", "int", "text[]", "text[]", "text[]", "text[]", "timestamptz", "timestamptz"),
)
_INSERT = (
    f"INSERT INTO consent_grant (chart_id, {', '.join(_COLUMNS)}) VALUES (%s::bigint, "  # noqa: S608 - our own names
    + ", ".join(f"%s::{kind}" for kind in _TYPES)
    + ")"
)
_HELD = f"SELECT chart_id, {', '.join(_COLUMNS)} FROM consent_grant WHERE chart_id = ANY (%s::bigint[])"  # noqa: S608


def lock(chart_ids: Sequence[ChartId]) -> None:
    """Take these charts' locks, so that two changes of rights see one another. Inside a transaction."""
    with cursor() as opened:
        lock_charts(opened, chart_ids)


def places(ids: Iterable[int]) -> dict[int, Place]:
    """State and program status of organizations."""
    wanted = set(ids)
    programs = directory.programs(wanted)
    rows = Organization.objects.filter(id__in=wanted).values_list("id", "state")
    return {row[0]: Place(row[0], row[1], row[0] in programs) for row in rows}


def load_facts(chart_ids: Sequence[ChartId]) -> list[ChartFacts]:
    """The facts of each chart, in the order of the ids. A handful of queries, however many charts."""
    ids = [int(chart_id) for chart_id in chart_ids]
    sources = _sources(ids)
    members, forms, judgements = _members(ids), _forms(ids), _judgements(ids)
    limits, openings = _limits(ids), _openings(ids)
    asked = {source for found in sources.values() for source in found}
    asked |= {one.organization for held in (members, openings) for found in held.values() for one in found}
    asked |= {form.recipient_org for found in forms.values() for form in found}
    known = places(asked)
    acting, words = _acting(ids), _words(ids)
    found = [
        ChartFacts(
            chart_id=chart_id,
            sources=tuple(sources[chart_id]),
            places=known,
            members=tuple(members[chart_id]),
            forms=tuple(forms[chart_id]),
            judgements=tuple(judgements[chart_id]),
            limits=tuple(limits[chart_id]),
            openings=tuple(openings[chart_id]),
            acting=tuple(acting[chart_id]),
            words=tuple(words[chart_id]),
        )
        for chart_id in ids
    ]
    return merged.joined(found, _limits)


def _sources(ids: list[int]) -> dict[int, list[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    with cursor() as opened:
        opened.execute(
            "SELECT chart_id, source_org FROM record_chart_source WHERE chart_id = ANY (%s::bigint[]) ORDER BY 1, 2",
            [ids],
        )
        for chart_id, source in opened.fetchall():
            found[chart_id].append(source)
    return found


def sources_among(chart_ids: Iterable[ChartId]) -> set[int]:
    """The organizations that have put something into any of these charts."""
    with cursor() as opened:
        rows = opened.execute(
            "SELECT DISTINCT source_org FROM record_chart_source WHERE chart_id = ANY (%s::bigint[])",
            [_numbers(chart_ids)],
        ).fetchall()
    return {row[0] for row in rows}


def _members(ids: list[int]) -> dict[int, list[Member]]:
    found: defaultdict[int, list[Member]] = defaultdict(list)
    rows = CareTeamMember.objects.filter(chart_id__in=ids).order_by("id")
    for chart_id, organization, begins, ends in rows.values_list("chart_id", "organization_id", "from_at", "until_at"):
        if ends is None or ends > begins:
            found[chart_id].append(Member(organization, Span(begins, ends)))
    return found


def _forms(ids: list[int]) -> dict[int, list[Form]]:
    found: defaultdict[int, list[Form]] = defaultdict(list)
    for row in Consent.objects.filter(chart_id__in=ids, signed_at__isnull=False).order_by("signed_at", "id"):
        assert row.signed_at is not None
        ends = min((end for end in (row.expires_at, row.revoked_at) if end is not None), default=None)
        if not validity.missing(elements_of(row)):
            found[row.chart_id].append(form_of(row, Span(row.signed_at, ends)))
    return found


def elements_of(row: Consent) -> validity.Elements:
    """The elements of a stored form, for the validity checker."""
    return validity.Elements(
        kind=row.kind,
        state=row.discloser_state,
        discloser_org=row.discloser_org_id,
        recipient_org=row.recipient_org_id,
        classes=row.classes,
        purposes=tuple(row.purposes),
        statements=tuple(row.statements),
        expires_at=row.expires_at,
        expires_event=row.expires_event,
        points=row.point_size,
        begins_at=row.signed_at or row.composed_at,
        longer_asked=row.longer_asked,
    )


def form_of(row: Consent, span: Span) -> Form:
    """A consent row as the compiler sees it."""
    return Form(
        id=str(row.id),
        kind=row.kind,
        discloser_org=row.discloser_org_id,
        discloser_practitioner=row.discloser_practitioner_id,
        recipient_org=row.recipient_org_id,
        recipient_practitioner=row.recipient_practitioner_id,
        classes=row.classes,
        kinds=tuple(row.kinds),
        purposes=tuple(row.purposes),
        span=span,
        not_for=tuple(row.not_for_orgs),
        signer=row.signer,
    )


def _judgements(ids: list[int]) -> dict[int, list[Judgement]]:
    found: defaultdict[int, list[Judgement]] = defaultdict(list)
    for row in Determination.objects.filter(chart_id__in=ids).order_by("made_at", "id"):
        found[row.chart_id].append(
            Judgement(
                id=str(row.id),
                discloser_org=row.discloser_org_id,
                discloser_practitioner=row.discloser_practitioner_id,
                recipient_org=row.recipient_org_id,
                classes=row.classes,
                need=row.need,
                span=Span(row.made_at, row.ended_at),
            )
        )
    return found


def _limits(ids: list[int]) -> dict[int, list[Limit]]:
    found: defaultdict[int, list[Limit]] = defaultdict(list)
    for row in Restriction.objects.filter(chart_id__in=ids).order_by("agreed_at", "id"):
        found[row.chart_id].append(
            Limit(
                source_org=row.source_org_id,
                recipient_org=row.recipient_org_id,
                recipient_practitioner=row.recipient_practitioner_id,
                classes=row.classes,
                span=Span(row.agreed_at, row.ended_at),
            )
        )
    return found


def _openings(ids: list[int]) -> dict[int, list[Opening]]:
    found: defaultdict[int, list[Opening]] = defaultdict(list)
    for row in EmergencyAccess.objects.filter(chart_id__in=ids).order_by("opened_at", "id"):
        category = categories()[row.category]
        found[row.chart_id].append(
            Opening(
                id=str(row.id),
                organization=row.organization_id,
                practitioner=row.practitioner_id,
                kinds=category.kinds,
                classes=category.mask,
                span=Span(row.opened_at, min(row.ends_at, row.closed_at or row.ends_at)),
            )
        )
    return found


def _acting(ids: list[int]) -> dict[int, list[Acting]]:
    """Those who act. A parent without a birth date of the child to count from acts for nobody."""
    found: defaultdict[int, list[Acting]] = defaultdict(list)
    rows = list(Representative.objects.filter(chart_id__in=ids).order_by("id"))
    of_age = _of_age_at({row.chart_id for row in rows}) if rows else {}
    for row in rows:
        is_parent = row.authority == Representative.Authority.PARENT
        limit = of_age.get(row.chart_id, row.from_at) if is_parent else None
        ends = min((end for end in (row.until_at, row.ended_at, limit) if end is not None), default=None)
        if ends is None or ends > row.from_at:
            span = Span(row.from_at, ends)
            found[row.chart_id].append(Acting(row.id, row.authority, is_parent, row.classes, tuple(row.kinds), span))
    return found


def _of_age_at(ids: Iterable[int]) -> dict[int, datetime]:
    """When each patient turns eighteen; who has no birth date on file is left out."""
    with cursor() as opened:
        opened.execute(
            "SELECT chart_id, (birth_on + interval '18 years') AT TIME ZONE 'UTC' FROM record_header"
            " WHERE chart_id = ANY (%s::bigint[]) AND birth_on IS NOT NULL",
            [list(ids)],
        )
        return dict(opened.fetchall())


def _words(ids: list[int]) -> dict[int, list[Word]]:
    found: defaultdict[int, list[Word]] = defaultdict(list)
    for row in RepresentativeDecision.objects.filter(chart_id__in=ids).order_by("decided_at", "id"):
        span = Span(row.decided_at, row.ended_at)
        found[row.chart_id].append(
            Word(str(row.id), row.representative_id, row.organization_id, row.kind, row.classes, span)
        )
    return found


Values = tuple[object, ...]
_BEGINS = _COLUMNS.index("from_at")


def replace_grants(compiled: dict[ChartId, list[GrantRow]], now: datetime) -> list[ChartId]:
    """Write the grants of these charts where they differ; the charts that changed. Past grants do not count."""
    fresh = {chart_id: [_values(row) for row in rows] for chart_id, rows in compiled.items()}
    with cursor() as opened:
        held = _held(opened, list(compiled), now)
        changed = [
            chart_id
            for chart_id in compiled
            if held.get(chart_id, set()) != {_from_now(values, now) for values in fresh[chart_id]}
        ]
        opened.execute("DELETE FROM consent_grant WHERE chart_id = ANY (%s::bigint[])", [_numbers(changed)])
        opened.executemany(
            _INSERT.encode(), [_bound((chart_id, *values)) for chart_id in changed for values in fresh[chart_id]]
        )
    return changed


def _from_now(values: Values, now: datetime) -> Values:
    """The grant as it is from now on: the day it began, if that lies behind, gives nobody a right or takes one."""
    begins = values[_BEGINS]
    assert isinstance(begins, datetime)
    return (*values[:_BEGINS], max(begins, now), *values[_BEGINS + 1 :])


def _held(opened: Cursor, chart_ids: list[ChartId], now: datetime) -> dict[ChartId, set[Values]]:
    found: defaultdict[ChartId, set[Values]] = defaultdict(set)
    opened.execute(_HELD, [_numbers(chart_ids)])
    for chart_id, *row in opened.fetchall():
        if row[-1] is None or row[-1] > now:
            values = tuple(tuple(value) if isinstance(value, list) else value for value in row)
            found[ChartId(chart_id)].add(_from_now(values, now))
    return found


def _values(row: GrantRow) -> Values:
    return tuple(getattr(row, name) for name in _COLUMNS)


def _numbers(chart_ids: Iterable[ChartId]) -> list[int]:
    return [int(chart_id) for chart_id in chart_ids]


def _bound(row: Values) -> list[object]:
    return [list(value) if isinstance(value, tuple) else value for value in row]


def charts_without_grants(pairs: Iterable[tuple[int, int]]) -> list[ChartId]:
    """The charts among (chart, source organization) pairs whose source has no grant yet: a source new to them."""
    ordered = sorted(pairs)
    with cursor() as opened:
        opened.execute(
            "SELECT DISTINCT asked.chart FROM unnest(%s::bigint[], %s::int[]) AS asked (chart, source)"
            " WHERE NOT EXISTS (SELECT 1 FROM consent_grant g"
            " WHERE g.chart_id = asked.chart AND g.source_org = asked.source) ORDER BY 1",
            [[chart for chart, _ in ordered], [source for _, source in ordered]],
        )
        return [ChartId(row[0]) for row in opened.fetchall()]


@dataclass(frozen=True, slots=True)
class LabelCount:
    """How many items of a chart share source, author, kind and label. Tells nothing of their content."""

    source_org: int
    author: int
    kind: str
    mask: int
    count: int


def labels_of(chart_id: ChartId) -> list[LabelCount]:
    """The labels in a chart, counted. For explanations to the entitled and for tests, never for a page."""
    with transaction(), cursor() as opened:
        opened.execute("SELECT set_config('hallway.charts', %s, true)", [f"{{{int(chart_id)}}}"])
        opened.execute(
            "SELECT source_org, author, kind, mask, count(*) FROM record_resource WHERE chart_id = %s::bigint"
            " GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
            [int(chart_id)],
        )
        return [LabelCount(*row) for row in opened.fetchall()]


class ItemThen(NamedTuple):
    """One item of a chart as it was labelled at some instant. Tells nothing of its content."""

    kind: str
    resource_id: str
    source_org: int
    author: int
    mask: int
    dated_at: datetime | None
    several: bool


_VERSION = "kind, resource_id, version, source_org, author, mask, dated_at, several"
_ITEMS_THEN = f"""
SELECT kind, resource_id::text, source_org, author, mask, dated_at, several FROM (
    SELECT DISTINCT ON (kind, resource_id) * FROM (
        SELECT {_VERSION}, false AS gone FROM record_resource
        WHERE chart_id = %(chart)s::bigint AND updated_at <= %(at)s::timestamptz
        UNION ALL
        SELECT {_VERSION}, deleted OR body = '' FROM record_history
        WHERE chart_id = %(chart)s::bigint AND updated_at <= %(at)s::timestamptz
    ) versions ORDER BY kind, resource_id, version DESC
) newest WHERE NOT gone ORDER BY kind, dated_at DESC NULLS LAST, resource_id
"""  # noqa: S608 - column names of our own


def items_then(chart_id: ChartId, at: datetime) -> list[ItemThen]:
    """Every item that the chart held at ``at``, with the label it had then. For explanations to the entitled."""
    with transaction(), cursor() as opened:
        opened.execute("SELECT set_config('hallway.charts', %s, true)", [f"{{{int(chart_id)}}}"])
        rows = opened.execute(_ITEMS_THEN.encode(), {"chart": int(chart_id), "at": at}).fetchall()
        return [ItemThen(*row) for row in rows]
