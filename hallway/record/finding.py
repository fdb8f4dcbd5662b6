"""The SQL of searches, composed of our own words: one text for each form of a search, every value a parameter.

What is looked for is decided on ``record_token``, which has no policy: the gate's copies of label, source and author
stand in its rows. Opens to ``record`` and ``consent`` only. Two things are kept from the planner, which would guess:
whether tokens are found through their own index (``through``), and the walk of one chart, which is by its key.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from math import inf

from hallway import clock
from hallway.ids import OrganizationId, is_ours
from hallway.record import criteria, matching
from hallway.record.criteria import Compare, Criterion, Query, Sort, Span
from hallway.standards.fhir import ranges, search


class Bound:
    """Parameters of one statement, named as they come."""

    def __init__(self) -> None:
        """None yet."""
        self.values: dict[str, object] = {}

    def put(self, value: object, kind: str) -> str:
        """The place of a value in the text."""
        name = f"f{len(self.values)}"
        self.values[name] = value
        return f"%({name})s::{kind}"


def instant(microseconds: float) -> datetime | str:
    """Microseconds since 1970 as the database takes an instant."""
    try:
        return clock.instant_of(int(microseconds))
    except OverflowError:
        return "infinity" if microseconds > 0 else "-infinity"


# Criteria ------------------------------------------------------------------------------------------------------------


def conditions(wanted: Sequence[Criterion], bound: Bound, *, through: int = -1) -> list[str]:
    """One condition on ``record_token t`` for each plain criterion.

    ``through`` is the place of the one whose tokens the index may find; of the others it may not.
    """
    return [_condition(one, bound, through=place == through) for place, one in enumerate(wanted)]


def _condition(one: Criterion, bound: Bound, *, through: bool = False) -> str:
    match one:
        case criteria.Tokens(any_of, none):
            held = f"t.tokens && {bound.put(list(any_of), 'text[]')}"
            if through and not none:
                return f"({held})"
            return f"(NOT ({held}))" if none else f"(({held}) IS TRUE)"
        case criteria.Texts():
            return _text(one, bound, through=through)
        case criteria.Spans(code, any_of):
            tests = " OR ".join(_compared(span, bound) for span in any_of)
            begins = f"{born(one, bound)} AND " if through else ""
            return begins + (
                "EXISTS (SELECT 1 FROM unnest(t.range_codes, t.lows, t.highs, t.units) AS v (code, low, high, unit)"
                f" WHERE v.code = {bound.put(code, 'text')} AND ({tests}))"
            )
        case criteria.Updated(any_of):
            return f"({' OR '.join(_updated(span, bound) for span in any_of)})"
        case _:
            return _plain_condition(one, bound)


def _plain_condition(one: Criterion, bound: Bound) -> str:
    match one:
        case criteria.Present(code, present):
            found = (
                f"(coalesce({bound.put(code, 'text')} = ANY (t.range_codes), false) OR EXISTS (SELECT 1 FROM"
                f" unnest(t.tokens) AS x (token) WHERE starts_with(x.token, {bound.put(f'{code}=', 'text')})))"
            )
            return found if present else f"(NOT {found})"
        case criteria.Labels(bits, none):
            return f"(t.mask & {bound.put(bits, 'bigint')} {'=' if none else '<>'} 0)"
        case criteria.Ids(any_of):
            named = "{" + ",".join(one for one in any_of if is_ours(one)) + "}"
            return f"(t.resource_id = ANY ({bound.put(named, 'uuid[]')}))"
        case criteria.Within(groups):
            tests = [" AND ".join(_condition(one, bound) for one in group) or "true" for group in groups]
            return f"({' OR '.join(f'({test})' for test in tests) or 'false'})"
        case _:
            raise AssertionError("a criterion of another kind")


def window(one: criteria.Spans, slack: float = search.A_DAY) -> tuple[float, float] | None:
    """Between which beginnings lies what may meet it, where what it looks at lasts no longer than ``slack``.

    Both in microseconds; None where nothing is bounded.
    """
    if not one.any_of or any(span.compare is Compare.NE for span in one.any_of):
        return None
    ends = [_beginning(span, slack) for span in one.any_of]
    low, high = min(low for low, _ in ends), max(high for _, high in ends)
    return None if (low, high) == (-inf, inf) else (low, high)


def _beginning(span: Span, slack: float) -> tuple[float, float]:
    """The least and the greatest beginning of what compares so with a span."""
    match span.compare:
        case Compare.LT | Compare.EB:
            return -inf, span.low
        case Compare.LE:
            return -inf, span.high
        case Compare.SA:
            return span.high, inf
        case Compare.GT | Compare.GE:
            return span.low - slack, inf
        case Compare.EQ:
            return span.low, span.high
        case _:
            return span.low - slack, span.high


def born(one: criteria.Spans, bound: Bound) -> str:
    """The bounds within which a birth date must begin: a year is the least that one can say."""
    low, high = window(one, 366 * search.A_DAY) or (-inf, inf)
    key = "record_lowest(t.range_codes, t.lows, 'birthdate')"
    if is_one_day(one):
        return f"{key} = {bound.put(low, 'float8')}"
    return f"{key} >= {bound.put(low, 'float8')} AND {key} <= {bound.put(high, 'float8')}"


def is_one_day(one: criteria.Spans) -> bool:
    """Whether birth dates that meet it all begin at one instant, the first of a day; they are kept without a time."""
    if len(one.any_of) != 1 or one.any_of[0].compare is not Compare.EQ:
        return False
    (span,) = one.any_of
    return span.low % search.A_DAY == 0 and span.high - span.low < search.A_DAY


def beginnings(one: criteria.Texts) -> list[str]:
    """The tokens by which words that begin so are found through the index; exactly those, unless a text is longer."""
    return [f"{one.code}^{text[: search.BEGINNING]}" for text in one.any_of]


def _text(one: criteria.Texts, bound: Bound, *, through: bool) -> str:
    middle = "%" if one.within else ""
    patterns = [f"{_literal(one.code)}={middle}{_literal(text)}%" for text in one.any_of]
    begun = f"t.tokens && {bound.put(beginnings(one), 'text[]')}" if through else ""
    if through and max(map(len, one.any_of), default=0) <= search.BEGINNING:
        return f"({begun})"
    found = (
        f"EXISTS (SELECT 1 FROM unnest(t.tokens) AS x (token) WHERE x.token LIKE ANY ({bound.put(patterns, 'text[]')}))"
    )
    return f"({begun} AND {found})" if through else found


def _literal(text: str) -> str:
    """What LIKE would read as a sign is itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _compared(span: Span, bound: Bound) -> str:
    low, high = bound.put(span.low, "float8"), bound.put(span.high, "float8")
    test = {
        Compare.EQ: f"{low} <= v.low AND v.high <= {high}",
        Compare.NE: f"NOT ({low} <= v.low AND v.high <= {high})",
        Compare.GT: f"v.high > {high}",
        Compare.LT: f"v.low < {low}",
        Compare.GE: f"(v.high > {high} OR {low} <= v.low AND v.high <= {high})",
        Compare.LE: f"(v.low < {low} OR {low} <= v.low AND v.high <= {high})",
        Compare.SA: f"v.low > {high}",
        Compare.EB: f"v.high < {low}",
        Compare.AP: f"v.low <= {high} AND v.high >= {low}",
    }[span.compare]
    if span.unit:
        test = f"({test}) AND strpos(v.unit, {bound.put(ranges.unit_mark(span.unit), 'text')}) > 0"
    return f"({test})"


