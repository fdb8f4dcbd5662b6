"""From the news that charts changed to the looks of the practices that treat the patients."""

from collections.abc import Mapping

from hallway.ids import ChartId
from hallway.triggers import looking


def charts_changed(references: Mapping[str, str | int]) -> None:
    """Look at each chart, for every practice that its patient is treated by. Heard twice, nothing happens twice."""
    for chart in str(references["chart_ids"]).split(","):
        looking.look(ChartId(int(chart)))
