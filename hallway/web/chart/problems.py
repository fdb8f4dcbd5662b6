"""Problems as a table: what is active, what is past, who noted it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hallway.standards.fhir import r4
from hallway.web.chart import words
from hallway.web.chart.facts import Fact, Facts
from hallway.web.chart.people import Place, Roster

ENDED = {"resolved", "inactive", "remission"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One row: ``since`` in words, ``ended`` in words when it is past."""

    id: str
    words: str
    code: str
    since: str
    ended: str
    place: Place
    noted_by: str
    active: bool


def problems(facts: Facts, roster: Roster, *, today: date) -> list[Problem]:
    """Active ones first, the newest first; the same problem noted twice by one practice stands once."""
    rows: list[Problem] = []
    seen: set[tuple[str, int, bool]] = set()
    for fact in facts.conditions:
        row = _problem(fact, roster, today=today)
        key = (row.code or row.words.lower(), row.place.id, row.active)
        if row.words and key not in seen:
            seen.add(key)
            rows.append(row)
    return sorted(rows, key=lambda row: not row.active)


def _problem(fact: Fact[r4.Condition], roster: Roster, *, today: date) -> Problem:
    view = fact.view
    status = words.codes_of([view.clinical_status] if view.clinical_status else [])
    started = view.onset_date_time or view.recorded_date
    active = not status & ENDED and not view.abatement_date_time
    return Problem(
        id=fact.stored.id,
        words=words.concept_words(view.code),
        code=words.display_code(view.code),
        since=words.since(started, today=today),
        ended="" if active else words.since(view.abatement_date_time, today=today),
        place=roster.place(fact.stored.source_org),
        noted_by=roster.short_name(fact.stored.author),
        active=active,
    )


def active(rows: Sequence[Problem]) -> list[Problem]:
    """Those that are not over."""
    return [row for row in rows if row.active]
