"""Merging two charts of one patient, and undoing it. Rights first: what shuts either shuts both, and nothing opens.

No row moves. Each chart keeps its own ways to open; whoever had rights in both reads them together, and whoever had
them in one keeps that one. So a wrong merge tells nobody anything, and undoing it leaves what was before.
"""

from hallway.consent import gate, refusals
from hallway.consent.grants.rebuilding import rebuild_grants
from hallway.identity.requester import Requester, Role
from hallway.ids import ChartId
from hallway.ledger import lines
from hallway.record import actions as record
from hallway.record import linking
from hallway.storage.connection import transaction

MAY_MERGE = frozenset({Role.PRACTICE_LEADER, Role.PRIVACY_OFFICER})
"""Who answers for a practice's list of patients. The network's administrator opens no chart, so merges none."""


def may_merge(source: ChartId, target: ChartId, *, by: Requester) -> None:
    """Whether ``merge`` would do it. Raises as it does, so looking first tells neither more nor less."""
    _may(source, target, by=by)
    linking.check_link(source, target)


def may_unmerge(source: ChartId, target: ChartId, *, by: Requester) -> None:
    """Whether ``unmerge`` would do it. Raises as it does."""
    _may(source, target, by=by)
    linking.check_unlink(source, target)


def _may(source: ChartId, target: ChartId, *, by: Requester) -> None:
    for chart in (source, target):
        gate.release(by, chart)
    if by.role not in MAY_MERGE:
        raise refusals.not_yours()


def merge(source: ChartId, target: ChartId, *, by: Requester) -> None:
    """Link ``source`` to ``target`` and compile both under what was said in either, in one transaction.

    Raises NOT_FOUND unless both open to this person, FORBIDDEN for another role, CONFLICT when one is merged already,
    be it with a chart that does not open to them: decision 0043 says why that is told.
    """
    _may(source, target, by=by)
    with transaction():
        linking.link(source, target)
        _compiled_anew(source, target, "chart.merged", by=by)


def unmerge(source: ChartId, target: ChartId, *, by: Requester) -> None:
    """Take the link away; each chart is again under its own facts alone. Raises CONFLICT when they are not merged."""
    _may(source, target, by=by)
    with transaction():
        linking.unlink(source, target)
        _compiled_anew(source, target, "chart.unmerged", by=by)


def _compiled_anew(source: ChartId, target: ChartId, act: str, *, by: Requester) -> None:
    rebuild_grants([source, target])
    record.bump_epoch([source, target])
    lines.write(lines.step_line(by, act, charts=[source, target], purpose="OPS", detail=f"{source} {target}"))
