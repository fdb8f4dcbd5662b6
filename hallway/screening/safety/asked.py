"""The questions about risk, asked by the clinician: the instrument library's screener, scored as anywhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hallway import clock, ids
from hallway.ids import ResourceId
from hallway.record import queries as record
from hallway.record.evidence import Release
from hallway.record.resources import header_of
from hallway.screening.instruments import library, scoring
from hallway.screening.instruments import resources as instruments
from hallway.screening.instruments.shapes import Instrument, Person
from hallway.screening.safety import refusals
from hallway.screening.safety.resources import Writer
from hallway.screening.safety.said import Said

SCREENERS = ("cssrs", "asq")
"""Instruments that ask about suicide alone, the usual one first."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What the answers leave in the record; ``code`` is the instrument's key and, where there is one, its band."""

    code: str
    parts: tuple[bytes, ...]


def screeners() -> tuple[Instrument, ...]:
    """Screeners whose text is here."""
    known = {one.key: one for one in library.all_instruments()}
    return tuple(known[key] for key in SCREENERS if key in known and known[key].has_text)


def person_of(release: Release, *, on: date) -> Person:
    """Birth date and gender as the reader may know them."""
    found = record.read_chart(release, kinds=["Patient"], route="safety/questions")
    header = header_of(found[0].body) if found else None
    return Person(header.birth_on if header else None, header.gender if header else "", on)


def answered(writer: Writer, said: Said, *, person: Person) -> Answered:
    """The response and its observations. Raises UNPROCESSABLE where an answer is not one of the instrument's."""
    instrument = next((one for one in screeners() if one.key == said.instrument), None)
    if instrument is None or not said.answers or not _fit(instrument, said.answers):
        raise refusals.unknown_code()
    scored = scoring.score(instrument, said.answers, person)
    filing = instruments.Filing(
        subject=writer.patient,
        at=writer.at.isoformat(timespec="seconds"),
        author=writer.author,
        source=writer.patient,
        language=said.language,
    )
    whole = instruments.response(
        instrument, said.answers, filing, resource_id=ResourceId(said.once), is_finished=scored.is_complete
    )
    made = instruments.observations(
        instrument,
        said.answers,
        scored,
        filing,
        response_id=ResourceId(said.once),
        new_id=lambda: ids.new_resource_id(clock.now()),
    )
    band = scored.band.key if scored.band else ""
    return Answered(f"{instrument.key}:{band}"[:40], (whole, *made))


def _fit(instrument: Instrument, answers: Mapping[str, str]) -> bool:
    known = {question.key for question in instrument.questions}
    return all(key in known and instrument.choice(key, answer) is not None for key, answer in answers.items())
