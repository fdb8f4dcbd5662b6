"""Visits kept, missed and elsewhere: T3 to T5, T11 to T13, T17 to T19, T26, T30 again, each in its own words. Pure."""

from collections.abc import Iterator

from hallway.app.witness.moments.scanning import (
    BH,
    BOTH,
    CAME,
    HERE,
    OTHER_SIDE,
    PC,
    Find,
    Moment,
    Record,
    Rule,
    of,
    told,
)
from hallway.app.witness.moments.things import DAY, PAST, Thing

_OVER = PAST[:2]


def _intakes(record: Record, gap_days: float) -> Iterator[tuple[str, Thing]]:
    """The first visit, and each that comes so long after the one before."""
    before: Thing | None = None
    for visit in record.visits():
        if before is None:
            yield "intake", visit
        elif visit.at - before.at >= gap_days * DAY:
            yield f"intake/{visit.id}", visit
        before = visit


def _new_with(name: str) -> Find:
    """A first visit, and such a problem known by two weeks after it."""

    def find(record: Record) -> Iterator[Moment]:
        for occasion, visit in _intakes(record, 365):
            known = record.problems(name, at=visit.at, noted=visit.at + 14 * DAY)
            known = [one for one in known if "PREGNANCY" not in one.sets or name != "MEDICAL"]
            if known:
                yield of(visit, *known, occasion=occasion)

    return find


def _t4(record: Record) -> Iterator[Moment]:
    for occasion, visit in _intakes(record, 365):
        by = visit.at + 14 * DAY
        known = record.problems("SUBSTANCE_USE_DISORDER", at=visit.at, noted=by, past=_OVER)
        screens = [one for one in record.all("Observation") if visit.at - 90 * DAY <= one.at <= by]
        for code, least in (("75624-7", 8), ("82667-7", 3)):
            known = known or [one for one in screens if one.numbers.get(code, 0) >= least]
        if known:
            yield of(visit, *known, occasion=occasion)


def _t11(record: Record) -> Iterator[Moment]:
    for occasion, visit in _intakes(record, 1095):
        yield of(visit, occasion=occasion)


def _has_consent(record: Record, moment: Moment) -> bool:
    return any(one.status == "active" for one in record.all("Consent", own=True))


def _t12(record: Record) -> Iterator[Moment]:
    """A visit; in primary care of somebody with a mental or substance use problem."""
    for visit in record.all("Encounter", own=True):
        is_here = record.practice.side == "bh"
        known = [] if is_here else record.problems("MENTAL_OR_SUBSTANCE", at=visit.at, past=_OVER)
        if visit.status in HERE and (known or is_here):
            yield of(visit, *known)


def _has_other_side(record: Record, moment: Moment) -> bool:
    """On the team, named by the patient as outside the network less than a year before, or it was answered."""
    other = OTHER_SIDE.get(record.practice.side, "")
    named = [one for one in record.all("CareTeam") if f"elsewhere-{other}" in one.codes and one.status == "active"]
    is_known = record.is_treated_by(other, moment.at) or any(moment.at - one.at <= 365 * DAY for one in named)
    return is_known or record.is_answered(other, moment.at)


def _t13(record: Record) -> Iterator[Moment]:
    """Eleven days after the patient was told to find care themselves."""
    for one in record.all("ServiceRequest", "Communication", "CarePlan", own=True):
        says = "self-referral" in one.codes | one.categories or one.is_named("self-referral", "self referral")
        if says and one.status != "draft":
            yield Moment(one.ref, one.at + 11 * DAY, frozenset({one.ref}), one, since=one.at)


def _was_seen_or_asked(record: Record, moment: Moment) -> bool:
    if moment.first is not None and moment.first.status == "revoked":
        return True
    since = [one for one in record.things if one.at >= moment.from_at and one.ref not in moment.causes]
    return any(_is_elsewhere(record, one) or _is_asking(record, one) for one in since)


def _is_elsewhere(record: Record, one: Thing) -> bool:
    is_visit = one.kind in ("Appointment", "Encounter") and one.source != record.practice.id
    return is_visit and one.status not in ("cancelled", "noshow")


def _is_asking(record: Record, one: Thing) -> bool:
    says = "outreach" in one.codes or one.is_named("outreach", "did you get an appointment")
    return one.kind == "Communication" and one.source == record.practice.id and says


# Hospitals -----------------------------------------------------------------------------------------------------------

_STAYS = ("IMP", "ACUTE", "NONAC")
_MIND = frozenset({"MENTAL_OR_SUBSTANCE", "SELF_HARM"})


def _for_the_mind(record: Record, visit: Thing) -> list[Thing] | None:
    """Problems noted in a visit for such a reason, none of them where the visit says it; None where it was another."""
    if visit.reasons & _MIND:
        return []
    return [one for one in record.all("Condition") if one.visit == visit.ref and one.sets & _MIND] or None


def _is_psychiatric(visit: Thing) -> bool:
    return visit.is_named("psychiatric") or "psychiatric-stay" in visit.codes


