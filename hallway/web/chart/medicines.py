"""Medicines by who prescribes them, newest first within a prescriber. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from hallway.standards.fhir import r4
from hallway.terms import medicines as known_drugs
from hallway.web.chart import words
from hallway.web.chart.facts import Fact, Facts
from hallway.web.chart.people import Place, Roster

RECENT = timedelta(days=31)
CURRENT = {"active", "on-hold"}


@dataclass(frozen=True, slots=True)
class Medicine:
    """One line: full name, dose with its unit, how it is taken, since when; ``ended_on`` when it is over."""

    id: str
    version: str
    name: str
    dose: str
    form: str
    how: str
    since: date | None
    current: bool
    on_hold: bool
    reason: str
    stopped_why: str
    recent: bool
    is_of_last_year: bool
    place: Place
    prescriber: str
    author: int
    is_known: bool = True
    """Whether our lists of drugs have it: no trigger looks at one that they do not have."""

    @property
    def since_words(self) -> str:
        """ "Jun 4" of this month or so, "Jul 2025" of the last year, "2024" before."""
        if self.since is None:
            return ""
        if self.recent:
            return self.since.strftime("%b %-d")
        return self.since.strftime("%b %Y") if self.is_of_last_year else str(self.since.year)

    @property
    def full(self) -> str:
        """ "Sertraline 25 mg"."""
        return f"{self.name} {self.dose}".strip()


@dataclass(slots=True)
class Prescriber:
    """The lines of one practice and person; ``heading`` is "Northgate, Dr. Mindham"."""

    heading: str
    place: Place
    lines: list[Medicine] = field(default_factory=list[Medicine])


def medicines(facts: Facts, roster: Roster, *, today: date) -> list[Medicine]:
    """Every prescription that stands, newest first; a repeat by the same practice replaces the older line."""
    lines: list[Medicine] = []
    seen: set[tuple[str, str, int]] = set()
    for fact in facts.medicines:
        line = _medicine(fact, roster, today=today)
        key = (line.full.lower(), line.form, line.place.id)
        if line.name and key not in seen:
            seen.add(key)
            lines.append(line)
    return lines


def by_prescriber(lines: Sequence[Medicine], *, reader: int) -> list[Prescriber]:
    """Current lines under who prescribes them; the reader is called "you"."""
    groups: dict[tuple[int, str], Prescriber] = {}
    for line in lines:
        if not line.current:
            continue
        who = "you" if reader and line.author == reader else line.prescriber
        heading = f"{line.place.short}, {who}" if who else line.place.short
        group = groups.setdefault((line.place.id, who), Prescriber(heading, line.place))
        group.lines.append(line)
    return list(groups.values())


def past(lines: Sequence[Medicine]) -> list[Medicine]:
    """Stopped, completed and cancelled lines."""
    return [line for line in lines if not line.current]


def _medicine(fact: Fact[r4.MedicationRequest], roster: Roster, *, today: date) -> Medicine:
    view = fact.view
    said = words.concept_words(view.medication_codeable_concept)
    if not said and view.medication_reference:
        said = view.medication_reference.display or ""
    name, dose, form = words.one_dose(said)
    since = words.day(view.authored_on)
    return Medicine(
        id=fact.stored.id,
        version=fact.stored.version_id,
        name=name,
        dose=dose,
        form=form,
        how=_how(view),
        since=since,
        current=view.status in CURRENT,
        on_hold=view.status == "on-hold",
        reason=", ".join(filter(None, (words.concept_words(reason) for reason in view.reason_code or ()))),
        stopped_why=words.concept_words(view.status_reason),
        recent=since is not None and today - since <= RECENT,
        is_of_last_year=since is not None and since.year >= today.year - 1,
        place=roster.place(fact.stored.source_org),
        prescriber=_prescriber(fact, roster),
        author=fact.stored.author,
        is_known=_is_known(view),
    )


def _is_known(view: r4.MedicationRequest) -> bool:
    """By RxNorm code or by name, as the triggers know it."""
    concept = view.medication_codeable_concept
    codings = concept.coding if concept else ()
    codes = [f"rxnorm:{coding.code}" for coding in codings if coding.system == words.RXNORM]
    names = [(concept.text or "") if concept else "", *(coding.display or "" for coding in codings)]
    return bool(known_drugs.ingredients(codes, names))


def _how(view: r4.MedicationRequest) -> str:
    spoken = next((dosage.text for dosage in view.dosage_instruction or () if dosage.text), "")
    needed = any(dosage.as_needed_boolean for dosage in view.dosage_instruction or ())
    return spoken or ("as needed" if needed else "")


def _prescriber(fact: Fact[r4.MedicationRequest], roster: Roster) -> str:
    known = roster.short_name(fact.stored.author)
    if known:
        return known
    return (fact.view.requester.display or "") if fact.view.requester else ""
