"""From the news that charts changed to the looks of the practices that treat the patients; and what news calms."""

from collections.abc import Mapping

from hallway.ids import ChartId, OrganizationId
from hallway.triggers import looking


def charts_changed(references: Mapping[str, str | int]) -> None:
    """Look at each chart, for every practice that its patient is treated by. Heard twice, nothing happens twice."""
    for chart in str(references["chart_ids"]).split(","):
        looking.look(ChartId(int(chart)))


def safety_opened(references: Mapping[str, str | int]) -> None:
    """The safety steps run and rise by the minute: what rose as they do until then no longer does. It stays open."""
    chart, practice = ChartId(int(references["chart_id"])), OrganizationId(int(references["organization_id"]))
    looking.calm(practice, chart)