def _t17(record: Record) -> Iterator[Moment]:
    for visit in record.all("Encounter"):
        if visit.code in _STAYS and visit.status == "finished" and visit.until is not None:
            found = _for_the_mind(record, visit)
            if found is not None or _is_psychiatric(visit):
                yield of(visit, *(found or []), at=visit.until)


def _t18(record: Record) -> Iterator[Moment]:
    for visit in record.all("Encounter"):
        if visit.code == "EMER" and visit.status == "finished" and visit.until is not None:
            found = _for_the_mind(record, visit)
            if found is not None:
                yield of(visit, *found, at=visit.until)


_BOOKED = ("booked", "pending", "proposed", "arrived", "checked-in", "fulfilled")


def _is_seen_within_a_week(record: Record, moment: Moment) -> bool:
    for one in record.all("Appointment", "Encounter", own=True):
        is_kept = one.status in (_BOOKED if one.kind == "Appointment" else CAME)
        if is_kept and one.ref not in moment.causes and moment.at < one.at <= moment.at + 7 * DAY:
            return True
    return False


def _t19(record: Record) -> Iterator[Moment]:
    """Admitted elsewhere for no reason of the mind, and they come here."""
    for visit in record.all("Encounter", own=False):
        is_stay = visit.code in ("IMP", "ACUTE", "OBSENC") and visit.status in (*HERE, "onleave")
        is_of_the_mind = _is_psychiatric(visit) or _for_the_mind(record, visit) is not None
        if is_stay and not is_of_the_mind and record.has_been_coming(visit.at):
            yield of(visit)


def _was_reconciled(record: Record, moment: Moment) -> bool:
    done = [
        one
        for one in record.all("Procedure", "Task", own=True)
        if one.is_named("medication reconciliation") or "430193006" in one.codes
    ]
    return any(moment.at <= one.at <= moment.at + 14 * DAY for one in done)


# Those who stay away -------------------------------------------------------------------------------------------------


def _t26(record: Record) -> Iterator[Moment]:
    row = 0
    for one in record.all("Appointment", "Encounter", own=True):
        if one.kind == "Appointment" and one.status == "noshow":
            row += 1
            if row == 2:
                yield of(one)
        elif one.status in (CAME if one.kind == "Encounter" else ("fulfilled",)):
            row = 0
    yield from _gone(record)


def _gone(record: Record) -> Iterator[Moment]:
    """From the second visit on: nobody came for sixty days. Over where somebody came later, care was ended, or a
    visit is booked."""
    visits = record.visits()
    for place in range(1, len(visits)):
        visit, later = visits[place], visits[place + 1 :]
        if later and later[0].at - visit.at <= 60 * DAY:
            continue
        ends = [one for one in record.all("EpisodeOfCare", own=True) if one.status in ("finished", "cancelled")]
        is_ended = any((one.until or one.at) >= visit.at for one in ends)
        waiting = [
            one
            for one in record.all("Appointment", own=True)
            if one.status in ("booked", "pending", "arrived", "checked-in")
        ]
        is_over = bool(later) or is_ended or any(one.at > visit.at for one in waiting)
        at = visit.at + 60 * DAY
        yield Moment(f"{visit.ref}/gone", at, frozenset({visit.ref}), visit, is_over=is_over)


def _over_or_told(record: Record, moment: Moment) -> bool:
    return moment.is_over or record.was_told(moment)


def _t30(record: Record) -> Iterator[Moment]:
    for visit in record.all("Encounter", own=True):
        serious = record.problems("SERIOUS_MEDICAL", at=visit.at)
        mood = record.problems("MOOD_SLEEP_OR_SUBSTANCE", at=visit.at)
        if serious and mood and visit.status in HERE:
            yield of(visit, *serious, *mood)


def _spoke(record: Record, moment: Moment) -> bool:
    """Or nobody of the other side treats the patient."""
    is_alone = not record.is_treated_by(OTHER_SIDE.get(record.practice.side, ""), moment.at)
    return is_alone or record.spoke(moment.at - 90 * DAY)


RULES = {
    "T3": Rule(BH, 60, 30, _new_with("MEDICAL")),
    "T4": Rule(BH, 60, 30, _t4, told),
    "T5": Rule(BH, 60, 30, _new_with("MENTAL_ILLNESS_OTHER_THAN_ADJUSTMENT")),
    "T11": Rule(PC, 14, 30, _t11, _has_consent),
    "T12": Rule(BOTH, 14, 60, _t12, _has_other_side, gap_days=90),
    "T13": Rule(BOTH, 60, 14, _t13, _was_seen_or_asked),
    "T17": Rule(BOTH, 30, 7, _t17, _is_seen_within_a_week),
    "T18": Rule(BOTH, 30, 7, _t18, _is_seen_within_a_week),
    "T19": Rule(BH, 30, 7, _t19, _was_reconciled),
    "T26": Rule(BH, 60, 60, _t26, _over_or_told),
    "T30": Rule(BOTH, 30, 90, _t30, _spoke, gap_days=90),
}
