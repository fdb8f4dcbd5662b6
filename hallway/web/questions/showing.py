"""From a sitting to what a page shows: one question with its place, or all of them for a page that may be cut off."""

from collections.abc import Mapping
from dataclasses import dataclass

from hallway.screening.asking import rules
from hallway.screening.asking.standing import Standing
from hallway.screening.instruments.shapes import Instrument, Question, When
from hallway.web.questions.words import in_words


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer as a button."""

    key: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One question on its screen. ``number`` of ``count``; ``language`` is the one its words are in."""

    instrument: str
    question: str
    title: str
    lead: str
    text: str
    language: str
    notice: str
    choices: tuple[Choice, ...]
    number: int
    count: int


def first_waiting(now: Standing) -> int | None:
    """The first question without an answer, or None where each has one."""
    return now.put.index(now.waiting[0]) if now.waiting else None


def asked(now: Standing, place: int) -> Asked:
    """The question at ``place`` among those put, in the sitting's language."""
    instrument, question = now.put[place]
    language = now.sitting.language
    text, spoken = in_words(question.text, language)
    given = now.answers.get(instrument.key, {}).get(question.key)
    return Asked(
        instrument=instrument.key,
        question=question.key,
        title=in_words(instrument.title, language)[0],
        lead=in_words(question.lead or instrument.introduction, language)[0],
        text=text,
        language=spoken,
        notice=instrument.notice,
        choices=tuple(
            Choice(one.key, in_words(one.text, language)[0], one.key == given)
            for one in instrument.choices(question.key)
        ),
        number=place + 1,
        count=len(now.put),
    )


def whole(now: Standing, number: int) -> dict[str, object]:
    """Everything a page needs to go on by itself while the connection is cut. It holds no score and no point."""
    put = {(one.key, question.key) for one, question in now.put}
    return {
        "language": now.sitting.language,
        "mode": now.sitting.mode,
        "number": number,
        "instruments": {one.key: _frame(one) for one in now.instruments},
        "questions": [
            _question(one, question, is_put=(one.key, question.key) in put)
            for one, question in rules.possible(now.instruments, now.person)
        ],
        "answers": {
            f"{key}/{question}": code for key, given in now.answers.items() for question, code in given.items()
        },
        "carried": {"/".join(there): "/".join(here) for there, here in rules.carried(now.instruments).items()},
    }


def _frame(instrument: Instrument) -> dict[str, object]:
    return {"title": instrument.title, "lead": instrument.introduction, "notice": instrument.notice}


def _question(instrument: Instrument, question: Question, *, is_put: bool) -> dict[str, object]:
    return {
        "instrument": instrument.key,
        "question": question.key,
        "text": question.text,
        "lead": question.lead,
        "choices": [{"key": one.key, "text": one.text} for one in instrument.choices(question.key)],
        "stay": list(rules.says_stay(instrument, question.key)),
        "put": is_put,
        "if": _conditions(question.ask_if),
    }


def _conditions(when: When) -> list[list[Mapping[str, object]]] | None:
    """What the page may judge by itself; None where a scale decides: then the server says whether it is asked."""
    if any(test.scale for line in when for test in line):
        return None
    return [[{"question": test.question, "answers": list(test.answers)} for test in line] for line in when]
