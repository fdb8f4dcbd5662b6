"""The nine tabs: the same for every patient and every reader, without counts, because a count is data."""

from dataclasses import dataclass

from django.urls import reverse

from hallway.ids import ChartId

TABS = (
    ("overview", "Overview"),
    ("timeline", "Timeline"),
    ("problems", "Problems"),
    ("medicines", "Medicines"),
    ("scores", "Scores"),
    ("notes", "Notes"),
    ("documents", "Documents"),
    ("consents", "Consents"),
    ("loops", "Open loops"),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """A link of the row; ``current`` is the page the reader is on."""

    name: str
    url: str
    current: bool


def tabs(chart_id: ChartId, current: str) -> list[Tab]:
    """The row of tabs with ``current`` marked."""
    return [Tab(name, reverse(f"chart:{key}", args=[chart_id]), key == current) for key, name in TABS]


def title(current: str) -> str:
    """The words of one tab."""
    return dict(TABS)[current]
