"""First visits, missed visits and those who stopped coming. Pure."""

from collections.abc import Iterable
from itertools import pairwise

from hallway.triggers.rules.look import Look, Moment, Values, days
from hallway.triggers.tables.rows import When


def first_visit(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """The first visit to this practice, and the first after a break of ``gap_days``.

    The very first has one occasion for good: an earlier visit that is charted late does not make it new.
    """
    visits = [visit for visit in look.own_visits if look.fits(visit, when, parameters)]
    if not visits:
        return
    yield Moment("intake", visits[0].at, (visits[0],), values={"visit": "first"})
    gap = float(parameters.get("gap_days", 0))
    for before, visit in pairwise(visits):
        if gap and visit.at - before.at >= days(gap):
            yield Moment(f"intake/{visit.id}", visit.at, (visit,), values={"visit": "first after a long time"})
