"""What a QuestionnaireResponse or an Observation of any system says, in terms of our instruments. Pure.

A question is known by its LOINC code or by its words; by its link id alone only where the questionnaire is ours, as
others number the items differently. What cannot be read for sure is left out, so that it counts as missing, and is told
in ``faults``. A sent total is kept apart from ours.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from hallway.screening.instruments import saying
from hallway.screening.instruments.checking import is_loinc
from hallway.screening.instruments.library import all_instruments, instrument_or_none
from hallway.screening.instruments.saying import Said, plain
from hallway.screening.instruments.shapes import (
    QUESTION_SYSTEM,
    QUESTIONNAIRE,
    Band,
    Choice,
    Fault,
    Instrument,
    Question,
)
from hallway.standards.fhir import r4

_MISQUOTED = {"notatallsure": "notatall"}
"""Published misquotations of an answer, told by the words without signs."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. ``sent_total`` and ``sent_band`` are the sender's; without ``answers`` they are all there is.

    ``at`` is a FHIR dateTime, or empty. ``faults`` are sentences without anything of the patient.
    """

    instrument_key: str
    answers: Mapping[str, str]
    sent_total: int | None
    faults: tuple[str, ...]
    is_final: bool
    at: str = ""
    sent_band: str = ""


@dataclass(slots=True)
class _Found:
    """What is understood so far of one instrument. ``is_ours``: its link ids are ours."""

    instrument: Instrument
    is_ours: bool = True
    answers: dict[str, str] = field(default_factory=dict[str, str])
    faults: list[str] = field(default_factory=list[str])
    total: int | None = None
    band: str = ""
    is_spoiled: bool = False
    """A question that the instrument does not have went into the sender's total."""

    def take(self, said: Said) -> None:
        """Understand one answer."""
        if any(one.code == said.mark for one in self.instrument.spread):
            self._spread(said)
            return
        if said.mark and said.mark in (self.instrument.score_code, "total"):
            self._sum(said)
            return
        fault = next((fault for fault in self.instrument.faults if fault.code == said.mark), None)
        if fault is not None:
            self.faults.append(fault.words)
            self.is_spoiled = self.is_spoiled or not fault.means
        elif said.is_code and not is_loinc(said.mark):
            self.faults.append("The LOINC code of a question fails its check digit: its answer was not taken.")
        question = self._question(fault.means if fault else said.mark, said)
        if question is not None:
            self._answer(question, said)

    def _spread(self, said: Said) -> None:
        """One of several answers to a question that we put one by one: what was not given was left out on purpose."""
        for one in self.instrument.spread:
            if one.code == said.mark and one.answer in said.codes:
                self.answers[one.means] = one.given
            elif one.code == said.mark:
                self.answers.setdefault(one.means, one.otherwise)

    def _sum(self, said: Said) -> None:
        self.total = said.whole
        if said.is_text:
            self.faults.append("The total came as text, not as a number.")
        band = next((band for band in self.instrument.bands if _is_band(self.instrument, band, said)), None)
        self.band = band.key if band else self.band

    def _question(self, mark: str, said: Said) -> Question | None:
        questions = self.instrument.questions
        by_code = next((one for one in questions if mark and mark == one.code), None)
        if by_code is not None or said.is_code:
            return by_code
        by_key = next((one for one in questions if mark == one.key), None)
        if by_key is None or self.is_ours:
            return by_key or _by_words(self.instrument, said.asked)
        by_words = _by_words(self.instrument, said.asked)
        if by_words is None:
            self.faults.append("A question is known by its number alone, and others number differently: not taken.")
        return by_words

    def _answer(self, question: Question, said: Said) -> None:
        name = question.code or question.key
        if said.is_text:
            self.faults.append(f"The answer to {name} came as text, not as a code.")
        found = _choice(self.instrument, question, said, self.faults)
        if found is None:
            self.faults.append(f"The answer to {name} is none of the instrument's: not taken.")
        elif self.answers.get(question.key, found.key) != found.key:
            self.faults.append(f"{name} has two answers: neither was taken.")
            self.answers[question.key] = ""
        else:
            self.answers[question.key] = found.key

    def check_total(self) -> None:
        """Say so where the sender's total is not the sum of the answers; drop one that another question went into."""
        self.total = None if self.is_spoiled else self.total
        given = {key: answer for key, answer in self.answers.items() if answer}
        keys = [question.key for question in self.instrument.scored]
        if self.total is None or self.instrument.scoring.total != "sum" or not all(key in given for key in keys):
            return
        points = [choice.points for key in keys if (choice := self.instrument.choice(key, given[key]))]
        if sum(points) != self.total:
            self.faults.append("The total sent is not the sum of the answers sent.")


def _by_words(instrument: Instrument, asked: str) -> Question | None:
    said = plain(asked)
    return next((one for one in instrument.questions if said and said in map(plain, one.text.values())), None)


def _is_band(instrument: Instrument, band: Band, said: Said) -> bool:
    codes = {band.code, f"{instrument.key}|{band.key}"} - {""}
    words = {plain(band.key), *(plain(text) for text in band.words.values())}
    return bool(codes & set(said.codes)) or plain(said.words) in words


