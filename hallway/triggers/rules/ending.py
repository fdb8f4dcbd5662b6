"""When a drug or a problem came to its end, as far as the record tells: what ended later stood until then. Pure."""

from datetime import datetime, timedelta

from hallway.triggers.facts import Fact

MEDICINES = ("MedicationRequest", "MedicationStatement", "MedicationDispense")
ENDED = frozenset({"stopped", "completed", "cancelled", "ended"})
_OVER = frozenset({"resolved", "inactive", "remission"})
_USUAL_SUPPLY_DAYS = 30


def end_of(fact: Fact) -> datetime | None:
    """When a drug is no longer taken, None while it runs.

    An order that was first seen when it had ended tells no day: its own supply is counted, else thirty days, so an old
    list of drugs does not look like drugs stopped today.
    """
    stated = fact.when("end_at")
    if fact.status in ENDED and fact.version > 1:
        # Stopped before the order would have run out.
        return min(stated or fact.recorded_at, max(fact.recorded_at, fact.at))
    if stated or fact.status not in ENDED:
        return stated
    return fact.at + timedelta(days=float(fact.about.get("supply_days", _USUAL_SUPPLY_DAYS)))


def status_at(fact: Fact, at: datetime) -> str:
    """Its status then: a drug stopped, or a problem resolved, after that instant was ``active``.

    A problem that came in as resolved, with no day, is taken to have been so.
    """
    if fact.kind in MEDICINES and fact.status in ENDED:
        end = end_of(fact)
    elif fact.kind == "Condition" and fact.status in _OVER:
        end = fact.when("end_at") or (fact.recorded_at if fact.version > 1 else None)
    else:
        return fact.status
    return "active" if end is not None and end > at else fact.status
