"""Worklists: what is owed, gated in the query, ordered by harm, lateness, due time.

Each list is one statement: the loops of this person or practice, kept only where a grant lets the row flow, with the
patient's header gated in the same way, and the ledger line of everything shown.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, LiteralString, cast
from uuid import UUID

from hallway import clock
from hallway.consent.queries import every_label_flows, grant_lateral, grant_parameters, kinds_open_to, own_desk
from hallway.directory.models import Organization, Practitioner
from hallway.errors import HallwayError, Kind
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId, ReferralId
from hallway.ledger import lines
from hallway.loops import presenting
from hallway.loops.tables.clocks import LoopKind
from hallway.loops.views import LoopRow, Worklist
from hallway.record.queries import header_columns
from hallway.storage.connection import cursor, transaction

_COLUMNS = ", ".join(f"gated.{name}" for name in presenting.COLUMNS)
_INNER = ", ".join(presenting.COLUMNS)


@cache
def _statement(which: str, order: str, after: str) -> LiteralString:
    """The one query of every list; its parts are constants of this file."""
    text = f"""
SELECT {_COLUMNS}, {header_columns()}
FROM {_gated(which)} {after}
ORDER BY {order}
LIMIT %(limit)s
"""  # noqa: S608 - every part is a constant of ours
    return cast("LiteralString", text)


def _gated(which: str) -> str:
    """The rows of a list that may flow, each with its patient's header."""
    return f"""
(SELECT {_INNER}, also, from_at, source_org_id, {own_desk()} FROM loops_loop WHERE {which}) gated
JOIN record_header h ON h.chart_id = gated.chart_id
{grant_lateral("gated")}
WHERE {every_label_flows("gated")}"""  # noqa: S608 - every part is a constant of ours


_OPEN = "closed_at IS NULL"
_IN_TIME = f"{_OPEN} AND from_at <= %(now)s"
_OWN = "owner_org_id = %(org)s"
_IS_DANGER = "(kind = ANY(%(danger_kinds)s) OR rises_as = ANY(%(danger_kinds)s))"
_HEARD = f"({_OWN} AND {_IS_DANGER} AND escalation >= 2)"
_BOTH_HEARD = "(for_org_id = %(org)s AND for_practitioner_id = %(who)s AND escalation >= 3)"
_HIS = f"({_OWN} AND owner_practitioner_id = %(who)s)"
_NOBODYS = f"({_OWN} AND owner_practitioner_id = 0)"


def _mine(*ways: str) -> str:
    """Each way has an index of its own; with a way in it that asks for the reader's role, none of them is used."""
    return f"{_IN_TIME} AND ({' OR '.join((_HIS, *ways, _HEARD, _BOTH_HEARD))})"


_WAITING = (
    f"{_OPEN} AND for_org_id = %(org)s AND owner_org_id <> %(org)s"
    " AND (for_practitioner_id = %(who)s OR for_practitioner_id = 0 OR %(is_leader)s OR %(is_desk)s)"
)
_WHICH = {
    "mine": _mine(_NOBODYS),
    "waiting": _WAITING,
    "practice": f"{_IN_TIME} AND {_OWN}",
    "closed": "closed_at >= %(since)s AND (owner_org_id = %(org)s OR for_org_id = %(org)s)"
    " AND (%(who)s IN (owner_practitioner_id, for_practitioner_id) OR %(is_leader)s OR %(is_desk)s)",
}
_MINE = {
    Role.PRACTICE_LEADER: _mine(f"({_OWN} AND escalation >= 2)"),
    Role.FRONT_DESK: _mine(_NOBODYS, f"({_OWN} AND kind = ANY(%(desk_kinds)s))"),
}
"""Of those whose own list is another than a clinician's."""
_ORDER = "gated.harm DESC, gated.due_at, gated.id"
_AFTER = " AND (-gated.harm, gated.due_at, gated.id) > (-%(after_harm)s::int, %(after_due)s, %(after_id)s::uuid)"
_LATEST = "gated.closed_at DESC, gated.id"
_BEFORE = (
    " AND (gated.closed_at < %(after_closed)s"
    " OR (gated.closed_at = %(after_closed)s AND gated.id > %(after_id)s::uuid))"
)
_DESK_KINDS = ["patient_ask", "offer_visit", "reschedule", "see_patient", "call_patient", "accept", "safety"]
_NOT_FOR = {
    Role.FRONT_DESK: [LoopKind.COORDINATE.value, LoopKind.LABS.value, LoopKind.REFER.value],
    Role.PRACTICE_LEADER: [LoopKind.LABS.value],
}
"""A finding, its tests and a referral are a clinician's to act on: the desk has no page of them and hears of none.
Tests tell of a drug or a score, and no row that rests on one is a leader's."""
_DANGER_KINDS = ["safety", "safety_told"]
"""What every clinician of the practice hears once its owner has not acted."""
COUNTED_TO = 99
"""A count beyond it is one more than it: each row that is counted is a row that the gate judges."""
_NAMED = ("mine", "waiting", "practice")
"""Lists whose number every page of the worklist names."""


