"""What the rows may ask of a moment, by name. Each is pure and looks at what this practice may see.

An answer is None (it does not hold) or the facts that show it, none of them where it holds without one.
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from hallway.triggers.facts import Fact, Running
from hallway.triggers.rules.look import VISITED, Look, Moment, Values, bears, days, number
from hallway.triggers.rules.owners import OTHER_SIDE
from hallway.triggers.tables.rows import Test

Answer = tuple[Fact, ...] | None
Predicate = Callable[[Look, Moment, Test, Values], Answer]


def has(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """There are such facts, in the time that the row names: up to the moment where it names none."""
    causes = {fact.ref for fact in moment.causes}
    found = [
        fact
        for fact in look.matching_at(moment.at, test, parameters)
        if fact.ref not in causes
        and _in_time(fact.at, moment, test, parameters)
        and (not test.names_cause or _names_one(fact, moment))
    ]
    return tuple(found) or None


def _names_one(fact: Fact, moment: Moment) -> bool:
    """Whether a fact refers to a cause, or belongs to the same request."""
    refs = {cause.ref for cause in moment.causes}
    groups = {cause.about["group"] for cause in moment.causes if "group" in cause.about}
    return not refs.isdisjoint(_names(fact)) or fact.about.get("group", "") in groups


def _in_time(at: datetime, moment: Moment, test: Test, parameters: Values) -> bool:
    if test.any_time:
        return True
    if test.before_days is not None and at < moment.at - days(number(test.before_days, parameters)):
        return False
    if test.after_days is not None:
        return (test.before_days is not None or at >= moment.at) and at <= moment.at + days(
            number(test.after_days, parameters)
        )
    return at <= moment.at


def is_it(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """The moment's own first fact is such a one, as it stands now."""
    return () if moment.causes and look.fits(moment.causes[0], test, parameters, at=look.now) else None


