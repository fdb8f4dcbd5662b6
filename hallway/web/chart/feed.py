"""Both sides, newest first: one line a day and practice, led by its visit, with the day's other facts below. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from hallway.identity.requester import Requester
from hallway.ids import OrganizationId
from hallway.screening import days as sent
from hallway.screening.instruments.reading import effective
from hallway.standards.fhir import r4
from hallway.web.chart import measures, medicines, notes, scores, words
from hallway.web.chart.facts import Fact, Facts
from hallway.web.chart.people import Place, Roster

LABS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the feed: ``lead`` is bold, ``rest`` follows it, ``small`` stands under it."""

    on: date
    place: Place
    lead: str
    rest: str = ""
    small: str = ""
    note_id: str = ""
    report_id: str = ""


@dataclass(frozen=True, slots=True)
class Year:
    """The entries of one calendar year."""

    year: int
    entries: tuple[Entry, ...]


class _Day:
    """What one practice did on one day."""

    def __init__(self, on: date, place: Place) -> None:
        self.on, self.place = on, place
        self.visits: list[Entry] = []
        self.scores: list[str] = []
        self.labs: list[str] = []
        self.medicines: list[str] = []
        self.problems: list[str] = []
        self.others: list[str] = []
        self.notes: list[notes.Note] = []

    def entries(self) -> list[Entry]:
        """Reports first, because somebody waits for them; then the day's one line."""
        reports = [note for note in self.notes if note.is_report]
        plain = [note for note in self.notes if not note.is_report]
        lines = [
            Entry(
                self.on, self.place, f"Report back, {note.author}".rstrip(", "), small=note.first_words, note_id=note.id
            )
            for note in reports
        ]
        lead = self._lead(plain)
        return [*lines, lead] if lead else lines

    def _lead(self, plain: Sequence[notes.Note]) -> Entry | None:
        note_id = plain[0].id if plain else ""
        parts = [", ".join(self.scores), *self.medicines, *self.problems, *self.others]
        small = ". ".join(part for part in parts if part)
        if self.visits:
            visit = self.visits[0]
            labs = [self._labs()] if self.labs else []
            return Entry(self.on, self.place, visit.lead, visit.rest, ". ".join(filter(None, [small, *labs])), note_id)
        if self.labs:
            return Entry(self.on, self.place, "", self._labs(), small, note_id)
        if plain:
            return Entry(self.on, self.place, f"{plain[0].title}, {plain[0].author}".rstrip(", "), "", small, note_id)
        if parts and small:
            return Entry(self.on, self.place, "", small)
        return None

    def _labs(self) -> str:
        more = len(self.labs) - LABS_SHOWN
        shown = ", ".join(self.labs[:LABS_SHOWN])
        return f"Labs: {shown}" + (f" and {more} more" if more > 0 else "")


At = Callable[[date | None, OrganizationId], _Day | None]
"""Finds or makes the day of a practice; None when the fact has no day."""


def feed(facts: Facts, roster: Roster, reader: Requester, *, today: date) -> list[Entry]:
    """Every line, newest first."""
    days: dict[tuple[date, OrganizationId], _Day] = {}

    def at(on: date | None, source: OrganizationId) -> _Day | None:
        if on is None:
            return None
        return days.setdefault((on, source), _Day(on, roster.place(source)))

    _add_visits(facts, roster, reader, at)
    _add_observations(facts, at)
    _add_medicines(facts, roster, at, today=today)
    _add_rest(facts, at)
    for note in notes.notes(facts, roster):
        day = at(note.on, note.place.id)
        if day:
            day.notes.append(note)
    ordered = sorted(days.values(), key=lambda day: (day.on, day.place.id), reverse=True)
    return [entry for day in ordered for entry in day.entries()]


def by_year(entries: Iterable[Entry]) -> list[Year]:
    """The feed cut at the turns of years."""
    years: dict[int, list[Entry]] = {}
    for entry in entries:
        years.setdefault(entry.on.year, []).append(entry)
    return [Year(year, tuple(lines)) for year, lines in years.items()]


def visit_title(fact: Fact[r4.Encounter], roster: Roster, reader: Requester) -> str:
    """ "Visit, Dr. Carewell", "Wellness visit, you": the kind of visit and who held it."""
    view = fact.view
    kind = next((words.concept_words(kind) for kind in view.type if words.concept_words(kind)), "") or "Visit"
    kind = "Visit" if kind.lower().startswith("encounter for") or len(kind) > 48 else words.capital(kind)
    who = "you" if fact.stored.author and fact.stored.author == reader.practitioner_id else ""
    who = who or roster.short_name(fact.stored.author) or _participant(view)
    return f"{kind}, {who}" if who else kind


def _participant(view: r4.Encounter) -> str:
    return next((part.individual.display or "" for part in view.participant if part.individual), "")


def _add_visits(facts: Facts, roster: Roster, reader: Requester, at: At) -> None:
    for fact in facts.encounters:
        day = at(fact.on, fact.stored.source_org)
        if day:
            reason = ", ".join(filter(None, (words.concept_words(reason) for reason in fact.view.reason_code)))
            lead = visit_title(fact, roster, reader)
            day.visits.append(Entry(day.on, day.place, lead, f": {reason}" if reason else ""))


def _add_observations(facts: Facts, at: At) -> None:
    totals = {instrument.loinc: instrument for instrument in scores.instruments() if instrument.loinc}
    for fact in facts.observations:
        instrument = totals.get(words.code_in(fact.view.code, words.LOINC))
        value = measures.value_words(fact.view)
        if instrument and value:
            _add_score(fact, f"{instrument.name} {value}", at)
            continue
        day = at(fact.on, fact.stored.source_org)
        if day is None:
            continue
        if value and measures.is_laboratory(fact.view):
            day.labs.append(f"{measures.short_name(fact.view)} {value}")


def _add_score(fact: Fact[r4.Observation], total: str, at: At) -> None:
    """A total stands where the Scores tab has it; one that is not final is no score."""
    given = sent.given(effective(fact.view), fact.stored.id, fact.stored.updated_at)
    day = at(given.on, fact.stored.source_org) if fact.view.status not in ("preliminary", "registered") else None
    if day is not None:
        said = {sent.Exact.DAY: "", sent.Exact.ARRIVED: " (day not sent)"}
        day.scores.append(total + said.get(given.exact, f" ({sent.as_sent(given, '')})"))


def _add_medicines(facts: Facts, roster: Roster, at: At, *, today: date) -> None:
    for line in medicines.medicines(facts, roster, today=today):
        day = at(line.since, line.place.id)
        if day:
            day.medicines.append(f"{line.full} {'started' if line.current else 'prescribed'}")


def _add_rest(facts: Facts, at: At) -> None:
    for fact in facts.conditions:
        day = at(words.day(fact.view.recorded_date), fact.stored.source_org)
        if day and "encounter-diagnosis" not in words.codes_of(fact.view.category):
            day.problems.append(f"Noted: {words.concept_words(fact.view.code)}")
    for procedure in facts.of(r4.Procedure):
        day = at(procedure.on, procedure.stored.source_org)
        if day and procedure.view.status == "completed":
            day.others.append(words.concept_words(procedure.view.code))
    for request in facts.of(r4.ServiceRequest):
        day = at(words.day(request.view.authored_on) or request.on, request.stored.source_org)
        if day and request.view.status in ("active", "completed"):
            to = next((one.display for one in request.view.performer if one.display), "")
            day.others.append(f"Referred to {to}" if to else "Referred")
