"""One line of the ledger: who had what, why, under which plan. Written in the statement or transaction it speaks of.

A line never holds content. ``charts`` names every chart that stood in the answer; a line about nobody has none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from hallway import clock
from hallway.errors import HallwayError, Kind
from hallway.storage.connection import cursor


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


class WayOut(Protocol):
    """What a line needs of a clause of a plan."""

    @property
    def source_org(self) -> int: ...  # noqa: D102
    @property
    def allow(self) -> int: ...  # noqa: D102
    @property
    def author(self) -> int: ...  # noqa: D102
    @property
    def kinds(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def rule_ids(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def consent_ids(self) -> tuple[str, ...]: ...  # noqa: D102


class Plan(Protocol):
    """What a line needs of a release. ``record`` stands above this room, so it is named by shape."""

    @property
    def requester(self) -> WhoAsks: ...  # noqa: D102
    @property
    def chart_id(self) -> int: ...  # noqa: D102
    @property
    def purpose(self) -> str: ...  # noqa: D102
    @property
    def clauses(self) -> tuple[WayOut, ...]: ...  # noqa: D102
    @property
    def epoch(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Line:
    """``act`` is a short code (``read``, ``search``, ``referral.accepted``); ``route`` the pattern, never the address.

    ``plan`` names rules and consents; ``detail`` holds codes and resource versions, no clinical word and no name.
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
    detail: str = ""
    at: datetime | None = None

    def parameters(self) -> dict[str, object]:
        """The named parameters of ``INSERT_LINE``.

        Raises HallwayError H-LED-001 when a text holds a control character: the chain separates fields by one.
        """
        texts = (self.role, self.act, self.purpose, self.route, self.plan, self.detail)
        if not "".join(texts).isprintable():
            raise HallwayError(
                Kind.FAULT,
                "H-LED-001",
                what="A line of the ledger held a control character.",
                undone="Nothing was released and nothing was stored.",
                to_do="Report this: the code that wrote the line is at fault.",
            )
        return {
            "line_at": self.at or clock.now(),
            "line_account": int(self.account_id),
            "line_practitioner": int(self.practitioner_id),
            "line_organization": int(self.organization_id),
            "line_role": str(self.role),
            "line_act": self.act,
            "line_purpose": str(self.purpose),
            "line_route": self.route,
            "line_charts": list(self.charts),
            "line_plan": self.plan,
            "line_detail": self.detail,
        }


INSERT_LINE = """
INSERT INTO ledger_answer
    (at, account_id, practitioner_id, organization_id, role, act, purpose, route, charts, plan, detail)
SELECT %(line_at)s::timestamptz, %(line_account)s::int, %(line_practitioner)s::int, %(line_organization)s::int,
    %(line_role)s::text, %(line_act)s::text, %(line_purpose)s::text, %(line_route)s::text,
    %(line_charts)s::bigint[], %(line_plan)s::text, %(line_detail)s::text
"""
"""To stand in a statement of ``record`` as ``WITH line AS (INSERT_LINE ...)``. A ``FROM`` or ``WHERE`` may follow it.

PostgreSQL runs a data-modifying WITH to its end whether or not the rest reads from it, and undoes both together.
"""


@lru_cache(maxsize=4096)
def _plan_text(clauses: tuple[WayOut, ...], epoch: int) -> str:
    """The plan in short: epoch, then each way out as ``source:mask[:author][:kinds]=rules,consents``."""
    ways: list[str] = [f"e{epoch}"]
    for clause in clauses:
        narrow = f":a{clause.author}" if clause.author else ""
        narrow += f":{'+'.join(clause.kinds)}" if clause.kinds else ""
        ways.append(f"{clause.source_org}:{clause.allow:x}{narrow}={','.join((*clause.rule_ids, *clause.consent_ids))}")
    return " ".join(ways)


def line_for(release: Plan, act: str, *, route: str = "", detail: str = "", charts: Sequence[int] = ()) -> Line:
    """The line of an answer given under ``release``; ``charts`` beside the release's own, where it holds several."""
    who = release.requester
    return Line(
        account_id=who.account_id,
        practitioner_id=who.practitioner_id,
        organization_id=who.organization_id,
        role=who.role,
        act=act,
        purpose=release.purpose,
        charts=charts or (release.chart_id,),
        route=route,
        plan=_plan_text(release.clauses, release.epoch),
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
        detail=detail,
    )


def write(line: Line) -> None:
    """Insert the line in the transaction of the caller, so that step and line stand or fall together."""
    with cursor() as opened:
        opened.execute(INSERT_LINE, line.parameters())