def team_has(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """Somebody of that side (``pc``, ``bh``, ``other``; empty: any practice but this) treats now, or did then."""
    wanted = OTHER_SIDE.get(look.chart.side, "") if test.side == "other" else test.side
    for member in look.chart.team:
        if member.organization == look.chart.practice and wanted != look.chart.side:
            continue
        if wanted in {"", member.side} and (member.stands(moment.at) or member.stands(look.now)):
            return ()
    return None


def established(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """The patient had been coming to this practice for ``before_days`` when it happened."""
    since = moment.at - days(number(test.before_days or 0, parameters))
    return () if any(visit.at <= since for visit in look.own_visits) else None


def first_of_its_kind(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """No earlier fact of the same kind has the same code: of a diagnosis the first three characters, else the name."""
    fact = moment.causes[0]
    mine = _kinds_of(fact)
    for other in look.of(fact.kind):
        if (other.at, other.id) < (fact.at, fact.id) and mine & _kinds_of(other):
            return None
    return ()


def _kinds_of(fact: Fact) -> frozenset[str]:
    return frozenset(code[:3] for code in fact.has("icd10")) or frozenset(fact.has("name"))


_PATIENT = ("Patient/", "RelatedPerson/")


def told(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """This practice has told another of it: a message, task or request naming a cause, or a report sent since.

    A message about something else does not count: that two people spoke is no sign that they spoke of this.
    ``names``: ``report`` where only a report will do.
    """
    refs = {fact.ref for fact in moment.causes} | {fact.about.get("encounter", "") for fact in moment.causes} - {""}
    for fact in look.of("Communication", "Task", "ServiceRequest", "DocumentReference"):
        if not look.is_own(fact) or sent_at(fact) < moment.since - days(1) or fact.status in _NOT_SENT:
            continue
        names_it = "report" not in test.names and not refs.isdisjoint(_names(fact)) and _to_others(look, fact)
        if names_it or _is_report(look, fact, moment):
            return (fact,)
    return None


def spoke(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """This practice and another had a word about the patient, whatever it was, in the days that the row names."""
    since = moment.at - days(number(test.before_days or 0, parameters))
    for fact in look.of("Communication", "Task", "ServiceRequest"):
        if (
            fact.status not in _NOT_SENT
            and since <= sent_at(fact)
            and (not look.is_own(fact) or _to_others(look, fact))
        ):
            return (fact,)
    return None


def sent_at(fact: Fact) -> datetime:
    """When something was last said: a task speaks each time it is changed."""
    return max(fact.at, fact.when("modified_at") or fact.at)


def for_us(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """The moment's own first fact is addressed to this practice, or to nobody in particular."""
    refs = [ref for ref in moment.causes[0].about.get("for", "").split(",") if ref] if moment.causes else []
    own = {ref for member in look.chart.team if member.organization == look.chart.practice for ref in member.refs}
    return () if not refs or not own.isdisjoint(refs) else None


def diagnosed(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """The visit is for such a problem (``codes`` are ``set:``): by its own reason, or by a problem noted in it."""
    visit = moment.causes[0]
    if bears(visit, tuple(f"reason_{code}" for code in test.codes)):
        return ()
    noted = [fact for fact in look.of("Condition") if fact.about.get("encounter") == visit.ref]
    return tuple(fact for fact in noted if bears(fact, test.codes)) or None


_NOT_SENT = frozenset({"draft", "preparation", "not-done", "cancelled", "rejected", "revoked"})
REPORTS = frozenset({"loinc:11488-4", "loinc:18842-5", "loinc:34133-9", "loinc:57133-1", "loinc:60591-5"})
"""Consultation note, discharge summary, summary of an episode, referral note, patient summary."""


def _names(fact: Fact) -> set[str]:
    return {
        ref for key in ("names", "focus", "based_on", "part_of") for ref in fact.about.get(key, "").split(",") if ref
    }


def _to_others(look: Look, fact: Fact) -> bool:
    """Whether somebody outside this practice gets it; who is not known on the team counts as outside."""
    own = {ref for member in look.chart.team if member.organization == look.chart.practice for ref in member.refs}
    refs = [ref for ref in fact.about.get("for", "").split(",") if ref]
    return any(ref not in own and not ref.startswith(_PATIENT) for ref in refs)


def _is_report(look: Look, fact: Fact, moment: Moment) -> bool:
    return (
        fact.kind in {"DocumentReference", "Communication", "Task"}
        and sent_at(fact) >= moment.since
        and (not REPORTS.isdisjoint(fact.codes) or "outputs" in fact.about)
        and (fact.kind == "DocumentReference" or _to_others(look, fact))
    )


def answered(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """The other side's care was offered, and the answer still holds: it is not yet time to ask again.

    That the patient wants it holds while this practice owes the referral, however long that takes.
    """
    side = OTHER_SIDE.get(look.chart.side, "") if test.side == "other" else test.side
    own = [offer for offer in look.chart.offers if offer.side == (side or offer.side) and offer.at <= look.now]
    if not own:
        return None
    newest = max(own, key=lambda offer: offer.at)
    if newest.answer == "wants" and any(_is_refer_owed(look, loop) for loop in look.chart.loops):
        return ()
    return None if newest.again_on and newest.again_on <= moment.at.date() and newest.at < moment.at else ()


def _is_refer_owed(look: Look, loop: Running) -> bool:
    is_running = loop.closed_at is None or loop.closed_at > look.now
    return loop.kind == "refer" and loop.owner_org == look.chart.practice and is_running


def booked(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """A visit is booked, or took place, within ``after_days`` of the moment."""
    until = moment.at + days(number(test.after_days if test.after_days is not None else 3650, parameters))
    causes = {fact.ref for fact in moment.causes}
    for fact in look.of("Appointment", "Encounter"):
        if fact.ref in causes or not look.fits(fact, test, parameters) or not moment.since < fact.at <= until:
            continue
        if fact.status in (_BOOKED if fact.kind == "Appointment" else VISITED):
            return (fact,)
    return None


_BOOKED = frozenset({"booked", "pending", "proposed", "arrived", "checked-in", "fulfilled"})


def loop_runs(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """A loop of one of these kinds (``names``) was opened since the day before, or still runs, for the same thing.

    Where the moment rests on a referral that Hallway keeps, only that referral's own loops count.
    """
    referral = moment.causes[0].about.get("identifier", "").removeprefix("urn:uuid:") if moment.causes else ""
    for loop in look.chart.loops:
        if test.names and loop.kind not in test.names:
            continue
        if referral and loop.referral == referral:
            return ()
        if not referral and loop.opened_at >= moment.since - days(1):
            return ()
    return None


def under_age(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """The patient was younger than ``below`` years."""
    born = look.chart.birth_on
    if born is None:
        return None
    years = (moment.at.date() - born).days / 365.25
    return () if years < number(test.below or 18, parameters) else None


def side_is(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """This practice is of that side."""
    return () if look.chart.side == test.side else None


def gender_is(look: Look, moment: Moment, test: Test, parameters: Values) -> Answer:
    """The patient's gender, as FHIR has it, is one of ``names``; one that is not known is ``unknown``."""
    return () if (look.chart.gender or "unknown") in test.names else None


PREDICATES: Mapping[str, Predicate] = {
    "has": has,
    "is": is_it,
    "team_has": team_has,
    "established": established,
    "first_of_its_kind": first_of_its_kind,
    "told": told,
    "spoke": spoke,
    "for_us": for_us,
    "diagnosed": diagnosed,
    "offer_answered": answered,
    "booked": booked,
    "loop_runs": loop_runs,
    "younger": under_age,
    "side_is": side_is,
    "gender_is": gender_is,
}
"""By the name that a row calls them by."""
