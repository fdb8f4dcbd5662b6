"""Referrals, requests, consents, teams: T8, T14 to T16, T27 to T29, T32 again, each in its own words. Pure."""

from collections.abc import Iterator

from hallway.app.witness.moments.scanning import ALL, BH, BOTH, Moment, Record, Rule, of, reported, told
from hallway.app.witness.moments.things import DAY

_REFERRAL_CLOCKS = ("accept", "offer_visit", "see_patient", "report", "acknowledge", "choose_again", "reschedule")


def _t8(record: Record) -> Iterator[Moment]:
    for one in record.all("ServiceRequest", own=False):
        is_referral = "57133-1" in one.loincs or "3457005" in one.codes
        is_filed = one.categories & {"referral", "behavioral-health"}
        if (is_referral or is_filed) and one.status != "draft":
            yield of(one)


def _is_taken_up(record: Record, moment: Moment) -> bool:
    """It is for somebody else, was taken back, runs by its own clock, or was answered."""
    one = moment.first
    assert one is not None
    if (one.to and not one.to & record.practice.own_refs) or one.status in ("completed", "revoked"):
        return True
    if record.runs(moment, *_REFERRAL_CLOCKS):
        return True
    said = ("accepted", "in-progress", "completed", "rejected", "on-hold")
    tasks = [task for task in record.all("Task", own=True) if task.status in said and task.at >= moment.at]
    return any(record.is_about(task, moment) for task in tasks)


def _first_visits(record: Record, wait_days: float) -> Iterator[Moment]:
    """The first visit kept that rests on another practice's referral, one a referral."""
    for request in record.all("ServiceRequest", own=False):
        came = [visit for visit in record.visits() if request.ref in visit.rests_on]
        if came and request.status != "draft":
            refs = frozenset({came[0].ref, request.ref})
            yield Moment(request.ref, came[0].at + wait_days * DAY, refs, came[0], since=came[0].at)


def _t14(record: Record) -> Iterator[Moment]:
    yield from _first_visits(record, 0)


def _t15(record: Record) -> Iterator[Moment]:
    yield from _first_visits(record, 7)


def _is_reported_or_runs(record: Record, moment: Moment) -> bool:
    return reported(record, moment) or record.runs(moment, "report", "acknowledge")


def _t16(record: Record) -> Iterator[Moment]:
    """Ten days after this practice asked another for something."""
    for task in record.all("Task", own=True):
        is_asking = "information-request" in task.codes
        if (is_asking or task.is_named("information request", "request for records")) and task.status != "draft":
            yield Moment(task.ref, task.at + 10 * DAY, frozenset({task.ref}), task, since=task.at)


def _is_answered_or_gone(record: Record, moment: Moment) -> bool:
    asked = moment.first
    assert asked is not None
    if asked.status in ("completed", "rejected", "cancelled", "failed"):
        return True
    words = record.all("Communication", "Task", "DocumentReference", own=False)
    return any(one.at >= asked.at and record.is_about(one, moment) for one in words)


def _t27(record: Record) -> Iterator[Moment]:
    for one in record.all("EpisodeOfCare", own=True):
        if one.status in ("finished", "cancelled") and one.until is not None:
            yield of(one, at=one.until)


def _t28(record: Record) -> Iterator[Moment]:
    for one in record.all("Consent", own=True):
        if one.status == "active" and one.until is not None:
            yield of(one, occasion=f"{one.ref}/ends", at=one.until - 30 * DAY)
        if one.status in ("inactive", "rejected"):
            at = one.stored_at if one.version > 1 and one.stored_at else one.at
            yield of(one, occasion=f"{one.ref}/revoked", at=at)


def _is_renewed(record: Record, moment: Moment) -> bool:
    if not moment.occasion.endswith("/ends"):
        return False
    if record.runs(moment, "renew_consent"):
        return True
    others = [one for one in record.all("Consent", own=True) if one.ref not in moment.causes]
    return any(one.status == "active" and abs(one.at - moment.at) <= 60 * DAY for one in others)


def _t29(record: Record) -> Iterator[Moment]:
    """Another primary care practice than the one before, while the patient was coming here."""
    joined: dict[int, list[object]] = {}
    mine = record.practice
    arrivals = [one for one in mine.team if one.side == "pc" and one.practice != mine.id and one.since]
    known = mine.side == "pc"
    for one in sorted(arrivals, key=lambda each: (each.since, each.practice)):
        if one.practice in joined or one.since is None:
            continue
        visits = record.visits()
        if known and visits and visits[0].at < one.since:
            occasion = f"team/{one.practice}/{one.since.date().isoformat()}"
            yield Moment(occasion, one.since, frozenset[str]())
        joined[one.practice] = []
        known = True


def _t32(record: Record) -> Iterator[Moment]:
    for one in record.practice.clocks:
        if one.kind == "tell_patient" and one.owner == record.practice.id:
            is_over = one.closed_at is not None
            yield Moment(f"loop/{one.subject}", one.opened_at, frozenset[str](), is_over=is_over)


def _is_done(record: Record, moment: Moment) -> bool:
    return moment.is_over


RULES = {
    "T8": Rule(BH, 30, 0, _t8, _is_taken_up),
    "T14": Rule(ALL, 30, 0, _t14, told),
    "T15": Rule(ALL, 60, 0, _t15, _is_reported_or_runs),
    "T16": Rule(ALL, 60, 0, _t16, _is_answered_or_gone),
    "T27": Rule(BH, 60, 14, _t27, reported),
    "T28": Rule(ALL, 60, 0, _t28, _is_renewed),
    "T29": Rule(BOTH, 60, 0, _t29, reported),
    "T32": Rule(ALL, 60, 0, _t32, _is_done, after_death=True),
}
