"""What the rules found over the last year, and what people made of it: looked at week by week, as the worker looks.

A clinician of the practice that owes the word closes most of it within days. Some is not needed, for a reason; a little
is left, and stands late on a worklist.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

from hallway import clock
from hallway.app.demo import cast
from hallway.app.demo.network import Network
from hallway.app.demo.walk import WEEK
from hallway.errors import HallwayError
from hallway.identity.requester import CLINICIANS, Requester, Role
from hallway.ids import ChartId
from hallway.triggers import actions, looking
from hallway.triggers.models import Firing

YEAR = timedelta(days=371)
_OFTEN, _SELDOM = timedelta(weeks=5), 5
"""Every week in the last ones, every fifth week before."""
_LEFT, _LATELY = 0.15, timedelta(days=60)
"""Share of what was found lately that nobody has closed; what is older is closed."""
_ENDS = (
    ("done", ""), ("done", ""), ("done", ""), ("done", ""), ("done", ""), ("done", ""),
    ("not_needed", "told_already"), ("not_needed", "told_already"), ("not_needed", "treated_together"),
    ("not_needed", "not_significant"), ("declined", "prefers_not"),
)  # fmt: skip
_NOISY = {"T31": "cared_for_elsewhere", "T14": "told_already"}
"""Rules that ask too often at these practices, and why people say so."""


def look(network: Network, charts: Sequence[ChartId], at: datetime, until: datetime) -> None:
    """The end of a week: every chart is looked at, and of what is found most is closed in the days after."""
    if until - at > YEAR or (until - at > _OFTEN and (until - at) // WEEK % _SELDOM):
        return
    with clock.stopped_at(at):
        for chart in charts:
            looking.look(chart)
    own = Firing.objects.filter(chart_id__in=charts, state=Firing.State.OPEN, fired_at=at)
    for row in own.order_by("chart_id", "organization_id", "rule", "occasion"):
        _close(network, row, until)


def _close(network: Network, row: Firing, until: datetime) -> None:
    own = Random(f"{row.chart_id}/{row.rule}/{row.occasion}")  # noqa: S311
    at = row.fired_at + timedelta(days=own.uniform(0.3, 6))
    state, reason = own.choice(_ENDS)
    if row.rule in _NOISY and own.random() < 0.6:
        state, reason = "not_needed", _NOISY[row.rule]
    if at >= until or (until - at < _LATELY and own.random() < _LEFT):
        return
    # Somebody else may have it by then: it stays as it is.
    with clock.stopped_at(at), suppress(HallwayError):
        by = _who(network, row)
        actions.close(row.id, by=by, state=state, reason=reason, expected_version=row.version)


def _who(network: Network, row: Firing) -> Requester:
    """Whoever it was found for, else somebody of that practice."""
    people = [
        one.login
        for one in cast.PEOPLE
        if Role(one.roles[0].role) in CLINICIANS
        and network.organizations[one.roles[0].organization].id == row.organization_id
    ]
    named = [login for login in people if network.practitioners[login].id == row.practitioner_id]
    return network.requester((named or people)[0])