def worklist(requester: Requester, *, show: str = "mine", limit: int = 50, after: str = "") -> Worklist:
    """Rows of one list: ``mine``, ``waiting`` on others, ``practice`` or ``closed`` this week.

    Raises HallwayError INCORRECT for another list or a cursor that is not ours.
    """
    if show not in _WHICH:
        raise _unknown("list")
    with transaction():
        found = _select(requester, show, limit=limit + 1, after=after)
        page = found[:limit]
        counts = _counts(requester, show, known=None if after or len(found) > limit else len(found))
        counts[show] = max(counts[show], len(found))
        _write_line(requester, page, f"worklist {show}")
    cursor_after = presenting.cursor_of(page[-1], is_closed=show == "closed") if len(found) > limit else ""
    return Worklist(rows=tuple(_rows(requester, page)), after=cursor_after, counts=counts)


def loops_of_chart(requester: Requester, chart_id: ChartId) -> list[LoopRow]:
    """Open loops of one chart that this reader may know and that their practice owes or is owed."""
    return _some(
        requester, f"{_OPEN} AND chart_id = %(chart)s AND %(org)s IN (owner_org_id, for_org_id)", chart=chart_id
    )


def loop_of_chart(requester: Requester, chart_id: ChartId, loop_id: UUID) -> LoopRow | None:
    """One row that is open or on this reader's list of what was closed; None as for one that never was."""
    running = f"({_OPEN} AND %(org)s IN (owner_org_id, for_org_id))"
    which = f"id = %(loop)s AND chart_id = %(chart)s AND ({running} OR ({_WHICH['closed']}))"
    return next(iter(_some(requester, which, loop=loop_id, chart=chart_id)), None)


def loops_of_referral(requester: Requester, referral_id: ReferralId) -> list[LoopRow]:
    """Running clocks of one referral that this reader may know."""
    which = f"{_OPEN} AND referral_id = %(referral)s AND %(org)s IN (owner_org_id, for_org_id)"
    return _some(requester, which, referral=referral_id)


def known_of_chart(
    requester: Requester, chart_id: ChartId, *, since: datetime, about: Iterable[UUID] = ()
) -> list[presenting.Found]:
    """Loops of one chart, running or closed since, that this reader may know and whose practice owes or is owed.

    ``about`` names further ones, whenever they were closed, by their own id or their subject's. For rules that ask what
    is owed already; without words, so nobody's list.
    """
    which = (
        "chart_id = %(chart)s AND (closed_at IS NULL OR closed_at >= %(from)s"
        " OR subject_id = ANY(%(about)s) OR id = ANY(%(about)s))"
        " AND %(org)s IN (owner_org_id, for_org_id)"
    )
    asked: dict[str, object] = {"limit": 500, "chart": chart_id, "from": since, "about": list(about)}
    with transaction():
        found = _run(requester, which, order="gated.opened_at, gated.id", parameters=asked)
        _write_line(requester, found, "loops")
    return found


def _some(requester: Requester, which: str, **parameters: object) -> list[LoopRow]:
    with transaction():
        found = _run(requester, which, order="gated.due_at, gated.id", parameters={"limit": 100, **parameters})
        _write_line(requester, found, "loops")
    return list(_rows(requester, found))


