"""First visits, those of a referral, missed ones, people who stopped coming, new primary care practices. Pure."""

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise

from hallway.triggers.facts import OF_CLOCK, Fact
from hallway.triggers.rules.look import VISITED, Look, Moment, Values, days
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


def first_of_referral(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """The first visit to this practice that rests on somebody else's referral, once a referral."""
    requests = {fact.ref: fact for fact in look.matching(when, parameters) if not look.is_own(fact)}
    seen: set[str] = set()
    for visit in look.own_visits:
        for ref in visit.about.get("based_on", "").split(","):
            if ref in requests and ref not in seen:
                seen.add(ref)
                yield Moment(ref, visit.at, (visit, requests[ref]))


def missed(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """So many appointments in a row were missed (``missed``), with no visit between them."""
    wanted = int(parameters["missed"])
    row = 0
    for fact in look.of("Appointment", "Encounter"):
        if not look.is_own(fact):
            continue
        if fact.kind == "Appointment" and fact.status == "noshow":
            row += 1
            if row == wanted:
                yield Moment(fact.ref, fact.at, (fact,), values={"count": wanted})
        elif fact.status in (VISITED if fact.kind == "Encounter" else ("fulfilled",)):
            row = 0


def dropped_out(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """After at least ``visits`` visits nobody came for ``dropped_days``, and no visit was booked by then."""
    span = days(float(parameters["dropped_days"]))
    visits = look.own_visits
    for place, visit in enumerate(visits):
        after = visits[place + 1].at if place + 1 < len(visits) else None
        if place + 1 < int(parameters["visits"]) or (after and after - visit.at <= span):
            continue
        is_settled = after is not None or _is_ended(look, visit.at) or _is_booked(look, visit.at)
        yield Moment(f"{visit.ref}/gone", visit.at + span, (visit,), values={"days": span.days}, is_settled=is_settled)


def _is_booked(look: Look, since: datetime) -> bool:
    return any(
        look.is_own(fact) and fact.at > since and fact.status in {"booked", "pending", "arrived", "checked-in"}
        for fact in look.of("Appointment")
    )


def _is_ended(look: Look, since: datetime) -> bool:
    return any(
        look.is_own(fact) and fact.status in {"finished", "cancelled"} and _end(fact) >= since
        for fact in look.of("EpisodeOfCare")
    )


def _end(fact: Fact) -> datetime:
    return fact.when("end_at") or fact.at


def new_primary_care(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """A primary care practice joined the team after another one, while the patient was coming here."""
    joined: dict[int, datetime] = {}
    for member in look.chart.team:
        if member.side == "pc" and member.organization != look.chart.practice and member.from_at:
            joined[member.organization] = min(joined.get(member.organization, member.from_at), member.from_at)
    earlier = [look.chart.practice] if look.chart.side == "pc" else []
    for organization, at in sorted(joined.items(), key=lambda pair: (pair[1], pair[0])):
        if earlier and look.own_visits and look.own_visits[0].at < at:
            cause = tuple(look.of("Patient"))[:1]
            yield Moment(f"team/{organization}/{at.date().isoformat()}", at, cause, values={"practice": organization})
        earlier.append(organization)


def loop_opened(look: Look, when: When, parameters: Values) -> Iterable[Moment]:
    """This practice opened a loop of one of these kinds (``codes``)."""
    for loop in sorted(look.chart.loops, key=lambda one: (one.opened_at, one.id)):
        if loop.kind in when.codes and loop.owner_org == look.chart.practice:
            cause = tuple(look.of("Patient"))[:1]
            yield Moment(
                f"{OF_CLOCK}{loop.subject or loop.id}", loop.opened_at, cause, is_settled=loop.closed_at is not None
            )
