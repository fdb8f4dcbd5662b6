"""What a QuestionnaireResponse or an Observation of any system says, in terms of our instruments. Pure.

A question is known by its LOINC code, or by our own link id where the questionnaire names the instrument. What cannot
be read for sure is left out, so that it counts as missing, and is said in ``faults``. A sent total is kept apart.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from hallway.screening.instruments.library import all_instruments
from hallway.screening.instruments.shapes import LOINC, Choice, Fault, Instrument, Question
from hallway.standards.fhir import r4

_CODE = re.compile(r"(?:^|/)((?:LA)?\d{1,6}-\d)$")
_WEIGHTS = frozenset(
    {"http://hl7.org/fhir/StructureDefinition/ordinalValue", "http://hl7.org/fhir/StructureDefinition/itemWeight"}
)
_SYNONYMS = {"notatallsure": "notatall"}
"""Published misquotations of an answer, told by the words without signs."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. ``sent_total`` is the sender's; without ``answers`` it is all there is. ``at`` a FHIR dateTime.

    ``faults`` are sentences without anything of the patient.
    """

    instrument_key: str
    answers: Mapping[str, str]
    sent_total: int | None
    faults: tuple[str, ...]
    is_final: bool
    at: str = ""


@dataclass(frozen=True, slots=True)
class _Said:
    """One answer as it came, before it is understood."""

    codes: tuple[str, ...] = ()
    words: str = ""
    number: Decimal | None = None
    is_text: bool = False


@dataclass(slots=True)
class _Found:
    """Answers understood so far for one instrument."""

    instrument: Instrument
    answers: dict[str, str] = field(default_factory=dict[str, str])
    faults: list[str] = field(default_factory=list[str])
    total: int | None = None

    def take(self, mark: str, said: _Said) -> None:
        """Understand one answer under its code or link id."""
        if mark == self.instrument.total_code and mark:
            self.total = _whole(said)
            if said.is_text:
                self.faults.append("The total came as text, not as a number.")
            return
        fault = next((fault for fault in self.instrument.faults if fault.code == mark), None)
        if fault is not None:
            self.faults.append(fault.words)
        question = _question(self.instrument, fault.means if fault else mark)
        if question is not None:
            self._answer(question, said)

    def _answer(self, question: Question, said: _Said) -> None:
        if said.is_text:
            self.faults.append(f"The answer to {question.code or question.key} came as text, not as a code.")
        found = _choice(self.instrument, question, said, self.faults)
        if found is None:
            self.faults.append(f"The answer to {question.code or question.key} is none of the instrument's.")
        elif self.answers.get(question.key, found.key) != found.key:
            self.faults.append(f"{question.code or question.key} has two answers; neither was taken.")
            self.answers[question.key] = ""
        else:
            self.answers[question.key] = found.key


def _question(instrument: Instrument, mark: str) -> Question | None:
    return next((one for one in instrument.questions if mark and mark in (one.code, one.key)), None)


def _plain(words: str) -> str:
    return "".join(sign for sign in words.lower() if sign.isalnum())


def _choice(instrument: Instrument, question: Question, said: _Said, faults: list[str]) -> Choice | None:
    """The answer meant. Code, number and words that contradict each other are no answer."""
    choices = instrument.choices(question.key)
    by_code = [
        choice for choice in choices if choice.code in said.codes or f"{instrument.key}|{choice.key}" in said.codes
    ]
    known = [fault for fault in instrument.faults if fault.answer and fault.code in said.codes]
    if known and not by_code:
        by_code = list(_repaired(known, question, choices, faults))
    by_words = [choice for choice in choices if _says(choice, said.words, faults)]
    by_number = [choice for choice in choices if said.number is not None and choice.points == said.number]
    if len({choice.points for choice in choices}) < len(choices):
        by_number = [choice for choice in by_number if choice in (by_code or by_words)]
    told = [group for group in (by_code, by_words, by_number) if group]
    agreed = [choice for choice in choices if told and all(choice in group for group in told)]
    return agreed[0] if len(agreed) == 1 else None


def _repaired(known: list[Fault], question: Question, choices: Iterable[Choice], faults: list[str]) -> Iterator[Choice]:
    for fault in known:
        if fault.means in ("", question.key):
            faults.append(fault.words)
            yield from (choice for choice in choices if choice.key == fault.answer)


def _says(choice: Choice, words: str, faults: list[str]) -> bool:
    said = _plain(words)
    meant = _SYNONYMS.get(said, said)
    found = bool(said) and any(_plain(text) == meant for text in choice.text.values())
    if found and meant != said:
        faults.append("An answer is misquoted: the instrument says it without the last word.")
    return found


def _whole(said: _Said) -> int | None:
    return int(said.number) if said.number is not None and said.number == int(said.number) else None


def _number(text: str) -> Decimal | None:
    return Decimal(text) if re.fullmatch(r"\d{1,3}", text.strip()) else None


def read_response(response: r4.QuestionnaireResponse) -> Reading | None:
    """Which instrument this answers, and how. None for one we do not know, or one entered in error."""
    if response.status == "entered-in-error":
        return None
    said = list(_items(response.item))
    named = _named(response.questionnaire or "")
    instrument = named or _by_marks([mark for mark, _ in said])
    if instrument is None:
        return None
    return _reading(instrument, said, is_final=response.status in ("completed", "amended"), at=response.authored or "")


def _reading(instrument: Instrument, said: Iterable[tuple[str, _Said]], *, is_final: bool, at: str) -> Reading:
    found = _Found(instrument)
    for mark, one in said:
        found.take(mark, one)
    answers = {key: answer for key, answer in found.answers.items() if answer}
    return Reading(instrument.key, answers, found.total, tuple(dict.fromkeys(found.faults)), is_final, at)


def _items(items: Iterable[r4.QuestionnaireResponseItem]) -> Iterator[tuple[str, _Said]]:
    for entry in items:
        for answer in entry.answer:
            yield _mark(entry.link_id or ""), _answered(answer)
            yield from _items(answer.item)
        yield from _items(entry.item)


def _mark(link: str) -> str:
    found = _CODE.search(link)
    return found[1] if found else link


def _answered(answer: r4.QuestionnaireResponseItemAnswer) -> _Said:
    if answer.value_coding is not None:
        return _coded((answer.value_coding,), "")
    if answer.value_boolean is not None:
        return _Said(words="yes" if answer.value_boolean else "no")
    if answer.value_string is not None:
        return _Said(words=answer.value_string, number=_number(answer.value_string), is_text=True)
    number = answer.value_decimal if answer.value_decimal is not None else answer.value_integer
    if number is None and answer.value_quantity is not None:
        number = answer.value_quantity.value
    return _Said(number=None if number is None else Decimal(number))


def _coded(codings: Iterable[r4.Coding], text: str) -> _Said:
    listed = list(codings)
    ours = [
        coding for coding in listed if coding.system in (LOINC, None) or (coding.system or "").startswith("urn:hallway")
    ]
    codes = tuple(coding.code for coding in ours if coding.code)
    words = text or next((coding.display for coding in listed if coding.display), "")
    weights = [
        extension.value_decimal for coding in listed for extension in coding.extension if extension.url in _WEIGHTS
    ]
    return _Said(codes, words, next((weight for weight in weights if weight is not None), None))


def _named(canonical: str) -> Instrument | None:
    """The instrument that a questionnaire's address names; ours exactly, others' by its last part."""
    last = canonical.split("|")[0].replace(":", "/").rsplit("/", 1)[-1]
    if canonical.startswith("urn:hallway:questionnaire:"):
        return next((one for one in all_instruments() if one.key == last), None)
    plain = _plain(last).removesuffix("example").removesuffix("questionnaire")
    return next((one for one in all_instruments() if plain and plain in one.names), None)


def _by_marks(marks: Iterable[str]) -> Instrument | None:
    """The instrument with most of these LOINC codes; of two, the one of which more is there."""
    given = {mark for mark in marks if _CODE.fullmatch(mark)}
    best: tuple[int, float, Instrument] | None = None
    for instrument in all_instruments():
        own = {question.code for question in instrument.questions if question.code}
        met = len(given & (own | {instrument.panel_code, instrument.total_code} - {""}))
        share = met / len(instrument.questions)
        if met and (best is None or (met, share) > best[:2]):
            best = (met, share, instrument)
    return best[2] if best else None


def read_observation(observation: r4.Observation) -> Reading | None:
    """A total, a question or a panel with its parts, as one reading. None for anything else, or one in error."""
    if observation.status in ("entered-in-error", "cancelled"):
        return None
    said = list(_observed(observation))
    instrument = _by_marks(mark for mark, _ in said)
    if instrument is None:
        return None
    is_final = observation.status in ("final", "amended", "corrected")
    at = observation.effective_date_time or observation.effective_instant or ""
    return _reading(instrument, _renamed(instrument, said), is_final=is_final, at=at)


def _renamed(instrument: Instrument, said: Iterable[tuple[str, _Said]]) -> Iterator[tuple[str, _Said]]:
    for mark, one in said:
        yield mark.removeprefix(f"{instrument.key}|"), one


def _observed(observation: r4.Observation) -> Iterator[tuple[str, _Said]]:
    yield from ((mark, _value(observation)) for mark in _marks(observation.code))
    for part in observation.component:
        yield from ((mark, _value(part)) for mark in _marks(part.code))


def _marks(code: r4.CodeableConcept | None) -> Iterator[str]:
    for coding in code.coding if code else ():
        if coding.system == LOINC and coding.code:
            yield coding.code


def _value(part: r4.Observation | r4.ObservationComponent) -> _Said:
    if part.value_codeable_concept is not None:
        return _coded(part.value_codeable_concept.coding, part.value_codeable_concept.text or "")
    if part.value_string is not None:
        return _Said(words=part.value_string, number=_number(part.value_string), is_text=True)
    if part.value_boolean is not None:
        return _Said(words="yes" if part.value_boolean else "no")
    number = part.value_quantity.value if part.value_quantity is not None else part.value_integer
    return _Said(number=None if number is None else Decimal(number))
