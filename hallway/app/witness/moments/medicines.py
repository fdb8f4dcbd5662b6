"""Drugs begun, changed, to be evaluated, met and watched: T1, T2, T7, T20 to T22 again, each in its own words. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby

from hallway.app.witness.coding import BADNESS, checks, meeting
from hallway.app.witness.moments.scanning import ALL, BH, BOTH, Moment, Record, Rule, of, told
from hallway.app.witness.moments.things import DAY, Thing

_HALF_A_DAY = timedelta(hours=12)


def _name(one: Thing) -> str:
    return "+".join(sorted(one.drugs))


def _before(order: Thing, taken: list[Thing]) -> list[Thing]:
    """What was taken in the ninety days before an order; two orders of one visit begin together."""
    earlier = [one for one in taken if one.at < order.at and (one.until is None or one.until >= order.at - 90 * DAY)]
    return [
        one
        for one in earlier
        if one.kind != "MedicationRequest" or one.drugs == order.drugs or order.at - one.at >= _HALF_A_DAY
    ]


def _orders(record: Record) -> Iterator[tuple[Thing, list[Thing], list[Thing]]]:
    """Each psychotropic that this practice ordered, what was taken before it, and all that was ever taken."""
    taken = record.drugs("PSYCHOTROPIC")
    for order in taken:
        if order.kind == "MedicationRequest" and order.source == record.practice.id:
            yield order, _before(order, taken), taken


def _t1(record: Record) -> Iterator[Moment]:
    """A psychotropic ordered by a behavioral practice, none having been taken in the ninety days before."""
    for order, before, _ in _orders(record):
        if not before:
            yield of(order)


def _t2(record: Record) -> Iterator[Moment]:
    for order, before, taken in _orders(record):
        same = [one for one in before if one.drugs == order.drugs]
        is_new_form = "INJECTED" in order.groups and not any("INJECTED" in one.groups for one in same)
        if before and (not same or is_new_form):
            yield of(order, group=_name(order))
        if order.status in ("stopped", "cancelled") and order.until is not None:
            after = order.until + DAY
            others = [one for one in taken if one.drugs == order.drugs and one.ref != order.ref]
            if not any(one.is_taken(after) for one in others):
                yield of(order, occasion=f"{order.ref}/stop", at=order.until, group=_name(order))
        yield from _doses(order, [one for one in same if one.dose is not None])


def _doses(order: Thing, before: list[Thing]) -> Iterator[Moment]:
    """Against the last order of the drug, and within this one from version to version."""
    if before and _is_much(order, before[-1].dose, order.doses[0][0]):
        yield of(order, before[-1], occasion=f"{order.ref}/dose", group=_name(order))
    for place in range(1, len(order.doses)):
        now, at = order.doses[place]
        if _is_much(order, order.doses[place - 1][0], now):
            yield of(order, occasion=f"{order.ref}/dose/{now:g}", at=at, group=_name(order))


def _is_much(order: Thing, was: float | None, now: float | None) -> bool:
    if not was or now is None or was == now:
        return False
    return "NEEDS_WATCH" in order.groups or abs(now - was) >= was / 2


# Treatments that need an evaluation first ----------------------------------------------------------------------------

_PLANS = frozenset({"90870", "90867", "90868", "90869"})
_WORDS = ("ect", "tms", "esketamine", "lithium", "clozapine", "stimulant", "disulfiram", "naltrexone")


def _t7(record: Record) -> Iterator[Moment]:
    for one in record.all("ServiceRequest", "Procedure", "CarePlan", own=True):
        says = one.is_named("electroconvulsive therapy", "transcranial magnetic stimulation") or "ect" in one.names
        is_coded = one.codes & {*_PLANS, *_WORDS} or any(code.startswith("GZB") for code in one.codes)
        if one.status != "not-done" and (says or is_coded):
            yield of(one)
    everything = record.all("MedicationRequest", "MedicationStatement")
    for order in record.all("MedicationRequest", own=True):
        earlier = [one for one in everything if (one.at, one.id) < (order.at, order.id) and one.drugs == order.drugs]
        if any(one.is_taken(max(one.at, order.at - 120 * DAY)) for one in earlier):
            continue
        if "NEEDS_EVALUATION" in order.groups:
            yield of(order)
        elif "STIMULANT" in order.groups:
            hearts = record.problems("CARDIAC", at=order.at, past=("resolved", "inactive"))
            if hearts:
                yield of(order, *hearts)


def _was_evaluated(record: Record, moment: Moment) -> bool:
    """It was given up, or an evaluation was asked for or came back within ninety days."""
    near = [one for one in record.things if abs(one.at - moment.at) <= 90 * DAY and one.ref not in moment.causes]
    return _is_given_up(record, moment) or any(_is_evaluation(record, one) for one in near)


def _is_given_up(record: Record, moment: Moment) -> bool:
    one = moment.first
    if one is None or one.status not in ("revoked", "stopped", "cancelled", "completed"):
        return False
    return one.kind != "MedicationRequest" or one.until is None or one.until <= max(record.now, one.at)


def _is_evaluation(record: Record, one: Thing) -> bool:
    if one.source == record.practice.id:
        is_asking = one.codes & {"information-request", "medical-evaluation"} or one.is_named("medical evaluation")
        return one.kind == "Task" and one.status not in ("draft", "cancelled", "rejected") and bool(is_asking)
    is_done = one.kind in ("Procedure", "Encounter", "Task") and one.status in ("finished", "completed")
    is_it = one.is_named("medical evaluation", "pre-treatment evaluation") or "information-answer" in one.codes
    return is_done and is_it


# Two prescribers -----------------------------------------------------------------------------------------------------


def _t20(record: Record) -> Iterator[Moment]:
    taken = record.drugs()
    for later in taken:
        if any(_renews(later, one) for one in taken):
            continue
        for earlier in taken:
            if (earlier.at, earlier.id) < (later.at, later.id) and earlier.is_taken(later.at):
                is_ours = record.practice.id in (earlier.source, later.source)
                if is_ours and _are_two(earlier, later):
                    yield from _met(earlier, later)


def _are_two(one: Thing, other: Thing) -> bool:
    return one.source != other.source or bool(one.author and other.author and one.author != other.author)


def _renews(order: Thing, one: Thing) -> bool:
    is_same = (one.source, one.author, one.drugs) == (order.source, order.author, order.drugs)
    is_earlier = (one.at, one.id) < (order.at, order.id)
    return is_same and is_earlier and one.is_taken(max(one.at, order.at - 90 * DAY))


def _met(earlier: Thing, later: Thing) -> Iterator[Moment]:
    """The worst meeting of their ingredients, if it is at least major."""
    met = [(*found, one, other) for one in earlier.drugs for other in later.drugs if (found := meeting(one, other))]
    if met and max(met)[0] >= BADNESS["major"]:
        *_, one, other = max(met)
        yield of(later, earlier, occasion=f"{later.ref}/{one}", group=f"{one}+{other}")


# What has to be checked ----------------------------------------------------------------------------------------------


def _courses(record: Record) -> Iterator[list[Thing]]:
    """The orders of each drug, parted where it was not taken for a hundred and twenty days."""
    for _, held in groupby(sorted(record.drugs(), key=_name), key=_name):
        course: list[Thing] = []
        for one in held:
            if course and not any(past.until is None or past.until + 120 * DAY >= one.at for past in course):
                yield course
                course = []
            course.append(one)
        yield course


def _t21(record: Record) -> Iterator[Moment]:
    for course in _courses(record):
        if "GLUCOSE_RISK" in course[0].groups:
            yield from _watched(record, course, "GLUCOSE_RISK")


def _t22(record: Record) -> Iterator[Moment]:
    for course in _courses(record):
        for drug in ("lithium", "valproate", "carbamazepine", "clozapine"):
            if drug in course[0].drugs:
                yield from _watched(record, course, drug)


def _watched(record: Record, course: list[Thing], what: str) -> Iterator[Moment]:
    for one in _overdue(record, course, what):
        running = [order for order in course if order.is_taken(one.at)]
        if running and running[-1].source == record.practice.id:
            yield one


def _overdue(record: Record, course: list[Thing], what: str) -> Iterator[Moment]:
    first = course[0]
    for drug, check, codes, days, phases in checks():
        if drug != what:
            continue
        counted = [one for one in record.all("Observation") if one.loincs & codes and _is_result(one)]
        results = [one for one in counted if one.at >= first.at - 90 * DAY]
        for day in days:
            since = first.at + (day / 2 if day else -90) * DAY
            at = first.at + (day + min(14, day or 14)) * DAY
            yield _late(first, check, f"day {day}", at, is_over=any(one.at >= since for one in results))
        after = first.at + (max(days, default=0) + 28) * DAY
        stops = [("start", first.at), *((one.id, max(one.at, first.at)) for one in results)]
        for place, (name, since) in enumerate(stops):
            until = stops[place + 1][1] if place + 1 < len(stops) else None
            for count, at in enumerate(_again(first.at, since, phases, until or record.now + DAY), 1):
                if at > after:
                    yield _late(first, check, f"{name}/{count}", at, is_over=until is not None)


def _is_result(one: Thing) -> bool:
    return one.status not in ("cancelled", "registered", "unknown")


def _again(start: datetime, since: datetime, phases: list[tuple[int, int]], until: datetime) -> Iterator[datetime]:
    """Every time that a further check is over time, before another instant."""
    while True:
        every = next((days for days, last in phases if (since - start).days < last), phases[-1][0])
        at = since + (every + min(14, every / 2)) * DAY
        if at >= until:
            return
        yield at
        since += every * DAY


def _late(first: Thing, check: str, name: str, at: datetime, *, is_over: bool) -> Moment:
    """A word about one check serves for that check of that drug alone."""
    what = f"{first.ref}/{check}"
    return Moment(f"{what}/{name}", at, frozenset({first.ref}), first, is_over=is_over, group=what)


def _settled(record: Record, moment: Moment) -> bool:
    return moment.is_over


RULES = {
    "T1": Rule(BH, 60, 14, _t1),
    "T2": Rule(BH, 60, 14, _t2),
    "T7": Rule(BH, 60, 30, _t7, _was_evaluated),
    "T20": Rule(ALL, 60, 90, _t20, told),
    "T21": Rule(BOTH, 120, 60, _t21, _settled),
    "T22": Rule(BOTH, 120, 14, _t22, _settled),
}
