"""Every instrument against a second computation that shares nothing with it.

Here: all combinations of an instrument that has fewer than 20,000 (gaps counted as an answer), and a share of random
ones of every other. ``HALLWAY_ALL_ANSWERS=1 python -m pytest hallway/screening/instruments/tests/test_every_answer.py``
takes all combinations where these are fewer than a million, else 100,000 random ones, and as many with gaps.
"""

import itertools
import os
import random
from collections.abc import Iterable, Iterator
from datetime import date
from math import prod

import pytest

from hallway.screening.instruments import library, scoring
from hallway.screening.instruments.shapes import Instrument, Person
from hallway.screening.instruments.tests import oracle

ALL = os.environ.get("HALLWAY_ALL_ANSWERS") == "1"
SHARE = 100_000 if ALL else 800
"""Random sets of answers an instrument, and as many with gaps."""
MOST_GAPS = {"taps": 1}
"""Three for all others: a gap in the first part of TAPS leaves hundreds of ways to go on."""
GENDERS = ("female", "male", "unknown", "other")


def person(gender: str) -> Person:
    return Person(birth_on=date(1990, 2, 3), gender=gender, on=date(2026, 11, 22))


PEOPLE = {gender: person(gender) for gender in GENDERS}


def check(instrument: Instrument, answers: dict[str, str], gender: str) -> None:
    found = scoring.score(instrument, answers, PEOPLE[gender])
    meant = oracle.expected(instrument.key, answers, gender)
    said = oracle.Expected(
        total=found.total,
        band=found.band.key if found.band else None,
        is_positive=found.is_positive,
        critical={(one.question_key, one.level) for one in found.critical},
        missing=set(found.missing),
        scales=found.subscales,
    )
    assert said == meant, f"{instrument.key} {gender} {answers}"
    assert found.is_complete == (not meant.missing)


def every(options: dict[str, list[str]]) -> Iterator[dict[str, str]]:
    for given in itertools.product(*options.values()):
        yield {key: answer for key, answer in zip(options, given, strict=True) if answer}


def some(options: dict[str, list[str]], count: int, *, gaps: int) -> Iterator[dict[str, str]]:
    chance = random.Random(f"{sorted(options)}{gaps}")
    for _ in range(count):
        given = {key: chance.choice(answers) for key, answers in options.items()}
        for key in chance.sample(list(options), min(chance.randint(1, gaps), len(options))) if gaps else ():
            del given[key]
        yield given


def with_the_rest(sets: Iterable[dict[str, str]], options: dict[str, list[str]]) -> Iterator[dict[str, str]]:
    """Each set with an answer by chance to every question that does not count."""
    chance = random.Random("the rest")
    for given in sets:
        yield {key: given[key] if key in given else chance.choice(answers) for key, answers in options.items()}


def sets_of(key: str) -> Iterable[dict[str, str]]:
    """All combinations of what counts where they are few enough, else random ones; with gaps likewise."""
    options = {question: list(answers) for question, answers in oracle.SHEETS[key].options.items()}
    most = 1_000_000 if ALL else 20_000
    with_gaps = {question: ["", *answers] for question, answers in options.items()}
    if prod(map(len, with_gaps.values())) < 20_000 and len(options) <= 7:
        return every(with_gaps)
    scored = {question: answers for question, answers in options.items() if question not in oracle.SHEETS[key].unscored}
    is_few = prod(map(len, scored.values())) < most
    whole = with_the_rest(every(scored), options) if is_few else some(options, SHARE, gaps=0)
    return itertools.chain(whole, some(options, SHARE, gaps=MOST_GAPS.get(key, 3)))


def depends_on_gender(instrument: Instrument) -> bool:
    rows = (*instrument.bands, *instrument.cut_offs)
    return any(who.genders for who in (*(row.who for row in rows), *(one.only_for for one in instrument.questions)))


def asked_only(key: str, answers: dict[str, str], gender: str) -> dict[str, str]:
    """The same without answers to questions that would not have been put: what a screen gives, and not a paper."""
    kept: dict[str, str] = {}
    for question in oracle.SHEETS[key].options:
        if question in answers and oracle.SHEETS[key].asked(question, kept, gender):
            kept[question] = answers[question]
    return kept


@pytest.mark.parametrize("key", sorted(oracle.SHEETS))
def test_scores_bands_and_critical_answers_agree_with_the_published_rules(key: str):
    instrument = library.instrument(key)
    genders = GENDERS if depends_on_gender(instrument) else ("female",)
    for number, given in enumerate(sets_of(key)):
        gender = genders[number % len(genders)]
        as_on_paper = key in ("taps", "mdq") and number % 2
        check(instrument, given if as_on_paper else asked_only(key, given, gender), gender)


def test_the_second_computation_knows_every_instrument():
    keys = {instrument.key for instrument in library.all_instruments()}
    lacking, unknown = sorted(keys - set(oracle.SHEETS)), sorted(set(oracle.SHEETS) - keys)
    assert not lacking, (
        f"Write the published rules of {', '.join(lacking)} into oracle.toml, or oracle.py where they skip"
    )
    assert not unknown, f"oracle.toml or oracle.py has rules of {', '.join(unknown)}, and there is no such instrument"
    for instrument in library.all_instruments():
        listed = {
            question.key: {choice.key for choice in instrument.choices(question.key) if not choice.is_no_answer}
            for question in instrument.questions
        }
        assert listed == {key: set(answers) for key, answers in oracle.SHEETS[instrument.key].options.items()}
