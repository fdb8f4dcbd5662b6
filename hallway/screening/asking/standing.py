"""Where a sitting stands: what it asks, what was answered, who the person is. Read once, decided by ``rules``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from hallway import clock
from hallway.consent import queries as consent
from hallway.identity.requester import Requester, by_link
from hallway.ids import ChartId
from hallway.screening.asking import queries, rules
from hallway.screening.instruments import library
from hallway.screening.instruments.shapes import Instrument, Person
from hallway.screening.models import Sitting

PATIENT_MODES = (Sitting.Mode.TABLET, Sitting.Mode.LINK)
"""Nobody sits beside the person and reads aloud."""
_UNDER_AGE = 18


@dataclass(frozen=True)
class Standing:
    """A sitting as far as it has come. ``answers`` as they were given, nothing carried over."""

    sitting: Sitting
    instruments: tuple[Instrument, ...]
    answers: Mapping[str, Mapping[str, str]]
    person: Person

    @cached_property
    def put(self) -> rules.Put:
        """The questions of this sitting for this person, in order."""
        return rules.put(self.instruments, self.answers, self.person)

    @cached_property
    def waiting(self) -> rules.Put:
        """Those that have no answer yet and were not passed over."""
        return rules.unanswered(self.put, self.answers)

    @cached_property
    def sheet(self) -> dict[str, dict[str, str]]:
        """Every answer by instrument, with those carried over and without what was passed over."""
        whole = rules.sheet(self.instruments, self.answers)
        return {key: {name: code for name, code in given.items() if code} for key, given in whole.items()}

    @property
    def further(self) -> list[Instrument]:
        """The instruments that follow from the answers given."""
        return rules.further(self.instruments, self.answers, self.person, may=self._may)

    @property
    def is_under_age(self) -> bool:
        """Whether the patient is known not to be eighteen yet."""
        age = self.person.age
        return age is not None and age < _UNDER_AGE

    def _may(self, key: str) -> Instrument | None:
        return puttable(key, mode=self.sitting.mode)


def is_known(key: str) -> bool:
    """Whether there is an instrument of that key."""
    return any(one.key == key for one in library.all_instruments())


def puttable(key: str, *, mode: str) -> Instrument | None:
    """The instrument, where its words are here and, on a page for the patient, it is meant to be answered so."""
    if not is_known(key):
        return None
    found = library.instrument(key)
    return found if found.has_text and not (mode in PATIENT_MODES and found.answered_by == "clinician") else None


def standing_of(sitting: Sitting, *, by: Requester | None = None) -> Standing:
    """The sitting with its answers. Reads the patient's header as ``by`` (the patient), which leaves its line."""
    instruments = tuple(library.instrument(key) for key in sitting.instruments)
    person = person_of(ChartId(sitting.chart_id), by=by)
    answers = rules.as_asked(instruments, queries.answers_of(sitting.id), person)
    return Standing(sitting, instruments, answers, person)


def person_of(chart_id: ChartId, *, by: Requester | None = None, on: date | None = None) -> Person:
    """Whom cut-offs look at: birth date and gender, as far as ``by`` (empty: the patient) may know them."""
    header = consent.headers(by or by_link(chart_id), [chart_id]).get(chart_id)
    gender = (header.gender if header else "") or rules.UNKNOWN
    return Person(header.birth_date if header else None, gender, on or clock.today())
