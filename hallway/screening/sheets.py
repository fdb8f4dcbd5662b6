"""Sets of answers and totals as the record holds them, put together to what one person gave on one day. Pure.

A QuestionnaireResponse is one sheet. Observations that say they were made of it are the same sheet again and are left
out; those that stand alone are put together by instrument, day and practice, so that a total and its item 9 are one.
A total is shown where nothing is missing, or where somebody sent a whole one; a critical answer stands whatever is
missing. What was broken off or is still being answered is never negative. A sheet whose day was not sent is kept by the
day it arrived.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache

from hallway.record.stored import Stored
from hallway.screening.days import NOT_SENT, ZONE, Exact, Given, given
from hallway.screening.instruments.library import all_instruments, instrument
from hallway.screening.instruments.reading import Reading as Read
from hallway.screening.instruments.reading import read_observation, read_response
from hallway.screening.instruments.scoring import band_of, score
from hallway.screening.instruments.shapes import Band, Critical, Instrument, Person, Scored, fits
from hallway.standards.fhir import r4

__all__ = ["KINDS", "ZONE", "Sheet", "is_about_an_instrument", "not_whole", "of_instrument", "sheets"]

KINDS = ("QuestionnaireResponse", "Observation")
"""What sheets are made of."""
_CODES = re.compile(rb'"\d{1,6}-\d"')


@dataclass(frozen=True, slots=True)
class Sheet:
    """Answers of one person to one instrument. ``ids`` are the resources it rests on ("Observation/ID").

    ``on`` is the day it orders by, ``exact`` how exactly that is known: pages tell the day by ``days.as_sent``.
    ``answers`` are by question; empty where only a total came. ``total`` is None where something is missing.
    ``is_complete``: nothing that counts is missing, or a whole total was sent. ``band`` is the total's, or the finding.
    """

    instrument: Instrument
    on: date
    at: datetime
    total: int | None
    is_complete: bool
    is_positive: bool | None
    band: Band | None
    critical: tuple[Critical, ...]
    answers: Mapping[str, str]
    missing: tuple[str, ...]
    subscales: Mapping[str, int | None]
    faults: tuple[str, ...]
    ids: tuple[str, ...]
    source_org: int
    author: int
    mask: int
    exact: Exact = Exact.DAY

    @property
    def given(self) -> Given:
        """The day with its precision."""
        return Given(self.on, self.exact)

    @property
    def band_words(self) -> str:
        """ "moderate" for a PHQ-9 of 11; empty where there is no band."""
        return self.band.words.get("en", "") if self.band else ""


@dataclass(slots=True)
class _Gathered:
    """What is known of one sheet while it is put together."""

    instrument: Instrument
    given: Given
    at: datetime
    source_org: int
    author: int
    answers: dict[str, str] = field(default_factory=dict[str, str])
    sent_total: int | None = None
    faults: list[str] = field(default_factory=list[str])
    ids: list[str] = field(default_factory=list[str])
    mask: int = 0
    is_final: bool = True

    def may_take(self, read: Read) -> bool:
        """Whether it does not contradict what is here: another total or answer is another sheet."""
        clash = any(self.answers.get(key, answer) != answer for key, answer in read.answers.items())
        other = read.sent_total is not None and self.sent_total not in (None, read.sent_total)
        return not clash and not other

    def take(self, one: Stored, read: Read) -> None:
        """Add what one resource says."""
        self.answers |= read.answers
        self.sent_total = self.sent_total if read.sent_total is None else read.sent_total
        self.faults += [words for words in read.faults if words not in self.faults]
        self.ids.append(f"{one.kind}/{one.id}")
        self.mask |= one.mask
        self.at = max(self.at, one.dated_at or one.updated_at)
        self.is_final = self.is_final and read.is_final

    @property
    def on(self) -> date:
        """The day it orders by."""
        return self.given.on


def sheets(stored: Iterable[Stored], *, birth_on: date | None, gender: str) -> list[Sheet]:
    """Every sheet of one person in what was released, newest first. Kinds other than ``KINDS`` are passed over."""
    given = [one for one in stored if one.kind in KINDS and is_about_an_instrument(one.body)]
    found = [made for one in given if one.kind == KINDS[0] and (made := _of_response(one)) is not None]
    held = {name for one in found for name in one.ids}
    found += _of_observations((one for one in given if one.kind == KINDS[1]), held)
    judged = [_judged(one, Person(birth_on, gender, one.on)) for one in found]
    return sorted(judged, key=lambda one: (one.on, one.at, one.ids), reverse=True)


def is_about_an_instrument(body: bytes) -> bool:
    """A quick look before anything is decoded: names it a code of ours, or a questionnaire at all?"""
    if body.startswith(b'{"resourceType":"Q'):
        return True
    return not _known().isdisjoint(_CODES.findall(body))


@cache
def _known() -> frozenset[bytes]:
    """Every LOINC code of an instrument, as it stands between quotation marks."""
    codes = {
        code
        for one in all_instruments()
        for code in (one.panel_code, one.total_code, *(question.code for question in one.questions))
    }
    return frozenset(f'"{code}"'.encode() for code in codes if code)


def _of_response(one: Stored) -> _Gathered | None:
    view = one.view(r4.QuestionnaireResponse)
    read = read_response(view)
    if read is None:
        return None
    made = _begun(one, read)
    made.take(one, read)
    return made


def _begun(one: Stored, read: Read) -> _Gathered:
    day = given(read.at, one.id, one.updated_at)
    at = one.dated_at or one.updated_at
    faults = [NOT_SENT] if day.exact is Exact.ARRIVED else []
    return _Gathered(instrument(read.instrument_key), day, at, int(one.source_org), int(one.author), faults=faults)


def _of_observations(given: Iterable[Stored], held: set[str]) -> list[_Gathered]:
    found: list[_Gathered] = []
    for one in given:
        view = one.view(r4.Observation)
        if any(part.reference in held for part in view.derived_from):
            continue
        read = read_observation(view)
        if read is None:
            continue
        begun = _begun(one, read)
        made = next((made for made in found if _is_one(made, begun) and made.may_take(read)), None)
        if made is None:
            made = begun
            found.append(made)
        made.take(one, read)
    return found


def _is_one(made: _Gathered, other: _Gathered) -> bool:
    """Whether both are of one instrument, day and practice."""
    return (made.instrument.key, made.given, made.source_org) == (
        other.instrument.key, other.given, other.source_org,
    )  # fmt: skip


def _judged(one: _Gathered, person: Person) -> Sheet:
    scored = score(one.instrument, one.answers, person)
    total, is_whole = scored.total, scored.is_complete
    faults = list(one.faults)
    if not is_whole and one.sent_total is not None and _lies_within(one.instrument, one.sent_total):
        total, is_whole = one.sent_total, True
    elif one.sent_total is not None and one.sent_total != total:
        faults.append("The total that was sent is not the sum of the answers; the sum is shown.")
    made = Sheet(
        instrument=one.instrument,
        on=one.on,
        at=one.at,
        total=total if one.is_final else None,
        is_complete=is_whole and one.is_final,
        is_positive=scored.is_positive if one.is_final else scored.is_positive or None,
        band=scored.band if one.is_final or scored.is_positive else None,
        critical=scored.critical,
        answers=dict(one.answers),
        missing=scored.missing if not is_whole else (),
        subscales=scored.subscales,
        faults=tuple(faults),
        ids=tuple(one.ids),
        source_org=one.source_org,
        author=one.author,
        mask=one.mask,
        exact=one.given.exact,
    )
    return made if scored.is_complete or made.total is None else _by_total(made, scored, person)


def _by_total(sheet: Sheet, scored: Scored, person: Person) -> Sheet:
    """The same where only the total is known: its band, and whether it is positive."""
    total = sheet.total or 0
    cuts = [row for row in sheet.instrument.cut_offs if row.is_default and not row.when and row.scale == "total"]
    fitting = [row for row in cuts if fits(row.who, person)]
    is_positive = scored.is_positive or (any(total >= row.at_least for row in fitting) if fitting else None)
    return replace(sheet, band=band_of(sheet.instrument, total, person), is_positive=is_positive)


def _lies_within(one: Instrument, total: int) -> bool:
    return one.scoring.total == "sum" and one.scoring.low <= total <= one.scoring.high


def of_instrument(found: Sequence[Sheet], key: str) -> list[Sheet]:
    """Those of one instrument, in the order given."""
    return [one for one in found if one.instrument.key == key]


def not_whole(found: Sequence[Sheet]) -> list[Sheet]:
    """The newest sheet of each instrument, where it is not whole: no older total speaks for it."""
    newest: dict[str, Sheet] = {}
    for one in found:
        newest.setdefault(one.instrument.key, one)
    return [one for one in newest.values() if not one.is_complete]
