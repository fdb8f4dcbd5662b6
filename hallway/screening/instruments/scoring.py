"""Scores of answers, by the rows of an instrument's file alone. Pure; unknown stays unknown.

Each figure is carried as the least and the greatest it may be: an answer that counts and is missing widens it. A total
is shown where nothing is missing; a positive or critical finding stands as soon as the least is enough.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from hallway.screening.instruments.shapes import (
    Band,
    Choice,
    Critical,
    CriticalRow,
    Instrument,
    Person,
    Question,
    Scale,
    Scored,
    Test,
    When,
    fits,
)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A score between ``least`` and ``most``; ``missing`` are questions that count and have no answer."""

    least: int
    most: int
    missing: tuple[str, ...]

    @property
    def value(self) -> int | None:
        return None if self.missing else self.least


@dataclass(frozen=True)
class _Sheet:
    """Answers of one person to one instrument, as given; an answer the instrument does not have is no answer."""

    instrument: Instrument
    answers: Mapping[str, str]
    person: Person

    @cached_property
    def given(self) -> dict[str, Choice]:
        """The answers that count, by question."""
        found: dict[str, Choice] = {}
        for question in self.instrument.questions:
            choice = self.instrument.choice(question.key, self.answers.get(question.key, ""))
            if choice is not None and not choice.is_no_answer:
                found[question.key] = choice
        return found

    def is_asked(self, question: Question) -> bool | None:
        """Whether the question is put; None where an answer it depends on is missing."""
        if not fits(question.only_for, self.person):
            return False
        return self.holds(question.ask_if) if question.ask_if else True

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """Questions without an answer that are asked, or may have to be."""
        return tuple(question.key for question in self.instrument.questions if self._is_open(question))

    def _is_open(self, question: Question) -> bool:
        return question.key not in self.given and self.is_asked(question) is not False

    def figure(self, scale: str) -> _Figure:
        """The total or a scale."""
        if scale == "total":
            return self._figure(self.instrument.scored, None)
        row = next(row for row in self.instrument.scales if row.key == scale)
        return self._figure(questions_of(self.instrument, row), row if row.how == "count" else None)

    def _figure(self, questions: Iterable[Question], counting: Scale | None) -> _Figure:
        least = most = 0
        missing: list[str] = []
        for question in questions:
            choice = self.given.get(question.key)
            if choice is not None:
                points = _points(choice, counting)
                least, most = least + points, most + points
            elif self._is_open(question):
                missing.append(question.key)
                may_give = [_points(choice, counting) for choice in self.instrument.choices(question.key)]
                least += min(may_give) if self.is_asked(question) else 0
                most += max(may_give)
        return _Figure(least, most, tuple(missing))

    def holds(self, when: When) -> bool | None:
        """Whether any line is true; None where that hangs on a missing answer."""
        lines = [_all(self._test(test) for test in line) for line in when]
        return True if True in lines else None if None in lines else False

    def _test(self, test: Test) -> bool | None:
        if test.scale:
            figure = self.figure(test.scale)
            return True if figure.least >= test.at_least else None if figure.most >= test.at_least else False
        choice = self.given.get(test.question)
        if choice is not None:
            return choice.key in test.answers
        return None if self._is_open(self.instrument.question(test.question)) else False


def _points(choice: Choice, counting: Scale | None) -> int:
    return choice.points if counting is None else int(choice.points >= counting.counted_from)


def _all(found: Iterable[bool | None]) -> bool | None:
    tested = list(found)
    return False if False in tested else None if None in tested else True


def questions_of(instrument: Instrument, scale: Scale) -> tuple[Question, ...]:
    """The questions that a scale is made of."""
    if scale.questions:
        return tuple(instrument.question(key) for key in scale.questions)
    return tuple(question for question in instrument.questions if question.subscale == scale.key)


