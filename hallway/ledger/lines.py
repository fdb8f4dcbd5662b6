"""One line of the ledger: who had what, why, under which plan. Written in the statement or transaction it speaks of.

A line never holds content. It names every chart that stood in the answer; a line about nobody has none. Who asked, in
which role, by which act and route is one row of ``ledger_way``, the plan one of ``ledger_plan``, each written once.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import LiteralString, Protocol
from weakref import WeakKeyDictionary

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.ledger import plans
from hallway.storage.connection import Connection, Cursor, cursor

SEPARATOR = "\x1f"
BY_RULES = "triggers"
"""Route of what a practice's rules look at by themselves: a line is left, and nobody was given anything yet."""


class WhoAsks(Protocol):
    """What a line needs of a requester. ``identity`` stands beside this room, so it is named by shape."""

    @property
    def account_id(self) -> int: ...  # noqa: D102
    @property
    def practitioner_id(self) -> int: ...  # noqa: D102
    @property
    def organization_id(self) -> int: ...  # noqa: D102
    @property
    def role(self) -> str: ...  # noqa: D102
    @property
    def app(self) -> str: ...  # noqa: D102


class Plan(Protocol):
    """What a line needs of a release. ``record`` stands above this room, so it is named by shape."""

    @property
    def requester(self) -> WhoAsks: ...  # noqa: D102
    @property
    def chart_id(self) -> int: ...  # noqa: D102
    @property
    def purpose(self) -> str: ...  # noqa: D102
    @property
    def clauses(self) -> tuple[plans.WayOut, ...]: ...  # noqa: D102
    @property
    def epoch(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Line:
    """``act`` is a short code (``read``, ``search``, ``referral.accepted``); ``route`` the pattern, never the address.

    Behind the route stands the program that asked for the person, where one did: ``GET /fhir/{type} by CLIENT``.

    ``plan`` is what ``plans.text_of`` made; ``detail`` holds codes and resource versions, no clinical word and no name.
    """

    account_id: int
    practitioner_id: int
    organization_id: int
    role: str
    act: str
    purpose: str
    charts: Sequence[int]
    route: str = ""
    plan: str = ""
    epoch: int = 0
    detail: str = ""
    at: datetime | None = None

    def bound(self, opened: Cursor) -> dict[str, object]:
        """The named parameters of an inserting statement, once its way and its plan stand in the database.

        Raises HallwayError H-LED-001 when a text holds a control character: the chain separates fields by one.
        """
        if not self._texts().isprintable():
            raise HallwayError(
                Kind.FAULT,
                "H-LED-001",
                what="A line of the ledger held a control character.",
                undone="Nothing was released and nothing was stored.",
                to_do="Report this: the code that wrote the line is at fault.",
            )
        way = (
            *(int(self.account_id), int(self.practitioner_id), int(self.organization_id)),
            *(str(self.role), self.act, str(self.purpose), self.route),
        )
        first, *rest = [int(chart) for chart in self.charts if chart] or [0]
        return {
            "line_at": self.at or clock.now(),
            "line_way": _standing(opened, _key(SEPARATOR.join(map(str, way))), _REMEMBER_WAY, way),
            "line_plan": _standing(opened, _key(self.plan), _REMEMBER_PLAN, (self.plan,)) if self.plan else 0,
            "line_chart": first,
            "line_also": ",".join(map(str, rest)),
            "line_epoch": int(self.epoch),
            "line_detail": self.detail,
        }

    def _texts(self) -> str:
        return "".join((self.role, self.act, self.purpose, self.route, self.plan, self.detail))


def insert_line(
    *, chart: LiteralString = "%(line_chart)s::bigint", also: LiteralString = "%(line_also)s::text",
    position: LiteralString = "0", behind: LiteralString = "",
) -> LiteralString:  # fmt: skip
    """The statement that inserts a line; ``behind`` is its FROM, ``position`` that of the record it reads.

    To stand in a statement of ``record`` as ``WITH line AS (...)``: PostgreSQL runs a data-modifying WITH to its end
    whether or not the rest reads from it, and undoes both together.
    """
    return (
        "INSERT INTO ledger_line (at, way, plan, epoch, detail, chart_id, also, position)"
        " SELECT %(line_at)s::timestamptz, %(line_way)s::bigint, %(line_plan)s::bigint, %(line_epoch)s::int,"
        f" %(line_detail)s::text, {chart}, {also}, {position} {behind}"
    )


INSERT_LINE = insert_line()

_REMEMBER = """
WITH held AS (SELECT xid FROM {table} WHERE id = %s::bigint LIMIT 1),
made AS (INSERT INTO {table} (id, {columns}) SELECT %s::bigint, {values} WHERE NOT EXISTS (SELECT FROM held))
SELECT coalesce((SELECT xid <> coalesce(pg_current_xact_id_if_assigned(), '0') FROM held), false)
"""
_REMEMBER_WAY = _REMEMBER.format(
    table="ledger_way",
    columns="account_id, practitioner_id, organization_id, role, act, purpose, route",
    values="%s::int, %s::int, %s::int, %s::text, %s::text, %s::text, %s::text",
).encode()
_REMEMBER_PLAN = _REMEMBER.format(table="ledger_plan", columns="plan", values="%s::text").encode()

_MOST_KNOWN = 20_000
_known: WeakKeyDictionary[Connection, set[int]] = WeakKeyDictionary()
"""What stands in the database for good, by connection: seen there, written by another transaction than that one's.

By connection and not by address: a database may be made anew under the same name.
"""


@lru_cache(maxsize=16384)
def _key(text: str) -> int:
    """The key of a way or plan: the first 64 bits of the hash of what it says."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big", signed=True)


def _standing(opened: Cursor, key: int, remember: bytes, values: Sequence[object]) -> int:
    """The key, once its row stands in the database of this transaction."""
    known = _known.get(opened.connection)
    if known is None:
        known = _known[opened.connection] = set()
    if key not in known:
        opened.execute(remember, [key, key, *values])
        if opened.fetchone() == (True,):
            if len(known) >= _MOST_KNOWN:
                known.clear()
            known.add(key)
    return key


def line_for(release: Plan, act: str, *, route: str = "", detail: str = "", also: Sequence[Plan] = ()) -> Line:
    """The line of an answer given under ``release``; ``also`` are the releases of other charts it holds."""
    who = release.requester
    by_chart = {one.chart_id: one.clauses for one in (release, *also)}
    return Line(
        account_id=who.account_id,
        practitioner_id=who.practitioner_id,
        organization_id=who.organization_id,
        role=who.role,
        act=act,
        purpose=release.purpose,
        charts=tuple(by_chart),
        route=by(who, route),
        plan=plans.text_of(tuple(by_chart.values())),
        epoch=release.epoch,
        detail=detail,
    )


def step_line(who: WhoAsks, act: str, *, charts: Sequence[int], purpose: str = "TREAT", detail: str = "") -> Line:
    """The line of a step that somebody took (a referral accepted, a consent revoked, an emergency opened)."""
    return Line(
        account_id=who.account_id,
        practitioner_id=who.practitioner_id,
        organization_id=who.organization_id,
        role=who.role,
        act=act,
        purpose=purpose,
        charts=charts,
        route=by(who, ""),
        detail=detail,
    )


def by(who: WhoAsks, route: str) -> str:
    """The route, and the program that asked by it."""
    return f"{route} by {who.app}".strip() if who.app else route


def write(line: Line) -> None:
    """Insert the line in the transaction of the caller, so that step and line stand or fall together."""
    with cursor() as opened:
        opened.execute(INSERT_LINE, line.bound(opened))
