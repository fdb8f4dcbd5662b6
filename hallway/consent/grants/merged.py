"""The other charts of merged patients, read: what was said there that shuts something here."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from hallway.consent.grants import joining
from hallway.consent.grants.joining import TakenBack
from hallway.consent.law.facts import ChartFacts, Limit
from hallway.consent.models import Consent
from hallway.ids import ChartId
from hallway.record import linking

LimitsOf = Callable[[list[int]], Mapping[int, list[Limit]]]


def joined(found: Sequence[ChartFacts], limits_of: LimitsOf) -> list[ChartFacts]:
    """The same facts, each chart's under what was said in the other charts of its patient."""
    linked = linking.linked([ChartId(facts.chart_id) for facts in found])
    if not linked:
        return list(found)
    others = sorted({int(other) for own in linked.values() for other in own})
    limits, taken_back = limits_of(others), _taken_back(others)
    return [
        joining.narrowed(
            facts,
            [limit for other in linked.get(ChartId(facts.chart_id), ()) for limit in limits[other]],
            [one for other in linked.get(ChartId(facts.chart_id), ()) for one in taken_back[other]],
        )
        for facts in found
    ]


def _taken_back(ids: list[int]) -> Mapping[int, list[TakenBack]]:
    found: defaultdict[int, list[TakenBack]] = defaultdict(list)
    rows = Consent.objects.filter(chart_id__in=ids).exclude(revoked_at=None, not_for_orgs=[])
    for row in rows.order_by("signed_at", "id"):
        found[row.chart_id].append(
            TakenBack(row.kind, row.discloser_org_id, row.recipient_org_id, row.revoked_at, tuple(row.not_for_orgs))
        )
    return found