def score(instrument: Instrument, answers: Mapping[str, str], person: Person) -> Scored:
    """What these answers (question key to answer key) say of this person. Unknown keys count as not answered."""
    sheet = _Sheet(instrument, answers, person)
    scored = {question.key for question in instrument.scored}
    missing = tuple(key for key in sheet.missing if key in scored)
    return Scored(
        instrument_key=instrument.key,
        total=sheet.figure("total").value if instrument.scoring.total == "sum" else None,
        subscales={scale.key: sheet.figure(scale.key).value for scale in instrument.scales},
        band=_band(sheet, is_complete=not missing),
        is_positive=_is_positive(sheet, is_complete=not missing),
        critical=tuple(_critical(sheet)),
        missing=missing,
        is_complete=not missing,
    )


def asked(instrument: Instrument, answers: Mapping[str, str], person: Person) -> tuple[Question, ...]:
    """The questions to put to this person as far as the answers given say; one that hangs on a missing answer waits."""
    sheet = _Sheet(instrument, answers, person)
    return tuple(question for question in instrument.questions if sheet.is_asked(question))


def holds(instrument: Instrument, answers: Mapping[str, str], person: Person, when: When) -> bool | None:
    """Whether ``when`` is true of these answers; None where that hangs on a missing one."""
    return _Sheet(instrument, answers, person).holds(when)


def band_of(instrument: Instrument, value: int, person: Person | None = None, scale: str = "total") -> Band | None:
    """The band of a total, or of a scale, that stands by itself. None where the instrument has no bands for it."""
    return next(
        (
            band
            for band in instrument.bands
            if is_range(band)
            and band.scale == scale
            and band.low <= value <= band.high
            and (person is None or fits(band.who, person))
        ),
        None,
    )


def is_range(band: Band) -> bool:
    """Whether the band is a range of figures, not a finding."""
    return not band.when and not band.is_rest


def _is_whole(band: Band) -> bool:
    """Whether the band speaks of the whole instrument, not of one scale."""
    return band.scale == "total" or not is_range(band)


def _band(sheet: _Sheet, *, is_complete: bool) -> Band | None:
    """The severest band that holds, where no severer one may still come to hold."""
    bands = [band for band in sheet.instrument.bands if fits(band.who, sheet.person) and _is_whole(band)]
    for severity in sorted({band.severity for band in bands}, reverse=True):
        found = [(_holds_band(sheet, band, is_complete), band) for band in bands if band.severity == severity]
        certain = next((band for holds, band in found if holds), None)
        if certain is not None or any(holds is None for holds, _ in found):
            return certain
    return None


def _holds_band(sheet: _Sheet, band: Band, is_complete: bool) -> bool | None:
    if band.is_rest:
        return is_complete or None
    if band.when:
        return sheet.holds(band.when)
    figure = sheet.figure(band.scale)
    return None if figure.missing else band.low <= figure.least <= band.high


def _is_positive(sheet: _Sheet, *, is_complete: bool) -> bool | None:
    rows = [row for row in sheet.instrument.cut_offs if row.is_default and fits(row.who, sheet.person)]
    found = [sheet.holds(row.when or ((Test(scale=row.scale, at_least=row.at_least),),)) for row in rows]
    if True in found:
        return True
    return False if is_complete and found else None


def critical_of(instrument: Instrument, band: str) -> tuple[Critical, ...]:
    """What a band that somebody else found says at once, where its answers were not sent."""
    rows = [row for row in instrument.critical if row.band and row.band == band]
    code = instrument.total_code or instrument.key
    return tuple(Critical("total", code, row.level, row.words, row.about) for row in rows)


def _critical(sheet: _Sheet) -> Iterable[Critical]:
    for row in sheet.instrument.critical:
        if row.band:
            continue
        test = Test(question=row.question, answers=row.answers, scale=row.scale, at_least=row.at_least)
        if sheet.holds(((test,),)):
            yield Critical(row.question or row.scale, _code(sheet.instrument, row), row.level, row.words, row.about)


def _code(instrument: Instrument, row: CriticalRow) -> str:
    if not row.question:
        return row.scale
    return instrument.question(row.question).code or row.question
