"""Whom a match looks at: patients that share an identifier, a telephone, a family name or a birth date, gated."""

from datetime import UTC, date, datetime

from hallway.clock import microseconds
from hallway.consent import searching
from hallway.exchange.matching.rules import Person
from hallway.identity.requester import Requester
from hallway.record.criteria import Compare, Criterion, Query, Span, Spans, Tokens
from hallway.record.stored import Stored

MOST = 200
"""Patients that are looked at for each of the ways; beyond, what was sent is too little to find anybody by."""


def candidates(sent: Person, *, by: Requester, narrowed: tuple[Criterion, ...], route: str) -> list[Stored]:
    """Patient resources that may flow to the asker and have something in common with what was sent, each once.

    ``narrowed`` is what a program's granular scopes ask of each besides.

    Each way is one search with a ledger line that names every chart in its answer.
    """
    found: dict[str, Stored] = {}
    for criterion in _ways(sent):
        query = Query("Patient", (criterion, *narrowed), limit=MOST)
        found |= {one.id: one for one in searching.find_across(by, query, route=route)}
    return [found[key] for key in sorted(found)]


def _ways(sent: Person) -> list[Criterion]:
    ways: list[Criterion] = []
    named = [f"identifier={f'{system}|' if system else ''}{value}" for system, value in sorted(sent.identifiers)]
    if named:
        ways.append(Tokens(tuple(named)))
    if sent.families:
        ways.append(Tokens(tuple(f"family={one}" for one in sorted(sent.families))))
    if sent.telecoms:
        ways.append(Tokens(tuple(f"telecom={one}" for one in sorted(sent.telecoms))))
    day = _day(sent.birth_date)
    if day is not None:
        ways.append(Spans("birthdate", (_span(day),)))
    return ways


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _span(day: date) -> Span:
    """A day as a search compares it: microseconds since 1970."""
    start = microseconds(datetime(day.year, day.month, day.day, tzinfo=UTC))
    return Span(Compare.EQ, start, start + 86_400_000_000 - 1)