def _updated(span: Span, bound: Bound) -> str:
    low, high = bound.put(instant(span.low), "timestamptz"), bound.put(instant(span.high), "timestamptz")
    return {
        Compare.NE: f"(t.updated_at < {low} OR t.updated_at > {high})",
        Compare.GT: f"(t.updated_at > {high})",
        Compare.SA: f"(t.updated_at > {high})",
        Compare.LT: f"(t.updated_at < {low})",
        Compare.EB: f"(t.updated_at < {low})",
        Compare.GE: f"(t.updated_at >= {low})",
        Compare.LE: f"(t.updated_at <= {high})",
    }.get(span.compare, f"(t.updated_at >= {low} AND t.updated_at <= {high})")


# Order ---------------------------------------------------------------------------------------------------------------


def key(query: Query, sort: Sort) -> str:
    """The expression of a sort key on ``record_token t``; a parameter's code is one of the standard's, not a value."""
    column = {"dated": "t.dated_at", "updated": "t.updated_at", "id": "t.resource_id"}.get(sort.by)
    if column:
        return column
    if re.fullmatch(r"[a-z][a-z-]*", sort.by) is None:
        raise matching.no_such_sort()
    if matching.is_number(query.kind, sort.by):
        function, ends = ("record_highest", "t.highs") if sort.descending else ("record_lowest", "t.lows")
        return f"{function}(t.range_codes, {ends}, '{sort.by}')"
    return f"record_{'last' if sort.descending else 'first'}_text(t.tokens, '{sort.by}=') COLLATE \"C\""


def ordered(query: Query) -> str:
    """``ORDER BY`` of the picked rows, whose keys are ``k0``, ``k1``, ... and ``resource_id``."""
    names = [*(f"k{place}" for place in range(len(matching.sorts(query)))), "resource_id"]
    words = [f"{name} DESC" if down else name for name, down in zip(names, matching.directions(query), strict=True)]
    return ", ".join(dict.fromkeys(words))