def _select(requester: Requester, show: str, *, limit: int, after: str = "") -> list[presenting.Found]:
    is_closed = show == "closed"
    parameters: dict[str, object] = {"limit": limit}
    if after:
        parameters |= presenting.read_cursor(after, is_closed=is_closed) or _bad_cursor()
    order, further = (_LATEST, _BEFORE) if is_closed else (_ORDER, _AFTER)
    return _run(requester, _which(requester, show), order=order, parameters=parameters, after=further if after else "")


def _which(requester: Requester, show: str) -> str:
    return _MINE.get(requester.role, _WHICH[show]) if show == "mine" else _WHICH[show]


def _open_to(requester: Requester, which: str) -> str:
    """Those of ``which`` that this role may act on at all; any other role's statement stays the plain one."""
    return f"({which}) AND kind <> ALL(%(not_for)s)" if requester.role in _NOT_FOR else which


def _counts(requester: Requester, show: str, *, known: int | None) -> dict[str, int]:
    """How many rows the lists hold that the page names, in one statement; ``known``: how many its own list holds.

    A list of more than ``COUNTED_TO`` is told as one more than that.
    """
    counts = {} if known is None else {show: known}
    wanted = [name for name in (*_NAMED, show) if name not in counts]
    if wanted := list(dict.fromkeys(wanted)):
        with cursor() as opened:
            lists = tuple(_open_to(requester, _which(requester, name)) for name in wanted)
            # By its index a count stops early; by a bitmap it would first fetch every row that the practice has open.
            opened.execute("SET LOCAL random_page_cost = 1.1")
            opened.execute(_counting(lists), {**_parameters(requester), "limit": COUNTED_TO + 1})
            counts |= zip(wanted, opened.fetchone() or (), strict=True)
    return counts


@cache
def _counting(lists: tuple[str, ...]) -> LiteralString:
    """Without an order the gate stops at the hundredth row instead of judging every one."""
    rows = (f"(SELECT 1 FROM {_gated(which)} LIMIT %(limit)s)" for which in lists)  # noqa: S608 - our constants
    each = (f"(SELECT count(*) FROM {one} counted)" for one in rows)  # noqa: S608
    return cast("LiteralString", f"SELECT {', '.join(each)}")


def _run(
    requester: Requester, which: str, *, order: str, parameters: dict[str, object], after: str = ""
) -> list[presenting.Found]:
    with cursor() as opened:
        opened.execute(_statement(_open_to(requester, which), order, after), {**_parameters(requester), **parameters})
        return [presenting.Found.of(row) for row in opened.fetchall()]


def _parameters(requester: Requester) -> dict[str, Any]:
    """What every list asks with."""
    now = clock.now()
    return {
        **grant_parameters(requester, "Task"),
        "gate_kinds": kinds_open_to(requester),
        "now": now,
        "since": now - timedelta(days=7),
        "org": requester.organization_id,
        "who": requester.practitioner_id,
        "is_leader": requester.role is Role.PRACTICE_LEADER,
        "is_desk": requester.role is Role.FRONT_DESK,
        "desk_kinds": _DESK_KINDS,
        "not_for": _NOT_FOR.get(requester.role, []),
        "danger_kinds": _DANGER_KINDS,
    }


def _rows(requester: Requester, found: Sequence[presenting.Found]) -> list[LoopRow]:
    people = {p.id: p for p in Practitioner.objects.filter(id__in={i for f in found for i in f.people()})}
    places = {o.id: o for o in Organization.objects.filter(id__in={i for f in found for i in f.places()})}
    now: datetime = clock.now()
    return [presenting.row(f, requester, now, presenting.Names(people, places)) for f in found]


def _write_line(requester: Requester, found: Sequence[presenting.Found], route: str) -> None:
    charts = sorted({f.chart_id for f in found})
    if charts:
        lines.write(lines.step_line(requester, "worklist.read", charts=charts, detail=route))


def _unknown(what: str) -> HallwayError:
    return HallwayError(
        Kind.INCORRECT,
        "H-LOO-001",
        what=f"There is no such {what}.",
        undone="Nothing was shown.",
        to_do="Open the worklist again from the bar.",
    )


def _bad_cursor() -> dict[str, object]:
    raise _unknown("page of the list")
