"""Scores that worsen, and scores that do not improve. Pure; a total with a missing answer is no score."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import pairwise

from hallway.triggers.facts import Fact
from hallway.triggers.rules.look import Look, Moment, Values, bears, days, number
from hallway.triggers.tables.rows import When

_NO_SCORE = frozenset({"cancelled", "registered", "unknown"})


def _series(look: Look, when: When) -> list[Fact]:
    return [
        fact
        for fact in look.of("Observation")
        if bears(fact, when.codes) and fact.value is not None and fact.status not in _NO_SCORE
    ]


def worse(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """A score of this practice that lies ``at_least`` points above the one before it, within ``before_days``."""
    series = _series(look, when)
    for earlier, later in pairwise(series):
        if not look.is_own(later) or later.at - earlier.at > days(number(when.before_days or 180, parameters)):
            continue
        if (later.value or 0) - (earlier.value or 0) >= number(when.at_least or 1, parameters):
            values = {"was": earlier.value or 0.0, "now": later.value or 0.0}
            yield Moment(later.ref, later.at, (later, earlier), values=values)


def flat(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """``flat_days`` have passed since a score of ``at_least``, and no later one is ``better_by`` points lower.

    There must be a later score: one that was never repeated is a score that is due. After an improvement the count
    begins again; while none comes, it speaks up each time as many days have passed.
    """
    for reference, later, ends_at in _runs(_series(look, when), float(parameters["better_by"])):
        if (reference.value or 0) < number(when.at_least or 0, parameters):
            continue
        for count, (at, score) in enumerate(_times(reference, later, float(parameters["flat_days"]), look.now), 1):
            if ends_at is not None and at >= ends_at:
                break
            values = {"was": reference.value or 0.0, "now": score.value or 0.0}
            yield Moment(
                f"{reference.ref}/flat/{count}", at, (score, reference), values=values, group=f"flat/{when.codes[0]}"
            )


def _runs(series: list[Fact], better_by: float) -> Iterator[tuple[Fact, list[Fact], datetime | None]]:
    """Each score from which improvement is counted, the scores that brought none, and when one did."""
    reference: Fact | None = None
    later: list[Fact] = []
    for score in series:
        if reference is None:
            reference = score
        elif (score.value or 0) <= (reference.value or 0) - better_by:
            yield reference, later, score.at
            reference, later = score, []
        else:
            later.append(score)
    if reference is not None:
        yield reference, later, None


def _times(reference: Fact, later: list[Fact], every: float, now: datetime) -> Iterator[tuple[datetime, Fact]]:
    """Each time that so many days had passed, or the first score after them, up to the next one to come."""
    count, every = 1, max(every, 1.0)  # steps of no days would never come to an end
    while True:
        since = reference.at + days((count - 1) * every)
        first = next((score for score in later if score.at > since), None)
        if first is None:
            return
        at = max(since + days(every), first.at)
        yield at, [score for score in later if score.at <= at][-1]
        if at > now:
            return
        count += 1
