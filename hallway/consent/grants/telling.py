"""Word that charts changed, put into the outbox of the transaction that changed them."""

from collections.abc import Iterable, Iterator

from hallway.consent.events import AnswersStored, ChartsChanged
from hallway.ids import ChartId
from hallway.storage import outbox

AT_ONCE = 25
"""Charts of one job: a load of many patients is heard in parts, and other news in between."""


def tell_changed(chart_ids: Iterable[ChartId]) -> None:
    """Announce a change of these charts; shared resources (chart 0) are nobody's news."""
    for part in _parts(chart_ids):
        outbox.announce(ChartsChanged(part), queue="triggers")


def tell_answers(chart_ids: Iterable[ChartId]) -> None:
    """Announce that something measured or answered was written into these charts. It waits behind no look of rules."""
    for part in _parts(chart_ids):
        outbox.announce(AnswersStored(part))


def _parts(chart_ids: Iterable[ChartId]) -> Iterator[str]:
    wanted = sorted({int(one) for one in chart_ids if int(one) > 0})
    for start in range(0, len(wanted), AT_ONCE):
        yield ",".join(map(str, wanted[start : start + AT_ONCE]))