def beyond(query: Query, bound: Bound) -> str:
    """The condition on picked rows that come after ``query.after``; ``true`` without one."""
    if query.after is None:
        return "true"
    kinds = [_kind_of(query, sort) for sort in matching.sorts(query)]
    keys = matching.keys_after(query, query.after)
    values = [
        bound.put(instant(value) if kind == "timestamptz" and isinstance(value, float) else value, kind)
        for value, kind in zip(keys, (*kinds, "uuid"), strict=True)
    ]
    names = [*(f"k{place}" for place in range(len(kinds))), "resource_id"]
    downs = matching.directions(query)
    if len(set(downs)) == 1:
        return f"({', '.join(names)}) {'<' if downs[0] else '>'} ({', '.join(values)})"
    test = "false"
    for name, value, down in reversed(list(zip(names, values, downs, strict=True))):
        test = f"({name} {'<' if down else '>'} {value} OR {name} = {value} AND {test})"
    return test


def _kind_of(query: Query, sort: Sort) -> str:
    if sort.by == "id":
        return "uuid"
    if sort.by in matching.COLUMNS:
        return "timestamptz"
    return "float8" if matching.is_number(query.kind, sort.by) else 'text COLLATE "C"'


def keyed(query: Query) -> str:
    """The columns of a picked row: where it lives, its id and its keys."""
    keys = [f"{key(query, sort)} AS k{place}" for place, sort in enumerate(matching.sorts(query))]
    return ", ".join(("t.chart_id", "t.resource_id", *keys))


# One chart -----------------------------------------------------------------------------------------------------------


def everywhere(row: str, shut: str, *, asked: str = "", as_uuid: str = "") -> str:
    """Whether a row of several charts flows from each of them: none of its memberships ``m`` is ``shut``.

    ``asked`` joins what says so, ``as_uuid`` casts the row's id where it is text.
    """
    return f"""(NOT {row}.several OR NOT EXISTS (SELECT 1 FROM record_membership m {asked}
    WHERE m.home_chart_id = {row}.chart_id AND m.kind = {row}.kind AND m.resource_id = {row}.resource_id{as_uuid}
        AND {shut}))"""


_CLAUSES = (
    "unnest(%(plan_charts)s::bigint[], %(plan_orgs)s::int[], %(plan_allows)s::bigint[], %(plan_authors)s::int[],"
    " %(plan_narrow)s::text[]) AS c (chart, org, allow, author, narrow)"
)
_CLAUSE = """c.org = t.source_org AND t.mask & ~c.allow = 0 AND (c.author = 0 OR c.author = t.author)
    AND (c.narrow = '' OR t.kind = ANY (string_to_array(c.narrow, ',')))"""
_ALLOWED = f"EXISTS (SELECT 1 FROM {_CLAUSES} WHERE c.chart = %(chart)s::bigint AND {_CLAUSE})"
_EVERYWHERE = everywhere("t", f"NOT EXISTS (SELECT 1 FROM {_CLAUSES} WHERE c.chart = m.chart_id AND {_CLAUSE})")
_OWN = "record_token t WHERE t.chart_id = %(chart)s::bigint"
_ELSEWHERE = """record_membership own JOIN record_token t
    ON t.chart_id = own.home_chart_id AND t.kind = own.kind AND t.resource_id = own.resource_id
    WHERE own.chart_id = %(chart)s::bigint AND own.home_chart_id <> %(chart)s::bigint"""


def in_chart(query: Query, bound: Bound, *, several: bool) -> str:
    """Rows of one chart that are looked for and flow, not yet in order.

    ``several``: the plan of another chart came with it. Rows of several charts are looked up only then: without it
    none could flow.
    """
    tests = [*_wanted(query, bound), _ALLOWED, _EVERYWHERE if several else "NOT t.several"]
    columns, test = keyed(query), " AND ".join(tests)
    # OFFSET 0: the order is made after the chart's rows are found, never by walking the index of a whole type.
    places = (_OWN, _ELSEWHERE) if several else (_OWN,)
    return " UNION ALL ".join(f"(SELECT {columns} FROM {place} AND {test} OFFSET 0)" for place in places)


def _wanted(query: Query, bound: Bound) -> list[str]:
    """The tests of a query on ``record_token t``, before any right is asked for."""
    tests = ["t.kind = %(kind)s::text", *conditions(matching.plain(query.kind, query.criteria), bound)]
    if query.updated_before is not None:
        tests.append(f"t.updated_at < {bound.put(query.updated_before, 'timestamptz')}")
    return tests


def shared(query: Query, bound: Bound, of: Sequence[OrganizationId] | None) -> str:
    """Rows of chart 0, which is nobody's, that are looked for; with ``of`` only those of these sources."""
    tests = _wanted(query, bound)
    if of is not None:
        tests.append(f"t.source_org = ANY ({bound.put([int(one) for one in of], 'int[]')})")
    return f"(SELECT {keyed(query)} FROM {_OWN} AND {' AND '.join(tests)} OFFSET 0)"


def page(query: Query, rows: str, bound: Bound) -> str:
    """One page of ``rows``: chart and id, in order.

    The number of rows stands in the text: a plan for any number would take a tenth of them all to be wanted.
    """
    return (
        f"SELECT k.chart_id, k.resource_id FROM ({rows}) AS k WHERE {beyond(query, bound)}"
        f" ORDER BY {ordered(query)} LIMIT {int(query.limit + query.ahead)}"
    )