def _choice(instrument: Instrument, question: Question, said: Said, faults: list[str]) -> Choice | None:
    """The answer meant: by code and words, which must agree; by number where neither is there and it is alone."""
    choices = instrument.choices(question.key)
    by_code = [one for one in choices if {one.code, f"{instrument.key}|{one.key}"} & set(said.codes)]
    known = [fault for fault in instrument.faults if fault.answer and fault.code in said.codes]
    if known and not by_code:
        by_code = list(_repaired(known, question, choices, faults))
    by_words = [one for one in choices if _says(one, said.words, faults)]
    by_number = [one for one in choices if said.number is not None and one.points == said.number]
    told = [group for group in (by_code, by_words) if group] or [by_number]
    agreed = [one for one in choices if all(one in group for group in told)]
    if by_number and agreed and not set(map(_key, agreed)) & set(map(_key, by_number)):
        faults.append("A number sent with an answer is not the instrument's: the answer was taken, the number was not.")
    return agreed[0] if len(agreed) == 1 else None


def _key(choice: Choice) -> str:
    return choice.key


def _repaired(known: list[Fault], question: Question, choices: Iterable[Choice], faults: list[str]) -> Iterator[Choice]:
    for fault in known:
        if fault.means in ("", question.key):
            faults.append(fault.words)
            yield from (choice for choice in choices if choice.key == fault.answer)


def _says(choice: Choice, words: str, faults: list[str]) -> bool:
    said = plain(words)
    meant = _MISQUOTED.get(said, said)
    found = bool(said) and (any(plain(text) == meant for text in choice.text.values()) or plain(choice.key) == meant)
    if found and meant != said:
        faults.append("An answer is misquoted: the instrument says it without the last word.")
    return found


def read_response(response: r4.QuestionnaireResponse) -> Reading | None:
    """Which instrument this answers, and how. None for one we do not know, or one entered in error."""
    if response.status == "entered-in-error":
        return None
    said = list(saying.items(response.item))
    canonical = (response.questionnaire or "").split("|")[0]
    is_ours = canonical.startswith(QUESTIONNAIRE)
    instrument = _named(canonical) or _by_marks(one.mark for one in said if one.is_code) or _by_texts(said)
    if instrument is None:
        return None
    found = _Found(instrument, is_ours)
    return _reading(found, said, is_final=response.status in ("completed", "amended"), at=response.authored or "")


def _reading(found: _Found, said: Iterable[Said], *, is_final: bool, at: str) -> Reading:
    for one in said:
        found.take(one)
    found.check_total()
    answers = {key: answer for key, answer in found.answers.items() if answer}
    told = tuple(dict.fromkeys(found.faults))
    return Reading(found.instrument.key, answers, found.total, told, is_final, at, found.band)


def _named(canonical: str) -> Instrument | None:
    """The instrument that a questionnaire's address names; ours exactly, others' by its last part."""
    if canonical.startswith(QUESTIONNAIRE):
        return instrument_or_none(canonical.removeprefix(QUESTIONNAIRE))
    name = plain(canonical.rsplit("/", 1)[-1]).removesuffix("example").removesuffix("questionnaire")
    return next((one for one in all_instruments() if name and name in one.names), None)


def _by_marks(marks: Iterable[str]) -> Instrument | None:
    """The instrument with most of these LOINC codes; of two, the one of which more is there."""
    given = set(marks)
    best: tuple[int, float, Instrument] | None = None
    for instrument in all_instruments():
        own = {question.code for question in instrument.questions if question.code}
        own |= {one.code for one in instrument.spread}
        met = len(given & (own | ({instrument.panel_code, instrument.total_code} - {""})))
        share = met / len(instrument.questions)
        if met and (best is None or (met, share) > best[:2]):
            best = (met, share, instrument)
    return best[2] if best else None


def _by_texts(said: Iterable[Said]) -> Instrument | None:
    """The instrument most of whose questions are asked in its own words; at least half of them."""
    asked = [one.asked for one in said]
    met = Counter({one.key: sum(_by_words(one, words) is not None for words in asked) for one in all_instruments()})
    for key, count in met.most_common(1):
        instrument = instrument_or_none(key)
        return instrument if instrument and 2 * count >= len(instrument.questions) else None
    return None


def read_observation(observation: r4.Observation) -> Reading | None:
    """A total, a question or a panel with its parts, as one reading. None for anything else, or one in error."""
    if observation.status in ("entered-in-error", "cancelled"):
        return None
    said = list(saying.values(observation))
    instrument = _of_ours(observation.code) or _by_marks(one.mark for one in said if one.is_code)
    if instrument is None:
        return None
    is_final = observation.status in ("final", "amended", "corrected")
    return _reading(_Found(instrument), said, is_final=is_final, at=effective(observation))


def effective(observation: r4.Observation) -> str:
    """When it was answered, as it was sent; a period counts by its start. Without that, when it was issued, or ""."""
    period = observation.effective_period
    begun = (period.start or period.end) if period else None
    return observation.effective_date_time or observation.effective_instant or begun or observation.issued or ""


def _of_ours(code: r4.CodeableConcept | None) -> Instrument | None:
    """The instrument of a code of our own: ``asq|q1``."""
    codes = [coding.code or "" for coding in (code.coding if code else ()) if coding.system == QUESTION_SYSTEM]
    return instrument_or_none(codes[0].split("|")[0]) if codes else None
