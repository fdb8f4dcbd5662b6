"""What is asked next, what an answer carries over, and which further instruments follow. Pure: no clock, no storage."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from hallway.screening.instruments.scoring import asked, holds, score
from hallway.screening.instruments.shapes import Critical, Instrument, Person, Question, Step, fits

Answers = Mapping[str, Mapping[str, str]]
"""Instrument key to question key to answer key; an empty answer is a question that was passed over on purpose."""
Put = tuple[tuple[Instrument, Question], ...]
UNKNOWN = "unknown"


def sheet(instruments: Sequence[Instrument], answers: Answers) -> dict[str, dict[str, str]]:
    """The answers with those that an earlier instrument of the sitting carries over to a later one."""
    whole = {one.key: dict(answers.get(one.key, {})) for one in instruments}
    for one, step in _steps_within(instruments):
        for here, there in step.carries.items():
            given = whole[one.key].get(here)
            if given is not None:
                whole[step.to].setdefault(there, given)
    return whole


def as_asked(instruments: Sequence[Instrument], answers: Answers, person: Person) -> dict[str, dict[str, str]]:
    """The answers without those to questions that an answer changed afterwards no longer leads to.

    Whoever goes back and says that they never drink has not said how much. A critical answer stands all the same.
    """
    whole = {key: dict(given) for key, given in sheet(instruments, answers).items()}
    for one in instruments:
        held = whole[one.key]
        for question in one.questions:
            code = held.get(question.key, "")
            is_open = not question.ask_if or holds(one, held, person, question.ask_if) is not False
            if code and not is_open and not _is_critical(one, question, code):
                del held[question.key]
    return {
        one.key: {name: code for name, code in answers.get(one.key, {}).items() if name in whole[one.key]}
        for one in instruments
    }


def _is_critical(instrument: Instrument, question: Question, code: str) -> bool:
    return any(row.question == question.key and code in row.answers for row in instrument.critical)


def carried(instruments: Sequence[Instrument]) -> dict[tuple[str, str], tuple[str, str]]:
    """Questions (instrument, question) that are not put again, and those whose answers count for them."""
    return {
        (step.to, there): (one.key, here)
        for one, step in _steps_within(instruments)
        for here, there in step.carries.items()
    }


def possible(instruments: Sequence[Instrument], person: Person) -> Put:
    """Every question that may come to be put to this person, be its condition true yet or not."""
    known = carried(instruments)
    return tuple(
        (one, question)
        for one in instruments
        for question in one.questions
        if (one.key, question.key) not in known and fits(question.only_for, person)
    )


def put(instruments: Sequence[Instrument], answers: Answers, person: Person) -> Put:
    """The questions to put to this person, in order, as far as the answers say: none twice, none that does not fit."""
    whole = sheet(instruments, answers)
    known = carried(instruments)
    return tuple(
        (one, question)
        for one in instruments
        for question in asked(one, whole[one.key], person)
        if (one.key, question.key) not in known
    )


def unanswered(questions: Put, answers: Answers) -> Put:
    """Those that were neither answered nor passed over."""
    return tuple((one, question) for one, question in questions if question.key not in answers.get(one.key, {}))


def further(
    instruments: Sequence[Instrument], answers: Answers, person: Person, *, may: Callable[[str], Instrument | None]
) -> list[Instrument]:
    """The instruments that follow from the answers and are not asked yet; ``may`` gives one that can be put here."""
    whole = sheet(instruments, answers)
    known = {one.key for one in instruments}
    found: dict[str, Instrument] = {}
    for one in instruments:
        for step in one.steps_to:
            if step.to not in known and _follows(one, step, whole[one.key], person):
                target = may(step.to)
                if target is not None:
                    found.setdefault(step.to, target)
    return list(found.values())


def _follows(instrument: Instrument, step: Step, answers: Mapping[str, str], person: Person) -> bool:
    if step.when:
        return holds(instrument, answers, person, step.when) is True
    return score(instrument, answers, person).is_positive is True


def _steps_within(instruments: Sequence[Instrument]) -> Iterator[tuple[Instrument, Step]]:
    """Steps of which both ends are asked in this sitting, the earlier one first."""
    keys = [one.key for one in instruments]
    for place, one in enumerate(instruments):
        for step in one.steps_to:
            if step.to in keys[place + 1 :]:
                yield one, step


def newly_critical(
    instrument: Instrument, before: Mapping[str, str], after: Mapping[str, str], person: Person
) -> tuple[Critical, ...]:
    """What an answer made critical that was not so before it. Whatever is missing, it stands."""
    if not instrument.critical:
        return ()
    known = {(one.question_key, one.level) for one in score(instrument, before, person).critical}
    now = score(instrument, after, person).critical
    return tuple(one for one in now if (one.question_key, one.level) not in known)


def is_about_life(critical: Sequence[Critical]) -> bool:
    """Whether one speaks of suicide: the page then stops before anything else."""
    return any(one.about == "suicide" for one in critical)


def says_stay(instrument: Instrument, question: str) -> tuple[str, ...]:
    """The answers to a question after which the page stops at once, be the server in reach or not."""
    rows = [row for row in instrument.critical if row.question == question and row.about == "suicide"]
    return tuple(dict.fromkeys(answer for row in rows for answer in row.answers))
